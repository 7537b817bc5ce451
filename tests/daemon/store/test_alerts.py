"""Each alert is kept once, found by run and project, told to webhooks, and gone with its run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.wire import Alert
from trackiod.store import alerts, keys, runs
from trackiod.store.env import scan

US = 1000
URL = "http://there/SECRET"


def alert(us, title="careful", **more):
    about = {"text": None, "level": "warn", "step": 3} | more
    return Alert(us * US, title, **about)


@pytest.fixture
def writer(house):
    return house.start()


@pytest.fixture
def held(house):
    """Returns the alerts of a project, or of a run, as time and title."""

    def read(project="p", run=None):
        def found(txn):
            chosen = [run] if run else alerts.runs_with(txn, project)
            return [(told.time, told.title) for told in alerts.of_runs(txn, chosen)]

        return house.read(found)

    return read


def waiting(house):
    return house.read(lambda txn: list(alerts.waiting(txn)))


def test_an_alert_is_kept_with_all_that_was_said(house, writer):
    house.put(writer, alert(5, "first", text="why", level="error", step=7))
    (told,) = house.read(lambda txn: list(alerts.of_run(txn, writer.run)))
    assert (told.time, told.title, told.text, told.level, told.step) == (5, "first", "why", "error", 7)
    assert (told.run, told.member, told.webhook, told.error) == (writer.run, 0, None, None)
    assert house.whole()


def test_those_of_a_project_come_newest_first_whichever_run_they_are_of(house, writer, held):
    other = house.start("second")
    house.start("silent")
    for us in (1, 4, 7):
        house.put(writer, alert(us, f"first {us}"))
        house.put(other, alert(us + 1, f"second {us + 1}"))
    assert [time for time, _ in held()] == [8, 7, 5, 4, 2, 1]
    assert held(run=other.run) == [(8, "second 8"), (5, "second 5"), (2, "second 2")]
    assert len(house.read(alerts.runs_with, "p")) == 2
    assert held("none") == []
    assert house.whole()


def test_the_same_alert_of_the_same_moment_is_kept_once(house, writer, held):
    house.put(writer, alert(5), alert(5), alert(5, "another"), alert(6))
    assert sorted(held()) == [(5, "another"), (5, "careful"), (6, "careful")]


def test_steps_of_a_resumed_run_count_from_where_it_was(house, writer, held):
    house.log(writer, 10)
    again = house.start("first", resume="allow")
    house.put(again, alert(5, step=2, relative=True))
    (told,) = house.read(lambda txn: list(alerts.of_run(txn, writer.run)))
    assert told.step == 12


@given(st.integers(-(2**63), 2**64 - 1))
def test_any_time_can_be_kept(time):
    state = runs.WriterState(b"w" * 16, "r" * 32, "p", 0, 0, 0, 0, "running", 1, "h", 0)
    told = alerts._told(state, Alert(time, "t", None, "info"))
    assert 0 <= told.time < 2**63
    assert keys.alert(told.run, told.time, told.id)


def test_they_move_and_hide_and_go_with_their_run(house, writer, held):
    house.put(writer, alert(5))
    house.edit("move_run", run=writer.run, project="q")
    assert (held("p"), held("q")) == ([], [(5, "careful")])
    house.edit("delete_run", run=writer.run)
    assert held("q") == []
    house.put(writer, alert(6))  # what a deleted run still says is kept unseen
    assert held("q") == []
    assert house.whole()
    house.edit("restore_run", run=writer.run)
    assert held("q") == [(6, "careful"), (5, "careful")]
    assert house.whole()
    house.edit("delete_run", run=writer.run)
    house.remove(writer.run)
    assert not {"A", "e"} & house.records().keys()
    house.put(writer, alert(7))
    assert "A" not in house.records()
    assert house.whole()


# ------------------------------------------------------------------------------------------------------- webhooks


def test_whom_to_tell_is_remembered_until_it_is_settled(house, writer):
    house.put(writer, alert(5, webhook=URL), alert(6), alert(7, webhook=URL))
    first, second = waiting(house)
    assert (first.number, first.url, first.alert.time, first.alert.webhook) == (0, URL, 5, "pending")
    house.crash()
    assert waiting(house) == [first, second]
    with house.store.write() as txn:
        assert alerts.settle(txn, first.number, None).webhook == "sent"
        failed = alerts.settle(txn, second.number, "HTTP status 404")
        assert alerts.settle(txn, second.number, None) is None
    assert (failed.webhook, failed.error) == ("failed", "HTTP status 404")
    assert waiting(house) == []
    told = house.read(lambda txn: list(alerts.of_run(txn, writer.run)))
    assert [(one.time, one.webhook) for one in told] == [(7, "failed"), (6, None), (5, "sent")]
    assert house.whole()


def test_an_alert_that_comes_again_is_told_once(house, writer):
    house.put(writer, alert(5, webhook=URL))
    house.put(writer, alert(5, webhook=URL))
    assert len(waiting(house)) == 1


def test_the_address_is_in_no_record_of_the_alert_itself(house, writer):
    house.put(writer, alert(5, webhook=URL))
    with house.store.read() as txn:
        holding = {key[:1] for key, value in scan(txn, b"") if b"SECRET" in value}
    assert holding == {keys.WEBHOOK}


def test_of_more_alerts_than_can_wait_nobody_is_told_and_they_say_so(house, writer, monkeypatch):
    monkeypatch.setattr(alerts, "MOST_WAITING", 2)
    house.put(writer, *[alert(us, webhook=URL) for us in range(4)])
    told = house.read(lambda txn: list(alerts.of_run(txn, writer.run)))
    assert [one.webhook for one in told] == ["failed", "failed", "pending", "pending"]
    assert told[0].error == "2 others wait to be sent"
    assert house.whole()


def test_of_an_alert_that_is_gone_nobody_is_told(house, writer):
    house.put(writer, alert(5, webhook=URL))
    house.edit("delete_run", run=writer.run)
    house.remove(writer.run)
    assert waiting(house) == []
    with house.store.write() as txn:
        assert alerts.settle(txn, 0, None) is None
    assert "W" not in house.records()
    assert house.whole()


def test_records_that_lack_fields_have_their_defaults():
    told = alerts.Told("a" * 32, "r", 1, "t")
    assert (told.level, told.webhook) == ("warn", None)
    assert replace(told, level="info").level == "info"
