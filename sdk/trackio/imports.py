"""What other tools recorded, taken in: the functions behind `trackio import`, `import_csv` and `import_tf_events`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from trackio import api
from trackio.places import data_folder, meet
from trackio.replay import imported
from trackio.sources import csv_file, mlflow, neptune, original, tensorboard, wandb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from trackio.past import Past
    from trackio.replay import Imported

#: The tools whose files name the project themselves, and what reads them.
READERS: Final[dict[str, Callable[[Path, str | None], Iterator[Past]]]] = {
    "trackio": original.runs,
    "wandb": wandb.runs,
    "mlflow": mlflow.runs,
    "neptune": neptune.runs,
}


def csv(path: Path, project: str, name: str | None) -> Iterator[Imported]:
    """Take in a CSV file as a run; see `csv_file.run`."""
    return _taken_in([csv_file.run(path, project, name)])


def tf_events(folder: Path, project: str, name: str | None) -> Iterator[Imported]:
    """Take in the event files of a folder; see `tensorboard.runs`."""
    return _taken_in(tensorboard.runs(folder, project, name))


def of_tool(tool: str, path: Path, project: str | None) -> Iterator[Imported]:
    """Take in the runs that another tool keeps in a file or folder."""
    return _taken_in(READERS[tool](path, project))


def must_be_new(project: str) -> None:
    """Raise ValueError if there is a project of that name."""
    if project in api.Api().projects():
        raise ValueError(f"project {project!r} exists already; force=True imports into it")


def report(found: Iterable[Imported], say: Callable[[str], Any]) -> None:
    """Go through an import, saying a line per run."""
    for run in found:
        lost = ", ".join(f"{count} ({reason})" for reason, count in sorted(run.refused.items()))
        kept = f"{run.rows} new rows" if run.rows else "nothing new"
        say(f"run {run.name!r} of project {run.project!r}: {kept}{f'; not kept: {lost}' if lost else ''}")


def _taken_in(runs: Iterable[Past]) -> Iterator[Imported]:
    places = meet(data_folder(os.environ), os.environ)
    return imported(api.connect(places), places, runs)
