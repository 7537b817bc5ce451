"""Records of projects, runs and writers: how runs begin, are resumed, change and end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from trackio.wire import ConfigUpdate, pack, unpack
from trackiod.store import keys, members
from trackiod.store.env import last, scan, scan_back
from trackiod.store.fields import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackio.wire import Attach, RunStart
    from trackiod.store.env import Transaction

_NS_PER_MS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Project:
    """A project: `slots` is the number that its next run gets. Times in ms since the epoch."""

    name: str
    created: int
    slots: int = 0
    runs: int = 0
    last_activity: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A run. `main` is the writer that made or last resumed it; `writers` counts those that are alive."""

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
    main: bytes | None = None
    members: int = 1
    writers: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WriterState:
    """A writer: `stored` of its records are in the store. `base_step` is added to its relative steps."""

    writer: bytes
    run: str
    project: str
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


# -------------------------------------------------------------------------------------------------- beginnings


def start(txn: Transaction, writer: bytes, record: RunStart) -> WriterState:
    """Make the run that a writer begins, or continue the one that it names or resumes; return the writer's state."""
    found = resolve(txn, record.run, record.project)
    if found is None and record.resume == "allow":
        earlier = find(txn, record.project, record.name)
        found = run(txn, earlier[0]) if earlier else None
        if found is not None:
            txn.put(keys.alias(record.run), found.id.encode())
    begun = _created(txn, record) if found is None else found
    base_step = members.get(txn, begun.id, 0).next_step
    begun = _continued(begun, writer, record)
    put_run(txn, begun)
    _touch(txn, begun, begun.started)
    if begun.config:
        _remember(txn, begun.id, ConfigUpdate(record.time, record.config))
    return _begin(txn, writer, begun, record, base_step=base_step)


def attach(txn: Transaction, writer: bytes, record: Attach) -> WriterState:
    """Make a writer the next member of its run.

    A run whose own start has not arrived yet is made, so that nothing is lost if it never does.
    """
    found = resolve(txn, record.run, record.project)
    joined = _created(txn, record) if found is None else found
    joined = replace(joined, members=joined.members + 1, writers=joined.writers + 1)
    put_run(txn, joined)
    return _begin(txn, writer, joined, record, member=joined.members - 1)


def _begin(  # noqa: PLR0913 -- one record
    txn: Transaction, writer: bytes, run_: Run, record: RunStart | Attach, *, member: int = 0, base_step: int = 0
) -> WriterState:
    state = WriterState(
        writer=writer,
        run=run_.id,
        project=run_.project,
        member=member,
        base_step=base_step,
        stored=0,
        rows=0,
        state="running",
        pid=record.pid,
        host=record.host,
        started=record.time // _NS_PER_MS,
    )
    put_writer(txn, state)
    return state


def _created(txn: Transaction, record: RunStart | Attach) -> Run:
    project_ = project(txn, record.project)
    time = record.time // _NS_PER_MS
    if project_ is None:
        project_ = Project(record.project, created=time)
    slot, active = project_.slots, max(project_.last_activity, time)
    _put_project(txn, replace(project_, slots=slot + 1, runs=project_.runs + 1, last_activity=active))
    taken = txn.get(keys.run(record.run)) is not None
    run_id = _elsewhere(record.run, record.project) if taken else record.run
    txn.put(keys.project_run(record.project, slot), run_id.encode())
    txn.put(keys.run_named(record.project, record.name, slot), run_id.encode())
    return Run(run_id, record.project, record.name, slot, created=time, started=time)


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
        failures=[],
    )


def resolve(txn: Transaction, run_id: str, project_name: str) -> Run | None:
    """Return the run that `run_id` means to a writer of a project: ids that users choose may repeat elsewhere."""
    for name in (run_id, _elsewhere(run_id, project_name)):
        found = run(txn, name)
        if found is not None and found.project == project_name:
            return found
    return None


def _elsewhere(run_id: str, project_name: str) -> str:
    return f"{run_id}@{keys.digest(project_name).hex()}"


# ------------------------------------------------------------------------------------------------ changes, ends


def update_config(txn: Transaction, run_id: str, record: ConfigUpdate) -> None:
    """Set and remove keys of a run's configuration; the change is kept in its history."""
    found = run(txn, run_id)
    if found is None:
        return
    config = {key: value for key, value in found.config.items() if key not in record.removed} | record.values
    put_run(txn, replace(found, config=config))
    _remember(txn, run_id, record)


def end_writer(  # noqa: PLR0913, PLR0917 -- one record
    txn: Transaction,
    state: WriterState,
    status: str,
    error: str | None,
    time_ns: int,
    refused: dict[str, int],
) -> None:
    """Record how a writer ended, and what that makes of its run.

    The run ends as its main writer does; a member that failed makes a finished run a failed one.
    """
    time = time_ns // _NS_PER_MS
    put_writer(txn, replace(state, state=status, ended=time, refused=refused))
    found = run(txn, state.run)
    if found is None:
        return
    totals = {reason: found.refused.get(reason, 0) + refused.get(reason, 0) for reason in {**found.refused, **refused}}
    found = replace(found, refused=totals, writers=max(0, found.writers - 1))
    if state.writer == found.main or (found.main is None and not found.writers):
        found = _ended(found, status, error, time)
    elif status == "failed" and state.member:
        found = replace(found, failures=[*found.failures, f"member {state.member}: {error or 'failed'}"])
        if found.status == "finished":
            found = _ended(found, "finished", None, found.ended or time)
    put_run(txn, found)
    _touch(txn, found, time)


def _ended(run_: Run, status: str, error: str | None, time: int) -> Run:
    if status == "finished" and run_.failures:
        status, error = "failed", run_.failures[0]
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
    if run_.status == "running":
        txn.put(mark, run_.id.encode())
    else:
        txn.delete(mark)


def _put_project(txn: Transaction, project_: Project) -> None:
    txn.put(keys.project(project_.name), packed(project_))


def _touch(txn: Transaction, run_: Run, time: int) -> None:
    found = project(txn, run_.project)
    if found is not None and time > found.last_activity:
        _put_project(txn, replace(found, last_activity=time))


def _remember(txn: Transaction, run_id: str, change: ConfigUpdate) -> None:
    newest = last(txn, keys.configs(run_id))
    number = keys.number_of(newest[0]) + 1 if newest else 0
    txn.put(keys.config(run_id, number), pack([change.time, change.values, change.removed]))
