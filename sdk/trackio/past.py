"""Runs that another tool recorded, as plain values: what every importer yields and `replay` writes."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@dataclass(frozen=True, slots=True)
class PastRow:
    """What was logged at one step; `time` in seconds since the epoch. Values as `Run.log` takes them."""

    step: int
    time: float
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PastSystem:
    """What was logged about the machine at a time; values that are no numbers are left out, and counted."""

    time: float
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PastAlert:
    """What the run gave alarm of; nobody is told again."""

    time: float
    title: str
    text: str | None
    level: str  # "info" | "warn" | "error"
    step: int | None


def _nothing() -> Iterator[PastSystem | PastAlert]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Past:
    """One run. `rows()` reads its rows anew, in an order that stays when more are added; times in seconds.

    `beside()` reads what has no step: what is the same, at the same time, is the same thing.
    `tool` and `key` say which run it is: the same ones are the same run, however often it is read.
    """

    tool: str
    key: str
    project: str
    name: str
    rows: Callable[[], Iterator[PastRow]]
    started: float
    ended: float | None = None
    status: str = "finished"  # or "failed"
    error: str | None = None
    group: str | None = None
    config: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    notes: str | None = None
    user: str = ""
    host: str = ""
    command: tuple[str, ...] = ()
    beside: Callable[[], Iterator[PastSystem | PastAlert]] = _nothing

    @property
    def id(self) -> str:
        """The id of the run here, of its project, too: one that goes to two projects is two runs."""
        return hashlib.sha256(f"{self.tool}\0{self.project}\0{self.key}".encode()).hexdigest()[:32]


def joined(points: Iterable[PastRow]) -> Iterator[PastRow]:
    """Yield rows of which neighbours of one step and time, with different names, are made one."""
    held: PastRow | None = None
    for point in points:
        fits = held is not None and (held.step, held.time) == (point.step, point.time)
        if held is not None and fits and held.values.keys().isdisjoint(point.values):
            held.values.update(point.values)
            continue
        if held is not None:
            yield held
        held = PastRow(point.step, point.time, dict(point.values))
    if held is not None:
        yield held


def seconds(text: str) -> float | None:
    """Return a time (ISO 8601, in UTC unless it says so, or seconds since the epoch) in seconds, else None."""
    with suppress(ValueError, OverflowError):
        found = float(text)
        return found if -1e11 < found < 1e11 else None
    with suppress(ValueError, OverflowError):
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return (when if when.tzinfo else when.replace(tzinfo=timezone.utc)).timestamp()
    return None
