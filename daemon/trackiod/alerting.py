"""Alerts as readers ask for them: of a run or a whole project, newest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import dropwhile, islice, takewhile
from typing import TYPE_CHECKING

from trackio.errors import BadRequest, NotFound
from trackiod.store import alerts, runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackiod.store.alerts import Told
    from trackiod.store.env import Transaction

_US: int = 10**6


@dataclass(frozen=True, slots=True)
class AlertsRequest:
    """Which alerts of a project: of one run (by id), of some levels, later than `since`, before a cursor; how many."""

    project: str
    run: str | None = None
    levels: frozenset[str] | None = None
    since: float | None = None  # seconds since the epoch
    limit: int = 500
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as docs/HTTP.md has it; `run` is an id, times in seconds since the epoch."""

    id: str
    run: str
    run_name: str
    time: float
    level: str
    title: str
    text: str | None
    step: int | None
    member: int
    webhook: str | None  # "pending" | "sent" | "failed"
    error: str | None


@dataclass(frozen=True, slots=True)
class Alerts:
    """A page of alerts, newest first; `next` is the cursor of the following page, None if there is none."""

    alerts: list[Alert]
    next: str | None


def page(txn: Transaction, request: AlertsRequest) -> Alerts:
    """Return a page; raises NotFound for a project or a run that is not there, BadRequest for its cursor."""
    if runs.project(txn, request.project) is None:
        raise NotFound(f"project {request.project[:100]!r}: there is no such project")
    found = list(islice(_wanted(txn, request), request.limit + 1))
    names = {run_id: _name(txn, run_id) for run_id in {told.run for told in found}}
    shown = found[: request.limit]
    more = f"{shown[-1].time}-{shown[-1].id}" if len(found) > len(shown) > 0 else None
    return Alerts([_alert(told, names[told.run]) for told in shown], more)


def _wanted(txn: Transaction, request: AlertsRequest) -> Iterator[Told]:
    found = alerts.of_runs(txn, _runs(txn, request))
    if request.before is not None:
        before = _cursor(request.before)
        found = dropwhile(lambda told: (told.time, told.id) >= before, found)
    if request.since is not None:
        since = round(request.since * _US)
        found = takewhile(lambda told: told.time > since, found)
    return (told for told in found if request.levels is None or told.level in request.levels)


def _runs(txn: Transaction, request: AlertsRequest) -> list[str]:
    if request.run is None:
        return alerts.runs_with(txn, request.project)
    run = runs.visible(txn, request.run)
    if run is None or run.project != request.project:
        raise NotFound(f"run {request.run[:100]!r} of project {request.project[:100]!r}: there is no such run")
    return [run.id]


def _cursor(text: str) -> tuple[int, str]:
    time, dash, name = text.partition("-")
    if not (time.isascii() and time.isdigit() and dash and name):
        raise BadRequest(f"before: {text[:50]!r} is no cursor")
    return int(time), name


def _name(txn: Transaction, run_id: str) -> str:
    run = runs.run(txn, run_id)
    return "" if run is None else run.name


def _alert(told: Told, run_name: str) -> Alert:
    return Alert(
        id=told.id,
        run=told.run,
        run_name=run_name,
        time=told.time / _US,
        level=told.level,
        title=told.title,
        text=told.text,
        step=told.step,
        member=told.member,
        webhook=told.webhook,
        error=told.error,
    )
