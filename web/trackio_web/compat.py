"""The older `POST /api/<name>` calls of trackio, answered from the same questions as everything else."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import BadRequest, NotFound
from trackio_web import edits, params
from trackio_web.appkeys import READER
from trackio_web.reply import json_reply
from trackiod.query import AfterRequest, AlertsRequest, TracesRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aiohttp import web

    from trackiod.query import Query, Run

#: Points read from the store at once, and the most that one answer holds; charts ask /api/v1/series instead.
_PIECE: Final = 50_000
_MOST_POINTS: Final = 1_000_000
#: Most alerts that one answer holds.
_MOST_ALERTS: Final = 10_000
#: Most traces that one answer holds.
_MOST_TRACES: Final = 2_000
#: Most times of which system metrics are told.
_MOST_LOOKS: Final = 3_000


@dataclass(frozen=True, slots=True)
class Arguments:
    """Everything that some call takes; the names are the older ones."""

    project: str | None = None
    run: str | None = None
    run_id: str | None = None
    metric_name: str | None = None
    step: int | None = None
    around_step: int | None = None
    at_time: str | None = None
    window: float | None = None
    max_points: int | None = None
    level: str | None = None
    since: str | None = None
    scalar_only: bool | None = None
    old_name: str | None = None
    new_name: str | None = None
    search: str | None = None
    sort: str | None = None
    limit: int | None = None
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class _Range:
    """Which points of a series: those with `first` ≤ step ≤ `last` and `since` ≤ time ≤ `until`."""

    first: float = float("-inf")
    last: float = float("inf")
    since: float = float("-inf")
    until: float = float("inf")


async def call(request: web.Request) -> web.Response:
    """`POST /api/{name}`: `{"data": answer}`; 404 for a name that is not among CALLS or CHANGES."""
    name = request.match_info["name"]
    if name in CHANGES:
        return await _change(request, *CHANGES[name])
    if name not in CALLS:
        raise NotFound(f"{name[:100]}: there is no such call")
    names, answer = CALLS[name]
    arguments = _arguments(names, params.json_object(await request.read()))
    return await request.app[READER].reply(lambda query: {"data": answer(query, arguments)})


async def _change(
    request: web.Request, names: tuple[str, ...], asked: Callable[[Query, Arguments], dict[str, Any]]
) -> web.Response:
    """Let the daemon change something; the older calls answer true."""
    arguments, reader = _arguments(names, params.json_object(await request.read())), request.app[READER]
    await edits.change(reader.places, await reader.ask(lambda query: asked(query, arguments)))
    return json_reply({"data": True})


def _arguments(names: tuple[str, ...], body: dict[str, Any]) -> Arguments:
    """Read `{"kwargs": {…}}`, `{"args": […]}` or the arguments themselves; those a call does not know are ignored."""
    given = body.get("kwargs", body)
    positional = body.get("args") or []
    if not isinstance(given, dict) or not isinstance(positional, list):
        raise BadRequest("kwargs: must be an object, and args a list")
    merged = dict(zip(names, positional, strict=False)) | given
    kinds = {field.name: str(field.type).removesuffix(" | None") for field in fields(Arguments)}
    chosen = {name: merged[name] for name in names if merged.get(name) is not None}
    return Arguments(**{name: _checked(name, kinds[name], value) for name, value in chosen.items()})


def _checked(name: str, kind: str, value: Any) -> Any:
    accepted: Any = {"str": str, "int": int, "float": (int, float), "bool": bool}[kind]
    if not isinstance(value, accepted) or (isinstance(value, bool) and kind != "bool"):
        raise BadRequest(f"{name}: must be {kind}")
    if kind in {"int", "float"} and abs(value) > 2**53:
        raise BadRequest(f"{name}: is out of range")
    return value


# ------------------------------------------------------------------------------------------------ the calls


def get_all_projects(query: Query, _arguments: Arguments) -> list[str]:
    """Return the names of all projects, by name."""
    return sorted(project.name for project in query.projects())


def get_runs_for_project(query: Query, arguments: Arguments) -> list[dict[str, Any]]:
    """Return `{"id", "name", "created_at"}` of each run, the oldest first."""
    runs = reversed(query.runs(_project(arguments)))
    return [{"id": run.id, "name": run.name, "created_at": iso(run.created)} for run in runs]


def get_run_configs(query: Query, arguments: Arguments) -> dict[str, dict[str, Any]]:
    """Return the configuration of each run by its id."""
    return {run.id: _config(run) for run in query.runs(_project(arguments))}


def get_metrics_for_run(query: Query, arguments: Arguments) -> list[str]:
    """Return the names of everything that the run logged, but of system metrics."""
    return _logged(query, _run(query, arguments))


def get_system_metrics_for_run(query: Query, arguments: Arguments) -> list[str]:
    """Return the names of the run's system metrics."""
    return _names(query, _run(query, arguments), "system")


