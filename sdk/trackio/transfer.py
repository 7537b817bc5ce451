"""The commands that carry runs into other tools' files, and from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from trackio import api, imports
from trackio.sources import csv_file

_path = click.Path(exists=True, path_type=Path)
_project = click.option("--project", required=True, help="Name of the project.")


@click.command
@_project
@click.option("--run", help="Only this run, by name or id.")
@click.option("--filter", help="Only runs for which this holds, like 'status = finished and config.lr < 0.01'.")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl", "parquet", "tensorboard"]), default="csv")
@click.option("--media", is_flag=True, help="Images, videos and tables, too.")
@click.argument("to", type=click.Path(path_type=Path))
def export(project: str, form: str, *, media: bool, to: Path, **narrowed: Any) -> None:
    """Write runs into files for other tools, in the folder TO; a single run may go to a file of that name."""
    reader, run, holds = api.Api(), narrowed["run"], narrowed["filter"]
    if run is not None and holds is None and not media:
        click.echo(reader.run(project, run).export(to, form))
        return
    if run is not None:
        one = f'id = "{reader.run(project, run).id}"'
        holds = one if holds is None else f"{one} and ({holds})"
    for path in reader.export(project, to, form, filter=holds, media=media):
        click.echo(path)


@click.group("import")
def import_() -> None:
    """Take in what other tools recorded, with its times and steps; what is here already is not taken in again."""


@import_.command("csv")
@_project
@click.option("--name", help="Name of the run (default: that of the file).")
@click.argument("path", type=_path)
def import_csv(project: str, name: str | None, path: Path) -> None:
    """Take in the CSV file PATH: a column step, perhaps one timestamp, and metrics."""
    left_out = csv_file.layout(path).left_out
    if left_out:
        click.echo(f"Not all numbers, left out: {', '.join(left_out)}", err=True)
    imports.report(imports.csv(path, project, name), click.echo)


@import_.command("tensorboard")
@_project
@click.option("--name", help="What the names of the runs begin with.")
@click.argument("path", type=_path)
def import_tensorboard(project: str, name: str | None, path: Path) -> None:
    """Take in the event files of folder PATH, a run for each folder in it."""
    imports.report(imports.tf_events(path, project, name), click.echo)


def _of_tool(tool: str, what: str) -> None:
    @import_.command(tool, help=f"Take in {what}; a project is what it is there, unless --project says which.")
    @click.option("--project", help="Name of the project.")
    @click.argument("path", type=_path)
    def command(project: str | None, path: Path) -> None:
        imports.report(imports.of_tool(tool, path, project), click.echo)


_of_tool("trackio", "the original trackio's file PATH.db, or all of its folder PATH")
_of_tool("wandb", "the .wandb file PATH, or all below the folder PATH")
_of_tool("mlflow", "MLflow's database PATH (mlflow.db), or its folder PATH (mlruns)")
_of_tool("neptune", "what neptune-exporter wrote into the folder PATH (its exports/data)")
