"""Runs folded into groups: the mean of a metric over the runs of each, how far they spread, on one grid for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np

from trackiod import points
from trackiod.points import Sought
from trackiod.reading import Reading
from trackiod.store import bucket, series
from trackiod.store.levels import LEAST, MOST
from trackiod.store.pyramid import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from trackiod.points import Found
    from trackiod.store.bucket import Buckets
    from trackiod.store.env import Transaction
    from trackiod.store.levels import Gap

#: Values that are held of one group at once: where it has many runs, the grid is coarser than was asked for.
MOST_VALUES: Final = 2_000_000
_LEAST_WIDTH: Final = 50
#: Buckets that are read at least of a metric which is the axis.
_AXIS_WIDTH: Final = 2_000


@dataclass(frozen=True, slots=True)
class GroupsRequest:
    """Which groups of runs (ids), of which metric, on which axis; `first` and `last` as in SeriesRequest.

    `x` is "step", "time", "relative" (seconds since each run was created) or "metric", whose name is `axis`. With
    `member` "all", each process of a run is taken for itself, else that one alone, None for the main one.
    """

    metric: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    x: str
    width: int
    first: float | None
    last: float | None
    axis: str | None = None
    member: int | Literal["all"] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One group: columns of equal length, a row per part of the grid in which any of its runs has a value.

    `at` (middle of the part), `mean`, `std` (of the sample; 0 for one run), `min`, `max`, and the quartiles `q1` and
    `q3` are float64, `runs`, how many runs (or processes of runs) have a value there, uint32. Each counts as much as
    any other, however often it logged; between two of its points it is taken to change evenly, so that all are in
    every mean. `points`: how many were folded. `missing`: between which steps any of them lacks points, as in Series.
    """

    name: str
    metric: str
    columns: dict[str, NDArray[Any]]
    extent: tuple[float, float] | None
    bucket: float | None
    points: int
    missing: tuple[Gap, ...] = ()


class _Axis(NamedTuple):
    """A metric that others are drawn over, by step."""

    steps: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Line:
    """One series of a group: what is relative to its run counts from `begun`, in seconds."""

    found: Found
    begun: float
    axis: _Axis | None

    def extent(self, x: str) -> tuple[float, float]:
        if self.axis is not None:
            return float(self.axis.values.min()), float(self.axis.values.max())
        first, last = points.extent(self.found.ends, "step" if x == "step" else "time")
        return first - self.begun, last - self.begun

    def span(self, request: GroupsRequest) -> Span:
        if self.axis is not None:
            return Span("step", LEAST, MOST)
        first, last = (None if end is None else end + self.begun for end in (request.first, request.last))
        return points.span("step" if request.x == "step" else "time", first, last)

    def positions(self, buckets: Buckets, x: str) -> NDArray[np.float64]:
        if self.axis is not None:
            return np.interp(buckets.step_first, self.axis.steps, self.axis.values, np.nan, np.nan)
        return points.position(buckets, "step" if x == "step" else "time") - self.begun


