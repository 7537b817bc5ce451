"""Runs folded into groups: the mean of a metric over the runs of each, how far they spread, on one grid for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trackiod import points
from trackiod.store import bucket, series

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackiod.points import Found
    from trackiod.store.bucket import Buckets
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
    first, last = points.bounded(extent, request.first, request.last)
    length = max(last - first, 0.0) + (request.x == "step")
    width = min(request.width, max(1, int(length))) if request.x == "step" else request.width
    return _Grid(first, (length or 1.0) / width, width)


def _folded(txn: Transaction, request: GroupsRequest, grid: _Grid, members: list[Found]) -> dict[str, NDArray[Any]]:
    rows = np.full((3, len(members), grid.width), np.nan)
    asked = points.span(request.x, request.first, request.last)
    for number, member in enumerate(members):
        buckets = bucket.of(series.read(txn, member.series, member.tail, asked, grid.width))
        _place(rows[:, number], buckets[buckets.finite > 0], request.x, grid)
    return _columns(grid.middle(request.x), rows)


def _place(row: NDArray[np.float64], buckets: Buckets, x: str, grid: _Grid) -> None:
    """Put mean, least and most of one run's values into its row, between its first and its last value."""
    if not len(buckets):
        return
    joined, at = points.by_part(buckets, grid.part(points.position(buckets, x)))
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
