"""The pyramid over a series' chunks: levels of ever coarser buckets, so that a chart reads as many as it has pixels.

A bucket of level 1 stands for BASE points of one chunk, one of each further level for FAN of one node of the level
below; the last of a chunk or node may stand for fewer. A node is a record of the buckets over neighbouring records of
the level below. What is too new to fill a node is read from the level below, at last from the chunks.
"""

from __future__ import annotations

from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from trackiod.store import aside, bucket, chunk, chunks, keys
from trackiod.store.levels import CHUNKS, LEAST, MOST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from trackiod.store.bucket import Buckets
    from trackiod.store.chunk import Points
    from trackiod.store.levels import Levels

BASE: Final = 64
FAN: Final = 8
#: A node is made of as few records as have this many buckets; one that grows to more than twice as many is split.
NODE: Final = 512


class Span(NamedTuple):
    """The part of an axis that is asked for, both ends inclusive; times in ms."""

    x: str  # "step" | "time"
    first: int
    last: int

    def judge(self, buckets: Buckets) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell which buckets lie wholly in the span, and which of the others lie partly in it."""
        first, end = (
            (buckets.step_first, buckets.step_last) if self.x == "step" else (buckets.time_first, buckets.time_last)
        )
        inside = (first >= self.first) & (end <= self.last)
        return inside, ~inside & (end >= self.first) & (first <= self.last)

    def of(self, points: Points) -> Points:
        """Return the points that lie in it."""
        if self.x == "step":
            return chunk.within(points, self.first, self.last)
        if self.first == LEAST and self.last == MOST:
            return points
        return points[(points.times >= self.first) & (points.times <= self.last)]


ALL: Final = Span("step", LEAST, MOST)


# ------------------------------------------------------------------------------------------------------- writing


def build(levels: Levels, *, everywhere: bool = False) -> None:
    """Add the nodes for which there are enough records by now: on the levels that grow, or `everywhere`."""
    level = 1
    while _add(levels, level) or (everywhere and levels.newest(level) is not None):
        level += 1


def renew(levels: Levels, changed: list[int]) -> None:
    """Make the nodes anew that tell of changed chunks, which are named by their first steps, and add further ones."""
    level = 1
    while changed:
        held = {node[0]: node[1] for step in changed if (node := _over(levels, level, step)) is not None}
        changed = [_remade(levels, level, key, value) for key, value in held.items()]
        level += 1
    build(levels, everywhere=True)


def _add(levels: Levels, level: int) -> bool:
    reached = _reached(levels, level)
    added, waiting, buckets = False, [], 0
    for record in settled(levels, level - 1, LEAST - 1 if reached is None else reached):
        waiting.append(record)
        buckets += buckets_over(level, record[1])
        if buckets >= NODE:
            _put(levels, level, waiting)
            added, waiting, buckets = True, [], 0
    return added


def _reached(levels: Levels, level: int) -> int | None:
    """Return the last step of which the nodes of a level tell; a last node that is damaged is removed."""
    while (newest := levels.newest(level)) is not None:
        told = _told(newest[1])
        if told is not None:
            return told[1]
        levels.txn.delete(newest[0])
    return None


def _over(levels: Levels, level: int, step: int) -> tuple[bytes, bytes] | None:
    """Return the node that tells of the record of the level below that begins with a step, None without one."""
    reached = _reached(levels, level)
    node = levels.holder(level, step)
    return node if node is not None and reached is not None and step <= reached else None


def _remade(levels: Levels, level: int, key: bytes, value: bytes) -> int:
    """Make a node anew of what lies under it now, or several of them if it is too large; return its first step."""
    newest = levels.newest(CHUNKS)
    below = [record for record in under(levels, level, key, value) if newest is None or record[0] != newest[0]]
    levels.txn.delete(key)
    firsts = [_put(levels, level, part) for part in _divided(level, below)]
    return min(firsts, default=keys.step_of(key))


def _divided(level: int, below: list[tuple[bytes, bytes]]) -> list[list[tuple[bytes, bytes]]]:
    """Return records in one part, or in several with as many buckets each if they are too many for a node."""
    sizes = [buckets_over(level, value) for _, value in below]
    total = max(1, sum(sizes))
    parts = total // NODE if total > 2 * NODE else 1
    divided: list[list[tuple[bytes, bytes]]] = [[] for _ in range(parts)]
    before = 0
    for record, size in zip(below, sizes, strict=True):
        divided[before * parts // total].append(record)
        before += size
    return [part for part in divided if part]


def under(levels: Levels, level: int, key: bytes, value: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the records of the level below of which a node tells: those before the next node begins.

    Raises ValueError for the last node of a level if it is damaged.
    """
    follower, oldest = levels.follower(level, key), levels.holder(level, LEAST)
    end = bucket.told(value)[1] if follower is None else follower - 1
    start = LEAST if oldest is not None and oldest[0] == key else keys.step_of(key)
    return takewhile(lambda record: keys.step_of(record[0]) <= end, levels.behind(level - 1, start - 1))


