from __future__ import annotations

import os
import shutil
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from trackio import process, sampler
from trackio.alerts import AlertLevel, Webhook
from trackio.journal import Full
from trackio.run import Beginning, Run
from trackio.sampler import Wanted
from trackio.settings import Settings
from trackio.version import VERSION
from trackio.wire import Alert, Attach, ConfigUpdate, Finish, Row, RunStart, System
from trackio.writer import Writer

OFFLINE = Settings(mode="offline")


@pytest.fixture
def run(places):
    made = Run(Beginning("a1", "p", "n", config={"lr": 0.1}), places, OFFLINE)
    yield made
    made.finish()


def steps(records):
    return [record.step for record in records if isinstance(record, Row)]


def end(records):
    assert isinstance(records[-1], Finish)
    return records[-1].status, records[-1].error


def in_child(act):
    """Do something in a forked child, which ends without ceremony, as multiprocessing's do; return its exit status."""
    pid = os.fork()
    if pid == 0:
        try:
            act()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_what_it_is_may_be_read(run):
    assert (run.id, run.project, run.name, run.group, run.url, run._space_id) == ("a1", "p", "n", None, None, None)
    assert run.config == {"lr": 0.1}
    assert repr(run) == "<trackio.Run 'n' in project 'p'>"


def test_its_first_record_says_who_began_what(places, journals):
    given = Beginning(
        "a1", "p", "n", "g", {"lr": 0.1, "kind": object}, "allow", tags=("quick",), notes="why", first_step=7
    )
    run = Run(given, places, OFFLINE)
    run.log({"a": 1})
    run.finish()
    ((start, _, row, _),) = journals()
    assert isinstance(start, RunStart)
    assert (start.run, start.project, start.name, start.group, start.resume) == ("a1", "p", "n", "g", "allow")
    assert start.config == {"lr": 0.1, "kind": "<class 'object'>"}
    assert (start.tags, start.notes, start.version, start.pid) == (("quick",), "why", VERSION, os.getpid())
    assert start.command == tuple(sys.argv)
    assert start.host
    assert start.user
    assert row.step == 7


def test_a_user_without_a_name_can_log(run, places, monkeypatch, journals):
    def nameless():
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)
    Run(Beginning("b2", "p", "n"), places, OFFLINE).finish()
    assert journals()[1][0].user == str(os.getuid())


def test_a_run_of_no_place_keeps_nothing_and_does_everything(tmp_path):
    run = Run(Beginning("a1", "p", "n"), None, Settings(mode="disabled"))
    run.log({"a": 1})
    run.log("nonsense")
    run.config.lr = 0.1
    run.finish()
    run.log({"a": 1})
    assert in_child(lambda: run.log({"a": 1})) == 0
    assert run.config == {"lr": 0.1}


def test_steps_go_on_after_the_largest(run, journals):
    for step in (None, None, 10, None, 3, None):
        run.log({"a": 1.0}, step)
    run.finish()
    assert steps(journals()[0]) == [0, 1, 10, 11, 3, 12]


def test_relative_steps_are_counted_by_the_daemon_until_one_is_given(places, journals):
    run = Run(Beginning("a1", "p", "n", resume="allow", relative=True), places, OFFLINE)
    for step in (None, None, 50, None):
        run.log({"a": 1.0}, step)
    run.finish()
    found = [(row.step, row.relative) for row in journals()[0] if isinstance(row, Row)]
    assert found == [(0, True), (1, True), (50, False), (51, False)]


def test_changes_of_the_configuration_are_kept_whenever_they_are_made(run, journals):
    run.config["a"] = 1
    run.log({"loss": 1})
    run.config.b = 2
    del run.config["lr"]
    run.finish()
    run.config.update({"c": 3}, allow_val_change=True)
    run.finish()
    first, second = journals()
    changes = [(r.values, r.removed) for r in [*first, *second] if isinstance(r, ConfigUpdate)]
    assert changes == [({"a": 1}, ()), ({"b": 2}, ()), ({}, ("lr",)), ({"c": 3}, ())]


def test_log_after_finish_continues_the_run(run, journals):
    run.log({"a": 1})
    run.finish()
    run.finish()
    run.log({"a": 2})
    run.finish()
    first, second = journals()
    assert (second[0].run, second[0].name, second[0].resume) == ("a1", "n", "never")
    assert (steps(first), steps(second)) == ([0], [1])
    assert end(first) == end(second) == ("finished", None)


def test_a_row_is_kept_when_another_thread_finishes_the_run_meanwhile(run, monkeypatch, journals):
    reopened, turns = run._reopened, iter([True, True, False])

    def raced(writer):
        opened = reopened(writer)
        if next(turns):
            run.finish()
        return opened

    monkeypatch.setattr(run, "_reopened", raced)
    run.finish()
    run.log({"a": 1})
    run.finish()
    assert [steps(records) for records in journals()] == [[], [], [], [0]]


