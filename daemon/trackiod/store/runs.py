"""Records of projects, runs and writers: how runs begin, are resumed, change and end, and are listed in projects."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from trackio.wire import ConfigUpdate, pack, unpack
from trackiod.store import alerts, keys, members, names
from trackiod.store.env import last, scan, scan_back
from trackiod.store.fields import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackio.wire import Attach, Finish, Report, RunStart
    from trackiod.store.env import Transaction

_NS_PER_MS: Final = 1_000_000
#: What a report tells of a writer's calls.
_REPORTED: Final = ("logged", "timed", "spent", "wall")


@dataclass(frozen=True, slots=True)
class Project:
    """A project: `slots` is the number that its next run gets. Times in ms since the epoch.

    Its runs of slots below `leaving` are on their way out since `left`: to the project `successor`, else deleted.
    Whoever opens it sees `default_view`, the id of one of its views, first; comparisons leave out `ignored` keys, and
    charts come in `plot_order`. `annotations` are maps of id, metric (None: all), first, last (steps), text, created.
    """

    name: str
    created: int
    slots: int = 0
    runs: int = 0
    last_activity: int = 0
    leaving: int = 0
    left: int = 0
    successor: str | None = None
    default_view: str | None = None
    ignored: list[str] = field(default_factory=list)
    plot_order: list[str] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Run:
    """A run. `main` is the writer that made or last resumed it; `writers` counts those that are alive.

    Its writers know it by `home`, the project that it began in, whatever it was moved to since. `colour` is a slot of
    the palette that a user chose. A run that was `deleted` (when, in ms) is listed in no project, and can be restored.
    `refused`, `logged` and the rest are what its writers reported, added up: calls of log(), of those that were `timed`
    the ns `spent`, and the ns of `wall` clock that the writers lived. Of its `members`, the first `world` are the ranks
    of a launch, which was started over `attempt` times; `failures` tell of those that failed.
    """

    id: str
    project: str
    name: str
    slot: int
    created: int
    started: int
    status: str = "running"
    ended: int | None = None
    error: str | None = None
    group: str | None = None
    config: dict[str, Any] = field(default_factory=dict)
    host: str = ""
    pid: int = 0
    user: str = ""
    command: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    notes: str | None = None
    refused: dict[str, int] = field(default_factory=dict)
    logged: int = 0
    timed: int = 0
    spent: int = 0
    wall: int = 0
    main: bytes | None = None
    members: int = 1
    world: int = 1
    attempt: int = 0
    writers: int = 0
    failures: list[str] = field(default_factory=list)
    home: str | None = None
    colour: int | None = None
    deleted: int | None = None

    @property
    def listed(self) -> str | None:
        """The project that it is listed in."""
        return None if self.deleted is not None else self.project


@dataclass(frozen=True, slots=True)
class WriterState:
    """A writer: `stored` of its records are in the store. `base_step` is added to its relative steps.

    `project` is the one that its run is listed in, None while that is deleted. Once the run was `collected`, what the
    writer still sends is only counted.
    """

    writer: bytes
    run: str
    project: str | None
    member: int
    base_step: int
    stored: int
    rows: int
    state: str  # "running" | "finished" | "failed" | "crashed"
    pid: int
    host: str
    started: int  # ms
    ended: int | None = None  # ms
    refused: dict[str, int] = field(default_factory=dict)
    logged: int = 0
    timed: int = 0
    spent: int = 0
    wall: int = 0
    collected: bool = False
    attempt: int = 0
    at_exit: bool = False  # it ended because its process did


# -------------------------------------------------------------------------------------------------- beginnings


def start(txn: Transaction, writer: bytes, record: RunStart) -> WriterState:
    """Make the run that a writer begins, or continue the one that it names or resumes; return the writer's state."""
    found = resolve(txn, record.run, record.project)
    if found is None and record.resume == "allow":
        earlier = find(txn, record.project, record.name)
        found = run(txn, earlier[0]) if earlier else None
        if found is not None:
            txn.put(keys.alias(record.run), found.id.encode())
            txn.put(keys.owned(found.id, keys.ALIAS, keys.identity(record.run)), record.run.encode())
    begun = _created(txn, record) if found is None else found
    base_step = members.get(txn, begun.id, 0).next_step
    begun = _continued(begun, writer, record)
    put_run(txn, begun)
    _touch(txn, begun, begun.started)
    _order_plots(txn, begun, record.plot_order)
    if begun.config:
        _remember(txn, begun.id, ConfigUpdate(record.time, record.config))
    return _begin(txn, writer, begun, record, base_step=base_step)