def get_project_summary(query: Query, arguments: Arguments) -> dict[str, Any]:
    """Return how many runs a project has, their names, and the last step of any."""
    project = _project(arguments)
    runs = query.runs(project)
    steps = [step for run in runs if (step := _last_step(run)) is not None]
    names = [run.name for run in reversed(runs)]
    return {"project": project, "num_runs": len(runs), "runs": names, "last_activity": max(steps, default=None)}


def get_run_summary(query: Query, arguments: Arguments) -> dict[str, Any]:
    """Return how much a run logged, under which names, up to which step, and its configuration."""
    run = _run(query, arguments)
    return {
        "project": run.project,
        "run": run.name,
        "run_id": run.id,
        "status": run.status,
        "num_logs": run.rows,
        "metrics": _logged(query, run),
        "config": _config(run),
        "last_step": _last_step(run),
    }


def get_metric_values(query: Query, arguments: Arguments) -> list[dict[str, Any]]:
    """Return `{"timestamp", "step", "value"}` of each point, by step."""
    run, metric = _run(query, arguments), arguments.metric_name
    if not metric:
        raise BadRequest("metric_name: is missing")
    if metric not in _names(query, run):
        raise NotFound(f"metric {metric!r} of run {run.name!r}: there is no such metric")
    values = list(_points(query, AfterRequest(run.id, metric, None, None, _PIECE), _range(arguments)))
    return _thinned(values, arguments.max_points)


def get_snapshot(query: Query, arguments: Arguments) -> dict[str, list[dict[str, Any]]]:
    """Return what get_metric_values would, for every metric that has points in the range."""
    run, wanted = _run(query, arguments), _range(arguments)
    asked = {metric: AfterRequest(run.id, metric, None, None, _PIECE) for metric in _names(query, run)}
    found = {metric: list(_points(query, of, wanted)) for metric, of in asked.items()}
    return {metric: values for metric, values in found.items() if values}


def get_logs(query: Query, arguments: Arguments) -> list[dict[str, Any]]:
    """Return the numbers of each step as one object with `step` and `timestamp`, by step."""
    rows = _rows(query, _run(query, arguments), "scalar")
    return _thinned(rows, arguments.max_points)


def get_system_logs(query: Query, arguments: Arguments) -> list[dict[str, Any]]:
    """Return the system metrics of each time as one object with `timestamp`, by time, at most 3,000 of them."""
    rows = _rows(query, _run(query, arguments), "system")
    for row in rows:
        del row["step"]
    return _thinned(rows, arguments.max_points or _MOST_LOOKS)


def get_alerts(query: Query, arguments: Arguments) -> list[dict[str, Any]]:
    """Return the alerts of a project or a run, newest first, later than `since`; at most the newest 10,000."""
    run = _run(query, arguments) if arguments.run or arguments.run_id else None
    wanted = AlertsRequest(
        project=_project(arguments) if run is None else run.project,
        run=None if run is None else run.id,
        levels=frozenset({arguments.level.lower()}) if arguments.level else None,
        since=params.time_of(arguments.since, "since") if arguments.since else None,
        limit=_MOST_ALERTS,
    )
    return [
        {"timestamp": iso(alert.time), "run": alert.run_name}
        | {name: getattr(alert, name) for name in ("title", "text", "level", "step")}
        for alert in query.alerts(wanted).alerts
    ]


