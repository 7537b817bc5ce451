"""trackio/waiting.py: rows wait in the order of their calls, each for numbers of its own."""

from __future__ import annotations

import pytest

from trackio import devices
from trackio.devices import Arrivals
from trackio.values import Refused
from trackio.waiting import Waiting
from trackio.wire import Row


class Array:
    """A number on a device that is there when told so."""

    def __init__(self):
        self.there = False

    def is_ready(self):
        return self.there


@pytest.fixture
def waiting(monkeypatch):
    monkeypatch.setattr(devices, "_inherited", [])
    return Waiting()


def add(waiting, step, **values):
    """Add a row of one number that is on its way, and return the number."""
    array = Array()
    waiting.pool._open.arrays.append(array)
    assert waiting.add(Row(step, 0, dict(values)))
    return array


def test_a_row_of_which_nothing_was_taken_does_not_wait(waiting):
    assert waiting.add(Row(0, 0, {"a": 1})) is False
    assert waiting.look() == (0, 0)
    assert waiting.first() is None


def test_no_row_goes_before_an_older_one(waiting):
    older, newer = add(waiting, 0), add(waiting, 1)
    newer.there = True
    assert waiting.look() == (0, 2)
    older.there = True
    assert waiting.first() is None, "nobody has looked"
    assert waiting.look() == (2, 2)
    for step in (0, 1):
        assert waiting.first()[0].step == step
        waiting.drop()
    assert (waiting.first(), waiting.pool.out) == (None, 0)


def test_a_later_row_takes_its_names_out_of_those_at_its_step_alone(waiting):
    add(waiting, 0, a=1, b=2)
    add(waiting, 1, a=1, b=2)
    waiting.overwrite(Row(1, 0, {"a": 3}))
    waiting.overwrite(Row(0, 0, {"b": 3}, relative=True))
    assert [row.values for row, _ in waiting.rows] == [{"a": 1, "b": 2}, {"b": 2}]


def test_what_has_not_arrived_when_it_is_given_up_is_refused_and_the_rest_is_not(waiting):
    add(waiting, 0).there = True
    add(waiting, 1)
    waiting.give_up()
    first, second = (arrivals.error for _, arrivals in waiting.rows)
    assert first is None
    assert isinstance(second, Refused)
    assert waiting.look() == (2, 2)


def test_the_oldest_row_must_be_waited_for_once_too_much_is_on_its_way(waiting, monkeypatch):
    monkeypatch.setattr("trackio.waiting._MAX_AWAITED", 1)
    add(waiting, 0)
    assert not waiting.is_full()
    add(waiting, 1)
    assert waiting.is_full()


def test_a_forked_child_frees_nothing_of_what_waits(waiting):
    add(waiting, 0)
    pool, rows = waiting.pool, waiting.rows
    waiting.leave()
    assert devices._inherited == [pool, rows]
    assert waiting.look() == (0, 0)
    assert waiting.pool is not pool
    assert isinstance(rows[0][1], Arrivals)
