"""Every question that the dashboard and the command line ask of the store, answered as plain dataclasses."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from trackio.errors import NotFound
from trackiod import comparison, delivery, gallery, groups, points, traces, views
from trackiod import filter as language
from trackiod.delivery import Delivery
from trackiod.gallery import MediaInfo, Object, Objects, ObjectsRequest, TablePage, TableRequest
from trackiod.groups import Group, GroupsRequest
from trackiod.points import Series, SeriesRequest, Summary
from trackiod.store import members, names, runs
from trackiod.store.env import Store
from trackiod.store.names import Kind
from trackiod.traces import TracesPage, TracesRequest, TraceSteps
from trackiod.views import Shared, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from trackio.places import Places
    from trackio.unsent import Unsent
    from trackiod.store.env import Transaction

__all__ = [
    "Delivery",
    "Group",
    "GroupsRequest",
    "Kind",
    "MediaInfo",
    "Metric",
    "Object",
    "Objects",
    "ObjectsRequest",
    "Project",
    "Query",
    "Run",
    "RunsPage",
    "RunsRequest",
    "Series",
    "SeriesRequest",
    "Shared",
    "Summary",
    "TablePage",
    "TableRequest",
    "TraceSteps",
    "TracesPage",
    "TracesRequest",
    "Usage",
    "View",
]


@dataclass(frozen=True, slots=True)
class Project:
    """A project as docs/HTTP.md has it; times in seconds since the epoch."""

    name: str
    runs: int
    running: int
    created: float
    last_activity: float


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
    summary: dict[str, Summary]
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
    #: When it was deleted; such a run is found in Query.deleted() alone.
    deleted: float | None = None


@dataclass(frozen=True, slots=True)
class RunsRequest:
    """Which runs of a project: those that a filter lets through, by a field (newest first without one), how many.

    `now` is what times in the filter count from, in seconds since the epoch.
    """

    project: str
    filter: str | None
    sort: str | None
    descending: bool
    offset: int
    limit: int | None
    now: float


@dataclass(frozen=True, slots=True)
class RunsPage:
    """Some runs of a project, from number `offset` on, of `total` that the filter lets through."""

    project: str
    runs: list[Run]
    total: int
    offset: int


@dataclass(frozen=True, slots=True)
class Metric:
    """A name that was logged under, as one kind, and in how many runs."""

    name: str
    kind: Kind
    runs: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes on disk: of the store, and of media and tables."""

    bytes: int
    blob_bytes: int


