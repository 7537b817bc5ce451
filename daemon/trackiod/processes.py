"""The processes that logged into a run: which member of it each is, where it ran, and what it logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackiod.store import members, runs, series, summary

if TYPE_CHECKING:
    from trackiod.store.env import Transaction
    from trackiod.store.members import Member
    from trackiod.store.runs import WriterState


@dataclass(frozen=True, slots=True)
class Process:
    """A process that belongs to a run, as its `member`; number 0 is the main one, whichever resumed it last.

    `metrics`: the names of its numbers, in order. A process of which only rows are left has no `status`, `pid` and
    `host`.
    """

    member: int
    rows: int
    status: str | None  # "running" | "finished" | "failed" | "crashed"
    pid: int | None
    host: str | None
    metrics: list[str]


def of_run(txn: Transaction, run: str) -> list[Process]:
    """Return the processes of a run, by member, those that have logged nothing yet, too."""
    last = {state.member: state for state in sorted(runs.writers_of(txn, run), key=lambda state: state.started)}
    logged = dict(members.of_run(txn, run))
    return [_process(txn, run, number, logged.get(number), last.get(number)) for number in sorted({*last, *logged})]


def _process(txn: Transaction, run: str, number: int, member: Member | None, state: WriterState | None) -> Process:
    metrics = set(summary.get(txn, run, number))
    if member is not None and member.tail_batches:
        metrics.update(series.waiting(txn, run, number).pieces())
    rows = 0 if member is None else member.rows
    if state is None:
        return Process(number, rows, None, None, None, sorted(metrics))
    return Process(number, rows, state.state, state.pid, state.host, sorted(metrics))
