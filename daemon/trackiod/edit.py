"""What users may change: one match on what is asked, every argument checked, inside the caller's transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import BadRequest, NotFound
from trackiod import arguments, edit_annotations, edit_views
from trackiod.arguments import MAX_NAME, MAX_NOTES
from trackiod.store import listing, runs, views

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackiod.live import Changes
    from trackiod.store.env import Transaction
    from trackiod.store.runs import Project, Run

#: Each action and its arguments, all of which must be given.
ACTIONS: Final[dict[str, frozenset[str]]] = {
    "rename_run": frozenset({"run", "name"}),
    "set_tags": frozenset({"run", "tags"}),
    "set_notes": frozenset({"run", "notes"}),
    "set_group": frozenset({"run", "group"}),
    "set_colour": frozenset({"run", "colour"}),
    "move_run": frozenset({"run", "project"}),
    "delete_run": frozenset({"run"}),
    "restore_run": frozenset({"run"}),
    "rename_project": frozenset({"project", "name"}),
    "delete_project": frozenset({"project"}),
    **edit_views.ACTIONS,
    **edit_annotations.ACTIONS,
}
#: A deleted run can be restored for this many seconds; then what it owns is removed.
KEPT_SECONDS: Final = 3600


def edit(txn: Transaction, asked: Mapping[str, Any], now_ms: int, changes: Changes) -> dict[str, Any]:
    """Do what `asked` says, note in `changes` what it brought about, and return what to answer.

    Raises BadRequest naming an unusable argument, NotFound for a run or project that is not there. What takes long is
    begun: `{"done": False}` says that the rest follows in slices.
    """
    action = asked.get("action")
    if not isinstance(action, str) or action not in ACTIONS:
        raise BadRequest(f"action: {action!r:.100} is none of {', '.join(ACTIONS)}")
    given = {name: value for name, value in asked.items() if name != "action"}
    for name in sorted(given.keys() ^ ACTIONS[action]):
        raise BadRequest(f"{name:.100}: is missing" if name in ACTIONS[action] else f"{name:.100}: {action} has none")
    if "run" in given:
        return _edit_run(txn, action, given, now_ms, changes)
    return _edit_project(txn, action, given, now_ms, changes)


def _edit_run(txn: Transaction, action: str, given: dict[str, Any], now_ms: int, changes: Changes) -> dict[str, Any]:
    run = _run(txn, arguments.plain(given, "run", MAX_NOTES))
    if action == "delete_run":
        changed = run if run.deleted is not None else listing.hide(txn, run, now_ms)
    elif action == "restore_run":
        changed = listing.show(txn, run)
    elif run.deleted is not None:
        raise NotFound(f"run {run.id[:100]!r}: was deleted; restore it first")
    else:
        changed = _changed(txn, run, action, given)
    if changed != run:
        changes.moved(run.id, run.listed, changed.listed)
    if changed.deleted is not None:
        return {"run": run.id, "restorable_until": changed.deleted / 1000 + KEPT_SECONDS}
    return {"run": run.id, "project": changed.project, "name": changed.name, "slot": changed.slot}


def _changed(txn: Transaction, run: Run, action: str, given: dict[str, Any]) -> Run:
    match action:
        case "rename_run":
            return listing.rename(txn, run, arguments.text(given, "name"))
        case "set_tags":
            return listing.change(txn, run, tags=arguments.texts(given, "tags"))
        case "set_notes":
            return listing.change(txn, run, notes=arguments.text_or_null(given, "notes", MAX_NOTES))
        case "set_group":
            return listing.change(txn, run, group=arguments.text_or_null(given, "group", MAX_NAME))
        case "set_colour":
            return listing.change(txn, run, colour=arguments.colour(given))
        case _:
            project = arguments.text(given, "project")
            return run if project == run.project else listing.move(txn, run, project)


def _edit_project(
    txn: Transaction, action: str, given: dict[str, Any], now_ms: int, changes: Changes
) -> dict[str, Any]:
    project = _project(txn, arguments.plain(given, "project", MAX_NOTES))
    if project.leaving:
        raise BadRequest(f"project: {project.name!r:.100} is being renamed or deleted")
    if action in edit_views.ACTIONS:
        changes.shared.add(project.name)
        return edit_views.edit(txn, project, action, given, now_ms)
    if action in edit_annotations.ACTIONS:
        changes.shared.add(project.name)
        return edit_annotations.edit(txn, project, action, given, now_ms)
    match action:
        case "rename_project":
            name = arguments.text(given, "name")
            if runs.project(txn, name) is not None:
                raise BadRequest(f"name: there is a project {name!r:.100} already")
            runs.put_project(txn, replace(project, name=name, runs=0))
            views.move(txn, project.name, name)
            listing.leave(txn, project, now_ms, name)
        case _:
            listing.leave(txn, project, now_ms)
    changes.projects = True
    return {"done": not leave(txn, project.name, changes)}


def leave(txn: Transaction, project: str, changes: Changes) -> bool:
    """Take a slice of the runs out of a project that is being renamed or deleted; tell whether more are left."""
    taken, more = listing.leaving(txn, project)
    for before, after in taken:
        changes.moved(before.id, before.listed, after.listed)
    changes.projects = True
    return more


# ------------------------------------------------------------------------------------------------- what is named


def _run(txn: Transaction, run_id: str) -> Run:
    found = runs.run(txn, run_id)
    if found is None:
        raise NotFound(f"run {run_id[:100]!r}: there is no such run")
    return found


def _project(txn: Transaction, name: str) -> Project:
    found = runs.project(txn, name)
    if found is None:
        raise NotFound(f"project {name[:100]!r}: there is no such project")
    return found
