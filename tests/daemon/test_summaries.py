from __future__ import annotations

import math

import pytest

from trackio.wire import Row
from trackiod.store import members
from trackiod.summaries import Summaries, Summary

SECOND = 10**9


@pytest.fixture
def summaries(house):
    def read(run):
        with house.store.read() as txn:
            return dict(Summaries(txn, run, list(members.of_run(txn, run))))

    return read


def rows(values, first=0):
    return [Row(step, SECOND, {"loss": value}) for step, value in enumerate(values, first)]


@pytest.mark.parametrize("compacted", [False, True])
def test_a_summary_is_of_all_points_wherever_they_are(house, summaries, compacted):
    writer = house.start()
    house.put(writer, *rows([4.0, math.nan, 1.0]))
    if compacted:
        house.compact(writer)
    house.put(writer, *rows([2.0], first=3))
    assert summaries(writer.run) == {"loss": Summary(2.0, 1.0, 4.0, 7 / 3, 4, 3)}
    house.put(writer, *rows([8.0], first=0))
    assert summaries(writer.run)["loss"] == Summary(2.0, 1.0, 8.0, 11 / 3, 4, 3)


def test_the_main_process_goes_before_others_that_logged_the_same_metric(house, summaries):
    main = house.start()
    member, _ = house.attach(main.run)
    house.put(member, *rows([9.0]), Row(1, SECOND, {"other": 5.0}))
    assert summaries(main.run)["loss"].last == 9.0
    house.put(main, *rows([1.0]))
    assert {name: found.last for name, found in summaries(main.run).items()} == {"loss": 1.0, "other": 5.0}


def test_without_finite_points_there_are_no_extremes(house, summaries):
    writer = house.start()
    house.put(writer, *rows([math.inf]))
    assert summaries(writer.run) == {"loss": Summary(math.inf, None, None, None, 1, 0)}
    assert "other" not in summaries(writer.run)
