"""Limits take the oldest first, media before runs, and never what runs, or what something that stays refers to."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from trackiod.config import Limits
from trackiod.retention import plan, report, told
from trackiod.store import runs

DAY = 86_400_000
NOW = 100 * DAY


class Runs:
    """Runs that were last active one day after another, the oldest first."""

    def __init__(self, house):
        self.house, self.ages = house, {}

    def add(self, name, project="p", days=1, size=0, image=None, running=False, user=""):
        writer = self.house.start(name, project=project, run=name)
        for at in range(size):
            self.house.log(writer, 0, **{f"text {at}": "x" * 10_000})
        if image is not None:
            self.house.ready(self.house.image(writer), image)
        if not running:
            self.house.finish(writer)
        with self.house.store.write() as txn:
            run, time = runs.run(txn, name), NOW - days * DAY
            ended = time if run.ended else None
            runs.put_run(txn, replace(run, created=time, started=time, ended=ended, user=user))
        return self

    def plan(self, **limits):
        made = plan(self.house.store, self.house.blobs, Limits(**limits), NOW)
        return [(action.what, action.run) for action in made.actions]


@pytest.fixture
def stored(house):
    return Runs(house)


def test_without_limits_nothing_goes(stored):
    stored.add("a", days=90, image=b"x", size=3)
    assert stored.plan() == []
    assert not Limits()


def test_runs_that_were_not_active_for_so_many_days_go(stored):
    stored.add("old", days=11).add("running", days=50, running=True).add("new", days=9)
    assert stored.plan(days=10) == [("run", "old")]
    assert stored.plan(days=0) == [("run", "old"), ("run", "new")]


def test_of_too_many_runs_the_oldest_go_that_have_ended(stored):
    stored.add("a", days=5, running=True).add("b", "q", days=4).add("c", days=3).add("d", days=2).add("e", "q", days=1)
    assert stored.plan(runs=3) == [("run", "b"), ("run", "c")]
    assert stored.plan(project_runs=2) == [("run", "c")]
    assert stored.plan(project_runs=1, runs=2) == [("run", "c"), ("run", "d"), ("run", "b")]
    assert stored.plan(runs=0) == [("run", name) for name in "bcde"]


def test_each_user_has_as_many_runs_and_bytes_whatever_their_projects(stored):
    for age, (name, project, user) in enumerate([("c", "q", "bo"), ("b", "q", "al"), ("a", "p", "al")], 1):
        stored.add(name, project, days=age, size=2, image=name.encode() * 10**6, user=user)
    assert stored.plan(user_runs=1) == [("run", "a")]
    assert stored.plan(user_runs=1, runs=1) == [("run", "a"), ("run", "b")]
    assert stored.plan(user_bytes=10**6 + 200_000) == [("media", "a")]
    assert stored.plan(user_bytes=10**6 + 200_000, project_bytes=10**6 + 200_000) == [("media", "b")]


def test_media_go_before_runs_and_only_as_many_as_must(stored):
    for age, name in zip((3, 2, 1), "abc", strict=True):
        stored.add(name, days=age, size=2, image=os.urandom(1_000_000))
    assert stored.plan(bytes=4 * 10**6) == []
    assert stored.plan(bytes=2 * 10**6 + 200_000) == [("media", "a")]
    assert stored.plan(bytes=200_000) == [("media", name) for name in "abc"]
    assert stored.plan(bytes=120_000) == [*(("media", name) for name in "abc"), ("run", "a")]
    assert stored.plan(bytes=0) == [*(("media", name) for name in "abc"), *(("run", name) for name in "abc")]


def test_a_blob_that_two_runs_share_is_free_with_the_second_one(stored):
    stored.add("a", days=3, image=b"x" * 10**6).add("b", days=2, image=b"x" * 10**6)
    made = plan(stored.house.store, stored.house.blobs, Limits(bytes=10_000), NOW)
    assert [action.bytes for action in made.actions] == [0, 10**6]
    assert made.before - made.after == 10**6


def test_what_projects_share_does_not_make_a_project_lose_all_it_has(stored):
    stored.add("a", days=4, image=b"x" * 10**6).add("b", days=3, image=b"y" * 10**6)
    stored.add("c", "q", days=2, image=b"x" * 10**6)
    assert stored.plan(project_bytes=10**6 + 100_000) == [("media", "a")]


def test_deleted_runs_do_not_count(stored):
    stored.add("a", days=3).add("b", days=2)
    stored.house.edit("delete_run", run="a")
    assert stored.plan(runs=1) == []


def test_a_report_tells_what_takes_how_much_and_what_is_to_go(stored):
    stored.add("a", days=3, size=1, image=b"x" * 1_000).add("b", days=2)
    stored.house.edit("delete_run", run="b")
    unused = stored.house.blobs / "ab" / ("ab" * 32)
    unused.parent.mkdir(exist_ok=True)
    unused.write_bytes(b"1234567")
    found = report(stored.house.store, stored.house.blobs, Limits(runs=0), NOW)
    json.dumps(found)
    assert found["limits"] == {"runs": 0}
    assert found["unused_blobs"] == {"files": 1, "bytes": 7}
    assert found["deleted"]["runs"] == 1
    assert found["deleted"]["bytes"] > 0
    (action,) = found["actions"]
    assert (action["what"], action["run"], action["reason"]) == ("run", "a", "more than 0 in all")
    assert found["runs"]["bytes"] - found["runs"]["bytes_after"] == action["bytes"] > 10_000
    lines = list(told(found))
    assert any("run 'a' of 'p'" in line for line in lines)
    assert "Deleted runs: 1" in lines[1]


def test_a_store_without_anything_has_a_report(house):
    house.blobs.rmdir()
    assert report(house.store, house.blobs, Limits(bytes=0), NOW)["actions"] == []
