from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from trackio import process
from trackio.run import Beginning, Run
from trackio.settings import Settings
from trackio.wire import Attach, Finish, Row, RunStart

BEGIN = 'run = trackio.init(project="p", name="n"); trackio.log({"a": 1})\n'


def steps(records):
    return [record.step for record in records if isinstance(record, Row)]


def end(records):
    """Return how a writer said that it ended, None if it said nothing."""
    return (records[-1].status, records[-1].error) if isinstance(records[-1], Finish) else None


@pytest.mark.parametrize(
    ("last", "status", "ends"),
    [
        ("", 0, ("finished", None)),
        ("sys.exit(0)", 0, ("finished", None)),
        ("raise ValueError('boom')", 1, ("failed", "ValueError: boom")),
        ("raise KeyboardInterrupt", None, ("failed", "KeyboardInterrupt")),
        ("raise type('Odd', (Exception,), {'__str__': None})", 1, ("failed", "Odd")),
        ("raise ValueError('x' * 10**7)", 1, ("failed", "ValueError: " + "x" * 10_000)),
        ("run.finish(); raise ValueError('afterwards')", 1, ("finished", None)),
        ("trackio.finish(); raise ValueError('afterwards')", 1, ("finished", None)),
        ("os._exit(7)", 7, None),
        ("os.kill(os.getpid(), 9)", -9, None),
    ],
)
def test_a_run_ends_as_its_process_does_and_keeps_its_rows(script, journals, last, status, ends):
    script(BEGIN + last, status=status)
    (records,) = journals()
    assert isinstance(records[0], RunStart)
    assert steps(records) == [0]
    assert end(records) == ends


def test_the_user_s_own_hook_for_exceptions_is_called(script, journals):
    code = "sys.excepthook = lambda kind, error, trace: print('mine:', error)\n" + BEGIN + "raise ValueError('boom')"
    assert script(code, status=1).stdout == "mine: boom\n"
    assert end(journals()[0]) == ("failed", "ValueError: boom")


def test_an_exception_of_a_thread_fails_no_run(script, journals):
    script("import threading\n" + BEGIN + "t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()")
    assert end(journals()[0]) == ("finished", None)


def test_all_runs_that_are_open_end_with_the_process(script, journals):
    code = "from trackio.run import *; from trackio.places import *; from trackio.settings import *\n"
    code += "places = meet(data_folder(os.environ), os.environ)\n"
    code += "for name in 'abc': Run(Beginning(name, 'p', name), places, Settings(mode='offline')).log({'a': 1})"
    script(code)
    assert [(records[0].name, end(records)) for records in journals()] == [(name, ("finished", None)) for name in "abc"]


def test_what_is_logged_while_the_process_ends_is_kept(script, journals):
    script("import atexit; atexit.register(lambda: trackio.log({'a': 2}))\n" + BEGIN)
    assert [steps(records) for records in journals()] == [[0], [1]]


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_a_run_that_is_begun_while_the_process_ends_is_kept(script, journals, mode):
    code = "import atexit; from trackio import locate; locate.start = lambda places: False\n"
    outcome = script(code + f"def late():\n    {BEGIN}\natexit.register(late)", TRACKIO_MODE=mode)
    assert "Traceback" not in outcome.stderr
    assert steps(journals()[0]) == [0]


def test_a_signal_handler_may_finish_whatever_it_interrupts(script, journals):
    code = BEGIN + (
        "import signal\n"
        "def stop(*_):\n    trackio.finish(); sys.exit(0)\n"
        "signal.signal(signal.SIGALRM, stop)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.02)\n"
        "rows = 1\n"
        "try:\n"
        "    while True:\n        trackio.log({'a': 1}); rows += 1\n"
        "finally:\n    print(rows)"
    )
    rows = int(script(code).stdout)
    (records,) = journals()
    assert end(records) == ("finished", None)
    assert len(steps(records)) in {rows, rows + 1}


FORKED = f"""{BEGIN}
pid = os.fork()
if pid == 0:
    CHILD
else:
    os.waitpid(pid, 0)
    trackio.log({{"a": 3}})
"""


@pytest.mark.parametrize(
    ("child", "ends"),
    [
        ("trackio.log({'a': 2})", ("finished", None)),
        ("trackio.log({'a': 2}); trackio.finish()", ("finished", None)),
        ("trackio.log({'a': 2}); raise ValueError('boom')", ("failed", "ValueError: boom")),
        ("trackio.log({'a': 2}); os._exit(0)", None),
    ],
)
def test_a_forked_child_is_a_member_that_ends_for_itself(script, journals, child, ends):
    script(FORKED.replace("CHILD", child))
    parent, member = journals()
    assert (steps(parent), end(parent)) == ([0, 1], ("finished", None))
    assert isinstance(member[0], Attach)
    assert (steps(member), end(member)) == ([1], ends)


@pytest.mark.parametrize(
    "child", ["pass", "sys.exit(0)", "raise ValueError('boom')", "trackio.finish()", "os._exit(1)"]
)
def test_a_forked_child_that_never_logs_does_nothing(script, journals, child):
    script(FORKED.replace("CHILD", child))
    (parent,) = journals()
    assert (steps(parent), end(parent)) == ([0, 1], ("finished", None))


