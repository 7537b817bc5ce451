from __future__ import annotations

import uuid

import pytest

from trackio.unsent import Unsent
from trackio.wire import Attach, Finish, Report, Row, RunStart, encode, framed
from trackiod import apply, delivery
from trackiod.live import Changes
from trackiod.store.env import Store

SECOND = 10**9
RUN = "a" * 32


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def put(store):
    """Stores the records of a new writer; returns its id."""

    def stored(*records):
        writer, bodies = uuid.uuid4().bytes, [framed(encode(record)) for record in records]
        with store.write() as txn:
            apply.store(txn, apply.Piece(writer, 0, len(bodies), b"".join(bodies)), Changes())
        return writer

    return stored


@pytest.fixture
def ask(store):
    def asked(waiting=(), run=None):
        with store.read() as txn:
            return delivery.deliveries(txn, waiting, run)

    return asked


def start(run=RUN, name="first"):
    return RunStart(run, "p", name, None, {}, "never", SECOND)


def rows(count):
    return [Row(step, step * SECOND, {"loss": 1.0}) for step in range(count)]


def test_what_is_stored_and_what_waits_is_what_is_journaled(put, ask):
    writer = put(start(), *rows(3))
    (found,) = ask([Unsent(writer, None, 2, 7 * SECOND)])
    assert (found.project, found.name, found.status) == ("p", "first", "running")
    assert (found.logged, found.journaled, found.stored, found.waiting, found.oldest) == (5, 5, 3, 2, 7.0)


def test_reports_tell_what_was_logged_and_what_it_cost(put, ask):
    put(start(), *rows(3), Report(SECOND, 10, 9, {"value": 1}, timed=2, spent=6_000, wall=SECOND))
    (found,) = ask()
    assert (found.logged, found.journaled, found.refused) == (10, 3, {"value": 1})
    assert (found.call_us, found.share) == (3.0, pytest.approx(10 * 3_000 / SECOND))


def test_without_a_report_there_is_no_cost(put, ask):
    put(start(), *rows(3))
    (found,) = ask()
    assert (found.logged, found.call_us, found.share) == (3, None, None)


def test_rows_of_all_processes_of_a_run_are_told_together(put, ask):
    main = put(start(), *rows(2))
    member = put(Attach(RUN, "p", "first", SECOND), *rows(3))
    (found,) = ask([Unsent(main, None, 1, 5), Unsent(member, None, 4, 3)])
    assert (found.stored, found.waiting, found.oldest) == (5, 5, 3e-9)


def test_runs_that_ended_are_told_only_when_asked_for_or_when_rows_wait(put, ask):
    ended = put(start(), *rows(2), Finish(SECOND, "finished", logged=2, rows=2))
    put(start("b" * 32, "second"), *rows(1))
    assert [found.name for found in ask()] == ["second"]
    assert [found.name for found in ask([Unsent(ended, None, 1, 1)])] == ["first", "second"]
    assert [found.status for found in ask(run=RUN)] == ["finished"]


def test_a_writer_that_sent_nothing_yet_is_known_by_the_run_in_its_journal(put, ask):
    put(start(), *rows(1))
    (found,) = ask([Unsent(b"n" * 16, RUN, 4, SECOND)])
    assert (found.stored, found.waiting) == (1, 4)
    assert ask([Unsent(b"n" * 16, "unknown", 4, SECOND), Unsent(b"m" * 16, None, 4, SECOND)]) == ask()


def test_an_unknown_run_has_no_delivery(put, ask):
    assert ask(run="none") == []
