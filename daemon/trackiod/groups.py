"""Runs folded into groups: the mean of a metric over the runs of each, how far they spread, on one grid for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trackiod import points
from trackiod.points import SeriesRequest
from trackiod.store import bucket, series
from trackiod.store.bucket import Buckets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackiod.points import Found
    from trackiod.store.env import Transaction


@dataclass(frozen=True, slots=True)
class GroupsRequest:
    """Which groups of runs (ids), of which metric, on which axis; `first` and `last` as in SeriesRequest."""

    metric: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    x: str  # "step" | "time"
    width: int
    first: float | None
    last: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """One group: columns of equal length, a row per part of the grid in which any of its runs has a value.

    `at` (middle of the part), `mean`, `std` (of the sample; 0 for one run), `min`, `max` are float64, `runs`, how many
    runs have a value there, uint32. Each run counts as much as any other, however often it logged; between two of its
    points a run is taken to change evenly, so that all its runs are in every mean.
    """

    name: str
    metric: str
    columns: dict[str, NDArray[Any]]
    extent: tuple[float, float] | None
    bucket: float | None


@dataclass(frozen=True, slots=True)
class _Grid:
    first: float
    size: float
    width: int

    def part(self, at: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.clip((at - self.first) / self.size, 0, self.width - 1).astype(np.int64)

    def middle(self, x: str) -> NDArray[np.float64]:
        half = (self.size - 1) / 2 if x == "step" else self.size / 2
        return np.arange(self.width, dtype=np.float64) * self.size + (self.first + half)


def groups(txn: Transaction, request: GroupsRequest) -> list[Group]:
    """Return the groups in the order asked for; runs that never logged the metric, or do not exist, are passed over."""
    found = [
        (name, [held for run in runs if len((held := points.sought(txn, run, request.metric, None)).ends)])
        for name, runs in request.groups
    ]
    extents = [points.extent(held.ends, request.x) for _, members in found for held in members]
    if not extents:
        return [
            Group(name, request.metric, _columns(np.empty(0), np.empty((3, 0, 0))), None, None) for name, _ in found
        ]
    extent = min(first for first, _ in extents), max(last for _, last in extents)
    grid = _grid(request, extent)
    return [
        Group(name, request.metric, _folded(txn, request, grid, members), extent, grid.size) for name, members in found
    ]


def _grid(request: GroupsRequest, extent: tuple[float, float]) -> _Grid:
    first = extent[0] if request.first is None else max(request.first, extent[0])
    last = extent[1] if request.last is None else min(request.last, extent[1])
    length = max(last - first, 0.0) + (request.x == "step")
    width = min(request.width, max(1, int(length))) if request.x == "step" else request.width
    return _Grid(first, (length or 1.0) / width, width)


def _folded(txn: Transaction, request: GroupsRequest, grid: _Grid, members: list[Found]) -> dict[str, NDArray[Any]]:
    rows = np.full((3, len(members), grid.width), np.nan)
    for number, member in enumerate(members):
        asked = SeriesRequest(
            member.series.run, request.metric, None, request.x, grid.width, request.first, request.last
        )
        held = series.read(txn, member.series, member.tail, points.span(asked), grid.width)
        buckets = held if isinstance(held, Buckets) else bucket.of_points(held)
        _place(rows[:, number], buckets[buckets.finite > 0], request.x, grid)
    return _columns(grid.middle(request.x), rows)


def _place(row: NDArray[np.float64], buckets: Buckets, x: str, grid: _Grid) -> None:
    """Put mean, least and most of one run's values into its row, between its first and its last value."""
    if not len(buckets):
        return
    part = grid.part(points.position(buckets, x))
    if (part[1:] < part[:-1]).any():
        order = np.argsort(part, kind="stable")
        buckets, part = buckets[order], part[order]
    starts = np.flatnonzero(np.append(True, part[1:] != part[:-1]))
    joined, at = buckets.grouped(starts), part[starts]
    between = np.arange(at[0], at[-1] + 1)
    for kind, values in enumerate((joined.total / joined.finite, joined.least, joined.most)):
        row[kind, between] = np.interp(between, at, values)


def _columns(at: NDArray[np.float64], rows: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    mean, least, most = rows
    runs = np.count_nonzero(~np.isnan(mean), axis=0)
    some = runs > 0
    runs, at = runs[some], at[some]
    means = np.nansum(mean[:, some], axis=0) / runs
    squares = np.nansum((mean[:, some] - means) ** 2, axis=0)
    return {
        "at": at,
        "mean": means,
        "std": np.sqrt(squares / np.maximum(runs - 1, 1)),
        "min": np.fmin.reduce(least[:, some], axis=0, initial=np.inf) if len(at) else at,
        "max": np.fmax.reduce(most[:, some], axis=0, initial=-np.inf) if len(at) else at,
        "runs": runs.astype(np.uint32),
    }
