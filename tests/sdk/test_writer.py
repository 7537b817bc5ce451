"""trackio/writer.py: log() keeps every row that can be kept, says what cannot, and never raises."""

from __future__ import annotations

import errno
import gc
import io
import math
import os
import signal
import sys
import threading
import warnings

import numpy as np
import pytest

from trackio import segment
from trackio.journal import Full, Journal
from trackio.settings import Settings
from trackio.values import LAST_STEP
from trackio.wire import (
    Alert,
    ConfigUpdate,
    Finish,
    Row,
    RunStart,
    Schema,
    System,
)
from trackio.writer import NOT_A_DICT

START = RunStart("0" * 32, "p", "n", None, {}, "never", 1)


class Calls:
    """A number that does something when it is asked for."""

    def __init__(self, act):
        self.act = act

    def __float__(self):
        self.act()
        return 0.5


# ------------------------------------------------------------------------------------------------- steps


def test_steps_are_kept_as_given_and_the_next_one_follows_the_largest(writer, rows):
    for step in (None, 10, None, 3, 3, -5, None, np.int64(20), None, True, 2.0, None):
        writer.log({"a": 1}, step)
    assert [row.step for row in rows()] == [0, 10, 11, 3, 3, -5, 12, 20, 21, 1, 2, 22]


def test_a_step_that_is_none_costs_a_warning_and_not_the_row(writer, rows, warned):
    for step in ("7", 2.5, math.nan, LAST_STEP + 1, 2**63, [1]):
        writer.log({"a": 1}, step)
        writer.log({"a": 1})
    assert [row.step for row in rows()] == list(range(12))
    assert len(warned()) == 1
    assert "a step is an integer" in warned()[0]


def test_there_are_steps_after_the_last_one_that_may_be_given(writer, rows):
    for step in (0, LAST_STEP, None, None):
        writer.log({"a": 1}, step)
    assert [row.step for row in rows()] == [0, LAST_STEP, LAST_STEP + 1, LAST_STEP + 2]


def test_steps_are_relative_until_one_is_given(new, rows):
    writer = new(relative=True)
    for value, step in ((1, None), (2, None), (2**63, None), ("text", None), (1, 100), (1, None), ("text", None)):
        writer.log({"a": value}, step)
    assert [(row.step, row.relative) for row in rows()] == [
        *((step, True) for step in range(4)),
        *((step, False) for step in (100, 101, 102)),
    ]


def test_a_resumed_run_goes_on_where_it_was(new, rows):
    new(first_step=50).log({"a": 1})
    assert [row.step for row in rows()] == [50]


# ------------------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize("given", [None, 3, [("a", 1)], "text", {1, 2}])
def test_what_is_no_dict_is_counted(writer, rows, warned, given):
    assert writer.log(given) is True
    writer.log(given)
    assert rows() == []
    assert writer.refused == {NOT_A_DICT: 2}
    assert len(warned()) == 1
    assert warned()[0].startswith(f"trackio: log() takes a dict of metrics, got {type(given).__name__}")


def fails():
    raise RuntimeError("device lost")


def test_a_row_whose_items_fail_is_counted(writer, rows):
    class Foreign(dict):
        def items(self):
            fails()

        values = items

    assert writer.log(Foreign(a=1)) is True
    writer.log({"a": 1})
    assert [row.values for row in rows()] == [{"a": 1}]
    assert writer.refused == {"internal": 1}


def test_a_text_larger_than_a_record_costs_nothing_but_itself(writer, rows):
    writer.log({"book": "x" * 20_000_000, "loss": 0.5, "page": "y" * 5_000_000})
    assert [{name: len(str(value)) for name, value in row.values.items()} for row in rows()] == [
        {"loss": 3, "page": 5_000_000}
    ]
    assert writer.refused == {"value too large": 1}