def test_every_row_of_every_thread_is_kept_once_though_some_finish_the_run(run, journals):
    def work(number):
        for row in range(50):
            run.log({"id": number * 50 + row})
            if row % 25 == number:
                run.finish()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    run.finish()
    rows = [row for records in journals() for row in records if isinstance(row, Row)]
    assert sorted(row.values["id"] for row in rows) == list(range(200))


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (None, ("finished", None)),
        (ValueError("boom"), ("failed", "ValueError: boom")),
        (KeyboardInterrupt(), ("failed", "KeyboardInterrupt")),
        (SystemExit(0), ("finished", None)),
        (SystemExit(), ("finished", None)),
        (SystemExit(3), ("failed", "SystemExit: 3")),
    ],
)
def test_leaving_the_block_ends_the_run_as_the_block_ended(run, journals, error, ends):
    def work():
        with run as entered:
            assert entered is run
            if error is not None:
                raise error

    if error is None:
        work()
    else:
        with pytest.raises(type(error)):
            work()
    assert end(journals()[0]) == ends


def test_what_a_forked_child_logs_is_another_member_s_and_the_parent_goes_on(run, journals):
    run.log({"a": 0})
    assert in_child(lambda: [run.log({"a": 1}), run.log({"a": 2}, 9), run.log({"a": 3})]) == 0
    run.log({"a": 4})
    run.finish()
    parent, child = journals()
    assert (steps(parent), end(parent)) == ([0, 1], ("finished", None))
    assert isinstance(child[0], Attach)
    assert (child[0].run, child[0].project, child[0].name) == ("a1", "p", "n")
    assert child[0].pid != os.getpid()
    assert steps(child) == [1, 9, 10]
    assert not isinstance(child[-1], Finish)


def test_a_forked_child_that_logs_nothing_leaves_no_trace(run, journals):
    run.log({"a": 0})
    before = journals()
    assert in_child(lambda: [run.finish(), run.end("failed", "the child's own affair")]) == 0
    assert journals() == before


def test_a_child_of_a_child_is_a_member_of_its_own(run, journals):
    assert in_child(lambda: [run.log({"a": 1}), os._exit(in_child(lambda: run.log({"a": 2})))]) == 0
    run.finish()
    assert [type(records[0]) for records in journals()] == [RunStart, Attach, Attach]
    assert [[row.values for row in records if isinstance(row, Row)] for records in journals()] == [
        [],
        [{"a": 1}],
        [{"a": 2}],
    ]


def test_a_child_forked_while_another_thread_logs_or_opens_can_log(run, journals):
    held, free = threading.Event(), threading.Event()

    def hold():
        with run._writer._lock, process.opening:
            held.set()
            free.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        status = in_child(lambda: run.log({"a": 1}))
    free.set()
    holder.join()
    assert status == 0
    assert steps(journals()[1]) == [0]


@pytest.mark.parametrize("error", [OSError("disk full"), Full("disk full")])
def test_rows_that_no_journal_can_be_made_for_are_counted_and_warned_of_once(run, journals, monkeypatch, error):
    def fails(*_, **__):
        raise error

    run.finish()
    monkeypatch.setattr("trackio.run._RETRY_SECONDS", 0)
    with monkeypatch.context() as patch:
        patch.setattr("trackio.run.Writer", fails)
        with pytest.warns(UserWarning, match="no room for a journal"):
            run.log({"a": 1})
        with warnings.catch_warnings(record=True) as more:
            run.log({"a": 2})
            run.config["lr"] = 3
    assert not more
    run.log({"a": 3})
    run.finish()
    _, second = journals()
    assert steps(second) == [0]
    assert second[-1].refused == {"disk full": 3}


def test_a_run_for_which_there_is_no_room_yet_begins_once_there_is(places, journals, monkeypatch):
    def fails(*_, **__):
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr("trackio.run.Writer", fails)
        with pytest.warns(UserWarning, match="no room for a journal") as warned:
            run = Run(Beginning("f" * 32, "p", "n", config={"lr": 1}, first_step=7), places, OFFLINE)
        assert warned[0].filename == __file__
        with warnings.catch_warnings(record=True) as more:
            run.log({"a": 1})
            run.config["lr"] = 2
            run.finish()
    assert not more
    run.log({"a": 2})  # it is not tried again at once
    assert not journals()
    run._retry_at = 0
    run.log({"a": 3})
    run.finish()
    (only,) = journals()
    assert only[0].config == {"lr": 2}
    assert steps(only) == [7]
    assert only[-1].refused == {"disk full": 3}


def test_a_run_for_which_there_is_room_only_when_it_ends_tells_what_is_missing(places, journals, monkeypatch):
    def fails(*_, **__):
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr("trackio.run.Writer", fails)
        with pytest.warns(UserWarning, match="no room for a journal"):
            run = Run(Beginning("f" * 32, "p", "n"), places, OFFLINE)
        run.log({"a": 1})
    run.finish()
    (only,) = journals()
    assert only[-1].refused == {"disk full": 1}


def test_a_run_whose_journal_somebody_removes_goes_on(run, places, journals):
    run.finish()
    shutil.rmtree(places.spilled)
    run.log({"a": 1})
    run.finish()
    assert steps(journals()[0]) == [0]


