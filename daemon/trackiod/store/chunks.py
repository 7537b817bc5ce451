"""Chunks of a series: read by step, appended to, changed where points fall between others, split when too large."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from trackiod.store import aside, chunk, keys, stamps
from trackiod.store.chunk import CHUNK, LARGEST
from trackiod.store.env import PAGE, scan, scan_back
from trackiod.store.levels import CHUNKS, Gap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from trackiod.store.chunk import Points
    from trackiod.store.levels import Levels

#: Bytes in front of a value that takes several pages.
_PAGE_HEAD: Final = 16
#: A chunk is not written anew for fewer points than these, as long as there is another one for them.
_FEW: Final = 64


def opened(levels: Levels, key: bytes, value: bytes) -> Points:
    """Return the points of a chunk; raises ValueError if it is damaged."""
    found = None if levels.held is None else levels.held.get(key)
    return chunk.decode(value, *_stamps(levels, key, value)) if found is None else found


def _stamps(levels: Levels, key: bytes, value: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    name = chunk.stamps_of(value)
    return stamps.columns(chunk.own_stamps(value)) if name is None else levels.stamps.get(keys.step_of(key), name)


def readable(levels: Levels, key: bytes, value: bytes) -> Points | None:
    """Return the points of a chunk, None if it is damaged."""
    try:
        return opened(levels, key, value)
    except ValueError:
        return None


def points(levels: Levels, first: int, end: int) -> Points:
    """Return the points with steps `first` to `end`, sorted by step; what cannot be read is noted as missing."""
    return chunk.within(chunk.joined(list(each(levels, first, end))), first, end)


def each(levels: Levels, first: int, end: int) -> Iterator[Points]:
    """Yield the points of each chunk that may hold steps from `first` to `end`, as `points` does."""
    for key, value in levels.covering(CHUNKS, first, end):
        found = readable(levels, key, value)
        if found is None:
            levels.missing.append(levels.lost(CHUNKS, key))
        else:
            yield found


def last_step(levels: Levels) -> int | None:
    """Return the last step of the chunks, as far as it can be read."""
    for key, value in scan_back(levels.txn, levels.prefix(CHUNKS)):
        with suppress(ValueError):
            return int(_stamps(levels, key, value)[0][-1])
    return None


def ends(levels: Levels) -> Points:
    """Return the first and the last point that can be read, of a single one both; none if there is none.

    What lies beyond these is noted as missing.
    """
    prefix = levels.prefix(CHUNKS)
    newest = _first_readable(levels, scan_back(levels.txn, prefix))
    oldest = _first_readable(levels, scan(levels.txn, prefix), newest)
    if newest is None or oldest is None:
        return chunk.empty()
    if levels.held is not None:  # what they are in is read next, as a rule
        for key, points_ in {newest[0]: newest[1], oldest[0]: oldest[1]}.items():
            levels.held.put(key, points_, len(points_))
    return chunk.joined([oldest[1][:1], newest[1][-1:]])


def _first_readable(
    levels: Levels, records: Iterator[tuple[bytes, bytes]], known: tuple[bytes, Points] | None = None
) -> tuple[bytes, Points] | None:
    """Return the first chunk that can be read, which may be the one that is known, with its key."""
    for key, value in records:
        if known is not None and key == known[0]:
            return known
        points_ = readable(levels, key, value)
        if points_ is not None:
            return key, points_
        levels.missing.append(levels.lost(CHUNKS, key))
    return None


def laid_aside(levels: Levels) -> list[Gap]:
    """Return where chunks were that were found damaged when points had to be put there."""
    return [Gap(keys.step_of(key), None) for key in aside.below(levels.txn, levels.prefix(CHUNKS))]


# ------------------------------------------------------------------------------------------------------- writing


def append(levels: Levels, points_: Points) -> None:
    """Put points behind all that a series holds."""
    _fill(levels, levels.newest(CHUNKS), points_, final=True)


def merge(levels: Levels, points_: Points) -> list[int]:
    """Put points, sorted by step, where they belong, in the place of what is there of the same steps.

    Returns the first step of each chunk that was changed, after the change. Only these are read, one after another.
    """
    changed, at = [], 0
    while at < len(points_):
        held = levels.holder(CHUNKS, int(points_.steps[at]))
        behind = None if held is None else levels.follower(CHUNKS, held[0])
        until = len(points_) if behind is None else int(np.searchsorted(points_.steps, behind))
        changed.append(_fill(levels, held, points_[at:until], final=behind is None))
        at = until
    return changed


def _fill(levels: Levels, held: tuple[bytes, bytes] | None, points_: Points, *, final: bool) -> int:
    """Put points into a chunk that has room for them, or into several in its place; return the first step of these."""
    before = _taken(levels, held)
    if final and held and _is_full(levels, held[1], len(before)) and int(before.steps[-1]) < int(points_.steps[0]):
        _put(levels, points_, final=True)
        return int(before.steps[0])
    if held is not None and len(before):
        name = chunk.stamps_of(held[1])
        if name is not None:
            levels.stamps.drop(keys.step_of(held[0]), name)
        levels.txn.delete(held[0])
    after = chunk.latest(chunk.joined([before, points_])) if len(before) else points_
    _put(levels, after, final=final)
    return int(after.steps[0])


def _taken(levels: Levels, held: tuple[bytes, bytes] | None) -> Points:
    found = None if held is None else readable(levels, *held)
    if held is not None and found is None:
        aside.lay(levels.txn, held[0])
    return found or chunk.empty()


def _is_full(levels: Levels, value: bytes, count: int) -> bool:
    own = levels.alone and chunk.stamps_of(value) is None
    return count >= CHUNK and (not own or min(LARGEST - count, _fitting(len(value), count)) < _FEW)


def _capacity(levels: Levels, points_: Points) -> int:
    """Return how many of these points make a full chunk: with steps and times of its own, what fills its pages."""
    if not levels.alone or len(points_) <= CHUNK:
        return CHUNK
    return min(LARGEST, CHUNK + _fitting(len(_encoded(levels, points_[:CHUNK])), CHUNK))


def _fitting(size: int, count: int) -> int:
    """Return how many points like those of a chunk have room on its last page, a few less: they may take more."""
    if size < PAGE:  # it shares its page with others
        return 0
    room = -(size + _PAGE_HEAD) % PAGE
    return room * count * 9 // (size * 10)


def _put(levels: Levels, points_: Points, *, final: bool) -> None:
    """Write points as chunks: full ones where the last may still grow, else of equal size."""
    for at, end in pairwise(_filled(levels, points_) if final else _evenly(levels, len(points_))):
        part = points_[at:end]
        levels.txn.put(levels.key(CHUNKS, int(part.steps[0])), _encoded(levels, part))


def _filled(levels: Levels, points_: Points) -> Iterator[int]:
    at = 0
    while at < len(points_):
        yield at
        at += _capacity(levels, points_[at:])
    yield len(points_)


def _evenly(levels: Levels, count: int) -> list[int]:
    parts = -(-count // CHUNK) if count > (LARGEST if levels.alone else CHUNK) else 1
    return [at * count // parts for at in range(parts + 1)]


def _encoded(levels: Levels, part: Points) -> bytes:
    if levels.alone:
        return chunk.encode_alone(part, stamps.packed(part.steps, part.times))
    return chunk.encode(part, levels.stamps.add(part.steps, part.times))
