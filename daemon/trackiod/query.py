"""Every question that the dashboard and the command line ask of the store, answered as plain dataclasses."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from trackio.errors import NotFound
from trackiod import activity, alerting, delivery, gallery, groups, points, processes, revisions, traces, views
from trackiod import filter as language
from trackiod.alerting import Alert, Alerts, AlertsRequest
from trackiod.delivery import Delivery
from trackiod.gallery import MediaInfo, Object, Objects, ObjectsRequest
from trackiod.groups import Group, GroupsRequest
from trackiod.points import AfterRequest, Followed, Series, SeriesRequest
from trackiod.processes import Process
from trackiod.revisions import Revision
from trackiod.roster import Kept, Order, Roster, Rosters
from trackiod.rows import Against, TablePage, TableRequest, Tables
from trackiod.run import Run, of_record
from trackiod.store import members, names, runs
from trackiod.store.env import Store
from trackiod.store.names import Kind
from trackiod.summaries import Summary
from trackiod.tally import Key
from trackiod.traces import TracesPage, TracesRequest, TraceSteps
from trackiod.views import Shared, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from trackio.places import Places
    from trackio.unsent import Unsent
    from trackiod.store.env import Transaction

__all__ = [
    "AfterRequest",
    "Against",
    "Alert",
    "Alerts",
    "AlertsRequest",
    "Columns",
    "Delivery",
    "Followed",
    "Group",
    "GroupsRequest",
    "Kept",
    "Key",
    "Kind",
    "MediaInfo",
    "Metric",
    "Object",
    "Objects",
    "ObjectsRequest",
    "Process",
    "Project",
    "Query",
    "Revision",
    "Run",
    "RunIds",
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
class RunsRequest:
    """Which runs of a project: those that a filter lets through, by fields (newest first without any), how many.

    Of the fields to sort by the first decides, the next where it finds two runs equal; with a `-` before it, one falls.
    `now` is what times in the filter count from, in seconds since the epoch.
    """

    project: str
    filter: str | None
    sort: tuple[str, ...]
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
class RunIds:
    """What a RunsPage holds, by ids alone."""

    project: str
    ids: list[str]
    total: int
    offset: int


@dataclass(frozen=True, slots=True)
class Columns:
    """All runs of a project, newest first: their ids, and the values of each field in their order, None for none."""

    project: str
    ids: list[str]
    columns: dict[str, list[Any]]


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
        self._tables = Tables(blobs)
        self._traces = traces.Traces(blobs)
        self._rosters = Rosters(store)

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
            return [of_record(txn, run) for run in runs.of_project(txn, project)]

    def select(self, request: RunsRequest) -> RunsPage:
        """Return a page of the runs that are asked for; runs without a field that they are sorted by come last by it.

        Raises NotFound for an unknown project, BadRequest for a filter or a field that cannot be understood.
        """
        with self._ordered(request) as (txn, roster, ids):
            page = roster.whole(txn, ids[_part(request)])
        return RunsPage(request.project, page, len(ids), request.offset)

    def select_ids(self, request: RunsRequest) -> RunIds:
        """Return what `select` does, by ids alone."""
        with self._ordered(request) as (_, _, ids):
            return RunIds(request.project, ids[_part(request)], len(ids), request.offset)

    @contextmanager
    def _ordered(self, request: RunsRequest) -> Iterator[tuple[Transaction, Roster, list[str]]]:
        sort = tuple((language.field(text.removeprefix("-")), text.startswith("-")) for text in request.sort)
        with self._rosters.of(request.project) as (txn, roster):
            yield txn, roster, roster.order(txn, Order(request.filter, sort, request.now))

    def columns(self, project: str, fields: Sequence[str]) -> Columns:
        """Return fields of all runs of a project.

        Raises NotFound for an unknown project, BadRequest for a field that cannot be understood.
        """
        wanted = {text: language.field(text, "fields") for text in fields}
        with self._rosters.of(project) as (txn, roster):
            ids = roster.ids
            columns = roster.columns(txn, list(wanted.values()))
            lists = {text: list(map(column.__getitem__, ids)) for text, column in zip(wanted, columns, strict=True)}
        return Columns(project, ids, lists)

    def runs_of(self, project: str, ids: Sequence[str]) -> list[Run]:
        """Return these runs of a project, in this order, without those that are not in it; raises NotFound as above.

        Nobody waits for it who asks about all runs, nor the other way round: it is what a page looks at.
        """
        with self._store.read() as txn:
            _must_exist(txn, project)
            found = (runs.visible(txn, run_id) for run_id in ids)
            return [of_record(txn, run) for run in found if run is not None and run.project == project]

    def config_keys(self, project: str) -> list[Key]:
        """Return the keys that configurations of a project's runs have, by name; raises NotFound for an unknown one."""
        with self._rosters.of(project) as (txn, roster):
            return roster.config_keys(txn)

    def kept(self) -> Kept:
        """Return what is kept in memory of the runs that were asked for."""
        return self._rosters.kept()

    def run(self, run_id: str) -> Run:
        """Return a run; raises NotFound for an unknown one."""
        with self._store.read() as txn:
            return of_record(txn, _found(txn, run_id))

    def processes(self, run_id: str) -> list[Process]:
        """Return the processes that logged into a run, with their metrics; raises NotFound for an unknown one."""
        with self._store.read() as txn:
            return processes.of_run(txn, _found(txn, run_id).id)

    def deleted(self) -> list[Run]:
        """Return the runs that were deleted and can be restored, the last deleted first."""
        with self._store.read() as txn:
            return [of_record(txn, run) for run in runs.deleted(txn)][::-1]

    def config_history(self, run_id: str) -> list[Revision]:
        """Return how a run's configuration came to be what it is; raises NotFound for an unknown run."""
        with self._store.read() as txn:
            return revisions.of_run(txn, _found(txn, run_id).id)

    def activity(self, now: float) -> dict[str, list[int]]:
        """Return by project how many of its runs were active on each day before `now`, in seconds since the epoch."""
        with self._store.read() as txn:
            return activity.of_projects(txn, int(now * 1000))

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
            return None if found is None else of_record(txn, _found(txn, found[0]))

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

    def all_series(self, requests: Sequence[SeriesRequest]) -> list[Series]:
        """Return of each what `series` does, in order."""
        with self._store.read() as txn:
            return list(points.all_of(txn, requests))

    def points_after(self, request: AfterRequest) -> Series:
        """Return the first raw points of a series behind a step."""
        with self._store.read() as txn:
            return points.points_after(txn, request)

    def followed(self, run: str, series: Sequence[Followed], limit: int) -> list[Series]:
        """Return of each series of a run what `points_after` does, in order."""
        with self._store.read() as txn:
            return list(points.followed(txn, run, series, limit))

    def groups(self, request: GroupsRequest) -> list[Group]:
        """Return a metric of each group of runs, folded into mean, spread and extremes on one grid."""
        with self._store.read() as txn:
            return groups.groups(txn, request)

    # --------------------------------------------------------------------------------------------------- alerts

    def alerts(self, request: AlertsRequest) -> Alerts:
        """Return a page of alerts, newest first; raises NotFound, BadRequest for its cursor."""
        with self._store.read() as txn:
            return alerting.page(txn, request)

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
        """Return some rows of a table; raises NotFound until it is ready, BadRequest for its column or filter."""
        with self._store.read() as txn:
            record = gallery.visible(txn, request.id)
            earlier = None if request.against is None else gallery.visible(txn, request.against.id)
        page = self._tables.page(record, request, earlier)  # a large file; no snapshot is held meanwhile
        with self._store.read() as txn:
            told = [replace(change, before=gallery.shown(txn, change.before)) for change in page.changes or ()]
            return replace(page, rows=gallery.shown(txn, page.rows), changes=told if page.changes is not None else None)

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


def _part(request: RunsRequest) -> slice:
    return slice(request.offset, None if request.limit is None else request.offset + request.limit)


def _bytes_below(folder: Path) -> int:
    total = 0
    for path, _, files in os.walk(folder):
        for file in files:
            with suppress(FileNotFoundError):  # a temporary one
                total += os.lstat(os.path.join(path, file)).st_size  # noqa: PTH118 -- many files
    return total