def test_finish_is_quick_and_keeps_the_rows_without_a_daemon(places, starts, journals):
    run = Run(Beginning("a1", "p", "n"), places, Settings(finish_seconds=1000))
    run.log({"a": 1})
    run.finish()
    ((_, _, row, finish),) = journals()
    assert (row.values, finish.rows) == ({"a": 1}, 1)


def test_a_finished_run_is_stored_when_finish_returns(storing):
    run = Run(Beginning("a1", "p", "n"), storing.places, Settings(finish_seconds=60))
    assert isinstance(run._writer, Writer)
    run.log({"a": 1})
    run.finish()
    assert storing.status()["ingest"]["rows"] == 1


def test_system_metrics_are_kept_after_the_end_too_which_they_take_back(run, journals):
    run.log_system({"a": 1})
    run.finish()
    run.log_system({"a": 2})
    first, second = ([r.values for r in records if isinstance(r, System)] for records in journals())
    assert (first, second) == ([{"a": 1}], [{"a": 2}])


def test_what_the_sampler_sees_continues_no_run_that_has_ended(run, journals):
    run.observe({"a": 1})
    run.observe({})
    run.finish()
    run.observe({"a": 2})
    (records,) = journals()
    assert [record.values for record in records if isinstance(record, System)] == [{"a": 1}]


def test_a_run_of_no_place_takes_system_metrics_and_keeps_none(tmp_path):
    Run(Beginning("a1", "p", "n"), None, OFFLINE).log_system({"a": 1})
    assert not list(tmp_path.iterdir())


def test_hardware_is_sampled_from_the_beginning_of_a_run_to_its_end(places, monkeypatch):
    watched = []
    monkeypatch.setattr(sampler, "watch", lambda run, wanted: watched.append((run, wanted)))
    monkeypatch.setattr(sampler, "forget", watched.append)
    wanted = Wanted(cpu_seconds=2.0)
    run = Run(Beginning("a1", "p", "n", hardware=wanted), places, OFFLINE)
    assert watched == [(run, wanted)]
    run.finish()
    assert watched[1:] == [run]
    Run(Beginning("a2", "p", "n", hardware=wanted), None, OFFLINE)
    Run(Beginning("a3", "p", "n"), places, OFFLINE).finish()
    assert len(watched) == 3


@pytest.mark.parametrize(("calls", "timed"), [(1, 0), (64, 0), (65, 1), (129, 2)])
def test_one_call_of_64_is_timed_but_not_the_first_which_makes_ready_what_all_others_use(run, journals, calls, timed):
    for number in range(calls):
        run.log({"a": number})
    run.finish()
    (records,) = journals()
    assert (records[-1].timed, records[-1].logged) == (timed, calls)


def test_rows_like_most_are_written_by_a_function_of_theirs_and_are_what_they_were(run, journals):
    for number in range(200):
        run.log({"a": number / 2, "b": number})
        if number % 10 == 5:
            run.log({"other": number})
    assert run._writer._shapes.quick[1] == 2
    run.finish()
    found = [record for record in journals()[0] if isinstance(record, Row)]
    assert [record.step for record in found] == list(range(220))
    assert [record.values for record in found if "a" in record.values] == [{"a": n / 2, "b": n} for n in range(200)]


def test_an_alert_is_told_and_kept_also_after_the_end(places, journals, capsys):
    run = Run(Beginning("a1", "p", "n", webhook=Webhook("http://there/", AlertLevel.WARN)), places, OFFLINE)
    run.log({"a": 1}, 7)
    run.alert("careful", "why", "error")
    run.alert("fine", level=AlertLevel.INFO, step=3)
    run.finish()
    run.alert("late", webhook_url="http://here/")
    run.finish()
    found = [[r for r in records if isinstance(r, Alert)] for records in journals()]
    assert [(a.title, a.text, a.level, a.step, a.webhook) for a in found[0]] == [
        ("careful", "why", "error", 7, "http://there/"),
        ("fine", None, "info", 3, None),
    ]
    assert [(a.title, a.step, a.webhook) for a in found[1]] == [("late", 7, "http://here/")]
    assert capsys.readouterr().err.splitlines() == [
        "[TRACKIO ERROR] careful: why (step 7)",
        "[TRACKIO INFO] fine (step 3)",
        "[TRACKIO WARN] late (step 7)",
    ]


@pytest.mark.parametrize(
    ("given", "says"), [({"level": "fatal"}, "fatal"), ({"webhook_url": "ftp://a"}, "webhook_url")]
)
def test_an_alert_that_cannot_be_meant_is_refused_by_name(run, journals, given, says):
    with pytest.raises(ValueError, match=says):
        run.alert("careful", **given)
    assert not any(isinstance(record, Alert) for record in journals()[0])


def test_a_run_of_no_place_tells_its_alerts(capsys):
    Run(Beginning("a1", "p", "n"), None, OFFLINE).alert("careful")
    assert capsys.readouterr().err == "[TRACKIO WARN] careful\n"
