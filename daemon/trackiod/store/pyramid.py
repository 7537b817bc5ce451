"""The pyramid over a series' chunks: levels of ever coarser buckets, so that a chart reads as many as it has pixels.

A bucket of level 1 stands for BASE points, one of each further level for FAN of the level below. A node is a record of
NODE whole buckets; the first level's cover GROUP full chunks each, those of further levels FAN nodes of the level
below. What is too new to fill a node is read from the level below, at last from the chunks.
"""

from __future__ import annotations

from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from trackiod.store import bucket, chunk, keys
from trackiod.store.chunk import CHUNK
from trackiod.store.env import last, scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from trackiod.store.bucket import Buckets
    from trackiod.store.chunk import Points
    from trackiod.store.env import Transaction

BASE: Final = 64
FAN: Final = 8
NODE: Final = 512
#: Chunks under a node of level 1.
GROUP: Final = BASE * NODE // CHUNK
#: Steps of 64 bits.
LEAST, MOST = -(2**63), 2**63 - 1


class SeriesId(NamedTuple):
    """One metric of one member of a run."""

    run: str
    member: int
    metric: str

    def chunks(self) -> bytes:
        """Return the prefix of its chunks."""
        return keys.chunks(*self)

    def level(self, level: int) -> bytes:
        """Return the prefix of its nodes of one level, of its chunks for level 0."""
        return keys.levels(*self, level) if level else self.chunks()


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


def build(txn: Transaction, series: SeriesId) -> None:
    """Add the nodes for which there are enough full chunks by now, on every level."""
    level = 1
    while _add(txn, series, level):
        level += 1


def cut(txn: Transaction, series: SeriesId, first: int) -> None:
    """Remove every node that tells of points from step `first` on."""
    for level in range(1, height(txn, series) + 1):
        prefix = series.level(level)
        covering = last(txn, prefix, prefix + keys.behind_step(first))
        if covering is not None and bucket.last_step(covering[1]) >= first:
            txn.delete(covering[0])
        for key, _ in list(scan(txn, prefix, prefix + keys.step_bytes(first))):
            txn.delete(key)


def renew(txn: Transaction, series: SeriesId, first: int, end: int) -> None:
    """Make those nodes anew that tell of points with steps `first` to `end`: values changed, steps did not."""
    for level in range(1, height(txn, series) + 1):
        for key, _ in list(covering(txn, series.level(level), first, end)):
            below = islice(scan(txn, series.level(level - 1), _beginning(series, level - 1, key)), children(level))
            txn.put(key, bucket.encode(node(level, [value for _, value in below])))


def _add(txn: Transaction, series: SeriesId, level: int) -> bool:
    prefix, size = series.level(level), children(level)
    newest = last(txn, prefix)
    start = b"" if newest is None else series.level(level - 1) + keys.behind_step(bucket.last_step(newest[1]))
    below = list(scan(txn, series.level(level - 1), start))
    if level == 1 and below and chunk.length(below[-1][1]) < CHUNK:
        below.pop()
    for at in range(0, len(below) - size + 1, size):
        made = node(level, [value for _, value in below[at : at + size]])
        txn.put(prefix + keys.step_bytes(int(made.step_first[0])), bucket.encode(made))
    return len(below) >= size


def node(level: int, below: list[bytes]) -> Buckets:
    """Return the node of a level over these records of the level below, of which there are `children(level)`."""
    if level == 1:
        return bucket.of_points(chunk.joined([chunk.decode(value) for value in below]), BASE)
    fine = bucket.joined([bucket.decode(value) for value in below])
    return fine.grouped(np.arange(0, len(fine), FAN))


def children(level: int) -> int:
    """Return how many records of the level below a node is made of: full chunks for level 1, else nodes."""
    return GROUP if level == 1 else FAN


def _beginning(series: SeriesId, level: int, key: bytes) -> bytes:
    return series.level(level) + keys.step_bytes(keys.step_of(key))


# ------------------------------------------------------------------------------------------------------- reading


