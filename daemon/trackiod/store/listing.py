"""What users change about runs and projects: what a run is called, where it is listed, and whether it is shown."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from trackiod.store import keys, names, runs, views
from trackiod.store.env import scan

if TYPE_CHECKING:
    from trackiod.store.env import Transaction
    from trackiod.store.runs import Project, Run

#: Names of runs that one slice of a project's end takes out of it, at least those of one run.
SLICE: Final = 2_000


def rename(txn: Transaction, run: Run, name: str) -> Run:
    """Call a run by another name."""
    if run.deleted is None:
        txn.delete(keys.run_named(run.project, run.name, run.slot))
        txn.put(keys.run_named(run.project, name, run.slot), run.id.encode())
    return change(txn, run, name=name)


def change(txn: Transaction, run: Run, **fields: Any) -> Run:
    """Change fields of a run that are found in no other record."""
    changed = replace(run, **fields)
    runs.put_run(txn, changed)
    return changed


def move(txn: Transaction, run: Run, project: str) -> Run:
    """List a run in another project; it keeps its slot where that is free. Its writers know it by the first one."""
    runs.delist(txn, run)
    moved = runs.enlist(txn, replace(run, project=project, home=run.home or run.project))
    return _settled(txn, moved)


def hide(txn: Transaction, run: Run, time: int) -> Run:
    """Delete a run in such a way that it can be shown again; what its writers still send is kept, too."""
    runs.delist(txn, run)
    txn.put(keys.deleted(time, run.id), run.id.encode())
    return _settled(txn, replace(run, deleted=time))


def show(txn: Transaction, run: Run) -> Run:
    """Restore a run that was deleted; its project comes back with it."""
    if run.deleted is None:
        return run
    txn.delete(keys.deleted(run.deleted, run.id))
    return _settled(txn, runs.enlist(txn, replace(run, deleted=None)))


def _settled(txn: Transaction, run: Run) -> Run:
    runs.put_run(txn, run)
    for state in runs.writers_of(txn, run.id):
        if not state.collected:
            runs.put_writer(txn, replace(state, project=run.listed))
    return run


# ------------------------------------------------------------------------------------------------------- projects


def leave(txn: Transaction, project: Project, time: int, successor: str | None = None) -> None:
    """Begin to move all runs of a project to `successor`, or to delete them; `leaving` does the work, in slices."""
    runs.put_project(txn, replace(project, leaving=project.slots, left=time, successor=successor))


def leaving(txn: Transaction, name: str) -> tuple[list[tuple[Run, Run]], bool]:
    """Take a slice of the runs out of a project that they are to leave, the oldest first.

    Returns each run as it was and as it is, and whether more are left. A project that nobody is left in goes.
    """
    project = runs.project(txn, name)
    taken: list[tuple[Run, Run]] = []
    if project is None or not project.leaving:
        return taken, False
    work = 0
    for key, value in list(islice(scan(txn, keys.project_runs(name)), SLICE)):
        run = runs.run(txn, value.decode())
        if run is None or keys.slot_of(key) >= project.leaving or work >= SLICE:
            break
        gone = hide(txn, run, project.left) if project.successor is None else move(txn, run, project.successor)
        taken.append((run, gone))
        work += 1 + sum(1 for _ in names.of_run(txn, run.id))
    first = next(scan(txn, keys.project_runs(name)), None)
    more = bool(taken) and first is not None and keys.slot_of(first[0]) < project.leaving
    if not more:
        _left(txn, name)
    return taken, more


def _left(txn: Transaction, name: str) -> None:
    project = runs.project(txn, name)
    if project is None:
        return
    if project.runs:
        runs.put_project(txn, replace(project, leaving=0, left=0, successor=None))
    else:
        views.remove(txn, name)
        txn.delete(keys.project(name))
