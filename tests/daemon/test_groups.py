from __future__ import annotations

import math
import uuid

import numpy as np
import pytest

from trackio.wire import Attach, RunStart, Schema, encode, framed, row_struct
from trackiod import apply
from trackiod.groups import GroupsRequest, groups
from trackiod.live import Changes
from trackiod.store import keys
from trackiod.store.env import Store, scan
from trackiod.store.levels import Gap

SECOND = 10**9
START = 1_700_000_000


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def logged(store):
    """Stores a run of these values, a step apart times `stride`, or a process of `run`; returns its id.

    The first value lies in a batch of its own.
    """

    def log(values, stride=1, first=0, run=None, created=START):
        begins = RunStart(uuid.uuid4().hex, "p", "run", None, {}, "never", created * SECOND)
        if run is not None:
            begins = Attach(run, "p", "run", created * SECOND)
        form, head, commit = row_struct(0, "d")
        steps = [first + stride * at for at in range(len(values))]
        bodies = [
            framed(encode(begins)),
            framed(encode(Schema(0, ("loss",), "d"))),
            *(
                form.pack(head, step, (START + step) * SECOND, value, commit)
                for step, value in zip(steps, values, strict=True)
            ),
        ]
        writer, halves = uuid.uuid4().bytes, (bodies[:3], bodies[3:])
        for at, part in zip((0, 3), halves, strict=True):
            if part:
                with store.write() as txn:
                    apply.store(txn, apply.Piece(writer, at, len(part), b"".join(part)), Changes())
        return begins.run

    return log


@pytest.fixture
def epochs(store):
    """Stores a run of these values and, at the same steps, of `epoch`; returns its id."""

    def log(values, epoch):
        begins = RunStart(uuid.uuid4().hex, "p", "run", None, {}, "never", START * SECOND)
        form, head, commit = row_struct(0, "dd")
        rows = enumerate(zip(values, epoch, strict=True))
        bodies = [framed(encode(begins)), framed(encode(Schema(0, ("loss", "epoch"), "dd")))]
        bodies += [form.pack(head, step, START * SECOND, *row, commit) for step, row in rows]
        with store.write() as txn:
            apply.store(txn, apply.Piece(uuid.uuid4().bytes, 0, len(bodies), b"".join(bodies)), Changes())
        return begins.run

    return log


@pytest.fixture
def ask(store):
    def asked(*members, x="step", width=200, first=None, last=None, **more):
        named = tuple((str(number), tuple(runs)) for number, runs in enumerate(members))
        with store.read() as txn:
            return groups(txn, GroupsRequest("loss", named, x, width, first, last, **more))

    return asked


def column(group, name):
    return group.columns[name].tolist()


def test_mean_spread_and_extremes_are_those_of_the_runs_at_each_step(logged, ask):
    runs = [logged([1.0, 2.0, 3.0]), logged([3.0, 2.0, 1.0]), logged([5.0, 2.0, 5.0])]
    (group,) = ask(runs)
    assert column(group, "at") == [0, 1, 2]
    assert column(group, "mean") == [3.0, 2.0, 3.0]
    assert column(group, "std") == [2.0, 0.0, 2.0]
    assert (column(group, "min"), column(group, "max")) == ([1.0, 2.0, 1.0], [5.0, 2.0, 5.0])
    assert column(group, "runs") == [3, 3, 3]
    assert group.extent == (0, 2)


def test_quartiles_are_those_of_the_runs_that_are_there(logged, ask):
    values = [1.0, 2.0, 4.0, 8.0, 16.0]
    (group,) = ask([logged([value, value]) for value in values] + [logged([100.0], first=1)])
    assert (column(group, "q1")[0], column(group, "q3")[0]) == tuple(np.quantile(values, [0.25, 0.75]))
    assert (column(group, "q1")[1], column(group, "q3")[1]) == tuple(np.quantile([*values, 100.0], [0.25, 0.75]))
    assert group.points == 11


def test_processes_of_a_run_are_taken_each_for_itself_when_asked(logged, ask):
    run = logged([1.0, 1.0])
    logged([3.0, 5.0], run=run)
    (alone,) = ask([run])
    (second,) = ask([run], member=1)
    assert column(second, "mean") == [3.0, 5.0]
    (all_of_it,) = ask([run], member="all")
    assert (column(alone, "mean"), column(alone, "runs")) == ([1.0, 1.0], [1, 1])
    assert (column(all_of_it, "mean"), column(all_of_it, "max")) == ([2.0, 3.0], [3.0, 5.0])
    assert column(all_of_it, "runs") == [2, 2]


def test_relative_time_counts_from_when_each_run_was_created(logged, ask):
    runs = [logged([1.0, 2.0]), logged([5.0, 6.0], first=100, created=START + 100)]
    (group,) = ask(runs, x="relative", width=2)
    assert group.extent == (0, 1)
    assert (column(group, "mean"), column(group, "runs")) == ([3.0, 4.0], [2, 2])
    (late,) = ask(runs, x="relative", width=2, first=0.5, last=1)
    assert column(late, "mean") == [4.0]


