"""Reading back what was logged, over the daemon's HTTP."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import time
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, overload
from urllib.parse import urlencode, urlsplit

from trackio.columns import Columns
from trackio.errors import BadRequest, DaemonUnavailable, NotFound, TrackioError
from trackio.places import data_folder, meet
from trackio.stored import StoredRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trackio.places import Places

_REQUEST_SECONDS: Final = 60.0
_PROBE_SECONDS: Final = 1.0
_START_SECONDS: Final = 20.0
#: What a table of runs tells of each, besides its configuration and summary.
_ABOUT: Final = ("id", "name", "status", "group", "tags", "user", "host", "created", "started", "ended", "rows")
_ERRORS: Final[dict[int, type[TrackioError]]] = {400: BadRequest, 404: NotFound, 503: DaemonUnavailable}


@dataclass(frozen=True, slots=True)
class Server:
    """Where the dashboard of one data folder is served, and the token that it may ask for."""

    url: str
    token: str

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Return the JSON that a GET answers; raises NotFound, BadRequest or DaemonUnavailable with its text."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        return json.loads(self._ask("GET", f"{path}?{urlencode(given)}" if given else path))

    def read(self, path: str, body: Mapping[str, Any]) -> bytes:
        """Return the bytes that a POST of JSON answers; raises as `get` does."""
        return self._ask("POST", path, json.dumps(body).encode())

    def save(self, path: str, target: Path) -> Path:
        """Write what a GET answers into a file, which is there only once it is whole; raises as `get` does."""
        unfinished = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            with self._reply("GET", path) as reply, unfinished.open("wb") as file:
                shutil.copyfileobj(reply, file)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
        return target

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the JSON that a POST of JSON answers; raises as `get` does."""
        return json.loads(self._ask("POST", path, json.dumps(body).encode()))

    def page(self, project: str | None = None) -> str:
        """Return the address for a browser; with the token if it would be asked for."""
        asks_for_token = not Server(self.url, "").answers()
        query = {"project": project, "token": self.token if asks_for_token else None}
        given = {name: value for name, value in query.items() if value is not None}
        return f"{self.url}/?{urlencode(given)}" if given else f"{self.url}/"

    def answers(self) -> bool:
        """Tell whether somebody answers there within a second."""
        try:
            self._ask("GET", "/version", seconds=_PROBE_SECONDS)
        except TrackioError:
            return False
        return True

    def _ask(self, method: str, path: str, body: bytes | None = None, seconds: float = _REQUEST_SECONDS) -> bytes:
        with self._reply(method, path, body, seconds) as reply:
            return reply.read()

    @contextmanager
    def _reply(
        self, method: str, path: str, body: bytes | None = None, seconds: float = _REQUEST_SECONDS
    ) -> Iterator[http.client.HTTPResponse]:
        # Not urllib: it would send local requests through a proxy that the environment names.
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=seconds)
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            if reply.status >= 400:
                raise _ERRORS.get(reply.status, TrackioError)(_error_text(reply.read(), reply.status))
            yield reply
        except (ConnectionError, TimeoutError, socket.gaierror, http.client.HTTPException) as error:
            raise DaemonUnavailable(f"no answer from {self.url} ({error})") from error
        finally:
            connection.close()