@dataclass(frozen=True, slots=True)
class _Grid:
    first: float
    last: float
    size: float
    width: int

    def part(self, at: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.clip((at - self.first) / self.size, 0, self.width - 1).astype(np.int64)

    def middle(self, x: str) -> NDArray[np.float64]:
        half = (self.size - 1) / 2 if x == "step" else self.size / 2
        return np.arange(self.width, dtype=np.float64) * self.size + (self.first + half)


def groups(txn: Transaction, request: GroupsRequest) -> list[Group]:
    """Return the groups in the order asked for; runs that never logged the metric, or do not exist, are passed over."""
    reading = Reading(txn)
    found = [(name, [line for run in of for line in _lines(reading, request, run)]) for name, of in request.groups]
    extents = [line.extent(request.x) for _, lines in found for line in lines]
    if not extents:
        nothing = _columns(np.empty(0), np.empty((3, 0, 0)))
        return [Group(name, request.metric, nothing, None, None, 0) for name, _ in found]
    extent = min(first for first, _ in extents), max(last for _, last in extents)
    grid = _grid(request, extent, max(len(lines) for _, lines in found))
    groups_ = []
    for name, lines in found:
        columns, count = _folded(request, grid, lines)
        lacking = points.missing(*(line.found.levels for line in lines))
        groups_.append(Group(name, request.metric, columns, extent, grid.size, count, lacking))
    return groups_


def _lines(reading: Reading, request: GroupsRequest, run_id: str) -> Iterator[_Line]:
    run = reading.run(run_id)
    if run is None:
        return
    begun = run.created / 1000 if request.x == "relative" else 0.0
    for number in reading.numbers(run.id, "scalar") if request.member == "all" else [request.member]:
        found = points.sought(reading, run_id, Sought(request.metric, number))
        axis = None if request.axis is None else _axis(reading, run_id, request.axis, number)
        if len(found.ends) and (request.axis is None or axis is not None):
            yield _Line(found, begun, axis)


def _axis(reading: Reading, run: str, name: str, member: int | None) -> _Axis | None:
    """Return a metric of a process by step, without it that of the run; None where it has no finite value."""
    found = points.sought(reading, run, Sought(name, member))
    if member is not None and not len(found.ends):
        return _axis(reading, run, name, None)
    held = bucket.of(series.read(found.levels, found.tail, Span("step", LEAST, MOST), _AXIS_WIDTH))
    held = held[held.finite > 0]
    return _Axis(held.step_first, held.total / held.finite) if len(held) else None


def _grid(request: GroupsRequest, extent: tuple[float, float], lines: int) -> _Grid:
    first, last = points.bounded(extent, request.first, request.last)
    length = max(last - first, 0.0) + (request.x == "step")
    width = min(request.width, max(_LEAST_WIDTH, MOST_VALUES // max(1, lines)))
    if request.x == "step":
        width = min(width, max(1, int(length)))
    return _Grid(first, last, (length or 1.0) / width, width)


def _folded(request: GroupsRequest, grid: _Grid, lines: list[_Line]) -> tuple[dict[str, NDArray[Any]], int]:
    rows = np.full((3, len(lines), grid.width), np.nan)
    count = 0
    for number, line in enumerate(lines):
        buckets = bucket.of(series.read(line.found.levels, line.found.tail, line.span(request), grid.width))
        if not (known := buckets.finite > 0).all():
            buckets = buckets[known]
        at = line.positions(buckets, request.x)
        if line.axis is not None:
            inside = (at >= grid.first) & (at <= grid.last)
            buckets, at = buckets[inside], at[inside]
        count += int(buckets.count.sum())
        _place(rows[:, number], buckets, grid.part(at))
    return _columns(grid.middle(request.x), rows), count


def _place(row: NDArray[np.float64], buckets: Buckets, part: NDArray[np.int64]) -> None:
    """Put mean, least and most of one series' values into its row, between its first and its last value."""
    if not len(buckets):
        return
    order, starts = points.parted(part)
    finite, total, least, most = (
        column if order is None else column[order]
        for column in (buckets.finite, buckets.total, buckets.least, buckets.most)
    )
    at = (part if order is None else part[order])[starts]
    with np.errstate(over="ignore", invalid="ignore"):  # the total of huge values may be none
        mean = np.add.reduceat(total, starts) / np.add.reduceat(finite, starts)
    between = np.arange(at[0], at[-1] + 1)
    for kind, values in enumerate((mean, np.minimum.reduceat(least, starts), np.maximum.reduceat(most, starts))):
        row[kind, between] = values if len(between) == len(at) else np.interp(between, at, values)


def _columns(at: NDArray[np.float64], rows: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    some = np.count_nonzero(~np.isnan(rows[0]), axis=0) > 0
    at, (mean, least, most) = at[some], rows[:, :, some]
    count = np.count_nonzero(~np.isnan(mean), axis=0)
    means = np.nansum(mean, axis=0) / count
    squares = np.nansum((mean - means) ** 2, axis=0)
    ordered = np.sort(mean, axis=0)  # NaN last
    return {
        "at": at,
        "mean": means,
        "std": np.sqrt(squares / np.maximum(count - 1, 1)),
        "min": np.fmin.reduce(least, axis=0, initial=np.inf) if len(at) else at,
        "max": np.fmax.reduce(most, axis=0, initial=-np.inf) if len(at) else at,
        "q1": _quantile(ordered, count, 0.25),
        "q3": _quantile(ordered, count, 0.75),
        "runs": count.astype(np.uint32),
    }


def _quantile(ordered: NDArray[np.float64], count: NDArray[np.int64], share: float) -> NDArray[np.float64]:
    """Return that share's quantile of the first `count` values of each column, between two in proportion."""
    if not ordered.size:
        return np.empty(0)
    place = (count - 1) * share
    low = place.astype(np.int64)
    below, above = (np.take_along_axis(ordered, row[None], axis=0)[0] for row in (low, np.minimum(low + 1, count - 1)))
    between: NDArray[np.float64] = below + (above - below) * (place - low)
    return between
