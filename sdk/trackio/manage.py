"""The commands that change what is stored: delete, restore, rename, move, tag, and keeping the store small and safe."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from trackio import api, request
from trackio.places import Places, data_folder, meet

_F = TypeVar("_F", bound=Callable[..., None])
_ASK_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.1

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_run_project = click.option("--project", help="The project of the run; without it, RUN is an id.")
_yes = click.option("--yes", is_flag=True, help="Do not ask.")


def _places() -> Places:
    return meet(data_folder(os.environ), os.environ)


def _edit(action: str, **arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = api.connect(_places()).post("/api/v1/edit", {"action": action, **arguments})
    return found


def _id(run: str, project: str | None) -> str:
    """Return the id of a run that is named by it, or by name, of several the newest."""
    if project is None:
        return run
    asked = {"project": project, "run": run}
    return str(api.connect(_places()).post("/api/get_run_summary", asked)["data"]["run_id"])


def _tell(answer: dict[str, Any], text: str, *, as_json: bool) -> None:
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False) if as_json else text)


def _confirm(question: str, *, yes: bool) -> None:
    if not yes:
        click.confirm(question, abort=True)


def _of_run(command: _F) -> _F:
    for option in (_as_json, _run_project, click.argument("run")):
        command = option(command)
    return command


# ------------------------------------------------------------------------------------------------ delete, restore


@click.group()
def delete() -> None:
    """Delete a run or a project; for an hour it can be restored."""


@delete.command("run")
@_of_run
@_yes
def delete_run(run: str, project: str | None, *, as_json: bool, yes: bool) -> None:
    """Delete RUN."""
    _confirm(f"Delete run {run!r}?", yes=yes)
    answer = _edit("delete_run", run=_id(run, project))
    _tell(answer, f"Deleted; within the hour, `trackio restore {answer['run']}` brings it back.", as_json=as_json)


@delete.command("project")
@click.argument("project")
@_yes
@_as_json
def delete_project(project: str, *, as_json: bool, yes: bool) -> None:
    """Delete PROJECT with all its runs."""
    _confirm(f"Delete project {project!r} with all its runs?", yes=yes)
    answer = _edit("delete_project", project=project)
    _tell(answer, "Deleted." if answer["done"] else "Its runs are being deleted.", as_json=as_json)


@click.command()
@click.argument("run")
@_as_json
def restore(run: str, *, as_json: bool) -> None:
    """Bring back the deleted run of the id RUN; `trackio list deleted` has them."""
    answer = _edit("restore_run", run=run)
    _tell(answer, f"Restored: {answer['name']} in {answer['project']}", as_json=as_json)


@click.command("deleted")
@_as_json
def list_deleted(*, as_json: bool) -> None:
    """List the runs that were deleted and can be restored."""
    found = api.connect(_places()).get("/api/v1/deleted")["runs"]
    runs = [{name: run[name] for name in ("id", "name", "project", "deleted")} for run in found]
    lines = [f"  - {run['id']}  {run['name']} in {run['project']}" for run in runs]
    _tell({"runs": runs}, "\n".join(["Deleted runs:", *lines]), as_json=as_json)


# --------------------------------------------------------------------------------------------------------- changes


@click.group()
def rename() -> None:
    """Give a run or a project another name."""


@rename.command("run")
@_of_run
@click.argument("name")
def rename_run(run: str, name: str, project: str | None, *, as_json: bool) -> None:
    """Call RUN by the new NAME."""
    _tell(_edit("rename_run", run=_id(run, project), name=name), "Renamed.", as_json=as_json)


@rename.command("project")
@click.argument("project")
@click.argument("name")
@_as_json
def rename_project(project: str, name: str, *, as_json: bool) -> None:
    """Call PROJECT by the new NAME, which must be free."""
    answer = _edit("rename_project", project=project, name=name)
    _tell(answer, "Renamed." if answer["done"] else "Its runs are being moved.", as_json=as_json)


@click.command()
@_of_run
@click.argument("to")
def move(run: str, to: str, project: str | None, *, as_json: bool) -> None:
    """Move RUN to the project TO, which is made if it is not there."""
    _tell(_edit("move_run", run=_id(run, project), project=to), f"Moved to {to}.", as_json=as_json)


@click.command()
@_of_run
@click.argument("tags", nargs=-1)
@click.option("--remove", is_flag=True, help="Take these tags away instead.")
def tag(run: str, tags: tuple[str, ...], project: str | None, *, as_json: bool, remove: bool) -> None:
    """Add TAGS to RUN; without any, show those that it has."""
    run_id = _id(run, project)
    held: list[str] = api.connect(_places()).get("/api/v1/run", {"id": run_id})["tags"]
    kept = [each for each in held if each not in tags] if remove else list(dict.fromkeys([*held, *tags]))
    if tags:
        _edit("set_tags", run=run_id, tags=kept)
    _tell({"run": run_id, "tags": kept}, " ".join(kept), as_json=as_json)


# ----------------------------------------------------------------------------------------------------------- space


@click.command()
@click.option("--dry-run", is_flag=True, help="Only tell what takes how much, and what the limits would let go.")
@_as_json
def gc(*, as_json: bool, dry_run: bool) -> None:
    """Remove for good, now, what was deleted, and everything that nothing refers to; tell what that freed."""
    places = _places()
    if dry_run:
        _become_daemon("plan", "--data", str(places.data), *(["--json"] if as_json else []))
    api.connect(places)
    before = request.ask(places, "status", {}, _ASK_SECONDS)["upkeep"]
    request.ask(places, "gc", {}, _ASK_SECONDS)
    while (after := request.ask(places, "status", {}, _ASK_SECONDS)["upkeep"])["busy"]:
        time.sleep(_LOOK_SECONDS)
    counted = ("runs_removed", "media_removed", "blobs_removed", "bytes_freed")
    done = {name: after[name] - before[name] for name in counted}
    text = "Removed {runs_removed} runs and {blobs_removed} blobs of {bytes_freed} bytes.".format(**done)
    _tell(done, text, as_json=as_json)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Copy everything that is stored, while it is in use, to the new FOLDER; to restore, copy it back."""
    _become_daemon("backup", "--data", str(data_folder(os.environ)), str(folder))


def _become_daemon(*arguments: str) -> None:
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "trackiod", *arguments])  # noqa: S606 -- our own program


def add_to(main: click.Group, lists: click.Group) -> None:
    """Add these commands to `trackio` and to `trackio list`."""
    for command in (delete, restore, rename, move, tag, gc, backup):
        main.add_command(command)
    lists.add_command(list_deleted)