class Query:
    """Answers from one data folder, each from one snapshot. Safe for threads. open() · questions · close()."""

    def __init__(self, store: Store, blobs: Path) -> None:
        self._store, self._blobs = store, blobs
        self._tables = gallery.Tables(blobs)
        self._traces = traces.Traces(blobs)

    @classmethod
    def open(cls, places: Places) -> Query:
        """Open the store of a data folder for reading; raises StoreError if there is none yet."""
        return cls(Store.open(places.store, readonly=True), places.blobs)

    def close(self) -> None:
        """Wait for the questions of other threads and free the store."""
        self._store.close()

    # ---------------------------------------------------------------------------------------- projects and runs

    def projects(self) -> list[Project]:
        """Return all projects, the most recently active one first."""
        with self._store.read() as txn:
            found = [_project(txn, project) for project in runs.projects(txn)]
        return sorted(found, key=lambda project: (-project.last_activity, project.name))

    def runs(self, project: str) -> list[Run]:
        """Return a project's runs, newest first; raises NotFound for an unknown project."""
        with self._store.read() as txn:
            _must_exist(txn, project)
            return [_run(txn, run) for run in runs.of_project(txn, project)]

    def select(self, request: RunsRequest) -> RunsPage:
        """Return a page of the runs that are asked for; runs without the field that they are sorted by come last.

        Raises NotFound for an unknown project, BadRequest for a filter or a field that cannot be understood.
        """
        holds = None if request.filter is None else language.parse(request.filter, request.now)
        by = None if request.sort is None else language.field(request.sort)
        end = None if request.limit is None else request.offset + request.limit
        if holds is None and by is None:
            return self._newest(request.project, request.offset, end)
        found = [run for run in self.runs(request.project) if holds is None or holds(run)]
        if by is not None:
            found = _sorted(found, by.read, descending=request.descending)
        return RunsPage(request.project, found[request.offset : end], len(found), request.offset)

    def _newest(self, project: str, first: int, end: int | None) -> RunsPage:
        """Return a page of all runs of a project, newest first; no run beside it is read."""
        with self._store.read() as txn:
            _must_exist(txn, project)
            ids = runs.ids_of_project(txn, project)
            page = [_run(txn, run) for run_id in ids[first:end] if (run := runs.run(txn, run_id)) is not None]
        return RunsPage(project, page, len(ids), first)

    def run(self, run_id: str) -> Run:
        """Return a run; raises NotFound for an unknown one."""
        with self._store.read() as txn:
            return _run(txn, _found(txn, run_id))

    def deleted(self) -> list[Run]:
        """Return the runs that were deleted and can be restored, the last deleted first."""
        with self._store.read() as txn:
            return [_run(txn, run) for run in runs.deleted(txn)][::-1]

    def shared(self, project: str) -> Shared:
        """Return what is saved with a project for all who look at it; raises NotFound for an unknown project."""
        with self._store.read() as txn:
            return views.shared(txn, project)

    def view(self, view_id: str) -> View:
        """Return a saved view, filter or link; raises NotFound for an unknown one."""
        with self._store.read() as txn:
            return views.find(txn, view_id)

    def find_run(self, project: str, name: str) -> Run | None:
        """Return the newest run of that name which logged something, None if there is none."""
        with self._store.read() as txn:
            found = runs.find(txn, project, name)
            return None if found is None else _run(txn, _found(txn, found[0]))

    def metrics(self, project: str, run_id: str | None = None) -> list[Metric]:
        """Return the names that a project, or one run of it, logged under, by name.

        Raises NotFound for an unknown project or a run that is not in it.
        """
        with self._store.read() as txn:
            _must_exist(txn, project)
            if run_id is None:
                found = [Metric(name, kind, count) for name, kind, count in names.of_project(txn, project)]
            else:
                run = _found(txn, run_id)
                if run.project != project:
                    raise NotFound(f"run {run_id[:100]!r}: is not in project {project!r}")
                found = [Metric(name, kind, 1) for name, kind in names.of_run(txn, run.id)]
        return sorted(found, key=lambda metric: (metric.name, metric.kind))

    # --------------------------------------------------------------------------------------------------- points

    def series(self, request: SeriesRequest) -> Series:
        """Return a series as raw points or as at most `width` buckets; an empty one if nothing was logged."""
        with self._store.read() as txn:
            return points.series_of(txn, request)

    def points_after(self, run: str, metric: str, member: int | None, after: float | None, limit: int) -> Series:
        """Return the first `limit` raw points whose step is greater than `after`, of all if it is None."""
        with self._store.read() as txn:
            return points.points_after(txn, run, metric, member, after, limit)

    def groups(self, request: GroupsRequest) -> list[Group]:
        """Return a metric of each group of runs, folded into mean, spread and extremes on one grid."""
        with self._store.read() as txn:
            return groups.groups(txn, request)

    # ------------------------------------------------------------------------------------------------- delivery

    def stored(self, writer: bytes) -> int:
        """Return how many records of a writer are stored, 0 for an unknown one."""
        with self._store.read() as txn:
            state = runs.writer(txn, writer)
        return 0 if state is None else state.stored

    def deliveries(self, waiting: Iterable[Unsent], run_id: str | None = None) -> list[Delivery]:
        """Return how far the rows of one run have come, or of all that are running or among the `waiting`."""
        with self._store.read() as txn:
            return delivery.deliveries(txn, waiting, run_id)

    # -------------------------------------------------------------------------------------------------- objects

    def objects(self, request: ObjectsRequest) -> Objects:
        """Return a page of what a project logged beside numbers; raises NotFound, BadRequest for its cursor."""
        with self._store.read() as txn:
            return gallery.page(txn, request)

    def steps(self, request: ObjectsRequest) -> list[int]:
        """Return the steps, rising, at which there are objects; raises NotFound."""
        with self._store.read() as txn:
            return gallery.steps(txn, request)

    def media(self, media_id: str) -> MediaInfo:
        """Return where the files of a media item are; raises NotFound for an unknown one."""
        with self._store.read() as txn:
            return gallery.media(txn, self._blobs, media_id)

    def table(self, request: TableRequest) -> TablePage:
        """Return some rows of a table; raises NotFound until it is ready, BadRequest for an unknown column."""
        with self._store.read() as txn:
            record = gallery.visible(txn, request.id)
        page = self._tables.page(record, request)  # a large file; no snapshot is held meanwhile
        with self._store.read() as txn:
            return replace(page, rows=gallery.shown(txn, page.rows))

    def traces(self, request: TracesRequest) -> TracesPage:
        """Return a page of traces in short; raises NotFound for an unknown project, BadRequest as Traces.page does."""
        with self._store.read() as txn:
            shelves = traces.shelves(txn, request)
        return self._traces.page(shelves, request)  # many files; no snapshot is held meanwhile

    def trace_steps(self, request: TracesRequest) -> TraceSteps:
        """Return at which steps there are traces; raises NotFound for an unknown project."""
        with self._store.read() as txn:
            return traces.steps(traces.shelves(txn, request))

    def trace(self, media_id: str, index: int) -> dict[str, Any]:
        """Return one trace, `{"messages", "metadata", "spans"}`; raises NotFound while there is none."""
        with self._store.read() as txn:
            blob = traces.blob_of(txn, media_id)
        found = self._traces.one(blob, index)
        with self._store.read() as txn:
            shown: dict[str, Any] = gallery.shown(txn, found)
        return shown

    # ---------------------------------------------------------------------------------------------------- usage

    def usage(self) -> Usage:
        """Return how much disk is used."""
        return Usage(self._store.bytes_used(), _bytes_below(self._blobs))


