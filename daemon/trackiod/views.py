"""What all who look at a project share, as docs/HTTP.md has it: saved views and filters, annotations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackio.errors import NotFound
from trackiod.store import runs
from trackiod.store import views as stored

if TYPE_CHECKING:
    from trackiod.store.env import Transaction


@dataclass(frozen=True, slots=True)
class View:
    """A view, a filter or a link; times in seconds since the epoch."""

    id: str
    project: str
    kind: str  # "view" | "filter" | "link"
    name: str
    query: str
    created: float
    changed: float


@dataclass(frozen=True, slots=True)
class Annotation:
    """What was written at steps of a metric's chart, of all charts where that is None; time in seconds."""

    id: str
    metric: str | None
    first: int
    last: int
    text: str
    created: float


@dataclass(frozen=True, slots=True)
class Shared:
    """What is saved with a project; `views` without its links, the oldest first."""

    project: str
    views: list[View]
    default_view: str | None
    ignored: list[str]
    plot_order: list[str]
    annotations: list[Annotation]


def shared(txn: Transaction, name: str) -> Shared:
    """Return what is saved with a project; raises NotFound for an unknown one."""
    project = runs.project(txn, name)
    if project is None:
        raise NotFound(f"project {name[:100]!r}: there is no such project")
    views = [_view(view) for view in stored.of_project(txn, name) if view.kind != "link"]
    default = project.default_view if any(view.id == project.default_view for view in views) else None
    annotations = [Annotation(**each | {"created": each["created"] / 1000}) for each in project.annotations]
    annotations.sort(key=lambda each: (each.first, each.last, each.id))
    return Shared(name, views, default, project.ignored, project.plot_order, annotations)


def find(txn: Transaction, view_id: str) -> View:
    """Return a view, filter or link of any project; raises NotFound for an unknown one."""
    found = stored.find(txn, view_id)
    if found is None:
        raise NotFound(f"view {view_id[:100]!r}: there is no such view; it may have been deleted")
    return _view(found)


def _view(view: stored.View) -> View:
    return View(view.id, view.project, view.kind, view.name, view.query, view.created / 1000, view.changed / 1000)
