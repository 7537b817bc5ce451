"""The command `trackiod`: one daemon for each data folder, children that end with it, and exit statuses that tell."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
import uuid
from pathlib import Path

import psutil
import pytest

from trackio.wire import RunStart, encode, framed
from trackiod.__main__ import LOCKED
from trackiod.apply import Piece, store
from trackiod.live import Changes
from trackiod.store import keys
from trackiod.store.env import Store

PATIENCE = 60


def trackiod(*arguments, **environment):
    command = [sys.executable, "-m", "trackiod", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, check=False, env=os.environ | environment
    )


def test_a_second_daemon_on_the_same_folder_refuses_and_names_the_first(storing):
    second = trackiod("run", "--data", storing.places.data)
    assert second.returncode == LOCKED
    told = f"trackiod: {storing.places.data} is kept by process {storing.process.pid}, trackiod "
    assert second.stderr.startswith(told)
    assert storing.status()["pid"] == storing.process.pid
    assert storing.stop() == 0


def test_the_folder_is_free_again_whatever_its_daemon_died_of(storing):
    storing.kill()
    assert storing.start().status()["pid"] == storing.process.pid


def test_another_folder_has_another_daemon(storing, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    other = type(storing)(tmp_path / "other", "--no-web").start()
    try:
        assert other.status()["data"] != storing.status()["data"]
    finally:
        assert other.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(storing, number):
    storing.process.send_signal(number)
    assert storing.process.wait(PATIENCE) == 0
    assert not storing.places.ingest_socket.exists()
    assert "Traceback" not in storing.log()


def test_a_signal_that_another_thread_gets_ends_it_all_the_same(storing):
    tasks = Path(f"/proc/{storing.process.pid}/task").iterdir()
    (watching,) = (int(task.name) for task in tasks if (task / "comm").read_text().startswith("notify-rs"))
    assert ctypes.CDLL(None).tgkill(storing.process.pid, watching, signal.SIGTERM) == 0
    assert storing.process.wait(3) == 0


def test_the_dashboard_is_served_and_started_again_when_it_dies_and_ends_with_the_daemon(daemon, until):
    web = daemon.status()["children"]["web"]
    assert web["starts"] == 1
    with urllib.request.urlopen(f"{daemon.url}/version") as reply:
        assert reply.status == 200
    os.kill(web["pid"], signal.SIGKILL)
    until(lambda: daemon.status()["children"]["web"]["starts"] == 2, "another server")
    assert daemon.status()["children"]["web"]["pid"] not in {0, web["pid"]}
    child = psutil.Process(daemon.status()["children"]["web"]["pid"])
    assert daemon.stop() == 0
    assert not child.is_running()
    assert not daemon.places.web_address.exists()


def test_the_dashboard_ends_with_a_daemon_that_is_killed(daemon):
    child = psutil.Process(daemon.status()["children"]["web"]["pid"])
    daemon.process.kill()
    psutil.wait_procs([child], timeout=PATIENCE)
    assert not child.is_running()


def test_the_service_manager_hears_when_it_serves_lives_and_stops(storing, tmp_path):
    storing.stop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE)
        storing.start(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="100000")
        assert manager.recv(1000) == f"READY=1\nSTATUS=storing in {storing.places.data}".encode()
        assert [manager.recv(1000) for _ in range(3)] == [b"WATCHDOG=1"] * 3
        told = []
        stopping = threading.Thread(target=lambda: told.extend(iter(lambda: manager.recv(1000), b"STOPPING=1")))
        stopping.start()
        assert storing.stop() == 0
        stopping.join(PATIENCE)
        assert set(told) <= {b"WATCHDOG=1"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "--port", "http"), "trackiod: --port must be a whole number"),
        (("run", "--data", "/proc/nowhere"), "trackiod: "),
        (("verify",), "there is no store"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(places, arguments, told):
    outcome = trackiod(*arguments)
    assert outcome.returncode == 1
    assert told in outcome.stderr
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [(), ("dance",), ("run", "--strange")])
def test_a_command_that_is_none_is_answered_with_the_usage(arguments):
    outcome = trackiod(*arguments)
    assert outcome.returncode == 2
    assert "usage: trackiod" in outcome.stderr


@pytest.fixture
def stored(places):
    """A data folder with a run."""
    opened = Store.open(places.store)
    with opened.write() as txn:
        start = framed(encode(RunStart("r" * 32, "p", "n", None, {}, "never", 10**9)))
        store(txn, Piece(uuid.uuid4().bytes, 0, 1, start), Changes())
    yield opened
    opened.close()


def test_a_whole_folder_is_verified_as_such(places, stored):
    assert (outcome := trackiod("verify")).returncode == 0
    assert outcome.stdout == f"{places.data}: 0 findings\n"
    assert json.loads(trackiod("verify", "--json").stdout) == []


def test_damage_is_found_and_told_to_people_and_programs(places, stored):
    with stored.write() as txn:
        txn.put(b"?strange", b"")
    outcome = trackiod("verify", "--data", places.data)
    assert outcome.returncode == 1
    assert b"?strange".hex() in outcome.stdout
    assert outcome.stdout.endswith(f"{places.data}: 1 findings\n")
    (finding,) = json.loads(trackiod("verify", "--json").stdout)
    assert set(finding) == {"kind", "where", "text"}


def test_a_plan_is_told_to_people_and_programs(places, stored, monkeypatch):
    monkeypatch.setenv("TRACKIO_KEEP_RUNS", "0")
    assert json.loads(trackiod("plan", "--json").stdout)["limits"] == {"runs": 0}
    assert "Deleted runs: 0, 0 bytes" in trackiod("plan").stdout


def test_a_copy_is_verified_and_neither_writes_into_what_it_reads(places, stored, tmp_path):
    before = sorted(path.name for path in places.data.iterdir())
    outcome = trackiod("backup", tmp_path / "copy")
    assert (outcome.returncode, outcome.stdout) == (0, f"{places.data}: copied to {tmp_path / 'copy'}\n")
    assert trackiod("verify", "--data", tmp_path / "copy").stdout == f"{tmp_path / 'copy'}: 0 findings\n"
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == ["blobs", "media", "store"]
    assert sorted(path.name for path in places.data.iterdir()) == before
    again = trackiod("backup", tmp_path / "copy")
    assert (again.returncode, "is there already" in again.stderr) == (1, True)


def test_an_older_store_is_named_with_the_command_that_upgrades_it(places, stored):
    assert trackiod("upgrade").stdout == f"{places.data}: store version 2, now 2\n"
    with stored.write() as txn:
        txn.put(keys.VERSION, b"trackioS\0\0\0\0")
    outcome = trackiod("verify")
    assert outcome.returncode == 1
    assert outcome.stderr.endswith(f"trackiod upgrade --data {places.data}\n")
    for role in ("run", "upgrade"):
        assert "nothing leads from there" in trackiod(role).stderr
