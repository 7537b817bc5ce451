"""Series as charts read them: the points themselves or a bucket per pixel."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from trackiod import formula
from trackiod.reading import Reading
from trackiod.store import bucket, chunk, members, runs, series
from trackiod.store.chunk import Points
from trackiod.store.levels import LEAST, MOST, SeriesId
from trackiod.store.pyramid import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from trackiod.store.bucket import Buckets
    from trackiod.store.env import Transaction
    from trackiod.store.levels import Gap, Levels

#: Buckets that a part is read in while it is searched.
_FINER: Final = 512
#: A span with at most this many points per pixel is answered with the points themselves.
RAW_PER_PIXEL: Final = 2
_MS: Final = 1000.0


@dataclass(frozen=True, slots=True)
class SeriesRequest:
    """Which series, on which axis, how many buckets at most, and which part of the axis, both ends inclusive.

    `member` None is the run's main process, or the first one that logged the metric. Times in seconds. `kind` "scalar"
    or "system": the steps of a system metric are its times in ms. With `before`, the extremes of what lies before
    `first` are wanted, too.
    """

    run: str
    metric: str
    member: int | None
    x: str  # "step" | "time"
    width: int
    first: float | None
    last: float | None
    kind: str = "scalar"
    before: bool = False


@dataclass(frozen=True, slots=True)
class AfterRequest:
    """The first `limit` points of a series whose step is greater than `after`, of all if that is None."""

    run: str
    metric: str
    member: int | None
    after: float | None
    limit: int
    kind: str = "scalar"


@dataclass(frozen=True, slots=True)
class Series:
    """A frame of docs/HTTP.md: columns of equal length, steps and seconds as float64.

    `odd` is the first step of buckets whose value is not finite; `before` the least and the greatest before them.
    `missing` names the steps, both ends inclusive, between which points of it were stored that cannot be read any more;
    None where that is not known.
    """

    run: str
    metric: str
    member: int
    columns: dict[str, NDArray[Any]]
    raw: bool
    total: int
    extent: tuple[float, float] | None
    bucket: float | None
    last_step: int | None
    kind: str = "scalar"
    odd: int | None = None
    before: tuple[float, float] | None = None
    missing: tuple[Gap, ...] = ()


def series_of(txn: Transaction, request: SeriesRequest) -> Series:
    """Return a series as raw points or as at most `width` buckets; an empty one if nothing was logged."""
    return next(all_of(txn, [request]))


def all_of(txn: Transaction, requests: Sequence[SeriesRequest]) -> Iterator[Series]:
    """Yield what `series_of` returns for each, in order."""
    reading = Reading(txn, many=len(requests) > 1)
    for request in requests:
        found = sought(reading, request.run, Sought(request.metric, request.member, request.kind))
        part = _part(request, found)
        yield replace(part, before=_before(request, found)) if request.before else part


def _part(request: SeriesRequest, found: Found) -> Series:
    if not len(found.ends):
        return _raw(request, found, chunk.empty(), "step")
    extent_ = extent(found.ends, request.x)
    held = series.read(found.levels, found.tail, span(request.x, request.first, request.last), request.width)
    if isinstance(held, Points) and len(held) <= RAW_PER_PIXEL * request.width:
        return _raw(request, found, _by_time(held) if request.x == "time" else held, request.x)
    first, last = bounded(extent_, request.first, request.last)
    return Series(
        run=request.run,
        metric=request.metric,
        member=found.member,
        columns=_columns(_by_pixel(bucket.of(held), request.x, (first, last), request.width)),
        raw=False,
        total=found.total,
        extent=extent_,
        bucket=(last - first + (request.x == "step")) / request.width,
        last_step=int(found.ends.steps[-1]),
        kind=request.kind,
        odd=_first_odd(found, held),
        missing=missing(found.levels),
    )


def _first_odd(found: Found, held: Buckets | Points) -> int | None:
    """Return the first step whose value is not finite: of the first bucket with any, ever finer parts are read."""
    while not isinstance(held, Points):
        odd = np.flatnonzero(held.finite < held.count)
        if not len(odd):
            return None
        part = Span("step", int(held.step_first[odd[0]]), int(held.step_last[odd[0]]))
        held = series.read(found.levels, found.tail, part, _FINER)
    return next((int(step) for step in held.steps[~np.isfinite(held.floats())]), None)


def _before(request: SeriesRequest, found: Found) -> tuple[float, float] | None:
    if request.first is None or not len(found.ends):
        return None
    begins = span(request.x, request.first, None).first
    part = Span(request.x, LEAST, max(LEAST, begins - 1))
    buckets = bucket.of(series.read(found.levels, found.tail, part, 1))
    buckets = buckets[buckets.finite > 0]
    return (float(buckets.least.min()), float(buckets.most.max())) if len(buckets) else None


class Followed(NamedTuple):
    """A series of a run, as `SeriesRequest` has it, of which only steps greater than `after` are wanted."""

    metric: str
    member: int | None
    after: float | None
    kind: str = "scalar"


def points_after(txn: Transaction, request: AfterRequest) -> Series:
    """Return the raw points that are asked for."""
    wanted = Followed(request.metric, request.member, request.after, request.kind)
    return next(followed(txn, request.run, [wanted], request.limit))


def followed(txn: Transaction, run: str, wanted: Sequence[Followed], limit: int) -> Iterator[Series]:
    """Yield of each series what `points_after` returns, in order."""
    reading = Reading(txn, many=len(wanted) > 1)
    for metric, member, after, kind in wanted:
        found = sought(reading, run, Sought(metric, member, kind))
        step = LEAST - 1 if after is None else _clamped(math.floor(after))
        points = series.points_after(found.levels, found.tail, step, limit)
        yield _raw(AfterRequest(run, metric, member, after, limit, kind), found, points, "step")


# -------------------------------------------------------------------------------------------------- which series


class Found(NamedTuple):
    """A series; what of it is not in chunks; its outermost points, none if it has none; and how many it has."""

    levels: Levels
    tail: Points
    ends: Points
    total: int

    @property
    def member(self) -> int:
        """The number of its member as readers know it."""
        return self.levels.series.member % members.SYSTEM


class Sought(NamedTuple):
    """Which series of a run; `member` None is the first that logged it."""

    metric: str
    member: int | None = None
    kind: str = "scalar"


def sought(reading: Reading, run: str, wanted: Sought) -> Found:
    """Return the series of a run's member; without one, that of the first member that logged the metric."""
    known = reading.run(run)
    first = 0 if wanted.kind == "scalar" else members.SYSTEM
    numbers = [] if known is None else reading.numbers(known.id, wanted.kind)
    asked = SeriesId("" if known is None else known.id, first + (wanted.member or 0), wanted.metric)
    lacking = reading.levels(asked)
    for number in numbers if wanted.member is None else [asked.member]:
        levels = reading.levels(asked._replace(member=number))
        tail = reading.waiting(levels)
        ends, total = series.extent(levels, tail)
        if len(ends):
            return Found(levels, tail, ends, total)
        lacking = lacking if lacking.missing else levels
    if known is not None and wanted.kind == "scalar" and wanted.metric.startswith(formula.SIGN):
        return _worked_out(reading, asked, wanted)
    return Found(lacking if lacking.missing else reading.levels(asked), chunk.empty(), chunk.empty(), 0)


