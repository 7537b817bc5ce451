"""What the daemon keeps, as users read it: runs, and the media, tables and values that they logged."""

from __future__ import annotations

import csv
import json
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from trackio.columns import Columns
from trackio.errors import BadRequest, NotFound

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from trackio.api import Server
    from trackio.history import Block

_PAGE: Final = 500
_ROWS: Final = 10_000
_TYPES: Final = {
    "trackio.image": "image",
    "trackio.video": "video",
    "trackio.table": "table",
    "trackio.trace": "trace",
    "trackio.html": "html",
    "trackio.audio": "audio",
    "trackio.object3d": "object3d",
}
#: Endings of files whose type no table of the system tells.
_SUFFIXES: Final = {
    "application/vnd.plotly.v1+json": ".json",
    "text/html": ".html",
    "audio/flac": ".flac",
    "model/gltf-binary": ".glb",
    "model/gltf+json": ".gltf",
    **{f"model/{name}": f".{name}" for name in ("obj", "stl", "ply", "splat")},
}
#: What files are, and everything that may be logged beside numbers.
MEDIA: Final = ("image", "video", "audio", "html", "object3d")
KINDS: Final = ("value", "histogram", *MEDIA, "table", "trace")


class StoredRun:
    """One run as it was stored when this was made; refresh() reads it again.

    `summary` holds `{"last", "min", "max", "mean", "count", "last_step"}` for each metric; times are in seconds since
    the epoch, `ended` is None while the run goes on.
    """

    def __init__(self, server: Server, run: dict[str, Any]) -> None:
        self._server = server
        self._take(run)

    def _take(self, run: dict[str, Any]) -> None:
        self.id: str = run["id"]
        self.name: str = run["name"]
        self.project: str = run["project"]
        self.group: str | None = run["group"]
        self.status: str = run["status"]
        self.error: str | None = run["error"]
        self.config: dict[str, Any] = run["config"]
        self.summary: dict[str, dict[str, Any]] = run["summary"]
        self.tags: list[str] = run["tags"]
        self.notes: str | None = run["notes"]
        self.user: str = run["user"]
        self.host: str = run["host"]
        self.command: list[str] = run["command"]
        self.rows: int = run["rows"]
        self.created: float = run["created"]
        self.started: float = run["started"]
        self.ended: float | None = run["ended"]
        self.last_activity: float = run["last_activity"]

    def __repr__(self) -> str:
        return f"<Run {self.name} ({self.id}) of {self.project}: {self.status}>"

    def refresh(self) -> StoredRun:
        """Read the run again and return it; raises NotFound if it is gone."""
        self._take(self._server.get("/api/v1/run", {"id": self.id}))
        return self

    def rename(self, name: str) -> StoredRun:
        """Call the run by another name and return it; raises ValueError for an empty one, NotFound if it is gone."""
        if not name:
            raise ValueError("the new name of a run must not be empty")
        self.name = self._edit("rename_run", name=name)["name"]
        return self

    def move(self, project: str) -> bool:
        """List the run in another project, which is made if it is not there; returns True."""
        self.project = self._edit("move_run", project=project)["project"]
        return True

    def delete(self) -> bool:
        """Delete the run, also if it is deleted already; for an hour restore() brings it back. Returns True."""
        self._edit("delete_run")
        return True

    def restore(self) -> bool:
        """Bring the run back after delete(); raises NotFound once it is gone for good."""
        self._edit("restore_run")
        return True

    def _edit(self, action: str, **arguments: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._server.post("/api/v1/edit", {"action": action, "run": self.id, **arguments})
        return found

    def metrics(self, kind: str = "scalar") -> list[str]:
        """Return the names under which the run logged "scalar", "system", or one of the kinds of `values`."""
        found = self._server.get("/api/v1/metrics", {"project": self.project, "run": self.id})["metrics"]
        return [metric["name"] for metric in found if metric["kind"] == kind]

    def alerts(self, level: str | None = None, since: str | None = None) -> list[dict[str, Any]]:
        """Return the run's alerts, newest first, as `Api.alerts` does; raises NotFound if the run is gone."""
        asked = {"run_id": self.id, "level": level, "since": since}
        found: list[dict[str, Any]] = self._server.post("/api/get_alerts", asked)["data"]
        return found

    def history(self, keys: str | Sequence[str] | None = None, samples: int | None = None) -> Columns:
        """Return what was logged as NumPy columns, one row per step; its to_pandas() and to_polars() make frames.

        `keys`: names of metrics, default all. The columns are `step`, `time` (seconds since the epoch) and the keys,
        NaN where a step has no such value. With `samples`, there are at most so many rows, each of several steps: `key`
        is then their mean, and `key.min` and `key.max` tell the extremes, so that no spike is lost. Of a run of several
        processes this is what the main one logged. Raises NotFound for a name that is no metric of the run, BadRequest
        for a number of samples out of range.
        """
        return self._columns("scalar", keys, samples)

    def system(self, keys: str | Sequence[str] | None = None, samples: int | None = None) -> Columns:
        """Return system metrics as `history` does metrics, one row per time; there is no column `step`."""
        found = self._columns("system", keys, samples)
        return Columns({name: found[name] for name in found if name != "step"})

    def _columns(self, kind: str, keys: str | Sequence[str] | None, samples: int | None) -> Columns:
        from trackio import history  # noqa: PLC0415 -- NumPy only where there are points

        names, of = self._names(kind, keys), history.Of(self.id, kind)
        if samples is None:
            return history.whole(self._server, of, names)
        if not 1 <= samples <= history.MOST_SAMPLES:
            raise BadRequest(f"samples: must be 1 to {history.MOST_SAMPLES}")
        return history.sampled(self._server, of, names, samples)

    def blocks(self, keys: str | Sequence[str] | None = None, *, kind: str = "scalar") -> Iterator[Block]:
        """Yield the history in consecutive parts, by step, so that one of any length can be read; see `history`.

        With `kind` "system", of system metrics, whose steps are their times in ms.
        """
        from trackio import history  # noqa: PLC0415 -- NumPy only where there are points

        return history.blocks(self._server, history.Of(self.id, kind), self._names(kind, keys))

    def export(self, to: str | os.PathLike[str], format: str = "csv") -> Path:  # noqa: A002 -- the word for it
        """Write every point into a "csv", "jsonl" or "parquet" file, or a "tensorboard" folder; return its path.

        `to` is the file; or a folder, in which it is named after the run. Raises ValueError for another format.
        """
        from trackio import export  # noqa: PLC0415 -- NumPy only where there are points

        return export.run(self, Path(to).expanduser(), format)

    def _names(self, kind: str, keys: str | Sequence[str] | None) -> list[str]:
        there, called = self.metrics(kind), "metric" if kind == "scalar" else f"{kind} metric"
        if keys is None:
            return there
        names = [keys] if isinstance(keys, str) else list(dict.fromkeys(keys))
        for name in names:
            if name not in there:
                raise NotFound(f"{called} {name!r} of run {self.name!r}: there is no such {called}")
        return names

    def values(self, key: str | None = None, kinds: Sequence[str] = ("value", "histogram")) -> Iterator[Logged]:
        """Yield what was logged beside numbers, newest step first, of one key or of all.

        `kinds`: of "value" (text, lists, dicts, …), "histogram" (a dict of its edges, "bins", and counts, "values"),
        "table", "trace", "image", "video", "audio", "html" and "object3d". Media in a value are StoredMedia, tables
        StoredTable, a trace or a list of them StoredTraces.
        """
        asked = {"project": self.project, "runs": self.id, "kinds": ",".join(kinds), "key": key, "limit": _PAGE}
        cursor: str | None = ""
        while cursor is not None:
            page = self._server.get("/api/v1/objects", asked | {"before": cursor or None})
            for found in page["objects"]:
                place = found["key"], found["step"]
                value = _with_media(found["value"], self._server, place)
                yield Logged(found["key"], found["step"], found["time"], value)
            cursor = page["next"]

    def media(self, key: str | None = None) -> Iterator[StoredMedia]:
        """Yield the images, videos, sounds, pages and shapes that were logged, of one key or all, newest step first."""
        for logged in self.values(key, MEDIA):
            yield from media_in(logged.value)

    def tables(self, key: str | None = None) -> Iterator[StoredTable]:
        """Yield the tables that were logged, under one key or all, newest step first."""
        for logged in self.values(key, ("table",)):
            for found in media_in(logged.value):
                if isinstance(found, StoredTable):
                    yield found

    def traces(self, key: str | None = None, search: str | None = None, step: int | None = None) -> Iterator[Any]:
        """Yield the traces that were logged, newest step first: dicts of `messages`, `metadata` and `spans`.

        Of one key or all, of one step or all, with a text in them or any. Each has its `key`, `step` and `time`, too;
        media inside are StoredMedia. What is not ready, or is lost, is left out.
        """
        asked = {"project": self.project, "runs": self.id, "key": key, "search": search, "step": step, "limit": _PAGE}
        offset, total = 0, 1
        while offset < total:
            page = self._server.get("/api/v1/traces", asked | {"offset": offset})
            for head in page["traces"]:
                if head["state"] == "ready":
                    place = {name: head[name] for name in ("key", "step", "time")}
                    yield place | _trace(self._server, head["id"], head["index"], (head["key"], head["step"]))
            offset, total = offset + _PAGE, page["total"]


@dataclass(frozen=True, slots=True)
class Logged:
    """One value beside numbers. Time in seconds since the epoch."""

    key: str
    step: int
    time: float
    value: Any


class StoredMedia:
    """A file that a run logged, `state` "pending" until it is encoded, then "ready" or "failed" (see `error`)."""

    def __init__(self, server: Server, fields: dict[str, Any], place: tuple[str, int]) -> None:
        self._server, self._fields = server, fields
        self.key, self.step = place
        self.id: str = fields["id"]
        self.kind: str = _TYPES[fields["_type"]]
        self.state: str = fields["state"]
        self.error: str | None = fields.get("error")
        self.caption: str | None = fields.get("caption")
        self.mime: str | None = fields.get("mime")

    def __repr__(self) -> str:
        return f"<{self.kind} {self.key!r} of step {self.step}: {self.state}>"

    def download(self, to: str | os.PathLike[str] = ".") -> Path:
        """Write the file and return its path: `to`, or a name of its own if that is a folder.

        Raises NotFound until it is ready.
        """
        mime = self.mime or ""
        suffix = _SUFFIXES.get(mime) or mimetypes.guess_extension(mime) or ""
        return self._server.save(f"/media/{self.id}", self._target(to, suffix))

    def _target(self, to: str | os.PathLike[str], suffix: str) -> Path:
        target = Path(to).expanduser()
        if not target.is_dir():
            return target
        # A key may hold slashes, and whatever else a path must not.
        key = re.sub(r"[^\w.-]+", "_", self.key).strip("._")[:100] or self.kind
        return target / f"{key}_{self.step}_{self.id[:8]}{suffix}"


class StoredTable(StoredMedia):
    """A table of a run; `columns` are their names."""

    def __init__(self, server: Server, fields: dict[str, Any], place: tuple[str, int]) -> None:
        super().__init__(server, fields, place)
        self.columns: list[str] = fields.get("columns") or []

    def rows(self) -> Iterator[list[Any]]:
        """Yield the rows as lists of cells; media in them are StoredMedia. Raises NotFound until the table is ready."""
        offset, total = 0, 1
        while offset < total:
            page = self._server.get("/api/v1/table", {"id": self.id, "offset": offset, "limit": _ROWS})
            for row in page["rows"]:
                yield [_with_media(cell, self._server, (self.key, self.step)) for cell in row]
            offset, total = offset + _ROWS, page["total"]

    def to_columns(self) -> Columns:
        """Return the table as lists by name; its to_pandas() and to_polars() make it a frame."""
        rows = list(self.rows())
        return Columns({name: [row[at] for row in rows] for at, name in enumerate(self.columns)})

    def download(self, to: str | os.PathLike[str] = ".") -> Path:
        """Write the table as CSV and return its path; cells that are no text or number are JSON."""
        target = self._target(to, ".csv")
        with target.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(self.columns)
            writer.writerows([_cell(cell) for cell in row] for row in self.rows())
        return target


class StoredTraces(StoredMedia):
    """The traces that a run logged together; `len()` tells how many."""

    def __init__(self, server: Server, fields: dict[str, Any], place: tuple[str, int]) -> None:
        super().__init__(server, fields, place)
        self._count: int = fields.get("rows") or 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield them as dicts of `messages`, `metadata` and `spans`; raises NotFound until they are ready."""
        for index in range(self._count):
            yield _trace(self._server, self.id, index, (self.key, self.step))

    def download(self, to: str | os.PathLike[str] = ".") -> Path:
        """Write the traces as lines of JSON and return their path; media in them are named by their ids."""
        target = self._target(to, ".jsonl")
        with target.open("w", encoding="utf-8") as file:
            for trace in self:
                file.write(json.dumps(trace, ensure_ascii=False, default=lambda media: media.id) + "\n")
        return target


def _trace(server: Server, media_id: str, index: int, place: tuple[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = _with_media(server.get("/api/v1/trace", {"id": media_id, "index": index}), server, place)
    return found


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    return json.dumps(value, ensure_ascii=False, default=lambda media: media.id)


def _with_media(value: Any, server: Server, place: tuple[str, int]) -> Any:
    """Return a value in which the maps that stand for media are the media."""
    if isinstance(value, list):
        return [_with_media(item, server, place) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("_type") in _TYPES and "state" in value:
        return _CLASSES.get(value["_type"], StoredMedia)(server, value, place)
    return {name: _with_media(item, server, place) for name, item in value.items()}


_CLASSES: Final = {"trackio.table": StoredTable, "trackio.trace": StoredTraces}


def media_in(value: Any) -> Iterator[StoredMedia]:
    """Yield the media at any depth of a value."""
    if isinstance(value, StoredMedia):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from media_in(item)
