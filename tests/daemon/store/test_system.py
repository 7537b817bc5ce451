"""trackiod/store/system.py: system metrics are read by time, apart from what has a step, and go with their run."""

from __future__ import annotations

import pytest

from trackio.errors import ProtocolError
from trackio.wire import System
from trackiod import points, run
from trackiod.points import AfterRequest, SeriesRequest
from trackiod.store import members, names, runs, series

MS = 10**6


@pytest.fixture
def writer(house):
    return house.start()


@pytest.fixture
def sample(house, writer):
    """Logs samples of one system metric at some ms, with these values."""

    def log(*pairs, name="loss"):
        house.put(writer, *[System(ms * MS, {name: value}) for ms, value in pairs])

    return log


@pytest.fixture
def held(house, writer):
    """Returns times and values of a system metric."""

    def read(name="loss", run=None):
        with house.store.read() as txn:
            found = points.points_after(txn, AfterRequest(run or writer.run, name, None, None, 10**6, "system")).columns
        return list(zip(found["step"].tolist(), found["value"].tolist(), strict=True))

    return read


def test_a_system_metric_and_a_metric_of_one_name_are_two_series(house, writer, sample, held):
    house.log(writer, 3)
    sample((5_000, 37), (6_000, 38.5))
    assert held() == [(5_000, 37), (6_000, 38.5)]
    with house.store.read() as txn:
        metric = points.series_of(txn, SeriesRequest(writer.run, "loss", None, "step", 100, None, None))
        assert (metric.total, metric.kind, metric.last_step) == (3, "scalar", 2)
        assert sorted(names.of_run(txn, writer.run)) == [("loss", "scalar"), ("loss", "system")]
        assert run.of_record(txn, runs.run(txn, writer.run)).summary["loss"].count == 3
    assert house.names() == {("loss", "scalar"): 1, ("loss", "system"): 1}
    assert house.whole()


def test_system_metrics_are_no_rows_of_the_run_and_take_no_step(house, writer, sample):
    house.log(writer, 2)
    sample((10**9, 1))
    with house.store.read() as txn:
        assert members.get(txn, writer.run, 0).rows == 2
        assert members.get(txn, writer.run, 0).next_step == 2
        assert [number for number, _ in members.of_run(txn, writer.run)] == [0]
        assert [number for number, _ in members.of_system(txn, writer.run)] == [members.SYSTEM]
        assert runs.writer(txn, writer.id).rows == 2


def test_a_run_with_nothing_but_system_metrics_is_not_one_to_resume(house, sample):
    sample((1, 1))
    assert house.read(runs.find, "p", "first") is None


@pytest.mark.parametrize("name", ["loss", "gpu/0/utilization"])
def test_points_are_the_same_before_and_after_they_are_chunks(house, writer, sample, held, name):
    pairs = [(1_000 * n, n % 7) for n in range(200)]
    sample(*pairs[:100], name=name)
    house.compact(writer)
    assert house.records().get("c", 0) == 1
    sample(*pairs[100:], name=name)
    assert held(name) == pairs
    assert house.whole()


def test_few_samples_stay_as_they_came_until_their_writer_ends(house, writer, sample, held):
    sample(*[(n, n) for n in range(series.SYSTEM_ROWS - 1)])
    house.compact(writer)
    assert "c" not in house.records()
    house.finish(writer)
    house.compact(writer)
    assert (house.records()["c"], house.records().get("t", 0), len(held())) == (1, 0, series.SYSTEM_ROWS - 1)
    assert house.whole()


def test_of_two_samples_of_one_millisecond_the_later_one_counts(house, writer, sample, held):
    sample((7, 1.0), (8, 2.0), (7, 3.0))
    assert held() == [(7, 3.0), (8, 2.0)]
    house.finish(writer)
    house.compact(writer)
    assert held() == [(7, 3.0), (8, 2.0)]


def test_each_member_has_its_own(house, writer, sample, held):
    child, _ = house.attach(writer.run)
    house.put(child, System(9 * MS, {"loss": 9}))
    assert held() == [(9, 9)]  # the first that has any
    sample((5, 5))
    assert held() == [(5, 5)]
    with house.store.read() as txn:
        of_child = points.points_after(txn, AfterRequest(writer.run, "loss", 1, None, 9, "system"))
    assert (of_child.member, of_child.columns["value"].tolist()) == (1, [9])
    assert house.whole()


def test_they_go_with_their_run(house, writer, sample):
    sample(*[(n, n) for n in range(100)])
    house.compact(writer)
    sample((1_000, 1))
    house.finish(writer)
    house.edit("delete_run", run=writer.run)
    assert house.names() == {}
    house.edit("restore_run", run=writer.run)
    assert house.names() == {("loss", "scalar"): 1, ("loss", "system"): 1}
    house.edit("delete_run", run=writer.run)
    house.remove(writer.run)
    assert not {"c", "l", "m", "s", "t"} & house.records().keys()
    assert house.whole()


def test_what_is_no_number_is_refused_whole(house, writer):
    with pytest.raises(ProtocolError, match="system metric 'a' is a str"):
        house.put(writer, System(1, {"b": 1, "a": "text"}))