WORKERS = """
import multiprocessing
def work(number):
    {}
    return number
if __name__ == "__main__":
    trackio.init(project="p", name="parent", config={{"lr": 0.1}})
    trackio.log({{"a": 0}})
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        assert pool.map(work, range(8)) == list(range(8))
    trackio.log({{"a": 1}})
"""


WORKER = """
import multiprocessing
def work():
    trackio.init(project="p", name="worker")
    trackio.log({{"a": 0}})
    {}
if __name__ == "__main__":
    worker = multiprocessing.get_context(sys.argv[1]).Process(target=work)
    worker.start()
    worker.join()
"""


@pytest.fixture
def program(tmp_path):
    """Runs a script that is a file, as spawned processes need it."""

    def run(text, *arguments):
        file = tmp_path / "program.py"
        file.write_text("import os, sys, trackio\n" + text)
        environment = os.environ | {"TRACKIO_MODE": "offline"}
        command = [sys.executable, file, *arguments]
        outcome = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert outcome.returncode == 0, outcome.stderr

    return run


def test_workers_that_are_forked_log_into_the_run_of_their_parent(program, journals):
    program(WORKERS.format("trackio.log({'id': number})"), "fork")
    parent, *members = journals()
    assert (steps(parent), end(parent)) == ([0, 1], ("finished", None))
    assert {member[0].run for member in members} == {parent[0].run}
    assert sorted(row.values["id"] for member in members for row in member if isinstance(row, Row)) == list(range(8))


def test_workers_that_are_spawned_have_no_run_and_may_have_their_own(program, journals):
    work = """
    try:
        trackio.log({'id': number})
    except RuntimeError:
        with trackio.init(project='p', name=f'worker {number}') as run:
            run.log({'id': number})
    """
    program(WORKERS.format(work), "spawn")
    parent, *workers = journals()
    assert (parent[0].name, steps(parent), end(parent)) == ("parent", [0, 1], ("finished", None))
    assert all(isinstance(worker[0], RunStart) and worker[0].run != parent[0].run for worker in workers)
    assert sorted(row.values["id"] for worker in workers for row in worker if isinstance(row, Row)) == list(range(8))


@pytest.mark.parametrize("how", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize(
    ("last", "ends"),
    [
        ("pass", ("finished", None)),
        ("sys.exit(0)", ("finished", None)),
        ("sys.exit(3)", ("failed", "SystemExit: 3")),
        ("raise ValueError('boom')", ("failed", "ValueError: boom")),
    ],
)
def test_a_run_of_a_worker_ends_as_the_worker_does(program, journals, how, last, ends):
    program(WORKER.format(last), how)
    ((start, *_, finish),) = journals()
    assert start.name == "worker"
    assert (finish.status, finish.error) == ends


def test_one_sender_serves_all_runs_of_a_data_folder_and_none_serves_offline_ones(places, starts):
    runs = [Run(Beginning(name, "p", name), places, Settings(finish_seconds=0)) for name in "abc"]
    quiet = Run(Beginning("d", "p", "d"), places, Settings(mode="offline"))
    assert [thread.name for thread in threading.enumerate()].count("trackio-sender") == 1
    for run in [*runs, quiet]:
        run.finish()
    assert process._runs == {}


def test_without_a_thread_for_its_sender_a_run_still_journals(places, monkeypatch, journals):
    def fails(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fails)
    run = Run(Beginning("a", "p", "n"), places, Settings())
    run.log({"a": 1})
    run.finish()
    (records,) = journals()
    assert (steps(records), end(records)) == ([0], ("finished", None))


def test_the_daemon_tells_how_every_process_of_a_run_ended(storing, script, until):
    # Of a process that is over before the daemon has heard of it nobody knows more than that.
    code = (
        "trackio.init(project='p', name=sys.argv[1]); trackio.log({'a': 1})\n"
        "from trackio import process; process.flush(30)\n"
    )
    script(code, "well", TRACKIO_MODE="online")
    script(code + "raise ValueError('boom')", "badly", status=1, TRACKIO_MODE="online")
    script(code + "os._exit(0)", "at once", TRACKIO_MODE="online")
    script(code + "os.kill(os.getpid(), 9)", "killed", status=-signal.SIGKILL, TRACKIO_MODE="online")
    script(code + "sys.exit(3)", "by sys.exit", status=3, TRACKIO_MODE="online")
    from trackiod.query import Query

    query = Query.open(storing.places)
    ends = ["failed", "crashed", "crashed", "failed", "finished"]
    until(lambda: [run.status for run in query.runs("p")] == ends, "the ends of all runs")
    found = {run.name: (run.status, run.error, run.rows) for run in query.runs("p")}
    query.close()
    assert found["well"] == ("finished", None, 1)
    assert found["badly"] == ("failed", "ValueError: boom", 1)
    assert found["at once"][1].endswith("ended with exit status 0 without finishing the run")
    assert found["killed"][1].endswith("was killed by SIGKILL")
    assert found["by sys.exit"][1].endswith("ended with exit status 3")
    assert {rows for _, _, rows in found.values()} == {1}