def get_traces(query: Query, arguments: Arguments) -> list[dict[str, Any]]:
    """Return the traces of a run, whole: the newest first unless `sort` says another order."""
    run, wanted = _traces_of(query, arguments)
    found = query.traces(wanted)
    if found.total - found.offset > wanted.limit >= _MOST_TRACES:
        raise BadRequest(f"limit: there are {found.total} traces; one answer holds {_MOST_TRACES}")
    return [
        {
            "id": f"{head['id']}:{head['index']}",
            **{name: head[name] for name in ("key", "index", "step")},
            "run": run.name,
            "run_id": run.id,
            "timestamp": iso(head["time"]),
            **query.trace(head["id"], head["index"]),
        }
        for head in found.traces
        if head["state"] == "ready"
    ]


def get_trace_steps(query: Query, arguments: Arguments) -> dict[str, Any]:
    """Return how many traces a run logged in all, and at each step."""
    found = query.trace_steps(_traces_of(query, arguments)[1])
    return {"total": found.total, "steps": found.steps}


def _traces_of(query: Query, arguments: Arguments) -> tuple[Run, TracesRequest]:
    run, sort = _run(query, arguments), arguments.sort or "request_time_desc"
    return run, TracesRequest(
        project=run.project,
        runs=(run.id,),
        step=arguments.step,
        search=(arguments.search or "").strip() or None,
        by_time=not sort.startswith("step"),
        descending=not sort.endswith("_asc"),
        offset=max(0, arguments.offset or 0),
        limit=_MOST_TRACES if arguments.limit is None else min(max(0, arguments.limit), _MOST_TRACES),
    )


_OF_RUN: Final = ("project", "run", "run_id")
_WHERE: Final = ("step", "around_step", "at_time", "window")
#: Each call: the names of its arguments in order, and what answers it.
CALLS: Final[dict[str, tuple[tuple[str, ...], Callable[[Query, Arguments], Any]]]] = {
    "get_all_projects": ((), get_all_projects),
    "get_runs_for_project": (("project",), get_runs_for_project),
    "get_run_configs": (("project",), get_run_configs),
    "get_metrics_for_run": (_OF_RUN, get_metrics_for_run),
    "get_project_summary": (("project",), get_project_summary),
    "get_run_summary": (_OF_RUN, get_run_summary),
    "get_metric_values": (
        ("project", "run", "metric_name", *_WHERE, "run_id", "max_points"),
        get_metric_values,
    ),
    "get_snapshot": (("project", "run", *_WHERE, "run_id"), get_snapshot),
    "get_logs": ((*_OF_RUN, "scalar_only", "max_points"), get_logs),
    "get_alerts": (("project", "run", "run_id", "level", "since"), get_alerts),
    "get_traces": (("project", "run", "run_id", "search", "sort", "limit", "offset", "step"), get_traces),
    "get_trace_steps": (_OF_RUN, get_trace_steps),
    "get_system_metrics_for_run": (_OF_RUN, get_system_metrics_for_run),
    "get_system_logs": ((*_OF_RUN, "max_points"), get_system_logs),
}


def delete_run(query: Query, arguments: Arguments) -> dict[str, Any]:
    """Return the edit that deletes a run."""
    return {"action": "delete_run", "run": _run(query, arguments).id}


def rename_run(query: Query, arguments: Arguments) -> dict[str, Any]:
    """Return the edit that gives a run another name."""
    run = _run(query, replace(arguments, run=arguments.run or arguments.old_name))
    return {"action": "rename_run", "run": run.id, "name": arguments.new_name or ""}


