"""What users write at steps of a project's charts, for all who look at it: made, changed and taken away."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import BadRequest, NotFound
from trackiod import arguments
from trackiod.store import keys, runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackiod.store.env import Transaction
    from trackiod.store.runs import Project

#: Each action and its arguments, as edit.ACTIONS has them.
ACTIONS: Final[dict[str, frozenset[str]]] = {
    "annotate": frozenset({"project", "annotation", "metric", "first", "last", "text"}),
    "delete_annotation": frozenset({"project", "annotation"}),
}
#: Annotations of one project, at most: its record holds them. Longest text, in characters.
MAX_ANNOTATIONS: Final = 200
MAX_LENGTH: Final = 1_000
_ID: Final = re.compile(r"[0-9a-f]{12}")


def edit(txn: Transaction, project: Project, action: str, given: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
    """Do what is asked of a project's annotations and return what to answer; raises as edit.edit does."""
    if action == "delete_annotation":
        changed = _id(given)
        if all(each["id"] != changed for each in project.annotations):
            raise NotFound(f"annotation {changed}: project {project.name[:100]!r} has no such annotation")
        made = []
    else:
        made = [_made(project, given, now_ms)]
        changed = made[0]["id"]
    others = [each for each in project.annotations if each["id"] != changed]
    if made and len(others) >= MAX_ANNOTATIONS:
        raise BadRequest(f"project: has {MAX_ANNOTATIONS} annotations already")
    runs.put_project(txn, replace(project, annotations=others + made))
    return {"project": project.name, "annotation": changed}


def _made(project: Project, given: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
    metric = arguments.text_or_null(given, "metric", arguments.MAX_NAME)
    first, last = arguments.step(given, "first"), arguments.step(given, "last")
    if last < first:
        raise BadRequest("last: must not be before first")
    held = {"metric": metric, "first": first, "last": last, "text": arguments.text(given, "text", MAX_LENGTH)}
    if given["annotation"] is None:
        number = len(project.annotations)
        made = keys.digest(f"{now_ms} {number} {held}").hex()[:12]
        return {"id": made, "created": now_ms} | held
    known = _id(given)
    before = next((each for each in project.annotations if each["id"] == known), {"created": now_ms})
    return {"id": known, "created": before["created"]} | held


def _id(given: Mapping[str, Any]) -> str:
    found = arguments.plain(given, "annotation", arguments.MAX_NAME)
    if not _ID.fullmatch(found):
        raise BadRequest("annotation: must be 12 hex digits")
    return found