def find(places: Places) -> Server | None:
    """Return the server of this data folder if one answers."""
    try:
        said = json.loads(places.web_address.read_text())
        server = Server(str(said["url"]), str(said["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return server if server.answers() else None


def connect(
    places: Places, *, host: str | None = None, port: int | None = None, seconds: float = _START_SECONDS
) -> Server:
    """Return the server of this data folder; a daemon is started if there is none, to listen on `host` and `port`.

    Raises DaemonUnavailable when none answers within `seconds`.
    """
    server = find(places)
    if server is not None:
        return server
    from trackio import locate  # noqa: PLC0415 -- only needed when there is nobody

    asked = {"TRACKIO_HOST": host, "TRACKIO_PORT": None if port is None else str(port)}
    environment = dict(os.environ) | {name: value for name, value in asked.items() if value is not None}
    deadline = time.monotonic() + seconds
    while server is None:
        if time.monotonic() > deadline:
            raise DaemonUnavailable(f"the daemon did not serve its dashboard in time; see {places.daemon_log}")
        locate.start(places, environment)
        time.sleep(0.05)
        server = find(places)
    return server


def _error_text(data: bytes, status: int) -> str:
    try:
        return str(json.loads(data)["error"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP status {status}"


class Api:
    """Projects and runs as they are stored now, in a data folder (default $TRACKIO_DIR, as for logging).

    Its daemon is started if none runs; raises DaemonUnavailable when that fails.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        data = data_folder(os.environ) if folder is None else Path(folder).expanduser()
        self._server = connect(meet(data, os.environ))

    def projects(self) -> list[str]:
        """Return the names of all projects, the most recently active first."""
        return [str(project["name"]) for project in self._server.get("/api/v1/projects")["projects"]]

    def runs(
        self,
        project: str,
        filter: str | None = None,  # noqa: A002 -- the word for it
        *,
        sort: str | None = None,
        descending: bool = False,
        limit: int | None = None,
    ) -> Runs:
        """Return the runs of `project`, newest first, or by a field like "summary.loss.min".

        `filter`: which ones, like `status = finished and config.lr < 0.01 and summary.val/loss < 0.3`; docs/HTTP.md has
        the language. Raises ValueError if there is no such project, BadRequest naming the place in a filter that
        cannot be understood.
        """
        asked = {"project": project, "filter": filter, "sort": sort, "limit": limit}
        try:
            found = self._server.get("/api/v1/runs", asked | {"descending": "true" if descending else None})
        except NotFound as error:
            raise ValueError(str(error)) from error
        return Runs(self._server, found["runs"])

    def run(self, project: str, run: str) -> StoredRun:
        """Return a run by its id, or the newest one of that name; raises ValueError if there is none."""
        quoted = '"' + run.replace("\\", "\\\\").replace('"', '\\"') + '"'
        found = self.runs(project, f"id = {quoted} or name = {quoted}")
        for one in sorted(found, key=lambda one: one.id != run):
            return one
        raise ValueError(f"run {run!r} of project {project!r}: there is no such run")

    def alerts(
        self, project: str, run: str | None = None, level: str | None = None, since: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the alerts of a project, or of one run by its name, newest first, at most 10,000.

        Each is `{"timestamp", "run", "title", "text", "level", "step"}`. `level`: of that one only. `since`: later than
        that time, in ISO 8601. Raises NotFound for a project or a run that is not there.
        """
        asked = {"project": project, "run": run, "level": level, "since": since}
        found: list[dict[str, Any]] = self._server.post("/api/get_alerts", asked)["data"]
        return found

    def export(
        self,
        project: str,
        to: str | os.PathLike[str],
        format: str = "csv",  # noqa: A002 -- the word for it
        *,
        filter: str | None = None,  # noqa: A002
        media: bool = False,
    ) -> list[Path]:
        """Write the runs of a project into a folder and return the paths: every point, and what is known of each run.

        `format`: "csv", "jsonl", "parquet" (needs pyarrow) or "tensorboard". Beside a file per run there are
        `runs.jsonl` (configuration, summary, …) and, where a run logged such, `<run>.values.jsonl` (what is no number),
        `<run>.system.…` (system metrics; their steps are times in ms) and `<run>.alerts.jsonl`.
        With `media`, images, videos and tables are in a folder per run. Raises ValueError and BadRequest as `runs`.
        """
        from trackio import export  # noqa: PLC0415 -- NumPy only where there are points

        return export.runs(self.runs(project, filter), Path(to).expanduser(), format, media=media)


class Runs(Sequence[StoredRun]):
    """The runs of a project: a sequence."""

    def __init__(self, server: Server, found: list[dict[str, Any]]) -> None:
        self._runs = [StoredRun(server, run) for run in found]

    def __len__(self) -> int:
        return len(self._runs)

    @overload
    def __getitem__(self, index: int) -> StoredRun: ...
    @overload
    def __getitem__(self, index: slice) -> list[StoredRun]: ...
    def __getitem__(self, index: int | slice) -> StoredRun | list[StoredRun]:
        return self._runs[index]

    def __repr__(self) -> str:
        return f"<{len(self)} runs>"

    def to_columns(self) -> Columns:
        """Return a row per run as lists by name; its to_pandas() and to_polars() make it a frame.

        Nested configuration is spread out (`config.optimizer.lr`); `summary.KEY` is a metric's last value.
        """
        rows = [_row(run) for run in self._runs]
        names = dict.fromkeys(name for row in rows for name in row)
        return Columns({name: [row.get(name) for row in rows] for name in names})

    def to_pandas(self) -> Any:
        """Return to_columns() as a pandas DataFrame."""
        return self.to_columns().to_pandas()

    def to_polars(self) -> Any:
        """Return to_columns() as a Polars DataFrame."""
        return self.to_columns().to_polars()


def _row(run: StoredRun) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(run, name) for name in _ABOUT}
    row |= flat(run.config, "config.")
    return row | {f"summary.{name}": entry["last"] for name, entry in run.summary.items()}


def flat(values: Mapping[str, Any], before: str) -> dict[str, Any]:
    """Return nested values by their dotted names, each with `before` in front."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        found |= flat(value, f"{before}{name}.") if isinstance(value, dict) and value else {f"{before}{name}": value}
    return found
