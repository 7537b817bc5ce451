"""The commands that read what happened beside the metrics of a run: alerts and system metrics."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from trackio import api
from trackio.errors import NotFound
from trackio.places import data_folder, meet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_F = TypeVar("_F", bound="Callable[..., None]")

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_project = click.option("--project", required=True, help="Name of the project.")
_run = click.option("--run", required=True, help="Name or id of the run; of several with one name, the newest.")


def _call(name: str, **arguments: Any) -> Any:
    return api.connect(meet(data_folder(os.environ), os.environ)).post(f"/api/{name}", arguments)["data"]


def _print(found: dict[str, Any], *, as_json: bool, lines: Iterable[str]) -> None:
    click.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else "\n".join(lines))


# -------------------------------------------------------------------------------------------------- system metrics


@click.command("system-metrics")
@_project
@_run
@_as_json
def list_system_metrics(project: str, run: str, *, as_json: bool) -> None:
    """List which system metrics a run has."""
    names = _call("get_system_metrics_for_run", project=project, run=run)
    lines = [f"System metrics of '{run}' in '{project}':", *(f"  - {name}" for name in names)]
    _print({"project": project, "run": run, "system_metrics": names}, as_json=as_json, lines=lines)


@click.command("system-metric")
@_project
@_run
@click.option("--metric", help="Name of the system metric (default: all).")
@_as_json
def get_system_metric(project: str, run: str, metric: str | None, *, as_json: bool) -> None:
    """Print the system metrics of a run by time, at most 3,000 of them."""
    if metric is not None and metric not in _call("get_system_metrics_for_run", project=project, run=run):
        raise NotFound(f"system metric {metric!r} of run {run!r}: there is no such metric")
    rows = _call("get_system_logs", project=project, run=run)
    if metric is None:
        found = {"project": project, "run": run, "system_metrics": rows}
    else:
        rows = [{name: row[name] for name in ("timestamp", metric)} for row in rows if metric in row]
        found = {"project": project, "run": run, "metric": metric, "values": rows}
    _print(found, as_json=as_json, lines=map(_entry, rows))


def _entry(row: dict[str, Any]) -> str:
    values = [f"  {name}: {value}" for name, value in row.items() if name != "timestamp"]
    return "\n".join([f"{row['timestamp']}:", *values])


# ---------------------------------------------------------------------------------------------------------- alerts


def _asks_for_alerts(command: _F) -> _F:
    for option in (
        _as_json,
        click.option("--since", help="Only alerts later than this ISO 8601 time."),
        click.option("--level", type=click.Choice(["info", "warn", "error"]), help="Only alerts of this level."),
        click.option("--run", help="Only alerts of this run, by its name or id."),
        _project,
    ):
        command = option(command)
    return command


@click.command("alerts")
@_asks_for_alerts
def alerts(*, as_json: bool, **asked: Any) -> None:
    """Print the alerts of a project or a run, the newest first."""
    found = _call("get_alerts", **asked)
    if as_json or not found:
        _print({**asked, "alerts": found}, as_json=as_json, lines=["No alerts."])
        return
    # A pipe has no width: nothing may be cut off there.
    console = Console() if sys.stdout.isatty() else Console(width=1_000)
    table = Table("Timestamp", "Run", "Level", "Title", "Text", "Step", box=None, pad_edge=False)
    for alert in found:
        step = "" if alert["step"] is None else str(alert["step"])
        cells = alert["timestamp"], alert["run"], alert["level"].upper(), alert["title"], alert["text"] or "", step
        table.add_row(*map(Text, cells))
    console.print(table)


def add_to(lists: click.Group, get: click.Group) -> None:
    """Add these commands to `trackio list` and `trackio get`."""
    lists.add_command(list_system_metrics)
    lists.add_command(alerts)
    get.add_command(get_system_metric)
    get.add_command(alerts)