def attach(txn: Transaction, writer: bytes, record: Attach) -> WriterState:
    """Make a writer the next member of its run.

    A rank is the member of that number, again when it was started over. A run whose own start has not arrived yet is
    made, so that nothing is lost if it never does; one that was collected is not made anew as long as writers of it are
    alive.
    """
    found = resolve(txn, record.run, record.project)
    gone = _collected(txn, record) if found is None else None
    if gone is not None:
        return _begin(txn, writer, gone, record, collected=True)
    joined = _created(txn, record) if found is None else found
    taken = max(joined.members, record.world)
    joined = replace(
        joined,
        config={**record.config, **joined.config},
        writers=joined.writers + 1,
        members=taken + (record.rank is None),
        world=max(joined.world, record.world),
    )
    put_run(txn, joined)
    return _begin(txn, writer, joined, record, member=taken if record.rank is None else record.rank)


def _order_plots(txn: Transaction, run_: Run, order: tuple[str, ...]) -> None:
    """Let the charts of a run's project come in this order, if it says anything."""
    found = project(txn, run_.project)
    if order and found is not None:
        put_project(txn, replace(found, plot_order=list(order)))


def _begin(  # noqa: PLR0913 -- one record
    txn: Transaction,
    writer: bytes,
    run_: Run,
    record: RunStart | Attach,
    *,
    member: int = 0,
    base_step: int = 0,
    collected: bool = False,
) -> WriterState:
    state = WriterState(
        writer=writer,
        run=run_.id,
        project=None if collected else run_.listed,
        member=member,
        base_step=base_step,
        stored=0,
        rows=0,
        state="running",
        pid=record.pid,
        host=record.host,
        started=record.time // _NS_PER_MS,
        collected=collected,
        attempt=record.attempt,
    )
    put_writer(txn, state)
    txn.put(keys.owned(run_.id, keys.WRITER, writer), writer)
    return state


def _created(txn: Transaction, record: RunStart | Attach) -> Run:
    project_ = project(txn, record.project)
    time = record.time // _NS_PER_MS
    run_id = next(name for name in _names(txn, record.run, record.project) if txn.get(keys.run(name)) is None)
    slot = 0 if project_ is None else project_.slots
    return enlist(txn, Run(run_id, record.project, record.name, slot, created=time, started=time))


def _collected(txn: Transaction, record: Attach) -> Run | None:
    """Return a stand-in for the run of a writer if it was collected and has writers that are alive."""
    known = txn.get(keys.alias(record.run))
    for name in (record.run if known is None else known.decode(), _elsewhere(record.run, record.project)):
        if txn.get(keys.run(name)) is None and any(scan(txn, keys.owned(name, keys.WRITER, b""))):
            time = record.time // _NS_PER_MS
            return Run(name, record.project, record.name, 0, created=time, started=time)
    return None


