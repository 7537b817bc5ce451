"""Buckets: what is told of many points at once, each as true as the points themselves; and their bytes. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trackiod.store import seal
from trackiod.store.columns import pack_floats, pack_ints, unpack_floats, unpack_ints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trackiod.store.chunk import Points


@dataclass(frozen=True, slots=True)
class Buckets:
    """Columns of equal length, a row per bucket, by step: of which points it is, and what they are.

    Times in ms. `least`, `most`, `total` and `final` are of the finite values, the last three counts of the others;
    `least`, `most` and `final` are NaN, and `total` is 0, where no value is finite.
    """

    step_first: NDArray[np.int64]
    step_last: NDArray[np.int64]
    time_first: NDArray[np.int64]
    time_last: NDArray[np.int64]
    count: NDArray[np.int64]
    nan: NDArray[np.int64]
    pinf: NDArray[np.int64]
    ninf: NDArray[np.int64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    total: NDArray[np.float64]
    final: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.count)

    def __getitem__(self, at: slice | NDArray[np.intp] | NDArray[np.bool_]) -> Buckets:
        return Buckets(*(getattr(self, name)[at] for name in _NAMES))

    @property
    def finite(self) -> NDArray[np.int64]:
        """How many values of each bucket are finite."""
        return self.count - self.nan - self.pinf - self.ninf

    def grouped(self, starts: NDArray[np.intp]) -> Buckets:
        """Return one bucket for each group; groups begin at these rows, the first one at row 0."""
        with np.errstate(over="ignore", invalid="ignore"):  # the total of huge values may be none
            found = {name: np.add.reduceat(getattr(self, name), starts) for name in _SUMS}
        found |= {name: np.minimum.reduceat(getattr(self, name), starts) for name in ("step_first", "time_first")}
        found |= {name: np.maximum.reduceat(getattr(self, name), starts) for name in ("step_last", "time_last")}
        latest = np.maximum.reduceat(np.where(np.isnan(self.final), -1, np.arange(len(self))), starts)
        return Buckets(
            **found,
            least=np.fmin.reduceat(self.least, starts),
            most=np.fmax.reduceat(self.most, starts),
            final=np.where(latest < 0, np.nan, self.final[latest]),
        )


_NAMES: Final = tuple(field.name for field in fields(Buckets))
_INTS: Final = _NAMES[:8]
_FLOATS: Final = _NAMES[8:]
_UNPACKERS: Final = (*(unpack_ints for _ in _INTS), *(unpack_floats for _ in _FLOATS))
_SUMS: Final = ("count", "nan", "pinf", "ninf", "total")
#: Columns are compressed to this part of their bytes, or not: every chart reads them, and they are few.
_WORTH: Final = 0.5
#: buckets, the points that they tell of, the last step of these, and the bytes of each column
_HEAD: Final = struct.Struct(f"<IQq{len(_NAMES)}I")


def of_points(points: Points, size: int = 1) -> Buckets:
    """Return one bucket for every `size` neighbouring points, which are sorted by step; the last may be of fewer."""
    values = points.floats()
    finite = np.isfinite(values)
    if not finite.all():
        marked = _marked(points, values, finite)
        return marked if size == 1 else marked.grouped(np.arange(0, len(values), size))
    none = np.zeros(-(-len(values) // size), np.int64)
    if size == 1:
        where = points.steps, points.steps, points.times, points.times
        return Buckets(*where, none + 1, none, none, none, values, values, values, values)
    starts = np.arange(0, len(values), size)
    ends = np.minimum(starts + size, len(values)) - 1
    with np.errstate(over="ignore"):  # the total of huge values may be none
        return Buckets(
            step_first=points.steps[starts],
            step_last=points.steps[ends],
            time_first=np.minimum.reduceat(points.times, starts),
            time_last=np.maximum.reduceat(points.times, starts),
            count=ends - starts + 1,
            nan=none,
            pinf=none,
            ninf=none,
            least=np.minimum.reduceat(values, starts),
            most=np.maximum.reduceat(values, starts),
            total=np.add.reduceat(values, starts),
            final=values[ends],
        )


def _marked(points: Points, values: NDArray[np.float64], finite: NDArray[np.bool_]) -> Buckets:
    known = np.where(finite, values, np.nan)
    return Buckets(
        step_first=points.steps,
        step_last=points.steps,
        time_first=points.times,
        time_last=points.times,
        count=np.ones(len(values), np.int64),
        nan=np.isnan(values).astype(np.int64),
        pinf=(values == np.inf).astype(np.int64),
        ninf=(values == -np.inf).astype(np.int64),
        least=known,
        most=known,
        total=np.where(finite, values, 0.0),
        final=known,
    )


def of(held: Buckets | Points) -> Buckets:
    """Return buckets as they are, and each point as a bucket of its own."""
    return held if isinstance(held, Buckets) else of_points(held)


def joined(parts: Sequence[Buckets]) -> Buckets:
    """Return all parts as one, in order; there is at least one."""
    if len(parts) == 1:
        return parts[0]
    return Buckets(*(np.concatenate([getattr(part, name) for part in parts]) for name in _NAMES))


def encode(buckets: Buckets) -> bytes:
    """Return one or more buckets as bytes."""
    columns = [pack_ints(getattr(buckets, name)) for name in _INTS]
    columns += [pack_floats(getattr(buckets, name), _WORTH) for name in _FLOATS]
    return of_columns(len(buckets), int(buckets.count.sum()), int(buckets.step_last[-1]), columns)


def of_columns(count: int, points: int, last_step: int, columns: Sequence[bytes]) -> bytes:
    """Return so many buckets as bytes, of their packed columns and what these tell in short."""
    return seal.sealed(_HEAD.pack(count, points, last_step, *map(len, columns)), *columns)


def length(data: bytes) -> int:
    """Return how many buckets bytes say that they hold, 0 if they are too few for a head."""
    return _head(data)[0] if len(data) >= _HEAD.size else 0


def told(data: bytes) -> tuple[int, int]:
    """Return of how many points bytes tell, and the last step of these; raises ValueError for bytes that are none."""
    _, points, last_step, *_ = _head(seal.opened(data))
    return points, last_step


def decode(data: bytes) -> Buckets:
    """Return the buckets that bytes hold; raises ValueError for bytes that are none."""
    view = seal.opened(data)
    (count, _, _, *sizes), at = _head(view), _HEAD.size
    columns: list[Any] = []
    for unpack, size in zip(_UNPACKERS, sizes, strict=True):
        columns.append(unpack(view[at : at + size], count))
        at += size
    return Buckets(*columns)


def _head(data: bytes | memoryview) -> tuple[int, ...]:
    if len(data) < _HEAD.size:
        raise ValueError(f"buckets of {len(data)} bytes")
    return _HEAD.unpack_from(data)