def settled(levels: Levels, level: int, step: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield the records of a level that begin behind a step, without the last chunk: it is written while it fills."""
    records = levels.behind(level, step)
    return records if level else (one for one, _ in pairwise(records))


def _put(levels: Levels, level: int, below: list[tuple[bytes, bytes]]) -> int:
    """Write the node over some records; return its first step."""
    made = node(levels, level, below)
    if not len(made):
        return keys.step_of(below[0][0])
    first = int(made.step_first[0])
    levels.txn.put(levels.key(level, first), bucket.encode(made))
    return first


def node(levels: Levels, level: int, below: list[tuple[bytes, bytes]]) -> Buckets:
    """Return the node of a level over these records of the level below; what is damaged is passed over."""
    parts = list(_parts(levels, level, below))
    return bucket.joined(parts) if parts else bucket.of_points(chunk.empty())


def _parts(levels: Levels, level: int, below: list[tuple[bytes, bytes]]) -> Iterator[Buckets]:
    """Yield the buckets over each record; a damaged chunk is laid aside, a damaged node made anew."""
    for key, value in below:
        found = _fine(levels, level - 1, key, value)
        if found is not None:
            yield found.grouped(np.arange(0, len(found), FAN)) if level > 1 else found
        elif level == 1:
            aside.lay(levels.txn, key)
        else:
            first = _remade(levels, level - 1, key, value)
            made = bucket.decode(levels.txn.get(levels.key(level - 1, first), b""))
            yield made.grouped(np.arange(0, len(made), FAN))


def _fine(levels: Levels, level: int, key: bytes, value: bytes) -> Buckets | None:
    """Return the buckets of a node, those over a chunk; None for what is damaged."""
    try:
        return bucket.decode(value) if level else bucket.of_points(chunks.opened(levels, key, value), BASE)
    except ValueError:
        return None


def _told(value: bytes) -> tuple[int, int] | None:
    """Return of how many points a node tells, and the last step of these; None if it is damaged."""
    try:
        return bucket.told(value)
    except ValueError:
        return None


def buckets_over(level: int, value: bytes) -> int:
    """Return how many buckets of a level a record of the level below makes."""
    return -(-chunk.length(value) // BASE) if level == 1 else -(-bucket.length(value) // FAN)


# ------------------------------------------------------------------------------------------------------- reading


def height(levels: Levels) -> int:
    """Return the number of levels."""
    level = 0
    while levels.newest(level + 1) is not None:
        level += 1
    return level


def count(levels: Levels) -> int:
    """Return the number of points in the chunks, from the few records that are not under a node."""
    return _count(levels, height(levels), LEAST, MOST)


def _count(levels: Levels, level: int, first: int, end: int) -> int:
    records = takewhile(lambda record: keys.step_of(record[0]) <= end, levels.behind(level, first - 1))
    if level == CHUNKS:
        return sum(chunk.length(value) for _, value in records)
    found, reached = 0, first - 1
    for key, value in records:
        told = _told(value)
        lost = None if told is not None else levels.lost(level, key).last
        if lost is not None:
            told = _count(levels, level - 1, keys.step_of(key), lost), lost
        if told is not None:
            found, reached = found + told[0], told[1]
    return found + (_count(levels, level - 1, reached + 1, end) if reached < end else 0)


def read(levels: Levels, span: Span, enough: int, *, since: int = LEAST, until: int = MOST) -> Buckets | Points:
    """Return what the chunks hold in a span, in order of steps: from the coarsest level with `enough` buckets in it.

    Where no level has enough, the points themselves. At the ends of the span and of the level, buckets are finer.
    Only steps `since` to `until` count.
    """
    first, end = (max(since, span.first), min(until, span.last)) if span.x == "step" else (since, until)
    for level in range(height(levels), 0, -1):
        buckets = nodes(levels, level, first, end)
        inside, partly = span.judge(buckets)
        within = (buckets.step_first >= first) & (buckets.step_last <= end)
        if np.count_nonzero(inside & within) >= enough:
            return bucket.joined(list(_filled(levels, level, span, (first, end), buckets)))
        first, end = _narrowed(buckets, inside | partly, first, end)
    return span.of(chunks.points(levels, first, end))


def nodes(levels: Levels, level: int, first: int, end: int) -> Buckets:
    """Return the buckets of those nodes of a level that tell of steps from `first` to `end`, perhaps of others too.

    In the place of a node that is damaged, those under it; what lies under the last one is left to who reads on.
    """
    if level == CHUNKS:
        return bucket.of_points(chunks.points(levels, first, end), BASE)
    found = []
    for key, value in levels.covering(level, first, end):
        buckets = _fine(levels, level, key, value)
        lost = None if buckets is not None else levels.lost(level, key).last
        if lost is not None:
            buckets = nodes(levels, level - 1, keys.step_of(key), lost)
        if buckets is not None:
            found.append(buckets)
    return bucket.joined(found) if found else bucket.of_points(chunk.empty())


def _gathered(levels: Levels, level: int, span: Span, steps: tuple[int, int]) -> Iterator[Buckets]:
    """Yield what a level holds of these steps, in order; what it cuts, and what is too new for it, from below."""
    if steps[0] > steps[1]:
        return
    if level == CHUNKS:
        for points in chunks.each(levels, *steps):
            yield bucket.of_points(span.of(chunk.within(points, *steps)), BASE)
    else:
        yield from _filled(levels, level, span, steps, nodes(levels, level, *steps))


def _filled(levels: Levels, level: int, span: Span, steps: tuple[int, int], buckets: Buckets) -> Iterator[Buckets]:
    first, end = steps
    inside, partly = span.judge(buckets)
    within = (buckets.step_first >= first) & (buckets.step_last <= end)
    overlapping = (buckets.step_last >= first) & (buckets.step_first <= end)
    whole, broken = inside & within, (inside | partly) & overlapping & ~(inside & within)
    # Neighbours of one sort together: 0 for what is left out, 1 for whole buckets, 2 for what is read finer.
    sort = whole + 2 * broken.astype(np.int8)
    for at, until in _runs(sort):
        if sort[at] == 1:
            yield buckets[at:until]
        elif sort[at] == 2:
            finer = max(first, int(buckets.step_first[at])), min(end, int(buckets.step_last[until - 1]))
            yield from _gathered(levels, level - 1, span, finer)
    beyond = first if not len(buckets) else max(first, min(MOST, int(buckets.step_last[-1]) + 1))
    if not len(buckets) or int(buckets.step_last[-1]) < end:
        yield from _gathered(levels, level - 1, span, (beyond, end))


def _runs(sort: NDArray[np.int8]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(sort)) + 1
    bounds = [0, *edges.tolist(), len(sort)]
    return ((at, until) for at, until in pairwise(bounds) if at < until)


def _narrowed(buckets: Buckets, touched: NDArray[np.bool_], first: int, end: int) -> tuple[int, int]:
    """Return the steps that need looking at below a level, of which these buckets were found in the span."""
    at = np.flatnonzero(touched)
    if not len(buckets):
        return first, end
    covered = int(buckets.step_last[-1])
    if not len(at):
        return max(first, min(MOST, covered + 1)), end
    final = end if covered < end else min(end, int(buckets.step_last[at[-1]]))
    return max(first, int(buckets.step_first[at[0]])), final
