"""CSV files with a column `step`, perhaps one `timestamp`, and metrics."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackio.past import Past, PastRow, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns are what: `metrics` are those with numbers only, `left_out` those with anything else."""

    step: int
    time: int | None
    metrics: dict[str, int]
    whole: frozenset[str]
    left_out: tuple[str, ...]


def run(path: Path, project: str, name: str | None = None) -> Past:
    """Return the run that a file holds, by default named like it; rows without a time have that of the file.

    Raises FileNotFoundError, and ValueError for a file without steps or without a number, naming the line.
    """
    found = layout(path)
    changed = path.stat().st_mtime
    called = name or path.stem
    return Past("csv", called, project, called, rows=lambda: _rows(path, found, changed), started=_first(path, found))


def layout(path: Path) -> Layout:
    """Return what the columns of a file are; reads all of it. Raises as `run` does."""
    lines = _lines(path)
    header = next(lines, (0, []))[1]
    names = [column.strip() for column in header]
    lower = [column.lower() for column in names]
    if "step" not in lower:
        raise ValueError(f"{path}: a column `step` is expected; there are {', '.join(names) or 'none'}")
    step, time = lower.index("step"), lower.index("timestamp") if "timestamp" in lower else None
    held = {at: _Kind() for at, name in enumerate(names) if name and at not in {step, time}}
    rows = 0
    for number, line in lines:
        rows += 1
        _step(line, step, f"{path}, line {number}")
        for at, kind in held.items():
            kind.see(line[at] if at < len(line) else "")
    if not rows:
        raise ValueError(f"{path}: has no rows")
    metrics = {names[at]: at for at, kind in held.items() if kind.is_number and kind.seen}
    if not metrics:
        raise ValueError(f"{path}: no column beside step and timestamp holds numbers only")
    whole = frozenset(names[at] for at, kind in held.items() if kind.is_whole)
    return Layout(step, time, metrics, whole, tuple(names[at] for at, kind in held.items() if not kind.is_number))


class _Kind:
    """What all cells of a column have been so far."""

    def __init__(self) -> None:
        self.seen, self.is_number, self.is_whole = False, True, True

    def see(self, cell: str) -> None:
        """Take one more cell into account; empty ones are nothing."""
        text = cell.strip()
        if not text or not self.is_number:
            return
        self.seen = True
        self.is_whole = self.is_whole and text.lstrip("+-").isdecimal() and len(text) < 19
        try:
            float(text)
        except ValueError:
            self.is_number = False


def _rows(path: Path, found: Layout, changed: float) -> Iterator[PastRow]:
    lines = _lines(path)
    next(lines)
    for number, line in lines:
        values: dict[str, float] = {}
        for name, at in found.metrics.items():
            text = line[at].strip() if at < len(line) else ""
            if text:
                values[name] = int(text) if name in found.whole else float(text)
        if values:
            where = f"{path}, line {number}"
            yield PastRow(_step(line, found.step, where), _time(line, found.time, changed, where), values)


def _first(path: Path, found: Layout) -> float:
    return next(_rows(path, found, path.stat().st_mtime)).time


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each line that is not empty."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        try:
            for line in reader:
                if line:
                    yield reader.line_num, line
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(f"{path}, line {reader.line_num + 1}: {error}") from error


def _step(line: list[str], at: int, where: str) -> int:
    text = line[at].strip() if at < len(line) else ""
    try:
        number = int(text) if text.lstrip("+-").isdecimal() else float(text)
    except ValueError:
        number = math.nan
    if number != int(number) if math.isfinite(number) else True:
        raise ValueError(f"{where}: a step is a whole number; got {text[:50]!r}")
    return int(number)


def _time(line: list[str], at: int | None, otherwise: float, where: str) -> float:
    text = line[at].strip() if at is not None and at < len(line) else ""
    if not text:
        return otherwise
    found = seconds(text)
    if found is None:
        raise ValueError(f"{where}: a timestamp is ISO 8601 or seconds since the epoch; got {text[:50]!r}")
    return found
