"""A data folder of each test's own, and a real daemon on it; nothing of either is left behind."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from trackio import locate, process, request, sampler
from trackio.errors import DaemonUnavailable
from trackio.places import Places, meet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A machine that is busy with something else is no fault of a test.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

#: Long enough for the slowest machine; nothing waits longer than it must.
PATIENCE = 60


def until(holds: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Return once `holds()` is true; fails naming `what` when that takes too long."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited {seconds:g} s for {what}"
        time.sleep(0.01)


@pytest.fixture(name="until")
def _until() -> Callable[..., None]:
    return until


class Daemon:
    """`trackiod run` on a data folder, with its dashboard on a port that stays the same over restarts."""

    def __init__(self, data: Path, *options: str) -> None:
        self.places: Places = meet(data, os.environ)
        self.options = options
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes]

    def start(self, **environment: str) -> Daemon:
        """Start it; returns once it answers writers and readers."""
        command = [sys.executable, "-m", "trackiod", "run", "--data", str(self.places.data), "--port", str(self.port)]
        with self.places.daemon_log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *self.options],
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until(self._ready, "the daemon")
        return self

    def status(self) -> dict:
        """Return what it says about itself."""
        return request.ask(self.places, "status", {}, PATIENCE)

    def kill(self) -> None:
        """SIGKILL, as the out-of-memory killer would; returns when its children are gone, too."""
        web = _web_pid(self.places)
        self.process.kill()
        self.process.wait()
        until(lambda: not web or not _runs(web), "the end of the dashboard's server")

    def stop(self) -> int:
        """SIGTERM, and wait for the end; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
        return self.process.wait(PATIENCE)

    def restart(self) -> Daemon:
        """Start it again, after ending it if it still runs."""
        self.stop()
        return self.start()

    def log(self) -> str:
        """Return what it and its children have printed."""
        return self.places.daemon_log.read_text(errors="replace")

    def _ready(self) -> bool:
        assert self.process.poll() is None, f"the daemon ended with {self.process.returncode}\n{self.log()}"
        if "--no-web" not in self.options and _web_pid(self.places) == 0:
            return False
        with suppress(DaemonUnavailable):
            return request.ask(self.places, "status", {}, 1)["pid"] == self.process.pid
        return False


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """TRACKIO_DIR: whatever daemon runs there in the end is stopped, and its runtime folder removed."""
    for name in [name for name in os.environ if name.startswith("TRACKIO_")]:
        monkeypatch.delenv(name)
    data = tmp_path / "data"
    monkeypatch.setenv("TRACKIO_DIR", str(data))
    yield data
    _end_writers(data)
    if not data.exists():
        return
    link = data / "runtime"
    if link.exists():
        runtime = link.resolve()
        _stop(Places(data.resolve(), runtime))
        shutil.rmtree(runtime, ignore_errors=True)


@pytest.fixture
def places(data_dir: Path) -> Places:
    """The places of the test's data folder, made."""
    return meet(data_dir, os.environ)


@pytest.fixture
def daemon(data_dir: Path) -> Iterator[Daemon]:
    """A running daemon, with its dashboard."""
    running = Daemon(data_dir).start()
    yield running
    running.stop()


@pytest.fixture
def storing(data_dir: Path) -> Iterator[Daemon]:
    """A running daemon without a dashboard."""
    running = Daemon(data_dir, "--no-web").start()
    yield running
    running.stop()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def _web_pid(places: Places) -> int:
    """Return the process that serves the dashboard, 0 if there is none."""
    with suppress(OSError, ValueError):
        pid = int(json.loads(places.web_address.read_text())["pid"])
        return pid if _runs(pid) else 0
    return 0


def _runs(pid: int) -> bool:
    """Tell whether a process is alive, and more than what waits to be reaped."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def _end_writers(data: Path) -> None:
    """End what this process logs with: its runs would start a daemon anew."""
    place = str(data.resolve())
    for number, run in list(process._runs.items()):
        if run._places is not None and str(run._places.data) == place:
            sampler.forget(run)
            del process._runs[number]
    sender = process._senders.pop(place, None)
    if sender is not None:
        sender.close()


def _stop(places: Places) -> None:
    """Stop the daemon of a data folder, also one that is only being started."""
    until(lambda: locate.is_running(places) or not _is_starting(places), "a daemon that is starting")
    if not locate.is_running(places):
        return
    with suppress(DaemonUnavailable):
        request.ask(places, "stop", {}, 5)
    try:
        until(lambda: not locate.is_running(places), "the daemon's end", 10)
    except AssertionError:
        named = re.search(r"\d+", places.daemon_lock.read_text())
        if named:
            os.kill(int(named[0]), signal.SIGKILL)
        until(lambda: not locate.is_running(places), "the daemon's end by force")


def _is_starting(places: Places) -> bool:
    if not places.start_lock.exists():
        return False
    with places.start_lock.open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