def test_a_full_disk_is_counted_and_warned_of_once_and_logging_goes_on_when_there_is_room(
    new, rows, warned, monkeypatch
):
    def allocate(*_):
        raise OSError(errno.ENOSPC, "no space left")

    writer = new(Settings(segment_bytes=4096))
    with monkeypatch.context() as full:
        full.setattr(segment, "allocate", allocate)
        for number in range(200):
            assert writer.log({"a": number}) is True
            writer.log({"text": "x" * 100})
    kept = writer.rows
    assert 0 < kept == len(rows())
    assert writer.refused == {"disk full": 400 - kept}
    assert len(warned()) == 1
    assert "no room for more" in warned()[0]
    writer.journal._retry_at = 0.0
    writer.log({"a": 1})
    assert len(rows()) == kept + 1


def test_rows_over_the_limit_are_counted(new, rows):
    writer = new(Settings(segment_bytes=4096, memory_bytes=4096, disk_bytes=4096))
    for number in range(1000):
        writer.log({"a": number})
    writer.report()  # which finds no room either, and is no loss
    assert [row.values["a"] for row in rows()] == list(range(writer.rows))
    assert writer.refused == {"journal limit": 1000 - writer.rows}


def test_a_warning_names_the_line_that_logged(writer):
    with pytest.warns(UserWarning, match="takes a dict") as caught:
        writer.log(None)
    assert caught[0].filename == __file__


@pytest.mark.parametrize("broken", [lambda *_: fails(), lambda *_: sys.stderr.write("x")])
def test_warnings_that_are_errors_or_cannot_be_shown_do_not_leave_log(writer, monkeypatch, broken):
    writer.log(None)  # an error in these tests
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = broken
        closed = io.StringIO()
        closed.close()
        monkeypatch.setattr(sys, "stderr", closed)
        writer.log({"a": object()})
    assert writer.refused == {NOT_A_DICT: 1, "value": 1}


# ------------------------------------------------------------------------------------------------- at the same time