def _continued(run_: Run, writer: bytes, record: RunStart) -> Run:
    return replace(
        run_,
        status="running",
        created=min(run_.created, record.time // _NS_PER_MS),
        started=record.time // _NS_PER_MS,
        ended=None,
        error=None,
        group=run_.group if record.group is None else record.group,
        config={**run_.config, **record.config},
        host=record.host,
        pid=record.pid,
        user=record.user,
        command=list(record.command),
        tags=[*run_.tags, *(tag for tag in record.tags if tag not in run_.tags)],
        notes=run_.notes if record.notes is None else record.notes,
        main=writer,
        writers=run_.writers + 1,
        members=max(run_.members, record.world),
        world=max(run_.world, record.world),
        attempt=record.attempt,
        failures=run_.failures if run_.main is None else [],
    )


def resolve(txn: Transaction, run_id: str, project_name: str) -> Run | None:
    """Return the run that `run_id` means to a writer of a project: ids that users choose may repeat elsewhere.

    A run is known by the project that it began in; then by the one that it was moved to.
    """
    known = [found for name in _names(txn, run_id, project_name) if (found := run(txn, name)) is not None]
    for found in known:
        if (found.home or found.project) == project_name:
            return found
    return next((found for found in known if found.project == project_name), None)


def _names(txn: Transaction, run_id: str, project_name: str) -> Iterator[str]:
    """Yield the ids under which a project may have a run; those of what is being removed are still taken."""
    elsewhere = _elsewhere(run_id, project_name)
    for name in (run_id, elsewhere):
        if txn.get(keys.remains(name)) is None:
            yield name
    while txn.get(keys.remains(elsewhere)) is not None:
        elsewhere += "+"
        yield elsewhere


def _elsewhere(run_id: str, project_name: str) -> str:
    return f"{run_id}@{keys.digest(project_name).hex()}"


# ----------------------------------------------------------------------------------------------------- in projects


def enlist(txn: Transaction, run_: Run) -> Run:
    """List a run in its project, which is made if it is not there; return it, with another slot if its own is taken."""
    found = project(txn, run_.project) or Project(run_.project, created=run_.created)
    free = run_.slot >= found.leaving and txn.get(keys.project_run(run_.project, run_.slot)) is None
    slot = run_.slot if free else found.slots
    active = max(found.last_activity, run_.started, run_.ended or 0)
    put_project(txn, replace(found, slots=max(found.slots, slot + 1), runs=found.runs + 1, last_activity=active))
    txn.put(keys.project_run(run_.project, slot), run_.id.encode())
    txn.put(keys.run_named(run_.project, run_.name, slot), run_.id.encode())
    names.recount(txn, run_.project, run_.id, 1)
    alerts.enlist(txn, run_)
    return replace(run_, slot=slot)


def delist(txn: Transaction, run_: Run) -> None:
    """Take a run out of its project."""
    txn.delete(keys.project_run(run_.project, run_.slot))
    txn.delete(keys.run_named(run_.project, run_.name, run_.slot))
    txn.delete(keys.running(run_.project, run_.id))
    names.recount(txn, run_.project, run_.id, -1)
    alerts.delist(txn, run_)
    found = project(txn, run_.project)
    if found is not None:
        put_project(txn, replace(found, runs=found.runs - 1))


# ------------------------------------------------------------------------------------------------ changes, ends


def update_config(txn: Transaction, run_id: str, record: ConfigUpdate) -> None:
    """Set and remove keys of a run's configuration; the change is kept in its history."""
    found = run(txn, run_id)
    if found is None:
        return
    config = {key: value for key, value in found.config.items() if key not in record.removed} | record.values
    put_run(txn, replace(found, config=config))
    _remember(txn, run_id, record)


def count(txn: Transaction, state: WriterState, refused: dict[str, int], report: Report | Finish | None) -> WriterState:
    """Keep a writer's state with what it counted, and add what is new in that to its run's totals.

    `refused` are all its losses so far, by reason; `report` the last that it told of its calls.
    """
    told = {} if report is None else {name: getattr(report, name) for name in _REPORTED}
    counted = replace(state, refused=refused, **told)
    put_writer(txn, counted)
    found = run(txn, state.run)
    if found is None or (state.refused == refused and all(getattr(state, name) == told[name] for name in told)):
        return counted
    totals = Counter(found.refused)
    totals.update(refused)
    totals.subtract(state.refused)
    added = {name: getattr(found, name) + told[name] - getattr(state, name) for name in told}
    put_run(txn, replace(found, refused={reason: number for reason, number in totals.items() if number}, **added))
    return counted


def end_writer(txn: Transaction, state: WriterState, status: str, error: str | None, time_ns: int) -> None:
    """Record how a writer ended, and what that makes of its run.

    The run ends as its main writer does; a member that failed, or a rank that crashed, makes a finished run a failed
    one, unless it was started over since.
    """
    time = time_ns // _NS_PER_MS
    put_writer(txn, replace(state, state=status, ended=time))
    found = run(txn, state.run)
    if found is None:
        return
    leads = state.writer == found.main or (found.main is None and found.writers <= 1)
    failures = found.failures
    if state.member and state.attempt == found.attempt and _is_failure(found, state, status):
        what = "rank" if state.member < found.world else "member"
        failures = [*failures, f"{what} {state.member}: {error or status}"]
    if leads:
        found = _ended(found, status, error, time)
    found = replace(found, writers=max(0, found.writers - (state.state == "running")), failures=failures)
    if not leads and failures and found.status == "finished":
        found = _ended(found, "finished", None, found.ended or time)
    put_run(txn, found)
    _touch(txn, found, time)


def _is_failure(run_: Run, state: WriterState, status: str) -> bool:
    """Tell whether a run failed with this member; workers are often killed when they are not needed any more."""
    return status == "failed" or (status == "crashed" and state.member < run_.world)


def _ended(run_: Run, status: str, error: str | None, time: int) -> Run:
    if status == "finished" and run_.failures:
        status, error = "failed", run_.failures[0]
    elif status == "crashed" and run_.failures:
        error = f"{error}; {run_.failures[0]}"
    return replace(run_, status=status, error=error, ended=time)


# ----------------------------------------------------------------------------------------------------- lookups


def run(txn: Transaction, run_id: str) -> Run | None:
    """Return the run of that id, or the one that it turned out to resume."""
    found = txn.get(keys.run(run_id))
    if found is None:
        alias = txn.get(keys.alias(run_id))
        found = None if alias is None else txn.get(keys.run(alias.decode()))
    return None if found is None else unpacked(Run, found)


def project(txn: Transaction, name: str) -> Project | None:
    """Return a project, or None if there is no such one."""
    found = txn.get(keys.project(name))
    return None if found is None else unpacked(Project, found)


def projects(txn: Transaction) -> Iterator[Project]:
    """Yield every project, in no particular order."""
    for _, value in scan(txn, keys.PROJECT):
        yield unpacked(Project, value)


def of_project(txn: Transaction, name: str) -> Iterator[Run]:
    """Yield a project's runs, newest first."""
    for _, value in scan_back(txn, keys.project_runs(name)):
        found = run(txn, value.decode())
        if found is not None:
            yield found


def ids_of_project(txn: Transaction, name: str) -> list[str]:
    """Return the ids of a project's runs, newest first."""
    return [value.decode() for _, value in scan_back(txn, keys.project_runs(name))]


def running_ids(txn: Transaction, project_name: str) -> list[str]:
    """Return the ids of a project's runs that are running."""
    return [value.decode() for _, value in scan(txn, keys.running_in(project_name))]


def find(txn: Transaction, project_name: str, name: str) -> tuple[str, int] | None:
    """Return the newest run of that name which has a row, and the step after its main process' last one."""
    for _, value in scan_back(txn, keys.runs_named(project_name, name)):
        run_id = value.decode()
        if any(member.rows for _, member in members.of_run(txn, run_id)):
            return run_id, members.get(txn, run_id, 0).next_step
    return None


def visible(txn: Transaction, run_id: str) -> Run | None:
    """Return a run as readers may see it: None, too, for one that was deleted."""
    found = run(txn, run_id)
    return None if found is None or found.deleted is not None else found


def deleted(txn: Transaction) -> Iterator[Run]:
    """Yield the runs that were deleted and can be restored, the earliest deleted first."""
    for _, value in scan(txn, keys.DELETED):
        found = run(txn, value.decode())
        if found is not None:
            yield found


def writers_of(txn: Transaction, run_id: str) -> list[WriterState]:
    """Return the writers of a run."""
    found = [writer(txn, value) for _, value in scan(txn, keys.owned(run_id, keys.WRITER, b""))]
    return [state for state in found if state is not None]


def writer(txn: Transaction, writer_id: bytes) -> WriterState | None:
    """Return what is known of a writer, None if it never sent anything."""
    found = txn.get(keys.writer(writer_id))
    return None if found is None else unpacked(WriterState, found)


def writers(txn: Transaction) -> Iterator[WriterState]:
    """Yield every writer that ever was."""
    for _, value in scan(txn, keys.WRITER):
        yield unpacked(WriterState, value)


def running_writers(txn: Transaction) -> list[WriterState]:
    """Return the writers of which no end is known."""
    return [state for state in writers(txn) if state.state == "running"]


def config_history(txn: Transaction, run_id: str) -> Iterator[ConfigUpdate]:
    """Yield the changes of a run's configuration, the one that it began with first."""
    for _, value in scan(txn, keys.configs(run_id)):
        time, values, removed = unpack(value)
        yield ConfigUpdate(time, values, tuple(removed))


def put_writer(txn: Transaction, state: WriterState) -> None:
    """Keep a writer's state."""
    txn.put(keys.writer(state.writer), packed(state))


def put_run(txn: Transaction, run_: Run) -> None:
    """Keep a run's record, and the mark of those that are running."""
    txn.put(keys.run(run_.id), packed(run_))
    mark = keys.running(run_.project, run_.id)
    if run_.status == "running" and run_.deleted is None:
        txn.put(mark, run_.id.encode())
    else:
        txn.delete(mark)


def put_project(txn: Transaction, project_: Project) -> None:
    """Keep a project's record."""
    txn.put(keys.project(project_.name), packed(project_))


def _touch(txn: Transaction, run_: Run, time: int) -> None:
    found = project(txn, run_.project) if run_.deleted is None else None
    if found is not None and time > found.last_activity:
        put_project(txn, replace(found, last_activity=time))


def _remember(txn: Transaction, run_id: str, change: ConfigUpdate) -> None:
    newest = last(txn, keys.configs(run_id))
    number = keys.number_of(newest[0]) + 1 if newest else 0
    txn.put(keys.config(run_id, number), pack([change.time, change.values, change.removed]))
