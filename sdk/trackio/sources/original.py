"""Hugging Face's trackio: the SQLite file of a project, and the media beside it."""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final

from trackio import media
from trackio.audio import Audio
from trackio.html import Html
from trackio.object3d import Object3D
from trackio.past import Past, PastAlert, PastRow, PastSystem, seconds
from trackio.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: How the original spells what JSON has no number for.
_NUMBERS: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def runs(path: Path, project: str | None = None) -> Iterator[Past]:
    """Yield the runs of a project's file, or of all such files in a folder; a project is named like its file.

    Raises FileNotFoundError without any, ValueError naming a file that is no such database.
    """
    files = sorted(path.glob("*.db")) if path.is_dir() else [path]
    if not files or not path.exists():
        raise FileNotFoundError(f"there is no project's .db file in {path}")
    for file in files:
        yield from _of_project(file, project or file.stem)


def _of_project(file: Path, project: str) -> Iterator[Past]:
    with closing(_opened(file)) as base:
        columns = {row[1] for row in _asked(file, base, "PRAGMA table_info(metrics)")}
        if "metrics" not in columns:
            raise ValueError(f"{file}: is not a project of trackio: it has no table of metrics")
        # Files of older versions know runs by their name only.
        by = "run_id" if "run_id" in columns else "run_name"
        found = _asked(
            file,
            base,
            f"SELECT {by}, run_name, min(timestamp) FROM metrics GROUP BY {by} ORDER BY min(id)",  # noqa: S608
        ).fetchall()
        configs = _configs(base, by)
    for key, name, first in found:
        yield _run(file, project, by, (key, name, first), configs.get(key, {}))


def _run(file: Path, project: str, by: str, about: tuple[str, str, str], config: dict[str, Any]) -> Past:
    key, name, first = about
    started = seconds(str(config.get("_Created") or first)) or seconds(first) or 0.0
    return Past(
        tool="trackio",
        key=str(key),
        project=project,
        name=str(name),
        rows=lambda: _rows(file, by, key),
        started=started,
        group=config.get("_Group"),
        config={name: value for name, value in config.items() if not name.startswith("_")},
        user=config.get("_Username") or "",
        beside=lambda: _beside(file, by, key),
    )


def _configs(base: sqlite3.Connection, by: str) -> dict[str, dict[str, Any]]:
    with suppress(sqlite3.OperationalError):  # the oldest files have no such table
        rows = base.execute(f"SELECT {by}, config FROM configs").fetchall()  # noqa: S608
        return {key: json.loads(text) for key, text in rows}
    return {}


def _rows(file: Path, by: str, key: str) -> Iterator[PastRow]:
    place = file.parent / "media"
    with closing(_opened(file)) as base:
        traces = _traces(base, by, key)
        asked = f"SELECT step, timestamp, metrics FROM metrics WHERE {by} = ? ORDER BY id"  # noqa: S608
        for step, time, text in base.execute(asked, (key,)):
            values = {name: _value(value, place) for name, value in json.loads(text).items()}
            # Logged in one call, they were taken apart; twice at one time, they are of the first.
            values |= _said(base, traces.pop((step, time), []), place)
            # A NumPy integer was stored as its 8 bytes.
            number = int.from_bytes(step, "little", signed=True) if isinstance(step, bytes) else step
            yield PastRow(int(number), seconds(time) or 0.0, values)


def _traces(base: sqlite3.Connection, by: str, key: str) -> dict[tuple[Any, str], list[int]]:
    """Return where the traces are that were logged at a step and time."""
    found: dict[tuple[Any, str], list[int]] = {}
    with suppress(sqlite3.OperationalError):  # the older files have no such table
        asked = f"SELECT step, timestamp, rowid FROM traces WHERE {by} = ? ORDER BY trace_index, rowid"  # noqa: S608
        for step, time, at in base.execute(asked, (key,)):
            found.setdefault((step, time), []).append(at)
    return found


def _said(base: sqlite3.Connection, rows: list[int], place: Path) -> dict[str, Any]:
    """Return the traces in these rows by the names that they were logged under: one, or the list that it was."""
    found: dict[str, Any] = {}
    for at in rows:
        asked = base.execute("SELECT * FROM traces WHERE rowid = ?", (at,))
        row = dict(zip([column[0] for column in asked.description], asked.fetchone(), strict=True))
        # Spans came with a later version.
        told = (_logged(json.loads(row.get(name) or "[]"), place) for name in ("messages", "metadata", "spans"))
        messages, metadata, spans = told
        trace = Trace(messages, metadata or {}, spans)
        if row["trace_index"] is None:
            found[row["key"]] = trace
        else:
            found.setdefault(row["key"], []).append(trace)
    return found


def _beside(file: Path, by: str, key: str) -> Iterator[PastSystem | PastAlert]:
    # Files of older versions have no such tables, or know runs by their name only.
    with closing(_opened(file)) as base:
        with suppress(sqlite3.OperationalError):
            asked = f"SELECT timestamp, metrics FROM system_metrics WHERE {by} = ? ORDER BY id"  # noqa: S608
            for time, text in base.execute(asked, (key,)):
                held = {name: _NUMBERS.get(value, value) for name, value in json.loads(text).items()}
                yield PastSystem(seconds(time) or 0.0, held)
        with suppress(sqlite3.OperationalError):
            asked = f"SELECT timestamp, title, text, level, step FROM alerts WHERE {by} = ? ORDER BY id"  # noqa: S608
            for time, title, text, level, step in base.execute(asked, (key,)):
                known = level if level in {"info", "warn", "error"} else "warn"
                yield PastAlert(seconds(time) or 0.0, str(title), text, known, step)


def _value(value: Any, place: Path) -> Any:
    if isinstance(value, str):
        return _NUMBERS.get(value, value)
    return _logged(value, place)


def _logged(value: Any, place: Path) -> Any:
    """Return a value with its media as they were logged; what cannot be had is told in their place."""
    if isinstance(value, list):
        return [_logged(item, place) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("_type")
    if kind in _FILED:
        path = (place / str(value.get("file_path"))).resolve()
        try:
            # A file that somebody sent us must not have us read others.
            path.relative_to(place.resolve())
            return _FILED[kind](path, value.get("caption"))
        except ValueError as error:
            return f"{kind}: {error}"
    if kind == "trackio.table":
        rows = value.get("_value")
        return media.Table(data=[_logged(row, place) for row in rows] if isinstance(rows, list) else [])
    return {name: _logged(item, place) for name, item in value.items()}


_FILED: Final[dict[Any, Callable[[Path, Any], Any]]] = {
    "trackio.image": lambda path, caption: media.Image(path, caption=caption),
    "trackio.video": lambda path, caption: media.Video(path, caption=caption),
    "trackio.audio": lambda path, caption: Audio(path, caption=caption),
    "trackio.object3d": lambda path, caption: Object3D(path, caption=caption),
    "trackio.html": lambda path, caption: Html(path, caption=caption),
}


def _opened(file: Path) -> sqlite3.Connection:
    if not file.is_file():
        raise FileNotFoundError(f"there is no file {file}")
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _asked(file: Path, base: sqlite3.Connection, question: str) -> sqlite3.Cursor:
    try:
        return base.execute(question)
    except sqlite3.DatabaseError as error:
        raise ValueError(f"{file}: cannot be read as SQLite: {error}") from error