def height(txn: Transaction, series: SeriesId) -> int:
    """Return the number of levels."""
    level = 0
    while last(txn, series.level(level + 1)) is not None:
        level += 1
    return level


def count(txn: Transaction, series: SeriesId) -> int:
    """Return the number of points in the chunks, from the few records that are not under a node."""
    found, start = 0, b""
    for level in range(height(txn, series), -1, -1):
        prefix = series.level(level)
        records = list(scan(txn, prefix, start and prefix + start))
        if level == 0:
            return found + (CHUNK * (len(records) - 1) + chunk.length(records[-1][1]) if records else 0)
        found += len(records) * NODE * BASE * FAN ** (level - 1)
        if records:
            start = keys.behind_step(bucket.last_step(records[-1][1]))
    return found


def read(  # noqa: PLR0913 -- a span on one axis, within bounds on the other
    txn: Transaction, series: SeriesId, span: Span, enough: int, *, since: int = LEAST, until: int = MOST
) -> Buckets | Points:
    """Return what the chunks hold in a span, in order of steps: from the coarsest level with `enough` buckets in it.

    Where no level has enough, the points themselves. At the ends of the span and of the level, buckets are finer.
    Only steps `since` to `until` count.
    """
    first, end = (max(since, span.first), min(until, span.last)) if span.x == "step" else (since, until)
    for level in range(height(txn, series), 0, -1):
        buckets = nodes(txn, series, level, first, end)
        inside, partly = span.judge(buckets)
        within = (buckets.step_first >= first) & (buckets.step_last <= end)
        if np.count_nonzero(inside & within) >= enough:
            return bucket.joined(list(_filled(txn, series, level, span, (first, end), buckets)))
        first, end = _narrowed(buckets, inside | partly, first, end)
    return span.of(points(txn, series, first, end))


def points(txn: Transaction, series: SeriesId, first: int, end: int) -> Points:
    """Return the points of the chunks with steps `first` to `end`, sorted by step."""
    found = [chunk.decode(value) for _, value in covering(txn, series.chunks(), first, end)]
    return chunk.within(chunk.joined(found), first, end)


def nodes(txn: Transaction, series: SeriesId, level: int, first: int, end: int) -> Buckets:
    """Return the buckets of those nodes of a level that tell of steps from `first` to `end`, perhaps of others too."""
    found = [bucket.decode(value) for _, value in covering(txn, series.level(level), first, end)]
    return bucket.joined(found) if found else bucket.of_points(chunk.empty())


def _gathered(txn: Transaction, series: SeriesId, level: int, span: Span, steps: tuple[int, int]) -> Iterator[Buckets]:
    """Yield what a level holds of these steps, in order; what it cuts, and what is too new for it, from below."""
    if steps[0] > steps[1]:
        return
    if level == 0:
        for _, value in covering(txn, series.chunks(), *steps):
            yield bucket.of_points(span.of(chunk.within(chunk.decode(value), *steps)), BASE)
    else:
        yield from _filled(txn, series, level, span, steps, nodes(txn, series, level, *steps))


def _filled(  # noqa: PLR0913, PLR0917 -- as _gathered, with the level's buckets
    txn: Transaction, series: SeriesId, level: int, span: Span, steps: tuple[int, int], buckets: Buckets
) -> Iterator[Buckets]:
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
            yield from _gathered(txn, series, level - 1, span, finer)
    beyond = first if not len(buckets) else max(first, min(MOST, int(buckets.step_last[-1]) + 1))
    if not len(buckets) or int(buckets.step_last[-1]) < end:
        yield from _gathered(txn, series, level - 1, span, (beyond, end))


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


def covering(txn: Transaction, prefix: bytes, first: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield the records, each keyed by its first step, that may hold steps from `first` to `end`."""
    before = last(txn, prefix, prefix + keys.behind_step(first))
    for key, value in scan(txn, prefix, before[0] if before else b""):
        if keys.step_of(key) > end:
            return
        yield key, value
