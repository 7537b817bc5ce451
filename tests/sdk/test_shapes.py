"""trackio/shapes.py: rows of numbers are packed, and what goes the short way is what the long way makes."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, defaultdict

import numpy as np
import pytest

from trackio.settings import Settings
from trackio.wire import MAX_PACKED_KEYS, Row, Schema, is_packed_row, payloads
from trackiod.store import records


def is_packed(writer):
    """Tell of each row whether it went the short way."""
    current = writer.journal.current
    found = [p for p in payloads(current.read(64, current.mark[0])) if is_packed_row(p) or p[:5] == b"\x92\xa3row"]
    return list(map(is_packed_row, found))


def test_rows_of_numbers_are_packed_and_all_others_are_not_and_both_are_read(writer, rows):
    given = [
        {"loss": 0.5, "epoch": 1, "best": True},
        {"loss": math.inf, "epoch": -(2**63), "best": False},
        {"loss": 0.5, "text": "grün"},
        {"list": [1, 2.5], "none": None, "map": {"a": {"b": 1}}},
        {"large": 2**63},
        {},
        {"": 1, "a b.c/ö": 2.0},
    ]
    for row in given:
        assert writer.log(row) is True
    assert is_packed(writer) == [True, True, False, False, False, True, True]
    assert [row.values for row in rows()] == given
    assert [row.step for row in rows()] == list(range(7))
    assert writer.rows == 7
    assert writer.refused == {}


def test_the_daemon_reads_columns_of_what_was_packed(writer):
    for step in range(100):
        writer.log({"loss": step / 2, "epoch": step})
    current = writer.journal.current
    _, schema, block = records.scan(current.read(64, current.mark[0]))
    assert isinstance(schema, Schema)
    steps, times, columns = block.columns(schema)
    assert steps.tolist() == columns["epoch"].tolist() == list(range(100))
    assert columns["loss"].tolist() == [step / 2 for step in range(100)]
    assert (np.diff(times) >= 0).all()


@pytest.mark.parametrize("quickened", [False, True])
def test_a_key_may_change_its_type_at_any_row(writer, rows, quickened):
    given = [1, 0.5, True, "text", None, 2**63, [1], 1, 0.25, math.nan, 2**64, -(2**63)]
    for _ in range(2):
        for value in given:
            writer.log({"a": value})
            if quickened:
                writer.quicken()
    found = [row.values["a"] for row in rows()]
    assert str(found) == str([1, 0.5, 1, "text", None, 2**63, [1], 1, 0.25, math.nan, 2.0**64, -(2**63)] * 2)


@pytest.mark.parametrize("quickened", [0, 1, 2, 5])
def test_rows_may_take_turns_whatever_sets_them_apart(writer, rows, quickened):
    kinds = [{"a": 0.5, "b": 1.5}, {"b": 1.5, "a": 0.5}, {"a": 1}, {"a": 1.0}, {}, {"a": 0.5, "c": 1.5}]
    kinds += [Counter(a=1), defaultdict(float, a=0.5, d=1.5), OrderedDict(a=0.5, b=1.5)]
    given = kinds * 4
    for number, row in enumerate(given, 1):
        writer.log(row)
        if quickened and not number % quickened:
            writer.quicken()
    found = [row.values for row in rows()]
    assert [sorted(map(repr, row.items())) for row in found] == [sorted(map(repr, row.items())) for row in given]
    assert kinds[-2] == {"a": 0.5, "d": 1.5}
    assert [row.step for row in rows()] == list(range(len(given)))
    assert writer.rows == len(given)


def test_what_is_written_faster_is_what_was_written_before_at_steps_and_over_segments(new, journals):
    writer, row = new(Settings(segment_bytes=4096)), {"a": 0.5, "b": 1}
    for step in [0, *range(2, 200), 7, 300, *[None] * 100]:
        writer.log(row, step)
        writer.quicken()
    found = [record for record in journals()[0] if isinstance(record, Row)]
    assert [record.step for record in found] == [0, *range(2, 200), 7, *range(300, 401)]
    assert all(record.values == row for record in found)


def test_a_number_that_does_not_fit_costs_the_row_nothing_when_others_like_it_did(writer, rows):
    for number in (1, 2, 2**63, 3):
        writer.log({"a": number, "b": 0.5})
        writer.quicken()
    assert [row.values["a"] for row in rows()] == [1, 2, 2**63, 3]


def test_scalars_of_other_libraries_are_numbers_however_they_alternate(writer, rows):
    given = [
        np.float32(0.5),
        np.array(0.25),
        np.array(2**60 + 1),
        np.array(7),
        np.array(1.5),
        np.array([2]),
        np.int8(3),
    ]
    for _ in range(2):
        for value in given:
            writer.log({"a": value})
    assert [row.values["a"] for row in rows()] == [0.5, 0.25, 2**60 + 1, 7, 1.5, 2, 3] * 2
    assert writer.refused == {}


@pytest.mark.parametrize("keys", [30, 31, MAX_PACKED_KEYS, MAX_PACKED_KEYS + 1])
def test_a_row_may_have_any_number_of_keys(writer, rows, keys):
    given = {f"{number}": number for number in range(keys)}
    writer.log(given)
    writer.log(given)
    assert [row.values for row in rows()] == [given, given]
    assert is_packed(writer) == [keys <= MAX_PACKED_KEYS] * 2


def test_ever_new_keys_take_no_more_memory_at_some_point(writer):
    for number in range(5000):
        writer.log({f"{number}": 1})
    assert writer.rows == 5000
    assert len(writer._shapes._schemas) == len(writer._shapes._known) == 4096
    writer.log({"0": 1})
    assert is_packed(writer)[-1]
