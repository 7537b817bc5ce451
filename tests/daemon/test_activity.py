"""Days on which runs were active, from their start to their last row or end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trackiod import activity
from trackiod.store import runs

DAY = 86_400_000
NOW = 1_000 * DAY


@pytest.fixture
def run(house):
    """Make a run that was active between two moments, in days before now."""

    def make(name, began, ended, project="p"):
        house.start(name, project=project, run=name)
        with house.store.write() as txn:
            times = {"started": int(NOW - began * DAY), "ended": int(NOW - ended * DAY)}
            runs.put_run(txn, replace(runs.run(txn, name), **times))

    return make


def last(days, count):
    assert len(days) == activity.DAYS
    assert not any(days[:-count])
    return days[-count:]


def test_a_run_counts_on_each_day_from_its_start_to_its_end(house, run):
    run("today", 0.5, 0.1)
    run("three days", 2.5, 0.9)
    run("before", 90, 40)
    run("elsewhere", 1.5, 1.2, project="q")
    found = house.read(activity.of_projects, NOW)
    assert last(found["p"], 4) == [0, 1, 1, 2]
    assert last(found["q"], 2) == [1, 0]


def test_what_began_before_or_ends_in_the_future_is_cut_to_the_days_that_are_told(house, run):
    run("long", 400, -2)
    assert house.read(activity.of_project, "p", NOW) == [1] * activity.DAYS


def test_rows_make_a_run_active_though_it_has_not_ended(house):
    house.log(house.start("running"), 3)
    assert last(house.read(activity.of_project, "p", 3_000), 1) == [1]


def test_of_many_runs_the_newest_count(house, run, monkeypatch):
    monkeypatch.setattr(activity, "MOST_RUNS", 2)
    for number in range(4):
        run(str(number), 0.5, 0.5)
    assert last(house.read(activity.of_project, "p", NOW), 1) == [2]
