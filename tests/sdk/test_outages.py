"""What a training script sees of a daemon that is missing, hung, killed or restarted: nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import trackio
from trackio import locate, sender

ROWS = 2000


def log(rows=ROWS):
    for row in range(rows):
        trackio.log({"a": row, "b": 0.5})


def whole(stored, until, rows=ROWS, name="n"):
    """Every row is there, once, and the run is over."""
    until(lambda: stored.runs().get(name) and stored.runs()[name].status != "running", "the run's end")
    assert stored.runs()[name].rows == rows
    assert stored.steps(name) == list(range(rows))
    return stored.runs()[name].status == "finished"


def test_init_starts_a_daemon_where_there_is_none(stored, until):
    trackio.init("p", "n")
    log()
    trackio.finish()
    assert whole(stored, until)


def test_of_many_processes_that_begin_at_once_one_starts_a_daemon(stored, places, until):
    code = "import sys, trackio; trackio.init('p', sys.argv[1])\nfor row in range(50): trackio.log({'a': row})"
    writers = [subprocess.Popen([sys.executable, "-c", code, str(n)], stderr=subprocess.DEVNULL) for n in range(8)]
    assert [writer.wait(60) for writer in writers] == [0] * 8
    until(lambda: len(stored.runs()) == 8, "eight runs")
    assert all(whole(stored, until, 50, str(number)) for number in range(8))
    command = ["trackiod", "run", "--data", str(places.data)]
    daemons = [file for file in Path("/proc").glob("[0-9]*/cmdline") if command == read(file)[2:6]]
    assert len(daemons) == 1
    assert "is kept by" not in places.daemon_log.read_text()


def read(cmdline):
    try:
        return cmdline.read_text().split("\0")
    except OSError:
        return []


def test_a_hung_daemon_is_not_waited_for_and_gets_every_row_once_it_goes_on(storing, stored, until, monkeypatch):
    monkeypatch.setenv("TRACKIO_FINISH_SECONDS", "0.1")
    trackio.init("p", "n")
    log(ROWS // 2)
    until(stored.runs, "the run")
    storing.process.send_signal(signal.SIGSTOP)
    log(ROWS // 2)
    trackio.finish()
    trackio.init("p", "another", resume="allow")
    trackio.finish()
    storing.process.send_signal(signal.SIGCONT)
    assert whole(stored, until)


def test_every_row_is_stored_once_over_kills_and_restarts(storing, stored, until, monkeypatch, starts):
    monkeypatch.setattr(sender, "_PATIENCE", 0.1)
    trackio.init("p", "n")
    over = threading.Event()
    counted = []

    def work():
        while not over.is_set():
            log(100)
            counted.append(100)
            over.wait(0.001)

    writing = threading.Thread(target=work)
    writing.start()
    for _ in range(3):
        stored_before = len(stored.steps("n"))
        until(lambda before=stored_before: len(stored.steps("n")) > before, "rows to be stored")
        storing.kill()
        storing.start()
    over.set()
    writing.join()
    trackio.finish()
    assert whole(stored, until, sum(counted))


def test_a_killed_daemon_is_replaced(stored, places, until, monkeypatch):
    monkeypatch.setattr(sender, "_PATIENCE", 0.1)
    monkeypatch.setattr(sender, "_START_EVERY", 0.1)
    trackio.init("p", "n")
    log(10)
    until(lambda: stored.steps("n") == list(range(10)), "the first rows")
    os.kill(int("".join(filter(str.isdigit, places.daemon_lock.read_text().partition(",")[0]))), signal.SIGKILL)
    until(lambda: not locate.is_running(places), "the daemon's end")
    log(10)
    trackio.finish()
    assert whole(stored, until, 20)


def test_without_a_daemon_nothing_waits_and_the_next_one_takes_the_rows_in(places, starts, script, stored, until):
    code = "from trackio import locate; locate.start = lambda places: False\n"
    code += "trackio.init('p', 'n')\nfor row in range(2000): trackio.log({'a': row})\ntrackio.finish()"
    script(code, TRACKIO_MODE="online", TRACKIO_FINISH_SECONDS="1000")
    assert not places.store.exists()
    trackio.init("p", "offline", mode="offline")
    log()
    trackio.finish()
    with subprocess.Popen([sys.executable, "-m", "trackiod", "run", "--data", places.data, "--no-web"]) as daemon:
        assert whole(stored, until)
        assert whole(stored, until, name="offline")
        daemon.terminate()


def test_what_a_forked_child_logs_is_a_member_s_series(storing, stored, until):
    trackio.init("p", "n")
    log(10)
    pid = os.fork()
    if pid == 0:
        log(5)
        os._exit(0)
    os.waitpid(pid, 0)
    trackio.finish()
    until(lambda: stored.steps("n", member=1) == list(range(10, 15)), "the child's rows")
    assert stored.steps("n", member=0) == list(range(10))
    run = stored.runs()["n"]
    assert (run.status, run.error, run.rows) == ("finished", None, 15)


def test_several_runs_of_one_process_are_live_at_once(storing, stored, until):
    runs = [trackio.init("p", name, resume="never") for name in ("x", "y", "z")]
    threads = [threading.Thread(target=lambda run=run: [run.log({"a": 1}) for _ in range(200)]) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run in runs:
        run.finish()
    assert all(whole(stored, until, 200, name) for name in ("x", "y", "z"))


@pytest.mark.parametrize("last", ["", "raise ValueError('boom')"])
def test_the_daemon_may_be_started_by_a_script_that_ends_at_once(stored, until, script, last):
    script(f"trackio.init('p', 'n'); trackio.log({{'a': 1}}); {last}", status=None, TRACKIO_MODE="online")
    until(lambda: stored.steps("n") == [0], "the row")
