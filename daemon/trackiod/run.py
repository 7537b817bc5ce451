"""A run as readers are told of it, made of its records."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from trackiod.store import members
from trackiod.summaries import Summaries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackiod.store import runs
    from trackiod.store.env import Transaction
    from trackiod.store.members import Member
    from trackiod.summaries import Summary


@dataclass(frozen=True, slots=True)
class Run:
    """A run as docs/HTTP.md has it; times in seconds since the epoch."""

    id: str
    project: str
    name: str
    group: str | None
    status: str  # "running" | "finished" | "failed" | "crashed"
    error: str | None
    slot: int
    created: float
    started: float
    ended: float | None
    last_activity: float
    config: dict[str, Any]
    summary: Mapping[str, Summary]
    rows: int
    refused: dict[str, int]
    host: str
    pid: int
    user: str
    command: list[str]
    tags: list[str]
    notes: str | None
    #: Slot of the palette that a user chose.
    colour: int | None = None
    #: Its first members are the ranks of a launch, so many.
    ranks: int = 1
    #: When it was deleted; such a run is found in Query.deleted() alone.
    deleted: float | None = None
    #: How many processes logged into it, or began to.
    members: int = 1


def of_record(txn: Transaction, run: runs.Run) -> Run:
    """Return a run whole, for after the snapshot."""
    return whole(of_records(txn, run, list(members.of_run(txn, run.id))))


def of_records(txn: Transaction, run: runs.Run, logged: Sequence[tuple[int, Member]]) -> Run:
    """Return a run whose summary is read from the snapshot when it is asked for; `logged` are its members."""
    active = max([run.created, run.started, run.ended or 0, *(member.last_time for _, member in logged)])
    return Run(
        id=run.id,
        project=run.project,
        name=run.name,
        group=run.group,
        status=run.status,
        error=run.error,
        slot=run.slot,
        created=run.created / 1000,
        started=run.started / 1000,
        ended=None if run.ended is None else run.ended / 1000,
        last_activity=active / 1000,
        config=run.config,
        summary=Summaries(txn, run.id, logged),
        rows=sum(member.rows for _, member in logged),
        refused=run.refused,
        host=run.host,
        pid=run.pid,
        user=run.user,
        command=run.command,
        tags=run.tags,
        notes=run.notes,
        colour=run.colour,
        ranks=run.world,
        deleted=None if run.deleted is None else run.deleted / 1000,
        members=run.members,
    )


def whole(run: Run) -> Run:
    """Return a run with its summary read."""
    return replace(run, summary=dict(run.summary))
