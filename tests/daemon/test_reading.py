"""trackiod/reading.py: what several series share is read once, and every answer is as if each were asked alone."""

from __future__ import annotations

import numpy as np
import pytest

from trackio.wire import Schema, encode, framed, row_struct
from trackiod import points
from trackiod.points import SeriesRequest
from trackiod.reading import Reading
from trackiod.store import chunk, runs, series, stamps
from trackiod.store.levels import SeriesId

SECOND = 10**9
METRICS = ("acc", "loss", "lr")


@pytest.fixture
def counted(monkeypatch):
    """Counts the calls of a module's function from here on."""

    def count(module, name):
        calls, real = [], getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args: calls.append(args) or real(*args))
        return calls

    return count


def logged(house, steps=9000, waiting=100):
    """Begin a run with three metrics in the same rows, the last of which are not in chunks; return its id."""
    writer = house.start()
    form, head, commit = row_struct(1, "ddd")
    house.put(writer, framed(encode(Schema(1, METRICS, "ddd"))))
    for part in (range(steps - waiting), range(steps - waiting, steps)):
        house.put(writer, *(form.pack(head, n, n * SECOND, n / 3, n / 7, n % 5, commit) for n in part))
        if part.start == 0:
            house.compact(writer)
    return writer.run


def asked(run, metric, width=100):
    return SeriesRequest(run, metric, None, "step", width, None, None)


def test_steps_and_times_that_metrics_share_and_their_ends_are_decoded_once(house, counted):
    run = logged(house)
    columns, chunks_, waiting = counted(stamps, "columns"), counted(chunk, "decode"), counted(series, "waiting")
    with house.store.read() as txn:
        found = list(points.all_of(txn, [asked(run, metric, 1000) for metric in METRICS]))
    assert [one.total for one in found] == [9000] * 3
    # Three chunks each: all are read, the outermost ones for the ends of the series, too.
    assert (len(columns), len(chunks_), len(waiting)) == (3, 9, 1)


def test_every_answer_is_as_if_it_were_asked_alone(house):
    ids = [logged(house, steps) for steps in (9000, 130)]
    requests = [asked(run, metric) for metric in (*METRICS, "none", "=loss / 2") for run in ids]
    with house.store.read() as txn:
        alone = [points.series_of(txn, request) for request in requests]
        together = list(points.all_of(txn, requests))
    for one, other in zip(together, alone, strict=True):
        assert (one.run, one.metric, one.total, one.extent) == (other.run, other.metric, other.total, other.extent)
        assert one.columns.keys() == other.columns.keys()
        for name, column in one.columns.items():
            np.testing.assert_array_equal(column, other.columns[name])


def test_a_run_is_looked_up_once_while_it_is_asked_about(house, counted):
    first, second = house.start(), house.start("second")
    looked = counted(runs, "visible")
    with house.store.read() as txn:
        reading = Reading(txn)
        found = [reading.run(run) for run in (first.run, first.run, second.run, "none", "none")]
    assert [each and each.name for each in found] == ["first", "first", "second", None, None]
    assert len(looked) == 3


def test_members_of_a_kind_are_told_by_number(house):
    writer = house.start()
    house.log(writer)
    with house.store.read() as txn:
        reading = Reading(txn)
        assert (reading.numbers(writer.run, "scalar"), reading.numbers(writer.run, "system")) == ([0], [])


@pytest.mark.parametrize("many", [False, True])
def test_what_is_not_in_chunks_is_the_same_read_for_one_metric_or_for_all(house, many):
    run = logged(house)
    with house.store.read() as txn:
        reading = Reading(txn, many=many)
        waiting = reading.waiting(reading.levels(SeriesId(run, 0, "loss")))
    assert waiting.steps.tolist() == list(range(8900, 9000))
    assert waiting.floats().tolist() == [n / 7 for n in range(8900, 9000)]
