"""Points ↔ the bytes of a chunk: columns of steps, times and values, each in the coding that is smallest; pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trackiod.store.columns import pack_floats, pack_ints, unpack_floats, unpack_ints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: A chunk holds this many points; only the last one of a series may hold fewer.
CHUNK: Final = 4096
#: points, kind of values, bytes of the steps, bytes of the times; the values follow.
_HEAD: Final = struct.Struct("<HBII")
_FLOATS, _INTS, _MIXED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Points:
    """Columns of equal length: steps, times in ms, the 8 bytes of each value (int64), and which are integers.

    The others are float64; nothing about a value is ever changed, not even the payload of a NaN.
    """

    steps: NDArray[np.int64]
    times: NDArray[np.int64]
    words: NDArray[np.int64]
    ints: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, at: slice | NDArray[np.intp] | NDArray[np.bool_]) -> Points:
        return Points(self.steps[at], self.times[at], self.words[at], self.ints[at])

    def floats(self) -> NDArray[np.float64]:
        """Return the values as float64; integers beyond 2**53 are rounded."""
        if not self.ints.any():
            return self.words.view(np.float64)
        return np.where(self.ints, self.words.astype(np.float64), self.words.view(np.float64))

    def value(self, at: int) -> int | float:
        """Return one value as it was logged."""
        return int(self.words[at]) if self.ints[at] else float(self.words[at : at + 1 or None].view(np.float64)[0])


def empty() -> Points:
    """Return no points."""
    none = np.empty(0, np.int64)
    return Points(none, none, none, np.empty(0, np.bool_))


def joined(parts: Sequence[Points]) -> Points:
    """Return all parts as one, in order."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return empty()
    return Points(
        np.concatenate([part.steps for part in parts]),
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.words for part in parts]),
        np.concatenate([part.ints for part in parts]),
    )


def latest(points: Points) -> Points:
    """Return points in order of arrival sorted by step, of each step only the one that came last."""
    steps = points.steps
    if (steps[1:] > steps[:-1]).all():
        return points
    order = np.argsort(steps, kind="stable")
    ordered = steps[order]
    final = np.append(ordered[1:] != ordered[:-1], values=True)
    return points[order[final]]


def within(points: Points, first: int, last: int) -> Points:
    """Return those points, sorted by step, whose steps lie in first…last, both inclusive."""
    start, end = np.searchsorted(points.steps, first, "left"), np.searchsorted(points.steps, last, "right")
    return points[int(start) : int(end)]


def encode(points: Points) -> bytes:
    """Return 1 to 65,535 points, sorted by step, as the bytes of a chunk."""
    steps, times = pack_ints(points.steps), pack_ints(points.times)
    kind, values = _packed_values(points)
    return _HEAD.pack(len(points), kind, len(steps), len(times)) + steps + times + values


def length(data: bytes) -> int:
    """Return how many points a chunk holds; raises ValueError for bytes that are none."""
    if len(data) < _HEAD.size:
        raise ValueError(f"a chunk of {len(data)} bytes")
    return int(_HEAD.unpack_from(data)[0])


def decode(data: bytes) -> Points:
    """Return the points of a chunk; raises ValueError for bytes that are none."""
    try:
        count, kind, steps_size, times_size = _HEAD.unpack_from(data)
    except struct.error as error:
        raise ValueError(f"a chunk of {len(data)} bytes") from error
    view = memoryview(data)[_HEAD.size :]
    steps, times = unpack_ints(view[:steps_size], count), unpack_ints(view[steps_size : steps_size + times_size], count)
    values = view[steps_size + times_size :]
    if kind == _FLOATS:
        return Points(steps, times, unpack_floats(values, count).view(np.int64), np.zeros(count, np.bool_))
    if kind == _INTS:
        return Points(steps, times, unpack_ints(values, count), np.ones(count, np.bool_))
    if kind != _MIXED:
        raise ValueError(f"values of kind {kind} in a chunk")
    mask = -(-count // 8)
    ints = np.unpackbits(np.frombuffer(values[:mask], np.uint8), count=count).astype(np.bool_)
    return Points(steps, times, np.frombuffer(values[mask:], "<i8", count), ints)


def _packed_values(points: Points) -> tuple[int, bytes]:
    if not points.ints.any():
        return _FLOATS, pack_floats(points.words.view(np.float64))
    if points.ints.all():
        return _INTS, pack_ints(points.words)
    return _MIXED, np.packbits(points.ints).tobytes() + points.words.tobytes()
