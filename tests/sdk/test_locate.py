from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from trackio import locate
from trackio.places import Places

STAND_IN = """#!{python} -I
import json, os, signal, sys
about = {{"pid": os.getpid(), "session": os.getsid(0), "folder": os.getcwd(), "arguments": sys.argv[1:]}}
about["files"] = {{}}
for number in os.listdir("/proc/self/fd"):
    try:
        about["files"][number] = os.readlink("/proc/self/fd/" + number)
    except OSError:
        pass
about["blocked"] = [line.split()[1] for line in open("/proc/self/status") if line.startswith("SigBlk")][0]
about["environment"] = dict(os.environ)
print("the stand-in says this", flush=True)
with open("{note}.new", "w") as note:
    json.dump(about, note)
os.rename("{note}.new", "{note}")
signal.pause()
"""


class StandIn:
    """What is started in place of a daemon: it notes how it was started, and lives until it is ended."""

    def __init__(self, folder, until):
        self.program, self.note, self.until = folder / "stand-in", folder / "note", until
        self.program.write_text(STAND_IN.format(python=sys.executable, note=self.note))
        self.program.chmod(0o700)

    def about(self):
        self.until(self.note.exists, "the stand-in")
        return json.loads(self.note.read_text())

    def end(self):
        pid = self.about()["pid"]
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: is_over(pid), "the stand-in's end")
        self.note.unlink()


def is_over(pid):
    """Tell whether a process has ended, though nobody may have waited for it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


@pytest.fixture
def stand_in(tmp_path, places, until, monkeypatch):
    made = StandIn(tmp_path, until)
    monkeypatch.setattr(sys, "executable", str(made.program))
    yield made
    if made.note.exists():
        made.end()


def test_a_daemon_is_started_on_the_data_folder_by_command(places, stand_in):
    assert locate.start(places) is True
    assert stand_in.about()["arguments"] == ["-m", "trackiod", "run", "--data", str(places.data)]


def test_it_is_detached_and_keeps_nothing_of_ours_but_the_lock(places, stand_in, until):
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_inheritable(writing, True)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        locate.start(places)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        os.close(writing)
    about = stand_in.about()
    files = about["files"]
    assert about["session"] == about["pid"]
    assert about["folder"] == "/"
    assert int(about["blocked"], 16) == 0
    assert (files["0"], files["1"], files["2"]) == ("/dev/null", str(places.daemon_log), str(places.daemon_log))
    assert files["3"] == str(places.start_lock)
    assert os.read(reading, 1) == b""  # nobody else holds the pipe
    os.close(reading)
    until(lambda: "says this" in places.daemon_log.read_text(), "what it prints")


def test_it_is_nobody_s_child(places, stand_in):
    ours = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    before = ours.read_text()
    locate.start(places)
    assert stand_in.about()["pid"]
    assert ours.read_text() == before


def test_it_gets_the_environment_that_is_given(places, stand_in, monkeypatch):
    monkeypatch.setenv("TRACKIO_PORT", "1")
    locate.start(places, dict(os.environ) | {"TRACKIO_PORT": "2"})
    assert stand_in.about()["environment"]["TRACKIO_PORT"] == "2"
    stand_in.end()
    locate.start(places)
    assert stand_in.about()["environment"]["TRACKIO_PORT"] == "1"


def test_of_many_who_find_none_one_starts_one(places, stand_in):
    together = threading.Barrier(8)
    with ThreadPoolExecutor(8) as threads:
        started = list(threads.map(lambda _: together.wait() >= 0 and locate.start(places), range(8)))
    assert started.count(True) == 1
    stand_in.about()
    assert locate.start(places) is False


def test_another_is_started_once_the_first_is_gone(places, stand_in):
    assert locate.start(places) is True
    stand_in.end()
    assert locate.start(places) is True
    stand_in.about()


def test_none_is_started_while_one_runs_that_somebody_else_started(places, stand_in):
    holder = "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); input()"
    with subprocess.Popen(
        ["/usr/bin/env", Path(sys.prefix, "bin", "python"), "-c", holder, places.daemon_lock],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as daemon:
        daemon.stdout.readline()
        assert locate.is_running(places) is True
        assert locate.start(places) is False
        daemon.communicate(b"\n")
    assert locate.is_running(places) is False
    assert not stand_in.note.exists()


def test_asking_whether_one_runs_leaves_no_lock_behind(places):
    places.daemon_lock.touch()
    assert [locate.is_running(places) for _ in range(3)] == [False] * 3
    # Others come and go meanwhile, as what earlier tests left is collected.
    open_files = [str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
    assert str(places.daemon_lock) not in open_files


def test_who_ignores_the_end_of_children_can_start_one(places, stand_in):
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert locate.start(places) is True
    finally:
        signal.signal(signal.SIGCHLD, before)
    stand_in.about()


def test_the_lock_is_inherited_also_when_it_has_the_number_it_is_to_have(places, stand_in):
    code = (
        "import sys; from pathlib import Path; from trackio import locate, places\n"
        "sys.executable = sys.argv[3]\n"
        "print(locate.start(places.Places(Path(sys.argv[1]), Path(sys.argv[2]))))"
    )
    python = Path(sys.prefix, "bin", "python")
    arguments = [python, "-c", code, places.data, places.runtime, stand_in.program]
    assert subprocess.run(arguments, capture_output=True, text=True, check=True).stdout == "True\n"
    assert stand_in.about()["files"]["3"] == str(places.start_lock)
    assert locate.start(places) is False


def test_without_a_folder_to_meet_in_it_is_an_error_and_nothing_runs(tmp_path):
    places = Places(tmp_path / "none", tmp_path / "none")
    assert locate.is_running(places) is False
    with pytest.raises(OSError, match="none"):
        locate.start(places)