def _must_exist(txn: Transaction, project: str) -> None:
    if runs.project(txn, project) is None:
        raise NotFound(f"project {project[:100]!r}: there is no such project")


def _found(txn: Transaction, run_id: str) -> runs.Run:
    found = runs.visible(txn, run_id)
    if found is None:
        raise NotFound(f"run {run_id[:100]!r}: there is no such run")
    return found


def _project(txn: Transaction, project: runs.Project) -> Project:
    running = runs.running_ids(txn, project.name)
    # Rows do not touch the record of their project: it would be rewritten with every commit.
    seen = [member.last_time for run_id in running for _, member in members.of_run(txn, run_id)]
    active = max([project.last_activity, project.created, *seen])
    return Project(project.name, project.runs, len(running), project.created / 1000, active / 1000)


def _run(txn: Transaction, run: runs.Run) -> Run:
    logged = [member for _, member in members.of_run(txn, run.id)]
    active = max([run.created, run.started, run.ended or 0, *(member.last_time for member in logged)])
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
        summary=points.summaries(txn, run.id),
        rows=sum(member.rows for member in logged),
        refused=run.refused,
        host=run.host,
        pid=run.pid,
        user=run.user,
        command=run.command,
        tags=run.tags,
        notes=run.notes,
        colour=run.colour,
        deleted=None if run.deleted is None else run.deleted / 1000,
    )


def _sorted(found: list[Run], read: Callable[[Run], Any], *, descending: bool) -> list[Run]:
    held = [(run, read(run)) for run in found]
    there = [(run, value) for run, value in held if value is not None and value == value]  # noqa: PLR0124 -- not NaN
    there.sort(key=lambda pair: comparison.order(pair[1]), reverse=descending)
    missing = [run for run, value in held if value is None or value != value]  # noqa: PLR0124 -- NaN
    return [run for run, _ in there] + missing


def _bytes_below(folder: Path) -> int:
    total = 0
    for path, _, files in os.walk(folder):
        for file in files:
            with suppress(FileNotFoundError):  # a temporary one
                total += os.lstat(os.path.join(path, file)).st_size  # noqa: PTH118 -- many files
    return total
