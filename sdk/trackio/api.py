"""Reading back what was logged, over the daemon's HTTP."""

from __future__ import annotations

import http.client
import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from trackio.errors import BadRequest, DaemonUnavailable, NotFound, TrackioError
from trackio.places import data_folder, meet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trackio.places import Places

_REQUEST_SECONDS: Final = 60.0
_PROBE_SECONDS: Final = 1.0
_START_SECONDS: Final = 20.0
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
        # Not urllib: it would send local requests through a proxy that the environment names.
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=seconds)
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise DaemonUnavailable(f"no answer from {self.url} ({error})") from error
        finally:
            connection.close()
        if response.status >= 400:
            raise _ERRORS.get(response.status, TrackioError)(_error_text(data, response.status))
        return data


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
    """Projects and runs as they are stored now; every attribute is read when the object is made."""

    def __init__(self) -> None:
        self._server = connect(meet(data_folder(os.environ), os.environ))

    def projects(self) -> list[str]:
        """Return the names of all projects, the most recently active first."""
        return [str(project["name"]) for project in self._server.get("/api/v1/projects")["projects"]]

    def runs(self, project: str) -> Runs:
        """Return the runs of `project`, newest first; raises ValueError if there is no such project."""
        try:
            found = self._server.get("/api/v1/runs", {"project": project})["runs"]
        except NotFound as error:
            raise ValueError(str(error)) from error
        return Runs(self._server, found)


class Runs:
    """The runs of a project: a sequence."""

    def __init__(self, server: Server, found: list[dict[str, Any]]) -> None:
        self._runs = [StoredRun(server, run) for run in found]

    def __len__(self) -> int:
        return len(self._runs)

    def __getitem__(self, index: int) -> StoredRun:
        return self._runs[index]

    def __iter__(self) -> Iterator[StoredRun]:
        return iter(self._runs)


class StoredRun:
    """One run as it was stored when this was made."""

    def __init__(self, server: Server, run: dict[str, Any]) -> None:
        self._server = server
        self.id: str = run["id"]
        self.name: str = run["name"]
        self.project: str = run["project"]
        self.group: str | None = run["group"]
        self.status: str = run["status"]
        self.config: dict[str, Any] = run["config"]
        self.summary: dict[str, Any] = run["summary"]

    def __repr__(self) -> str:
        return f"<Run {self.name} ({self.id}) of {self.project}: {self.status}>"

    def history(self, metric: str) -> list[dict[str, Any]]:
        """Return every point of a metric as `{"step", "timestamp", "value"}`, by step; raises NotFound."""
        asked = {"project": self.project, "run_id": self.id, "metric_name": metric}
        values: list[dict[str, Any]] = self._server.post("/api/get_metric_values", asked)["data"]
        return values
