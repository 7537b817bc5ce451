"""The `trackio` command: opens the dashboard, tells what is stored, and commands the daemon."""

from __future__ import annotations

import json
import os
import sys
import time
import webbrowser
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

import trackio
from trackio import api, locate, manage, monitor, request, transfer
from trackio.errors import DaemonUnavailable, TrackioError
from trackio.places import data_folder, meet
from trackio.unsent import unsent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from trackio.places import Places

_STOP_SECONDS = 30.0
_ASK_SECONDS = 2.0
#: Runs that `status` tells of one by one.
_SHOWN_RUNS = 20

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_project = click.option("--project", required=True, help="Name of the project.")
_run = click.option("--run", required=True, help="Name or id of the run; of several with one name, the newest.")


class _Commands(click.Group):
    """Turns what trackio reports into one line and exit status 1."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (TrackioError, OSError, ValueError, ImportError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Commands)
@click.version_option(trackio.__version__, prog_name="trackio")
def main() -> None:
    """Track experiments: show the dashboard, read what was logged, command the daemon."""


def _places() -> Places:
    return meet(data_folder(os.environ), os.environ)


def _server() -> api.Server:
    return api.connect(_places())


def _print(data: Any, *, as_json: bool, lines: Iterable[str]) -> None:
    if as_json:
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    for line in lines:
        click.echo(line)


def _print_points(values: list[dict[str, Any]]) -> None:
    # A pipe has no width: nothing may be cut off there.
    console = Console() if sys.stdout.isatty() else Console(width=1_000)
    table = Table("Step", "Timestamp", "Value", box=None, pad_edge=False)
    for point in values:
        table.add_row(str(point["step"]), point["timestamp"], Text(str(point["value"])))
    console.print(table)


# ------------------------------------------------------------------------------------------- show, status, verify


@main.command()
@click.option("--project", help="Open this project.")
@click.option("--host", help="Address to listen on (default: 127.0.0.1); others than loopback ask for a token.")
@click.option("--port", type=int, help="Port to listen on (default: the first free one from 7860).")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def show(project: str | None, host: str | None, port: int | None, *, no_browser: bool) -> None:
    """Open the dashboard; the daemon is started if it does not run, and goes on running."""
    places = _places()
    server = api.find(places)
    if server is None:
        server = api.connect(places, host=host, port=port)
    elif host is not None or port is not None:
        click.echo("The dashboard is served already; `trackio daemon stop` first to change where.", err=True)
    url = server.page(project)
    click.echo(f"trackio dashboard: {url}")
    if not no_browser:
        webbrowser.open(url)


@main.command()
@_as_json
def status(*, as_json: bool) -> None:
    """Tell whether the daemon runs, what it does, and how much is stored."""
    places = _places()
    server = api.find(places)
    found = server.get("/api/v1/status") if server else _asked(places)
    found["runs"] = server.get("/api/v1/delivery")["runs"] if server else None
    waiting = unsent(places, lambda _: 0) if server is None else []
    found["journals"] = None if server else {"processes": len(waiting), "rows": sum(item.rows for item in waiting)}
    _print(found, as_json=as_json, lines=[*_status_lines(found, server), *_delivery_lines(found)])


def _asked(places: Places) -> dict[str, Any]:
    try:
        return request.ask(places, "status", {}, _ASK_SECONDS)
    except DaemonUnavailable:
        return {"version": trackio.__version__, "data": str(places.data), "ingest": {"up": False}}


def _status_lines(found: dict[str, Any], server: api.Server | None) -> Iterator[str]:
    running = found["ingest"].get("up", False)
    yield f"Daemon:    {'running, pid ' + str(found.get('pid')) if running else 'not running'}"
    yield f"Dashboard: {server.url if server else 'not served'}"
    yield f"Data:      {found['data']}"
    for name in ("ingest", "encoders", "store", "upkeep", "webhooks"):
        counts = {key: value for key, value in (found.get(name) or {}).items() if key != "up"}
        if counts:
            yield f"{name.capitalize() + ':':<11}" + ", ".join(f"{key} {value}" for key, value in counts.items())


def _delivery_lines(found: dict[str, Any]) -> Iterator[str]:
    if found["journals"] is not None:
        journals = found["journals"]
        yield f"Journals:  up to {journals['rows']} rows of {journals['processes']} processes wait for a daemon"
        return
    runs = found["runs"]
    waiting, oldest = sum(run["waiting"] for run in runs), [run["oldest"] for run in runs if run["oldest"]]
    since = f", the oldest for {max(0.0, time.time() - min(oldest)):.1f} s" if oldest else ""
    yield f"Journals:  {waiting} rows wait to be stored{since}"
    for run in runs[:_SHOWN_RUNS]:
        yield f"  {run['project']}/{run['name']}: {_delivered(run)}"
    if len(runs) > _SHOWN_RUNS:
        yield f"  … and {len(runs) - _SHOWN_RUNS} more; --json has them all"


def _delivered(run: dict[str, Any]) -> str:
    counts = f"{run['logged']} logged, {run['journaled']} journaled, {run['stored']} stored"
    refused = "".join(f", {count} refused ({reason})" for reason, count in sorted(run["refused"].items()))
    cost = "" if run["call_us"] is None else f"; {run['call_us']:.1f} µs a call"
    return counts + refused + cost + ("" if run["share"] is None else f", {run['share']:.2%} of the time")


@main.command()
@click.argument("run", required=False)
@click.option("--project", help="The project of RUN; without it, RUN is an id.")
@click.option("--data", help="Check this data folder, or a copy of one, instead of $TRACKIO_DIR.")
@_as_json
def verify(run: str | None, project: str | None, data: str | None, *, as_json: bool) -> None:
    """Check that everything stored is whole; exit status 1 names what is not.

    With RUN, compare instead what that run logged, what its journals kept and what is stored: exit status 1 if rows
    were lost, or if it has ended and some are not stored yet.
    """
    if run is None:
        folder = [] if data is None else ["--data", data]
        _become_daemon("verify", *folder, *(["--json"] if as_json else []))
        return
    server = _server()
    run_id = run if project is None else _call("get_run_summary", project=project, run=run)["run_id"]
    (found,) = server.get("/api/v1/delivery", {"run": run_id})["runs"]
    _print(found, as_json=as_json, lines=[f"{found['project']}/{found['name']}: {_delivered(found)}"])
    if found["logged"] > found["journaled"] or (found["waiting"] and found["status"] != "running"):
        sys.exit(1)


# ----------------------------------------------------------------------------------------------------- list


@main.group("list")
def list_() -> None:
    """List projects, runs or metrics."""


@list_.command("projects")
@_as_json
def list_projects(*, as_json: bool) -> None:
    """List all projects."""
    names = [project["name"] for project in _server().get("/api/v1/projects")["projects"]]
    _print({"projects": names}, as_json=as_json, lines=_bullets("Projects:", names))


@list_.command("runs")
@_project
@click.option("--filter", help="Only runs for which this holds, like 'status = running and config.lr < 0.01'.")
@click.option("--sort", help="By this field, like summary.loss.min, instead of the newest first.")
@click.option("--descending", is_flag=True, help="With --sort: the largest first.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many.")
@_as_json
def list_runs(project: str, *, as_json: bool, descending: bool, **narrowed: Any) -> None:
    """List the runs of a project, the newest first."""
    asked = {"project": project, "descending": "true" if descending else None, **narrowed}
    names = [run["name"] for run in _server().get("/api/v1/runs", asked)["runs"]]
    _print({"project": project, "runs": names}, as_json=as_json, lines=_bullets(f"Runs in '{project}':", names))


@list_.command("metrics")
@_project
@_run
@_as_json
def list_metrics(project: str, run: str, *, as_json: bool) -> None:
    """List what a run logged."""
    names = _call("get_metrics_for_run", project=project, run=run)
    found = {"project": project, "run": run, "metrics": names}
    _print(found, as_json=as_json, lines=_bullets(f"Metrics of '{run}' in '{project}':", names))


# ------------------------------------------------------------------------------------------------------ get


@main.group()
def get() -> None:
    """Read a project, a run, a metric, or all metrics at one place."""


def _where(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--window", type=float, default=10, show_default=True, help="Steps, or seconds, to either side."),
        click.option("--at-time", help="ISO 8601 time around which to read."),
        click.option("--around", type=int, help="Step around which to read."),
        click.option("--step", type=int, help="Read this step only."),
    ):
        command = option(command)
    return command


@get.command("project")
@_project
@_as_json
def get_project(project: str, *, as_json: bool) -> None:
    """Show a project: its runs and the last step of any."""
    found = _call("get_project_summary", project=project)
    lines = [f"Project: {project}", f"Runs: {found['num_runs']}", f"Last activity: step {found['last_activity']}"]
    _print(found, as_json=as_json, lines=[*lines, *(f"  - {name}" for name in found["runs"])])


@get.command("run")
@_project
@_run
@_as_json
def get_run(project: str, run: str, *, as_json: bool) -> None:
    """Show a run: how much it logged, under which names, and its configuration."""
    found = _call("get_run_summary", project=project, run=run)
    lines = [
        f"Run: {found['run']} in '{project}', {found['status']}",
        f"Logs: {found['num_logs']}",
        f"Last step: {found['last_step']}",
        *_bullets("Metrics:", found["metrics"]),
        *_bullets("Config:", [f"{key}: {json.dumps(value)}" for key, value in found["config"].items()]),
    ]
    _print(found, as_json=as_json, lines=lines)


@get.command("metric")
@_project
@_run
@click.option("--metric", required=True, help="Name of the metric.")
@_where
@_as_json
def get_metric(project: str, run: str, metric: str, *, as_json: bool, **where: Any) -> None:
    """Print the points of a metric."""
    values = _call("get_metric_values", project=project, run=run, metric_name=metric, **_range(where))
    if as_json:
        _print({"project": project, "run": run, "metric": metric, "values": values}, as_json=True, lines=())
    else:
        _print_points(values)


@get.command("snapshot")
@_project
@_run
@_where
@_as_json
def get_snapshot(project: str, run: str, *, as_json: bool, **where: Any) -> None:
    """Print the points of every metric, as a rule around one step or time."""
    metrics = _call("get_snapshot", project=project, run=run, **_range(where))
    if as_json:
        _print({"project": project, "run": run, **_range(where), "metrics": metrics}, as_json=True, lines=())
        return
    for name, values in metrics.items():
        click.echo(f"{name}:")
        _print_points(values)


def _range(where: dict[str, Any]) -> dict[str, Any]:
    chosen = [name for name in ("step", "around", "at_time") if where[name] is not None]
    if len(chosen) > 1:
        raise click.UsageError("--step, --around and --at-time exclude each other")
    names = {"step": "step", "around": "around_step", "at_time": "at_time"}
    return {names[name]: where[name] for name in chosen} | ({"window": where["window"]} if chosen else {})


def _call(name: str, **arguments: Any) -> Any:
    return _server().post(f"/api/{name}", arguments)["data"]


def _bullets(title: str, names: Iterable[str]) -> list[str]:
    return [title, *(f"  - {name}" for name in names)]


manage.add_to(main, list_)
monitor.add_to(list_, get)
main.add_command(transfer.export)
main.add_command(transfer.import_)

# --------------------------------------------------------------------------------------------------- daemon


@main.group("daemon")
def daemon_() -> None:
    """Start, stop or look at the daemon of this data folder."""


@daemon_.command("start")
def daemon_start() -> None:
    """Start the daemon unless it runs; it goes on when this command has ended."""
    server = _server()
    click.echo(f"The daemon runs; dashboard: {server.url}/")


@daemon_.command("stop")
def daemon_stop() -> None:
    """End the daemon in order; what jobs log meanwhile is kept for the next one."""
    places = _places()
    try:
        pid = request.ask(places, "status", {}, _ASK_SECONDS)["pid"]
        request.ask(places, "stop", {}, _ASK_SECONDS)
    except DaemonUnavailable:
        click.echo("No daemon runs.")
        return
    deadline = time.monotonic() + _STOP_SECONDS
    # Not whether there is such a process: one that nobody reaps stays in the table.
    while locate.is_running(places):
        if time.monotonic() > deadline:
            raise DaemonUnavailable(f"the daemon (pid {pid}) was told to stop and still runs; see {places.daemon_log}")
        time.sleep(0.02)
    click.echo("The daemon has stopped.")


@daemon_.command("status")
@_as_json
def daemon_status(*, as_json: bool) -> None:
    """Tell what the daemon does; exit status 1 if none runs."""
    found = _asked(_places())
    _print(found, as_json=as_json, lines=_status_lines(found, api.find(_places())))
    if not found["ingest"].get("up"):
        sys.exit(1)


@daemon_.command("run", context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def daemon_run(options: tuple[str, ...]) -> None:
    """Be the daemon, in the foreground, with the options of `trackiod run`."""
    _become_daemon("run", *options)


def _become_daemon(*arguments: str) -> None:
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "trackiod", *arguments])  # noqa: S606 -- our own program


if __name__ == "__main__":
    main()
