"""Tails are worked on once they are long, old or ended, the longest waiting first, and nobody waits for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackiod.tails import AGE, ROWS, Tails

A, B, C = b"a" * 16, b"b" * 16, b"c" * 16


@pytest.fixture
def tails():
    return Tails()


def test_nothing_is_due_where_there_is_nothing(tails):
    assert (len(tails), tails.due(0.0), tails.wait(0.0)) == (0, None, None)


def test_a_short_tail_is_due_when_it_is_old(tails):
    tails.add(A, 1, 10.0)
    tails.add(A, 1, 10.0 + AGE / 2)
    assert tails.due(10.0 + AGE / 2) is None
    assert tails.wait(10.0 + AGE / 2) == AGE / 2
    assert tails.due(10.0 + AGE) == A
    assert tails.wait(10.0 + AGE) == 0.0


def test_rows_add_up_until_the_tail_is_due(tails):
    tails.add(A, ROWS, 0.0)
    assert tails.due(0.0) is None
    tails.add(A, 1, 0.0)
    assert tails.due(0.0) == A
    assert tails.wait(0.0) == 0.0


def test_a_writer_that_ended_is_due_at_once_and_stays_so(tails):
    tails.add(A, 1, 0.0, ended=True)
    tails.add(A, 1, 0.0)
    assert tails.due(0.0) == A


def test_the_longest_waiting_goes_first(tails):
    tails.add(B, 1, 1.0, ended=True)
    tails.add(A, 2 * ROWS, 2.0)
    tails.add(C, 1, 3.0, ended=True)
    assert tails.due(3.0) == B


def test_what_is_worked_off_is_forgotten(tails):
    tails.add(A, 2 * ROWS, 0.0)
    tails.worked(A, 1.0, left=0)
    assert (len(tails), tails.due(100.0)) == (0, None)


def test_what_has_more_is_due_again_behind_those_that_wait(tails):
    tails.add(A, 2 * ROWS, 0.0)
    tails.add(B, 2 * ROWS, 1.0)
    now = AGE + 1.5
    tails.worked(A, now, left=2 * ROWS)
    assert tails.due(now) == B
    tails.worked(B, now, left=0)
    assert tails.due(now) == A


def test_what_is_left_is_due_once_it_is_long_again_or_old_unless_the_writer_ended(tails):
    tails.add(A, 2 * ROWS, 0.0)
    tails.add(B, 2 * ROWS, 0.0, ended=True)
    for writer in (A, B):
        tails.worked(writer, 1.0, left=10)
    assert tails.due(1.0) == B
    tails.worked(B, 1.0, left=0)
    assert tails.due(1.0) is None
    assert tails.due(1.0 + AGE) == A
    tails.add(A, ROWS, 2.0)
    assert tails.due(2.0) == A


@given(st.lists(st.tuples(st.sampled_from([A, B, C]), st.integers(0, 2 * ROWS), st.booleans()), min_size=1, max_size=9))
def test_waiting_as_long_as_it_says_makes_one_due(added):
    tails, now = Tails(), 100.0
    for writer, rows, ended in added:
        tails.add(writer, rows, now, ended=ended)
    wait = tails.wait(now)
    assert (wait == 0.0) == (tails.due(now) is not None)
    assert tails.due(now + wait) in {writer for writer, _, _ in added}


@given(st.lists(st.integers(1, 5), min_size=3, max_size=3), st.floats(0, 2 * AGE))
def test_writers_take_turns(slices, slice_seconds):
    tails, left, now = Tails(), dict(zip((A, B, C), slices, strict=True)), 0.0
    for writer in left:
        tails.add(writer, 2 * ROWS, now)
    rounds = []
    while (writer := tails.due(now)) is not None:
        now += slice_seconds
        left[writer] -= 1
        rounds.append(writer)
        tails.worked(writer, now, left=2 * ROWS * (left[writer] > 0))
    fair = [writer for turn in range(5) for writer, count in zip((A, B, C), slices, strict=True) if turn < count]
    assert rounds == fair
