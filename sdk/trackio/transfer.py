"""The commands that carry runs into other tools' files, and from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from trackio import api

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