def missing(*series_: Levels) -> tuple[Gap, ...]:
    """Return what was found missing of series so far, each part once, by step."""
    gaps = {gap for levels in series_ for gap in levels.missing}
    return tuple(sorted(gaps, key=lambda gap: LEAST if gap.first is None else gap.first))


def _worked_out(reading: Reading, asked: SeriesId, wanted: Sought) -> Found:
    """Return a metric that is a formula of others as a series of which nothing is in chunks."""
    levels = reading.levels(asked)

    def read(metric: formula.Metric) -> Points:
        if metric.run is None:
            found = sought(reading, asked.run, wanted._replace(metric=metric.name))
        else:
            # Which of its processes is that of another run says nothing.
            found = sought(reading, _named(levels.txn, metric.run, asked.run), Sought(metric.name))
        held = series.read(found.levels, found.tail, Span("step", LEAST, MOST), sys.maxsize)
        levels.missing.extend(found.levels.missing)
        return held if isinstance(held, Points) else chunk.empty()

    points = formula.points(wanted.metric[len(formula.SIGN) :], read)
    ends = points[np.unique([0, len(points) - 1])] if len(points) else points
    return Found(levels, points, ends, len(points))


def _named(txn: Transaction, text: str, beside: str) -> str:
    """Return the id of the run of that id, or of the newest one of that name in the project of another run."""
    neighbour = runs.visible(txn, beside)
    named = None if neighbour is None or runs.visible(txn, text) else runs.find(txn, neighbour.project, text)
    return text if named is None else named[0]


