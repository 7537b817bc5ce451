"""Points ↔ the bytes of a chunk: the name of its steps and times, its values in the coding that is smallest; pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trackiod.store import seal
from trackiod.store.columns import pack_floats, pack_ints, unpack_floats, unpack_ints
from trackiod.store.stamps import NAME_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: A chunk holds this many points, and at least half as many unless it is the last one of its series. Values of 4 or of
#: 8 bytes, with what stands around them, then fill whole pages of LMDB.
CHUNK: Final = 4080
#: One that has its steps and times itself may hold up to this many, so that they fill the last page.
LARGEST: Final = 4590
#: points, kind of values, name of the steps and times; the values follow.
_HEAD: Final = struct.Struct(f"<HB{NAME_SIZE}s")
_FLOATS, _INTS, _MIXED = 0, 1, 2
#: Added to the kind where steps and times stand before the values; in the place of their name is how long they are.
_ALONE: Final = 0x80


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


def encode(points: Points, stamps: bytes) -> bytes:
    """Return 1 to 65,535 points, sorted by step, as the bytes of a chunk, with the name of their steps and times."""
    return of_values(len(points), *_packed_values(points), stamps)


def encode_alone(points: Points, body: bytes) -> bytes:
    """Return points as `encode` does, with packed steps and times in front that no other chunk has."""
    kind, values = _packed_values(points)
    return seal.sealed(_HEAD.pack(len(points), kind | _ALONE, len(body).to_bytes(NAME_SIZE, "little")), body, values)


def of_values(count: int, kind: int, values: bytes, stamps: bytes) -> bytes:
    """Return packed values as a chunk, with the name of their steps and times."""
    return seal.sealed(_HEAD.pack(count, kind, stamps), values)


def length(data: bytes) -> int:
    """Return how many points a chunk says that it holds, 0 if it is too short for a chunk."""
    return _head(data)[0] if len(data) >= _HEAD.size else 0


def stamps_of(data: bytes) -> bytes | None:
    """Return the name that a chunk has for its steps and times, None for one that has them itself.

    Raises ValueError for bytes that are no chunk.
    """
    _, kind, name = _head(data)
    return None if kind & _ALONE else name


def own_stamps(data: bytes) -> memoryview:
    """Return the packed steps and times that a chunk has itself; raises ValueError for damaged bytes."""
    view = seal.opened(data)
    return view[_HEAD.size : _HEAD.size + int.from_bytes(_head(view)[2], "little")]


def decode(data: bytes, steps: NDArray[np.int64], times: NDArray[np.int64]) -> Points:
    """Return the points of a chunk, with these steps and times; raises ValueError for bytes that are none."""
    view = seal.opened(data)
    count, kind, name = _head(view)
    if count != len(steps):
        raise ValueError(f"a chunk of {count} points, and {len(steps)} steps")
    values = view[_HEAD.size + (int.from_bytes(name, "little") if kind & _ALONE else 0) :]
    kind &= ~_ALONE
    if kind == _FLOATS:
        return Points(steps, times, unpack_floats(values, count).view(np.int64), np.zeros(count, np.bool_))
    if kind == _INTS:
        return Points(steps, times, unpack_ints(values, count), np.ones(count, np.bool_))
    if kind != _MIXED:
        raise ValueError(f"values of kind {kind} in a chunk")
    mask = -(-count // 8)
    ints = np.unpackbits(np.frombuffer(values[:mask], np.uint8), count=count).astype(np.bool_)
    return Points(steps, times, np.frombuffer(values[mask:], "<i8", count), ints)


def _head(data: bytes | memoryview) -> tuple[int, int, bytes]:
    if len(data) < _HEAD.size:
        raise ValueError(f"a chunk of {len(data)} bytes")
    count, kind, stamps = _HEAD.unpack_from(data)
    return count, kind, stamps


def _packed_values(points: Points) -> tuple[int, bytes]:
    if not points.ints.any():
        return _FLOATS, pack_floats(points.words.view(np.float64))
    if points.ints.all():
        return _INTS, pack_ints(points.words)
    return _MIXED, np.packbits(points.ints).tobytes() + points.words.tobytes()
