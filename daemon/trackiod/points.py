"""Series as charts read them: the points themselves or a bucket per pixel, and summaries as tables show them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trackiod.store import bucket, chunk, members, runs, series, summary
from trackiod.store.chunk import Points
from trackiod.store.pyramid import LEAST, MOST, SeriesId, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackiod.store.bucket import Buckets
    from trackiod.store.env import Transaction
    from trackiod.store.summary import Entry

#: A span with at most this many points per pixel is answered with the points themselves.
RAW_PER_PIXEL: Final = 2
_MS: Final = 1000.0


@dataclass(frozen=True, slots=True)
class SeriesRequest:
    """Which series, on which axis, how many buckets at most, and which part of the axis, both ends inclusive.

    `member` None is the run's main process, or the first one that logged the metric. Times in seconds.
    """

    run: str
    metric: str
    member: int | None
    x: str  # "step" | "time"
    width: int
    first: float | None
    last: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """A frame of docs/HTTP.md: columns of equal length, steps and seconds as float64."""

    run: str
    metric: str
    member: int
    columns: dict[str, NDArray[Any]]
    raw: bool
    total: int
    extent: tuple[float, float] | None
    bucket: float | None
    last_step: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A metric of a run: the value at its last step; extremes and mean of the finite values, None without any."""

    last: int | float
    min: float | None
    max: float | None
    mean: float | None
    count: int
    last_step: int


def series_of(txn: Transaction, request: SeriesRequest) -> Series:
    """Return a series as raw points or as at most `width` buckets; an empty one if nothing was logged."""
    found, tail, ends, total = _sought(txn, request.run, request.metric, request.member)
    if not len(ends):
        return _raw(request.run, request.metric, found.member, chunk.empty(), 0, None, None)
    extent = _extent(ends, request.x)
    held = series.read(txn, found, tail, _span(request), request.width)
    told = request.run, request.metric, found.member
    last_step = int(ends.steps[-1])
    if isinstance(held, Points) and len(held) <= RAW_PER_PIXEL * request.width:
        return _raw(*told, _by_time(held) if request.x == "time" else held, total, extent, last_step)
    buckets = held if not isinstance(held, Points) else bucket.of_points(held)
    first = extent[0] if request.first is None else max(request.first, extent[0])
    last = extent[1] if request.last is None else min(request.last, extent[1])
    return Series(
        *told,
        columns=_columns(_by_pixel(buckets, request.x, (first, last), request.width)),
        raw=False,
        total=total,
        extent=extent,
        bucket=(last - first + (request.x == "step")) / request.width,
        last_step=last_step,
    )


def points_after(  # noqa: PLR0913, PLR0917 -- as the page asks for them
    txn: Transaction, run: str, metric: str, member: int | None, after: float | None, limit: int
) -> Series:
    """Return the first `limit` raw points whose step is greater than `after`, of all if it is None."""
    found, tail, ends, total = _sought(txn, run, metric, member)
    step = LEAST - 1 if after is None else _clamped(math.floor(after))
    points = series.points_after(txn, found, tail, step, limit)
    extent = _extent(ends, "step") if len(ends) else None
    return _raw(run, metric, found.member, points, total, extent, int(ends.steps[-1]) if len(ends) else None)


def summaries(txn: Transaction, run: str) -> dict[str, Summary]:
    """Return the summary of each metric of a run: of its main process, else of the first one that logged it."""
    found: dict[str, Summary] = {}
    for number, member in members.of_run(txn, run):
        entries = summary.get(txn, run, number)
        if member.tail_batches:
            for metric, pieces in series.waiting(txn, run, number).pieces().items():
                entries[metric] = _with_tail(
                    txn, SeriesId(run, number, metric), entries.get(metric), series.newest_of(pieces)
                )
        found = {name: _summary(entry) for name, entry in entries.items()} | found
    return found


# -------------------------------------------------------------------------------------------------- which series


def _sought(txn: Transaction, run: str, metric: str, member: int | None) -> tuple[SeriesId, Points, Points, int]:
    """Return a series, what of it is not in chunks, its outermost points, and the number of all."""
    known = runs.run(txn, run)
    numbers = [0] if known is None else [number for number, _ in members.of_run(txn, known.id)]
    sought = SeriesId("" if known is None else known.id, member or 0, metric)
    for number in numbers if member is None else [member]:
        candidate = sought._replace(member=number)
        tail = series.waiting_of(txn, candidate)
        ends, total = series.extent(txn, candidate, tail)
        if len(ends):
            return candidate, tail, ends, total
    return sought, chunk.empty(), chunk.empty(), 0


def _span(request: SeriesRequest) -> Span:
    if request.x == "step":
        first = LEAST if request.first is None else _clamped(math.ceil(request.first))
        return Span("step", first, MOST if request.last is None else _clamped(math.floor(request.last)))
    first = LEAST if request.first is None else _clamped(round(request.first * _MS))
    return Span("time", first, MOST if request.last is None else _clamped(round(request.last * _MS)))


def _clamped(number: int) -> int:
    return max(LEAST, min(MOST, number))


def _extent(ends: Points, x: str) -> tuple[float, float]:
    if x == "step":
        return float(ends.steps[0]), float(ends.steps[-1])
    return int(ends.times.min()) / _MS, int(ends.times.max()) / _MS


# ----------------------------------------------------------------------------------------------------- as columns


def _raw(  # noqa: PLR0913, PLR0917 -- one frame
    run: str,
    metric: str,
    member: int,
    points: Points,
    total: int,
    extent: tuple[float, float] | None,
    last_step: int | None,
) -> Series:
    columns = {"step": points.steps.astype(np.float64), "time": points.times / _MS, "value": points.floats()}
    return Series(run, metric, member, columns, raw=True, total=total, extent=extent, bucket=None, last_step=last_step)


def _by_time(points: Points) -> Points:
    return points[np.argsort(points.times, kind="stable")]


def _by_pixel(buckets: Buckets, x: str, extent: tuple[float, float], width: int) -> Buckets:
    """Return buckets joined to one for each of `width` equal parts of an axis, without the empty ones."""
    first, last = extent
    at = buckets.step_first.astype(np.float64) if x == "step" else buckets.time_first / _MS
    scale = width / (last - first + 1) if x == "step" else width / max(last - first, 1 / _MS)
    pixel = np.clip((at - first) * scale, 0, width - 1).astype(np.int64)
    if (pixel[1:] < pixel[:-1]).any():
        order = np.argsort(pixel, kind="stable")
        buckets, pixel = buckets[order], pixel[order]
    return buckets.grouped(np.flatnonzero(np.append(True, pixel[1:] != pixel[:-1])))


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


# ------------------------------------------------------------------------------------------------------ summaries


def _with_tail(txn: Transaction, of: SeriesId, known: Entry | None, tail: Points) -> Entry:
    if known is None:
        return summary.of_points(tail)
    if int(tail.steps[0]) > known.last_step:
        return known.followed(summary.of_points(tail))
    return series.whole(txn, of, tail)


def _summary(entry: Entry) -> Summary:
    mean = entry.total / entry.finite if entry.finite else None
    return Summary(entry.last, entry.least, entry.most, mean, entry.count, entry.last_step)
