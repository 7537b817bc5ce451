"""How far the rows of a run have come: logged, journaled, stored; what was refused; and what the tracker cost it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackiod.store import members, runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackio.unsent import Unsent
    from trackiod.store.env import Transaction


@dataclass(frozen=True, slots=True)
class Delivery:
    """One run: `logged` rows of which `journaled` are safe, `stored` of them in the store, the others `waiting`.

    `oldest` is the time of the row that waits longest, in seconds since the epoch. `refused` counts rows and values
    by reason. A call of log() took `call_us` on average, and all of them `share` of the time that the run's processes
    lived; None until some were timed. What a running process counts is a few seconds old.
    """

    run: str
    project: str
    name: str
    status: str
    logged: int
    journaled: int
    stored: int
    waiting: int
    oldest: float | None
    refused: dict[str, int]
    call_us: float | None
    share: float | None


def deliveries(txn: Transaction, waiting: Iterable[Unsent], run_id: str | None) -> list[Delivery]:
    """Return what became of the rows of one run, or of all that are running or wait; by name of project and run."""
    held: dict[str, list[Unsent]] = defaultdict(list)
    for unsent in waiting:
        held[_run_of(txn, unsent)].append(unsent)
    if run_id is not None:
        found = runs.visible(txn, run_id)
        return [] if found is None else [_delivery(txn, found, held[found.id])]
    ids = {state.run for state in runs.running_writers(txn)} | {run for run, unsent in held.items() if _rows(unsent)}
    known = [found for run in ids if (found := runs.visible(txn, run)) is not None]
    return [_delivery(txn, found, held[found.id]) for found in sorted(known, key=lambda run: (run.project, run.name))]


def _run_of(txn: Transaction, unsent: Unsent) -> str:
    state = runs.writer(txn, unsent.writer)
    if state is not None:
        return state.run
    found = runs.run(txn, unsent.run) if unsent.run else None
    return "" if found is None else found.id


def _delivery(txn: Transaction, run: runs.Run, unsent: list[Unsent]) -> Delivery:
    stored = sum(member.rows for _, member in members.of_run(txn, run.id))
    waiting = _rows(unsent)
    oldest = min((item.oldest for item in unsent if item.oldest is not None), default=None)
    logged = max(run.logged, stored + waiting)
    call_us = run.spent / run.timed / 1000 if run.timed else None
    return Delivery(
        run=run.id,
        project=run.project,
        name=run.name,
        status=run.status,
        logged=logged,
        journaled=stored + waiting,
        stored=stored,
        waiting=waiting,
        oldest=None if oldest is None else oldest / 1e9,
        refused=run.refused,
        call_us=call_us,
        share=None if call_us is None or not run.wall else call_us * 1000 * run.logged / run.wall,
    )


def _rows(unsent: list[Unsent]) -> int:
    return sum(item.rows for item in unsent)
