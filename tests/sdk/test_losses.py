"""trackio/losses.py: every loss is counted, and warned of once."""

from __future__ import annotations

import warnings

import pytest

from trackio.losses import Losses


@pytest.fixture
def caught():
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        yield found


def test_every_loss_counts_and_each_reason_warns_once(caught):
    losses = Losses()
    for _ in range(3):
        losses.refuse("disk full", "no room")
    losses.refuse("value", "'a' was not logged", once="a")
    losses.refuse("value", "'b' was not logged", once="b")
    losses.refuse("value", "'b' was not logged", once="b")
    assert losses.refused == {"disk full": 3, "value": 3}
    assert [str(w.message) for w in caught] == [
        "trackio: no room",
        "trackio: 'a' was not logged",
        "trackio: 'b' was not logged",
    ]


def test_a_warning_names_the_line_outside_the_package(caught):
    Losses().warn("look here")
    assert caught[0].filename == __file__


def test_warnings_come_to_an_end_and_counting_does_not(caught):
    losses = Losses()
    for number in range(1000):
        losses.refuse("value", f"number {number}", once=str(number))
    assert losses.refused["value"] == 1000
    assert 0 < len(caught) < 1000


def test_warnings_that_are_errors_do_not_get_out():
    losses = Losses()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        losses.refuse("value", "text")
    assert losses.refused == {"value": 1}
