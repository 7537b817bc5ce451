"""MLflow: its SQLite file (`mlflow.db`), or its folder of files (`mlruns`)."""

from __future__ import annotations

import heapq
import json
import math
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from trackio.past import Past, PastRow, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_MS: Final = 1000.0
#: Statuses as the database spells them, and as numbers in files.
_STATUSES: Final = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_ERRORS: Final = {"FAILED": "failed", "KILLED": "killed", "RUNNING": "it never ended", "SCHEDULED": "it never began"}
_WORDS: Final = {"True": True, "False": False, "None": None}
#: Databases hold this for infinity.
_LARGEST: Final = sys.float_info.max
_BYTES: Final = 2**16


@dataclass(slots=True)
class _Run:
    """A run, as either store tells of it."""

    id: str
    name: str
    project: str
    status: str
    started: float
    ended: float | None
    user: str
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


def runs(path: Path, project: str | None = None) -> Iterator[Past]:
    """Yield the runs of a database or a folder; a project is an experiment. Deleted ones are left out.

    Raises FileNotFoundError, and ValueError naming what is neither.
    """
    if path.is_dir() and (path / "mlflow.db").is_file():
        path /= "mlflow.db"
    if path.is_dir():
        yield from _of_folder(path, project)
    elif path.is_file():
        yield from _of_database(path, project)
    else:
        raise FileNotFoundError(f"there is no {path}")


def _past(run: _Run, project: str | None, points: Callable[[], Iterator[PastRow]], parent: str | None) -> Past:
    own = [f"{key}={value}" for key, value in run.tags.items() if not key.startswith("mlflow.")]
    return Past(
        tool="mlflow",
        key=run.id,
        project=project or run.project,
        name=run.name or run.id,
        rows=lambda: joined(points()),
        started=run.started,
        ended=run.ended,
        status="failed" if run.status in _ERRORS else "finished",
        error=_ERRORS.get(run.status),
        group=parent,
        config={key: _plain(value) for key, value in run.params.items()},
        tags=tuple(own),
        notes=run.tags.get("mlflow.note.content"),
        user=run.tags.get("mlflow.user", run.user),
        command=tuple(filter(None, (run.tags.get("mlflow.source.name"),))),
    )


def _plain(text: str) -> Any:
    """Return a parameter, which MLflow keeps as text, as what it spells."""
    if text in _WORDS:
        return _WORDS[text]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


# ----------------------------------------------------------------------------------------------------- database


def _of_database(file: Path, project: str | None) -> Iterator[Past]:
    try:
        with closing(_opened(file)) as base:
            found = base.execute(
                "SELECT run_uuid, runs.name, experiments.name, status, start_time, end_time, user_id FROM runs"
                " JOIN experiments USING (experiment_id) WHERE runs.lifecycle_stage = 'active'"
                " ORDER BY start_time, run_uuid"
            ).fetchall()
            told = [_told(base, row) for row in found]
    except sqlite3.DatabaseError as error:
        raise ValueError(f"{file}: cannot be read as MLflow's database: {error}") from error
    names = {run.id: run.name for run in told}
    for run in told:
        parent = run.tags.get("mlflow.parentRunId")
        yield _past(run, project, partial(_points, file, run.id), parent and names.get(parent, parent))


def _told(base: sqlite3.Connection, row: tuple[Any, ...]) -> _Run:
    run_id, name, experiment, status, started, ended, user = row
    params = dict(base.execute("SELECT key, value FROM params WHERE run_uuid = ?", (run_id,)).fetchall())
    tags = dict(base.execute("SELECT key, value FROM tags WHERE run_uuid = ?", (run_id,)).fetchall())
    until = None if ended is None else ended / _MS
    called = name or tags.get("mlflow.runName", "")
    return _Run(run_id, called, experiment, status, (started or 0) / _MS, until, user or "", params, tags)


