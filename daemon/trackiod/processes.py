"""The processes that logged into a run: which member of it each is, where it ran, and what it logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackiod.store import members, runs, series, summary

if TYPE_CHECKING:
    from trackiod.store.env import Transaction


@dataclass(frozen=True, slots=True)
class Process:
    """A process that logged into a run, as its `member`; number 0 is the main one, whichever resumed it last.

    `metrics`: the names of its numbers, in order. A process of which only rows are left has no `pid` and `host`.
    """

    member: int
    rows: int
    pid: int | None
    host: str | None
    metrics: list[str]


def of_run(txn: Transaction, run: str) -> list[Process]:
    """Return the processes that logged anything into a run, by member."""
    writers = sorted(runs.writers_of(txn, run), key=lambda state: state.started)
    last = {state.member: state for state in writers}
    found = []
    for number, member in members.of_run(txn, run):
        names = set(summary.get(txn, run, number))
        if member.tail_batches:
            names.update(series.waiting(txn, run, number).pieces())
        state = last.get(number)
        pid, host = (None, None) if state is None else (state.pid, state.host)
        found.append(Process(number, member.rows, pid, host, sorted(names)))
    return found
