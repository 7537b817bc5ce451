"""What users save with a project for all who look at it: made, changed and deleted as they ask."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import BadRequest, NotFound
from trackiod import arguments
from trackiod.store import keys, runs, views
from trackiod.store.views import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackiod.store.env import Transaction
    from trackiod.store.runs import Project

#: Each action and its arguments, as edit.ACTIONS has them.
ACTIONS: Final[dict[str, frozenset[str]]] = {
    "save_view": frozenset({"project", "view", "kind", "name", "query"}),
    "delete_view": frozenset({"project", "view"}),
    "set_default_view": frozenset({"project", "view"}),
    "set_ignored": frozenset({"project", "keys"}),
}
KINDS: Final = ("view", "filter", "link")
#: Longest query, in characters.
MAX_QUERY: Final = 20_000
#: Views and filters of one project, at most; and links, of which the oldest make room.
MAX_VIEWS: Final = 500
MAX_LINKS: Final = 2_000
_ID: Final = re.compile(r"[0-9a-f]{12}")


def edit(txn: Transaction, project: Project, action: str, given: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
    """Do what is asked of a project's views and return what to answer; raises as edit.edit does."""
    match action:
        case "save_view":
            return {"project": project.name, "view": _saved(txn, project.name, given, now_ms).id}
        case "delete_view":
            views.delete(txn, _view(txn, project.name, given))
        case "set_default_view":
            chosen = None if given["view"] is None else _view(txn, project.name, given).id
            runs.put_project(txn, replace(project, default_view=chosen))
        case _:
            runs.put_project(txn, replace(project, ignored=arguments.texts(given, "keys")))
    return {"project": project.name}


def _saved(txn: Transaction, project: str, given: Mapping[str, Any], now_ms: int) -> View:
    kind = given["kind"]
    if kind not in KINDS:
        raise BadRequest(f"kind: {kind!r:.100} is none of {', '.join(KINDS)}")
    name = "" if kind == "link" else arguments.text(given, "name")
    query = arguments.plain(given, "query", MAX_QUERY)
    view_id = _new_id(txn, project, kind, query) if given["view"] is None else _id(given)
    before = views.find(txn, view_id)
    if before is not None and (before.project, before.kind) != (project, kind):
        raise BadRequest(f"view: {view_id} is another one")
    created = now_ms if before is None else before.created
    if before is None:
        _make_room(txn, project, kind)
    view = View(view_id, project, kind, name, query, created, now_ms)
    views.put(txn, view)
    return view


def _make_room(txn: Transaction, project: str, kind: str) -> None:
    saved = views.of_project(txn, project)
    links = [view for view in saved if view.kind == "link"]
    if kind != "link" and len(saved) - len(links) >= MAX_VIEWS:
        raise BadRequest(f"project: has {MAX_VIEWS} views and filters already")
    if kind == "link" and len(links) >= MAX_LINKS:
        views.delete(txn, links[0])


def _new_id(txn: Transaction, project: str, kind: str, query: str) -> str:
    """Return an id that no view has; what a link shows is its id, so the same one is not made twice."""
    attempt = 0
    while True:
        view_id = keys.digest(f"{kind} {attempt} {project} {query}").hex()[:12]
        found = views.find(txn, view_id)
        if found is None or (kind == "link" and (found.kind, found.project, found.query) == (kind, project, query)):
            return view_id
        attempt += 1


def _id(given: Mapping[str, Any]) -> str:
    view_id = arguments.plain(given, "view", arguments.MAX_NAME)
    if not _ID.fullmatch(view_id):
        raise BadRequest("view: must be 12 hex digits")
    return view_id


def _view(txn: Transaction, project: str, given: Mapping[str, Any]) -> View:
    view_id = _id(given)
    found = views.get(txn, project, view_id)
    if found is None:
        raise NotFound(f"view {view_id}: project {project[:100]!r} has no such view")
    return found