def test_over_another_metric_runs_meet_where_that_is_equal(logged, ask, epochs):
    slow, fast = epochs([0.0, 1.0, 2.0], [0.0, 0.5, 1.0]), epochs([10.0, 20.0], [0.0, 1.0])
    (group,) = ask([slow, fast, logged([7.0])], x="metric", axis="epoch", width=2)
    assert group.extent == (0, 1)
    assert (column(group, "mean"), column(group, "runs")) == ([(0 + 10) / 2, (1.5 + 20) / 2], [2, 2])
    (last,) = ask([slow, fast], x="metric", axis="epoch", width=1, first=0.9, last=1.0)
    assert column(last, "mean") == [11.0]


def test_of_many_runs_the_grid_is_coarser_so_that_they_fit(logged, ask, monkeypatch):
    monkeypatch.setattr("trackiod.groups.MOST_VALUES", 600)
    (group,) = ask([logged([1.0] * 1000) for _ in range(6)], width=500)
    assert len(column(group, "at")) == 100


def test_groups_come_in_order_on_one_grid(logged, ask):
    short, long = logged([1.0] * 10), logged([2.0] * 1000)
    first, second = ask([short], [long], width=100)
    assert (first.name, second.name) == ("0", "1")
    assert first.extent == second.extent == (0, 999)
    assert first.bucket == second.bucket == 10
    assert len(column(second, "at")) == 100
    assert column(first, "at") == column(second, "at")[:1]


def test_a_run_that_logs_seldom_is_in_every_mean_between_its_points(logged, ask):
    often, seldom = logged([0.0] * 101), logged([0.0, 10.0], stride=100)
    (group,) = ask([often, seldom])
    assert column(group, "runs") == [2] * 101
    np.testing.assert_allclose(group.columns["mean"], np.linspace(0, 5, 101))


def test_beyond_its_points_a_run_counts_no_more(logged, ask):
    (group,) = ask([logged([1.0] * 10), logged([3.0] * 5, first=3)])
    assert column(group, "runs") == [1, 1, 1, 2, 2, 2, 2, 2, 1, 1]
    assert column(group, "mean") == [1, 1, 1, 2, 2, 2, 2, 2, 1, 1]


def test_extremes_within_a_part_of_the_grid_are_kept(logged, ask):
    values = [0.0] * 10_000
    values[5_432] = 99.0
    values[7_000] = -99.0
    (group,) = ask([logged(values), logged([0.0] * 10_000)], width=50)
    assert (max(column(group, "max")), min(column(group, "min"))) == (99.0, -99.0)
    assert max(column(group, "mean")) < 1.0


def test_what_is_not_finite_is_passed_over(logged, ask):
    (group,) = ask([logged([1.0, math.nan, 3.0]), logged([1.0, 2.0, math.inf])])
    assert column(group, "mean") == [1.0, 2.0, 3.0]
    assert column(group, "runs") == [2, 2, 1]


def test_on_the_axis_of_time_the_grid_is_in_seconds(logged, ask):
    (group,) = ask([logged([1.0] * 100)], x="time", width=10)
    assert group.extent == (START, START + 99)
    assert len(column(group, "at")) == 10
    assert START < column(group, "at")[0] < START + 10


def test_a_part_of_the_axis_is_looked_at_as_finely_as_the_whole(logged, ask):
    runs = [logged([float(n) for n in range(10_000)]) for _ in range(2)]
    (group,) = ask(runs, first=100, last=299, width=100)
    assert group.bucket == 2
    assert column(group, "mean")[:3] == [100.5, 102.5, 104.5]


def test_what_is_missing_of_a_run_is_said_of_its_group(store, logged, ask):
    runs = [logged([1.0, 3.0]), logged([3.0, 5.0]), logged([7.0, 7.0])]
    with store.write() as txn:
        key, value = next(scan(txn, keys.tails(runs[1], 0)))
        txn.put(key, value[:-5] + bytes([value[-5] ^ 1]) + value[-4:])
    whole, lacking = ask([runs[0], runs[2]], [runs[1]])
    assert (column(whole, "mean"), whole.missing) == ([4.0, 5.0], ())
    assert (column(lacking, "mean"), lacking.missing) == ([5.0], (Gap(None, None),))


@pytest.mark.parametrize("members", [[], ["none"]])
def test_a_group_without_values_is_there_and_empty(logged, ask, members):
    logged([1.0])
    (group,) = ask(members)
    assert (group.extent, group.bucket) == (None, None)
    assert all(len(values) == 0 for values in group.columns.values())
    empty, full = ask(members, [logged([1.0])])
    assert (len(empty.columns["at"]), len(full.columns["at"])) == (0, 1)
