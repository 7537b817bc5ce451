"""What a run logged as aligned columns: every point, or as many rows as asked for that hide no extreme."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from trackio.columns import Columns
from trackio.frames import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from trackio.api import Server
    from trackio.frames import Frame

#: Points of one series read at once, and of all series together.
_PAGE: Final = 100_000
_TOGETHER: Final = 2_000_000
#: Most series of one request, and most buckets of one series.
_SERIES: Final = 1_000
MOST_SAMPLES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Block:
    """Some steps of a run: `step`, `time` and a column per key, and by key which rows have none (NaN there)."""

    columns: Columns
    missing: dict[str, NDArray[np.bool_]]


class Of(NamedTuple):
    """Whose series are read: of a run, its metrics ("scalar") or its "system" metrics."""

    run: str
    kind: str = "scalar"

    def series(self, keys: Sequence[str]) -> list[dict[str, Any]]:
        """Return how requests name these series."""
        return [{"run": self.run, "metric": key, "member": None, "kind": self.kind} for key in keys]


def whole(server: Server, of: Of, keys: Sequence[str]) -> Columns:
    """Return every point: `step`, `time` (seconds since the epoch) and a column per key, NaN where it has no point."""
    found = [block.columns for block in blocks(server, of, keys)]
    if not found:
        found = [_aligned({key: _Held() for key in keys}).columns]
    return Columns({name: np.concatenate([block[name] for block in found]) for name in found[0]})


def blocks(server: Server, of: Of, keys: Sequence[str], page: int = _PAGE) -> Iterator[Block]:
    """Yield what `whole` returns in consecutive parts, by step; a few pages of each series are held at once."""
    held = {key: _Held() for key in keys}
    page = max(1, min(page, _TOGETHER // max(1, len(keys))))
    while True:
        _refill(server, of, held, page)
        if not any(len(series.step) for series in held.values()):
            return
        # Up to here every series is known.
        known = min((series.step[-1] for series in held.values() if not series.ended), default=np.inf)
        yield _aligned({key: series.take(known) for key, series in held.items()})


def sampled(server: Server, of: Of, keys: Sequence[str], samples: int) -> Columns:
    """Return at most `samples` rows, each of an equal part of the steps that hold points.

    `step` and `time` are those of the earliest point in the row; `key` is the mean of the finite values, `key.min` and
    `key.max` are their extremes, NaN where there are none.
    """
    frames = list(_bucketed(server, of, keys, samples))
    extents = [frame.extent for frame in frames if frame.extent is not None]
    first, last = min((e[0] for e in extents), default=0.0), max((e[1] for e in extents), default=0.0)
    rows = [((frame.columns["step"] - first) * (samples / (last - first + 1))).astype(np.int64) for frame in frames]
    steps, times = np.full(samples, np.inf), np.full(samples, np.inf)
    columns: dict[str, NDArray[Any]] = {}
    for frame, row in zip(frames, rows, strict=True):
        np.minimum.at(steps, row, frame.columns["step"])
        np.minimum.at(times, row, frame.columns["time"])
        columns |= _summed(frame, row, samples)
    there = np.isfinite(steps)
    about = {"step": steps[there].astype(np.int64), "time": times[there]}
    return Columns(about | {name: column[there] for name, column in columns.items()})


# ------------------------------------------------------------------------------------------------- every point


def _nothing() -> NDArray[Any]:
    return np.empty(0)


@dataclass(slots=True)
class _Held:
    """Points of one series that were read and not given out yet."""

    step: NDArray[Any] = field(default_factory=_nothing)
    time: NDArray[Any] = field(default_factory=_nothing)
    value: NDArray[Any] = field(default_factory=_nothing)
    after: float | None = None
    ended: bool = False

    def take(self, upto: float) -> _Held:
        """Return the points up to a step, and hold them no longer."""
        count = int(np.searchsorted(self.step, upto, "right"))
        taken = _Held(self.step[:count], self.time[:count], self.value[:count])
        self.step, self.time, self.value = self.step[count:], self.time[count:], self.value[count:]
        return taken


def _refill(server: Server, of: Of, held: dict[str, _Held], page: int) -> None:
    """Read the next page of each series of which nothing is held."""
    wanted: dict[float | None, list[str]] = {}
    for key, series in held.items():
        if not series.ended and not len(series.step):
            wanted.setdefault(series.after, []).append(key)
    for after, keys in wanted.items():
        for some in _chunks(keys):
            reply = server.read("/api/v1/points", {"series": of.series(some), "after": after, "limit": page})
            for key, frame in zip(some, decode(reply), strict=True):
                series, found = held[key], frame.columns
                series.step, series.time, series.value = found["step"], found["time"], found["value"]
                series.ended = len(series.step) < page
                series.after = after if series.ended else float(series.step[-1])


def _aligned(parts: dict[str, _Held]) -> Block:
    steps = np.unique(np.concatenate([part.step for part in parts.values()])) if parts else _nothing()
    times, columns, missing = np.full(len(steps), np.nan), {}, {}
    for key, part in parts.items():
        rows = np.searchsorted(steps, part.step)
        columns[key], missing[key] = np.full(len(steps), np.nan), np.ones(len(steps), np.bool_)
        columns[key][rows], missing[key][rows] = part.value, False
        times[rows] = np.fmin(times[rows], part.time)
    return Block(Columns({"step": steps.astype(np.int64), "time": times} | columns), missing)


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(keys), _SERIES):
        yield keys[at : at + _SERIES]


# ------------------------------------------------------------------------------------------------------ samples


def _bucketed(server: Server, of: Of, keys: Sequence[str], samples: int) -> Iterator[Frame]:
    for some in _chunks(keys):
        asked = {"series": of.series(some), "x": "step", "width": samples}
        yield from decode(server.read("/api/v1/series", asked))


def _summed(frame: Frame, row: NDArray[Any], samples: int) -> dict[str, NDArray[Any]]:
    """Return mean, least and largest value in each row, of points or of buckets."""
    found = frame.columns
    if frame.raw:
        least = most = mean = found["value"]
        count = np.isfinite(mean).astype(np.float64)
    else:
        least, most, mean = found["min"], found["max"], found["mean"]
        count = found["count"] - found["nan"].astype(np.float64) - found["pinf"] - found["ninf"]
    here = count > 0
    row = row[here]
    total, number = np.zeros(samples), np.zeros(samples)
    with np.errstate(over="ignore"):
        np.add.at(total, row, mean[here] * count[here])
    np.add.at(number, row, count[here])
    low, high = np.full(samples, np.nan), np.full(samples, np.nan)
    np.fmin.at(low, row, least[here])
    np.fmax.at(high, row, most[here])
    with np.errstate(invalid="ignore"):
        mean = total / number
    return {frame.metric: mean, f"{frame.metric}.min": low, f"{frame.metric}.max": high}