def test_threads_that_log_at_once_lose_nothing_and_repeat_nothing(new, journals):
    writer, threads = new(Settings(segment_bytes=65_536)), []
    start = threading.Barrier(8)

    def log(name):
        start.wait()
        for number in range(500):
            writer.log({name: number} if number % 3 else {name: number, "text": "x"})

    for number in range(8):
        threads.append(threading.Thread(target=log, args=(f"t{number}",)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    found = [record for record in journals()[0] if isinstance(record, Row)]
    for number in range(8):
        assert [row.values[f"t{number}"] for row in found if f"t{number}" in row.values] == list(range(500))
    assert [row.step for row in found] == list(range(4000))


def test_a_row_that_is_logged_in_the_middle_of_another_comes_after_it(writer, rows):
    writer.log({"outer": Calls(lambda: writer.log({"inner": 1}))})
    assert [row.values for row in rows()] == [{"outer": 0.5}, {"inner": 1}]


def test_a_signal_handler_may_log_configure_and_finish_in_the_middle_of_a_row(writer, journals):
    def handle(*_):
        writer.log({"caught": 1})
        writer.configure({"stopped": True}, ())
        writer.finish("failed", "SIGTERM")
        writer.finish("finished", None)

    before = signal.signal(signal.SIGTERM, handle)
    try:
        writer.log({"outer": Calls(lambda: signal.raise_signal(signal.SIGTERM))})
    finally:
        signal.signal(signal.SIGTERM, before)
    found = [record for record in journals()[0] if not isinstance(record, Schema)]
    assert [record.values for record in found[1:-1]] == [{"outer": 0.5}, {"caught": 1}, {"stopped": True}]
    assert isinstance(found[-1], Finish)
    assert (found[-1].status, found[-1].rows, writer.finished) == ("failed", 2, True)


def test_a_writer_that_is_closed_in_the_middle_of_a_row_keeps_the_row(writer, journals):
    def end():
        writer.finish("finished", None)
        writer.close(remove=False)
        assert not writer.finished

    writer.log({"outer": Calls(end)})
    assert [type(record) for record in journals()[0]] == [RunStart, Schema, Row, Finish]
    assert writer.log({"a": 1}) is False


def test_a_finalizer_may_log_while_a_row_is_written(writer, rows):
    class Cycle:
        def __init__(self):
            self.itself = self

        def __del__(self):
            writer.log({"finalized": 1})

    Cycle()
    writer.log({"outer": Calls(gc.collect)})
    assert {"finalized": 1} in [row.values for row in rows()]
    assert len(rows()) == 2


@pytest.mark.parametrize("quickened", [False, True])
def test_ctrl_c_between_a_row_and_its_mark_leaves_no_trace(writer, rows, quickened):
    def interrupt(_frame, event, function):
        if event == "c_return" and getattr(function, "__name__", "") == "pack_into":
            raise KeyboardInterrupt

    long, short = {f"{number}": number for number in range(30)}, {"a": 1}
    for row in (short, long):
        writer.log(row)
    if quickened:
        writer.quicken()
    sys.setprofile(interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            writer.log(long)
    finally:
        sys.setprofile(None)
    writer.log(short)
    assert [row.values for row in rows()] == [short, long, short]
    segment = writer.journal.current
    assert not any(segment.map[segment.mark[0] :])


# ------------------------------------------------------------------------------------------------- all other records


def test_changes_of_the_configuration_stand_between_the_rows(writer, journals):
    writer.log({"a": 1})
    writer.configure({"lr": 0.1, 3: object, "a\ud800": 1}, ("old", 4))
    (change,) = (record for record in journals()[0] if isinstance(record, ConfigUpdate))
    assert (change.values, change.removed) == ({"lr": 0.1, "3": "<class 'object'>", "a?": 1}, ("old", "4"))


def test_the_end_counts_what_was_kept_and_what_was_not(writer, journals):
    writer.log({"a": 1})
    writer.log(None)
    writer.finish("failed", "no \ud800")
    end = journals()[0][-1]
    assert (end.status, end.error, end.rows, end.refused) == ("failed", "no ?", 1, {NOT_A_DICT: 1})
    assert writer.log({"a": 1}) is False
    writer.finish("finished", None)
    assert journals()[0][-1] == end


def test_after_the_end_no_row_is_taken_not_even_one_like_the_last(writer, journals):
    assert writer.log({"loss": 0.5}) is writer.log({"loss": 0.25}) is True
    writer.quicken()
    writer.finish("finished", None)
    writer.quicken()
    assert writer.log({"loss": 0.125}) is False
    (records,) = journals()
    assert isinstance(records[-1], Finish)
    assert records[-1].logged == writer.rows == 2


def test_a_writer_whose_beginning_finds_no_room_leaves_nothing(places, new):
    opening = START._replace(config={"text": "x" * 5000})
    with pytest.raises(Full, match="journal limit"):
        new(Settings(segment_bytes=4096, memory_bytes=0, disk_bytes=0), opening)
    assert list(places.journals.iterdir()) + list(places.spilled.iterdir()) == []


def test_a_configuration_too_large_for_a_record_is_counted_and_the_run_begins_without(new, journals):
    writer = new(opening=RunStart("0" * 32, "p", "n", None, {"text": "x" * 20_000_000}, "never", 1))
    writer.configure({"text": "x" * 20_000_000}, ())
    assert journals()[0] == [START]
    assert writer.refused == {"config too large": 1, "record too large": 1}


def test_a_forked_child_forgets_what_its_parent_was_about_to_write(writer, journals):
    writer.log({"a": 1})
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            writer._lock.acquire()
            writer._deferred.append(lambda: os._exit(2))
            writer.orphan()
            status = 0 if writer.log({"a": 2}) is False else 3
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    writer.log({"a": 3})
    assert [record.values["a"] for record in journals()[0] if isinstance(record, Row)] == [1, 3]


def test_a_journal_that_was_removed_goes_on_on_disk(writer, journals, places):
    writer.log({"a": 1})
    segment = writer.journal.current
    segment.path.unlink()
    writer.rescue()
    writer.log({"a": 2})
    while writer.journal.relieve():
        pass
    assert [record.values["a"] for record in journals()[0] if isinstance(record, Row)] == [1, 2]


# ------------------------------------------------------------------------------------------------------ what it counts


def test_reports_tell_what_was_logged_kept_and_refused_and_what_it_cost(writer, journals):
    for step in range(3):
        writer.log({"loss": float(step)})
    writer.log("not a dict")
    writer.log({"loss": object()})
    writer.took(2_000)
    writer.report()
    report = journals()[0][-1]
    assert (report.logged, report.rows, report.refused) == (5, 4, {"not a dict": 1, "value": 1})
    assert (report.timed, report.spent) == (1, 2_000)
    assert report.wall > 0


def test_nothing_is_reported_twice_nor_after_the_end_which_reports_itself(writer, journals):
    writer.log({"loss": 1.0})
    writer.report()
    count = len(journals()[0])
    writer.report()
    assert len(journals()[0]) == count
    writer.log({"loss": 2.0})
    writer.finish("finished", None)
    writer.report()
    finish = journals()[0][-1]
    assert (finish.logged, finish.rows, len(journals()[0])) == (2, 2, count + 2)


def test_system_metrics_have_a_time_and_no_step(writer, journals):
    writer.log({"a": 1})
    assert writer.log_system({"gpu/0/utilization": 37, "memory/percent": np.float32(0.5), "time": True})
    writer.log({"a": 2})
    first, second = (record for record in journals()[0] if isinstance(record, Row))
    (sample,) = (record for record in journals()[0] if isinstance(record, System))
    assert (first.step, second.step) == (0, 1)
    assert first.time <= sample.time <= second.time
    assert sample.values == {"gpu/0/utilization": 37, "memory/percent": 0.5, "__time": True}


def test_system_metrics_give_way_to_rows(new, monkeypatch, warned, journals):
    writer = new()
    monkeypatch.setattr(Journal, "_has_room", lambda *_: False)
    writer.log_system({"a": 1})
    writer.log_system({"a": 1})
    writer.log({"a": 1})
    assert (writer.rows, dict(writer.refused)) == (1, {"disk full (system metrics)": 2})
    assert len(warned()) == 1
    assert not any(isinstance(record, System) for record in journals()[0])


def test_after_the_end_no_system_metric_is_taken(writer):
    writer.finish("finished", None)
    assert not writer.log_system({"a": 1})


def alerts(journals):
    return [record for record in journals()[0] if isinstance(record, Alert)]


def test_an_alert_is_at_the_step_that_it_names_or_the_largest_so_far(writer, journals):
    careful = Alert(1, "careful", None, "warn")
    assert writer.alert(careful)
    writer.log({"a": 1}, 7)
    writer.log({"a": 1}, 3)
    assert (writer.last_step, writer.alert(careful), writer.alert(careful._replace(step=2))) == (7, True, True)
    assert [(alert.step, alert.relative) for alert in alerts(journals)] == [(None, False), (7, False), (2, False)]


def test_of_a_run_that_is_resumed_the_daemon_knows_the_step(new, journals):
    writer = new(relative=True)
    writer.log({"a": 1})
    writer.alert(Alert(1, "careful", None, "warn"))
    assert writer.last_step is None
    assert [(alert.step, alert.relative) for alert in alerts(journals)] == [(0, True)]


def test_an_alert_without_room_is_counted_and_one_after_the_end_is_not_taken(writer, monkeypatch, warned):
    def full(_):
        raise Full("disk full")

    monkeypatch.setattr(writer.journal, "append", full)
    assert writer.alert(Alert(1, "careful", None, "warn"))
    assert dict(writer.refused) == {"disk full": 1}
    assert "an alert was not kept" in warned()[0]
    writer.finish("finished", None)
    assert not writer.alert(Alert(1, "careful", None, "warn"))