#: Each call that changes something: the names of its arguments in order, and the edit that it asks for.
CHANGES: Final[dict[str, tuple[tuple[str, ...], Callable[[Query, Arguments], dict[str, Any]]]]] = {
    "delete_run": (_OF_RUN, delete_run),
    "rename_run": (("project", "old_name", "new_name", "run_id"), rename_run),
}

# ------------------------------------------------------------------------------------------- what they share


def iso(seconds: float) -> str:
    """Return a time in seconds since the epoch as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()


def _project(arguments: Arguments) -> str:
    if not arguments.project:
        raise BadRequest("project: is missing")
    return arguments.project


def _run(query: Query, arguments: Arguments) -> Run:
    if arguments.run_id:
        return query.run(arguments.run_id)
    if not arguments.run:
        raise BadRequest("run: is missing")
    project = _project(arguments)
    runs = query.runs(project)
    # Newest first; a name wins over an id, since only names are promised to be readable by people.
    for run in [*(run for run in runs if run.name == arguments.run), *(run for run in runs if run.id == arguments.run)]:
        return run
    raise NotFound(f"run {arguments.run!r} of project {project!r}: there is no such run")


def _config(run: Run) -> dict[str, Any]:
    return {**run.config, "_Username": run.user, "_Created": iso(run.created), "_Group": run.group}


def _last_step(run: Run) -> int | None:
    return max((int(entry.last_step) for entry in run.summary.values() if entry.last_step is not None), default=None)


def _logged(query: Query, run: Run) -> list[str]:
    return sorted({metric.name for metric in query.metrics(run.project, run.id) if metric.kind != "system"})


def _names(query: Query, run: Run, kind: str = "scalar") -> list[str]:
    return sorted(metric.name for metric in query.metrics(run.project, run.id) if metric.kind == kind)


def _rows(query: Query, run: Run, kind: str) -> list[dict[str, Any]]:
    """Return the numbers of each step as one object with `step` and `timestamp`, by step."""
    rows: dict[int, dict[str, Any]] = {}
    for metric in _names(query, run, kind):
        for point in _points(query, AfterRequest(run.id, metric, None, None, _PIECE, kind), _Range()):
            row = rows.setdefault(point["step"], {"timestamp": point["timestamp"], "step": point["step"]})
            row[metric] = point["value"]
    return [rows[step] for step in sorted(rows)]


def _range(arguments: Arguments) -> _Range:
    window = 10 if arguments.window is None else arguments.window
    if arguments.step is not None:
        return _Range(first=arguments.step, last=arguments.step)
    if arguments.around_step is not None:
        return _Range(first=arguments.around_step - window, last=arguments.around_step + window)
    if arguments.at_time is not None:
        middle = params.time_of(arguments.at_time, "at_time")
        return _Range(since=middle - window, until=middle + window)
    return _Range()


def _points(query: Query, asked: AfterRequest, wanted: _Range) -> Iterator[dict[str, Any]]:
    after: float | None = None if wanted.first == float("-inf") else wanted.first - 1
    read = 0
    while True:
        columns = query.points_after(replace(asked, after=after)).columns
        steps = columns["step"].tolist()
        for step, time, value in zip(steps, columns["time"].tolist(), columns["value"].tolist(), strict=True):
            if wanted.first <= step <= wanted.last and wanted.since <= time <= wanted.until:
                yield {"timestamp": iso(time), "step": int(step), "value": value}
        read += len(steps)
        if len(steps) < _PIECE or steps[-1] >= wanted.last:
            return
        if read >= _MOST_POINTS:
            text = f"{asked.metric}: has more than {_MOST_POINTS} points; ask for a range, or /api/v1/series"
            raise BadRequest(text)
        after = steps[-1]


def _thinned(values: list[dict[str, Any]], most: int | None) -> list[dict[str, Any]]:
    """Return at most `most` of the values, evenly spread, the last one among them."""
    if most is None or most <= 0 or len(values) <= most:
        return values
    return [values[(at + 1) * len(values) // most - 1] for at in range(most)]
