"""What users save with a project for all who look at it: views of its pages, filters of its runs, short links."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trackiod.store import keys
from trackiod.store.env import scan
from trackiod.store.fields import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackiod.store.env import Transaction


@dataclass(frozen=True, slots=True)
class View:
    """A query under a name: of a page's address if `kind` is "view" or "link", of runs if it is "filter".

    Links have no names and are not listed. Times in ms since the epoch.
    """

    id: str
    project: str
    kind: str
    name: str
    query: str
    created: int
    changed: int


def put(txn: Transaction, view: View) -> None:
    """Keep a view, in the place of the one that has its id in its project."""
    txn.put(keys.view(view.project, view.id), packed(view))


def get(txn: Transaction, project: str, view_id: str) -> View | None:
    """Return a view of a project."""
    found = txn.get(keys.view(project, view_id))
    return None if found is None else unpacked(View, found)


def find(txn: Transaction, view_id: str) -> View | None:
    """Return a view of any project."""
    return next((view for view in everywhere(txn) if view.id == view_id), None)


def delete(txn: Transaction, view: View) -> None:
    """Forget a view."""
    txn.delete(keys.view(view.project, view.id))


def of_project(txn: Transaction, project: str) -> list[View]:
    """Return all that is saved with a project, the oldest first."""
    found = [unpacked(View, value) for _, value in scan(txn, keys.views(project))]
    return sorted(found, key=lambda view: (view.created, view.id))


def everywhere(txn: Transaction) -> Iterator[View]:
    """Yield all that is saved, in no particular order."""
    for _, value in scan(txn, keys.VIEW):
        yield unpacked(View, value)


def move(txn: Transaction, project: str, to: str) -> None:
    """Let another project have all that is saved with one."""
    for view in of_project(txn, project):
        delete(txn, view)
        put(txn, replace(view, project=to))


def remove(txn: Transaction, project: str) -> None:
    """Forget all that is saved with a project."""
    for view in of_project(txn, project):
        delete(txn, view)
