"""How busy projects were of late: how many of their runs were active on each day."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from trackiod.store import members, runs

if TYPE_CHECKING:
    from trackiod.store.env import Transaction

#: Days that are told of, the last one up to now.
DAYS: Final = 30
#: Of more runs than this, the newest count.
MOST_RUNS: Final = 300
_DAY_MS: Final = 86_400_000


def of_projects(txn: Transaction, now_ms: int) -> dict[str, list[int]]:
    """Return how many runs of each project were active in each of the last DAYS spans of 24 hours, the earliest first.

    A run is active from its start to its last row, or its end.
    """
    return {project.name: of_project(txn, project.name, now_ms) for project in runs.projects(txn)}


def of_project(txn: Transaction, project: str, now_ms: int) -> list[int]:
    """Return the same of one project, of its newest MOST_RUNS runs."""
    days = [0] * DAYS
    for run in islice(runs.of_project(txn, project), MOST_RUNS):
        seen = [member.last_time for _, member in members.of_run(txn, run.id)]
        first = max(0, _day(run.started, now_ms))
        for day in range(first, _day(max([run.started, run.ended or 0, *seen]), now_ms) + 1):
            days[day] += 1
    return days


def _day(time: int, now_ms: int) -> int:
    return DAYS - 1 - max(0, now_ms - time) // _DAY_MS