def _points(file: Path, run_id: str) -> Iterator[PastRow]:
    asked = (
        "SELECT key, value, timestamp, step, is_nan FROM metrics WHERE run_uuid = ?"
        " ORDER BY timestamp, step, key, value"
    )
    with closing(_opened(file)) as base:
        for key, value, time, step, is_nan in base.execute(asked, (run_id,)):
            number = math.nan if is_nan else math.copysign(math.inf, value) if abs(value) >= _LARGEST else value
            yield PastRow(int(step), time / _MS, {key: number})


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


# ------------------------------------------------------------------------------------------------------- folder


def _of_folder(folder: Path, project: str | None) -> Iterator[Past]:
    places = sorted(file.parent for file in folder.glob("*/*/meta.yaml"))
    if not places:
        raise ValueError(f"{folder}: holds neither mlflow.db nor experiments with runs")
    for place in places:
        run = _read(place)
        if run is None:
            continue
        parent = run.tags.get("mlflow.parentRunId")
        named = parent and _texts(place.parent / parent / "tags").get("mlflow.runName", parent)
        yield _past(run, project, partial(_merged, place / "metrics"), named)


def _read(place: Path) -> _Run | None:
    about, experiment = _meta(place / "meta.yaml"), _meta(place.parent / "meta.yaml")
    if about.get("lifecycle_stage") == "deleted" or "run_id" not in about:
        return None
    tags = _texts(place / "tags")
    ended = about.get("end_time", "")
    status = about.get("status", "")
    return _Run(
        id=about["run_id"],
        name=about.get("run_name") or tags.get("mlflow.runName", ""),
        project=experiment.get("name") or place.parent.name,
        status=_STATUSES.get(int(status), "") if status.isdecimal() else status,
        started=int(about.get("start_time") or 0) / _MS,
        ended=int(ended) / _MS if ended.isdecimal() else None,
        user=about.get("user_id", ""),
        params=_texts(place / "params"),
        tags=tags,
    )


def _merged(folder: Path) -> Iterator[PastRow]:
    """Yield the points of all metrics by time: what is logged later comes later, whichever metric it is of."""
    files = sorted(file for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else []
    series = [_series(file, file.relative_to(folder).as_posix()) for file in files]
    yield from heapq.merge(*series, key=lambda row: (row.time, row.step))


def _series(file: Path, key: str) -> Iterator[PastRow]:
    for line in _lines(file):
        yield _point(file, key, line)


def _point(file: Path, key: str, line: str) -> PastRow:
    try:
        time, value, *step = line.split()[:3]
        return PastRow(int(step[0]) if step else 0, int(time) / _MS, {key: float(value)})
    except ValueError as error:
        raise ValueError(f"{file}: `time value step` is expected, not {line[:50]!r}") from error


def _lines(file: Path) -> Iterator[str]:
    """Yield the whole lines of a file, which is open only while a piece of it is read: a run may have many."""
    at, rest = 0, b""
    while True:
        with file.open("rb") as opened:
            opened.seek(at)
            piece = opened.read(_BYTES)
        *whole, rest = (rest + piece).split(b"\n")
        at += len(piece)
        for line in whole if piece else [rest]:
            if line.strip():
                yield line.decode("utf-8", "replace")
        if not piece:
            return


def _texts(folder: Path) -> dict[str, str]:
    """Return what the files of a folder hold, by their path in it."""
    files = sorted(file for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else []
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8", "replace") for file in files}


def _meta(file: Path) -> dict[str, str]:
    """Return the plain values of a `meta.yaml`: one level, as MLflow writes it; long ones go on in indented lines."""
    if not file.is_file():
        return {}
    joined_lines: list[str] = []
    for line in file.read_text("utf-8", "replace").splitlines():
        if line.startswith(" ") and joined_lines:
            joined_lines[-1] += " " + line.strip()
        else:
            joined_lines.append(line)
    return {key: _scalar(value.strip()) for key, _, value in (line.partition(":") for line in joined_lines)}


def _scalar(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            return text[1:-1]
    return "" if text == "null" else text