def span(x: str, first: float | None, last: float | None) -> Span:
    """Return the part of the axis that is asked for, in steps or ms."""
    if x == "step":
        least = LEAST if first is None else math.ceil(first)
        most = MOST if last is None else math.floor(last)
    else:
        least = LEAST if first is None else round(first * _MS)
        most = MOST if last is None else round(last * _MS)
    return Span(x, _clamped(least), _clamped(most))


def bounded(ends: tuple[float, float], first: float | None, last: float | None) -> tuple[float, float]:
    """Return the part of an extent that is asked for; its ends may have changed places if nothing of it is."""
    return ends[0] if first is None else max(first, ends[0]), ends[1] if last is None else min(last, ends[1])


def _clamped(number: int) -> int:
    return max(LEAST, min(MOST, number))


def extent(ends: Points, x: str) -> tuple[float, float]:
    """Return the ends of a series on an axis, of its outermost points; seconds for time."""
    if x == "step":
        return float(ends.steps[0]), float(ends.steps[-1])
    return int(ends.times.min()) / _MS, int(ends.times.max()) / _MS


# ----------------------------------------------------------------------------------------------------- as columns


def _raw(request: SeriesRequest | AfterRequest, found: Found, points: Points, x: str) -> Series:
    return Series(
        run=request.run,
        metric=request.metric,
        member=found.member,
        columns={"step": points.steps.astype(np.float64), "time": points.times / _MS, "value": points.floats()},
        raw=True,
        total=found.total,
        extent=extent(found.ends, x) if len(found.ends) else None,
        bucket=None,
        last_step=int(found.ends.steps[-1]) if len(found.ends) else None,
        kind=request.kind,
        missing=missing(found.levels),
    )


def _by_time(points: Points) -> Points:
    return points[np.argsort(points.times, kind="stable")]


def position(buckets: Buckets, x: str) -> NDArray[np.float64]:
    """Return where each bucket begins on an axis; seconds for time."""
    return buckets.step_first.astype(np.float64) if x == "step" else buckets.time_first / _MS


def _by_pixel(buckets: Buckets, x: str, ends: tuple[float, float], width: int) -> Buckets:
    """Return buckets joined to one for each of `width` equal parts of an axis, without the empty ones."""
    first, last = ends
    at = position(buckets, x)
    scale = width / (last - first + 1) if x == "step" else width / max(last - first, 1 / _MS)
    pixel = np.clip((at - first) * scale, 0, width - 1).astype(np.int64)
    order, starts = parted(pixel)
    return (buckets if order is None else buckets[order]).grouped(starts)


def parted(part: NDArray[np.int64]) -> tuple[NDArray[np.intp] | None, NDArray[np.intp]]:
    """Return the order of rows by the part of an axis each is in, None if they are in it, and where parts begin."""
    order = np.argsort(part, kind="stable") if (part[1:] < part[:-1]).any() else None
    ordered = part if order is None else part[order]
    return order, np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))


def _columns(buckets: Buckets) -> dict[str, NDArray[Any]]:
    finite = buckets.finite
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = buckets.total / finite
    counts = {"count": buckets.count, "nan": buckets.nan, "pinf": buckets.pinf, "ninf": buckets.ninf}
    return {
        "step": buckets.step_first.astype(np.float64),
        "step_last": buckets.step_last.astype(np.float64),
        "time": buckets.time_first / _MS,
        "min": buckets.least,
        "max": buckets.most,
        "mean": mean,
        "last": buckets.final,
        **{name: column.astype(np.uint32) for name, column in counts.items()},
    }
