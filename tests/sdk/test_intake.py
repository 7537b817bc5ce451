"""trackio/intake.py: each value of a call is kept or costs itself alone, with a warning."""

from __future__ import annotations

import numpy as np
import pytest

from trackio.wire import System
from trackio.writer import NOT_A_DICT


class Failing:
    """A number that cannot be had."""

    def __float__(self):
        raise RuntimeError("device lost")


def test_names_that_cannot_stand_as_they_are_are_changed_with_a_warning(writer, rows, warned):
    for _ in range(2):
        writer.log({3: 0.5, "step": 1, "__mine": 2, "loss": 3})
    assert [row.values for row in rows()] == [{"3": 0.5, "__step": 1, "____mine": 2, "loss": 3}] * 2
    assert len(warned()) == 3
    assert "'step' is stored as '__step'" in warned()[1]


def test_two_names_that_become_one_are_counted(writer, rows):
    writer.log({"3": 1, 3: 2})
    assert [row.values for row in rows()] == [{"3": 2}]
    assert writer.refused == {"value": 1}


@pytest.mark.parametrize("value", [Failing(), 1j, b"bytes", object(), np.zeros(20_000)])
def test_a_value_that_cannot_be_kept_costs_nothing_but_itself(writer, rows, warned, value):
    for _ in range(3):
        writer.log({"bad": value, "loss": 0.5})
    assert [row.values for row in rows()] == [{"loss": 0.5}] * 3
    assert writer.refused == {"value": 3}
    assert len(warned()) == 1
    assert "'bad' was not logged" in warned()[0]


@pytest.mark.parametrize(
    ("given", "kept", "reason"),
    [
        ({"a": 1, "b": "text"}, {"a": 1}, "value"),
        ({"a": [1], "b": None}, None, "value"),
        ({}, None, None),
        (7, None, NOT_A_DICT),
        (None, None, NOT_A_DICT),
    ],
)
def test_of_system_metrics_what_is_no_number_is_counted_and_warned_of(writer, journals, warned, given, kept, reason):
    assert writer.log_system(given)
    found = [record.values for record in journals()[0] if isinstance(record, System)]
    assert found == ([] if kept is None else [kept])
    assert set(writer.refused) == ({reason} if reason else set())
    assert len(warned()) == len(writer.refused if reason == NOT_A_DICT else given if reason else []) - bool(kept)
