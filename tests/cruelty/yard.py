"""Where the cruel scripts play: a data folder with its daemon, and what the store holds of each run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackio import places

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Tally:
    """What was lost and what was stored twice, added up over runs."""

    lost: int = 0
    dup: int = 0
    rows: int = 0

    def compare(self, noted: int, steps: list[int], stored_rows: int) -> None:
        """Count against one run whose `noted` rows had returned from log(), steps 0, 1, 2, …

        The row that was being logged when the process died may be there or not.
        """
        self.rows += noted
        self.lost += len(set(range(noted)) - set(steps))
        self.dup += stored_rows - len(set(steps))

    def __str__(self) -> str:
        return f"lost={self.lost} dup={self.dup} rows={self.rows}"


class Yard:
    """A temporary data folder; leaving the `with` ends its daemon and removes everything."""

    def __enter__(self) -> Yard:
        self.folder = Path(tempfile.mkdtemp(prefix="trackio-cruel-"))
        self.environment = os.environ | {"TRACKIO_DIR": str(self.folder / "data"), "PYTHONUNBUFFERED": "1"}
        self.places = places.meet(self.folder / "data", self.environment)
        self.start_daemon()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_daemon()
        shutil.rmtree(self.places.runtime, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_daemon(self) -> None:
        """Start a daemon and return once it takes messages."""
        command = [sys.executable, "-m", "trackiod", "run", "--data", str(self.places.data)]
        self.places.ingest_socket.unlink(missing_ok=True)
        with self.places.daemon_log.open("ab") as log:
            self.daemon = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        until(self.places.ingest_socket.exists, 30, "the daemon's socket", self.places.daemon_log)

    def kill_daemon(self) -> None:
        """SIGKILL, as the out-of-memory killer would."""
        self.daemon.kill()
        self.daemon.wait()

    def stop_daemon(self) -> None:
        """SIGTERM, and wait for the orderly end."""
        if self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGCONT)
            self.daemon.terminate()
        self.daemon.wait(30)

    def python(self, script: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a training process that runs `script`."""
        return subprocess.Popen([sys.executable, "-c", script, *arguments], env=self.environment)

    def get(self, path: str) -> Any:
        """Return the JSON that the dashboard's server answers."""
        with urllib.request.urlopen(self._base() + path, timeout=30) as reply:
            return json.load(reply)

    def runs(self, project: str) -> dict[str, dict[str, Any]]:
        """Return a project's runs by name; none before the project exists."""
        try:
            return {run["name"]: run for run in self.get(f"/api/v1/runs?project={project}")["runs"]}
        except urllib.error.HTTPError as error:
            if error.code in {404, 503}:
                return {}
            raise

    def steps(self, run: str, metric: str) -> list[int]:
        """Return every step of a series."""
        question = {"kwargs": {"run_id": run, "metric_name": metric}}
        request = urllib.request.Request(
            f"{self._base()}/api/get_metric_values",
            data=json.dumps(question).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as reply:
            return [point["step"] for point in json.load(reply)["data"]]

    def settled(self, project: str, names: list[str], timeout: float = 60) -> dict[str, dict[str, Any]]:
        """Return the project's runs once none of `names` is missing or running."""

        def ended() -> bool:
            runs = self.runs(project)
            return all(name in runs and runs[name]["status"] != "running" for name in names)

        until(ended, timeout, f"{len(names)} runs of {project} to end", self.places.daemon_log)
        return self.runs(project)

    def _base(self) -> str:
        until(self._web_answers, 30, "the dashboard's server", self.places.daemon_log)
        return str(json.loads(self.places.web_address.read_text())["url"]).rstrip("/")

    def _web_answers(self) -> bool:
        try:
            url = json.loads(self.places.web_address.read_text())["url"]
            with urllib.request.urlopen(f"{url.rstrip('/')}/version", timeout=5):
                return True
        except (OSError, ValueError):
            return False


def until(holds: Any, timeout: float, what: str, log: Path | None = None) -> None:
    """Return once `holds()` is true; raises TimeoutError naming `what`, with the end of `log`."""
    for _ in _ticks(timeout):
        if holds():
            return
    tail = log.read_text(errors="replace")[-2000:] if log and log.exists() else ""
    raise TimeoutError(f"waited {timeout:g} s for {what}\n{tail}")


def _ticks(timeout: float) -> Iterator[None]:
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        yield
        time.sleep(0.05)
