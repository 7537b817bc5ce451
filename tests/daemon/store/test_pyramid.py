from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackiod.store import bucket, chunk, keys, pyramid
from trackiod.store.bucket import Buckets
from trackiod.store.chunk import CHUNK, Points
from trackiod.store.env import Store, scan
from trackiod.store.pyramid import ALL, BASE, FAN, GROUP, NODE, SeriesId, Span

SERIES = SeriesId("a" * 32, 0, "loss")
STRIDE = 3
#: Two levels, a node's worth of the first one beside them, and a chunk that is not full.
COUNT = NODE * BASE * (FAN + 1) + CHUNK + 100
RANDOM = np.random.default_rng(0)


def made(count=COUNT):
    steps = np.arange(count) * STRIDE
    values = RANDOM.normal(size=count)
    values[::997] = np.nan
    return Points(steps, 1_000_000 + np.arange(count) * 7, values.view(np.int64), np.zeros(count, np.bool_))


def put(txn, points):
    for at in range(0, len(points), CHUNK):
        part = points[at : at + CHUNK]
        txn.put(SERIES.chunks() + keys.step_bytes(int(part.steps[0])), chunk.encode(part))
    pyramid.build(txn, SERIES)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    store, points = Store.open(tmp_path_factory.mktemp("pyramid") / "store"), made()
    with store.write() as txn:
        put(txn, points)
    with store.read() as txn:
        yield txn, points
    store.close()


@pytest.fixture
def txn(tmp_path):
    store = Store.open(tmp_path / "store")
    with store.write() as txn:
        yield txn
    store.close()


def truth(points, span):
    return bucket.of_points(span.of(points)).grouped(np.array([0]))


def assert_true(found, points, span):
    """What was found is of exactly the points in the span, and says of them what is so."""
    buckets = found if isinstance(found, Buckets) else bucket.of_points(found)
    expected = span.of(points)
    if not len(expected):
        assert len(buckets) == 0
        return
    assert buckets.count.sum() == len(expected)
    assert (buckets.step_first[1:] > buckets.step_last[:-1]).all()
    whole, real = buckets.grouped(np.array([0])), truth(points, span)
    for name in set(Buckets.__slots__) - {"total"}:
        np.testing.assert_array_equal(getattr(whole, name), getattr(real, name), err_msg=name)
    np.testing.assert_allclose(whole.total, real.total, atol=1e-6)


def test_levels_hold_whole_nodes_only_and_the_rest_is_read_below(filled):
    txn, _ = filled
    nodes = {level: len(list(scan(txn, SERIES.level(level)))) for level in (1, 2, 3)}
    assert nodes == {1: FAN + 1, 2: 1, 3: 0}
    assert pyramid.height(txn, SERIES) == 2
    assert pyramid.count(txn, SERIES) == COUNT


@pytest.mark.parametrize("enough", [1, 100, 600, 5000, 10**7])
def test_the_whole_series_is_told_truly_from_every_level(filled, enough):
    txn, points = filled
    found = pyramid.read(txn, SERIES, ALL, enough)
    assert_true(found, points, ALL)
    assert len(found) >= min(enough, COUNT)


def test_what_is_read_follows_what_is_asked_for_not_the_length(filled):
    txn, _ = filled
    assert len(pyramid.read(txn, SERIES, ALL, 500)) < 10_000
    assert isinstance(pyramid.read(txn, SERIES, ALL, 10**7), Points)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_part_is_told_truly_on_either_axis(filled, data):
    txn, points = filled
    x = data.draw(st.sampled_from(["step", "time"]))
    axis = points.steps if x == "step" else points.times
    margin = st.integers(-100, COUNT * 7 + 100)
    ends = sorted((data.draw(margin) + int(axis[0]), data.draw(margin) + int(axis[0])))
    span = Span(x, *ends)
    assert_true(pyramid.read(txn, SERIES, span, data.draw(st.sampled_from([1, 50, 1000]))), points, span)


def test_steps_may_be_bounded_beside_the_span(filled):
    txn, points = filled
    found = pyramid.read(txn, SERIES, Span("time", 1_000_000, 1_900_000), 10, since=3000, until=30_000)
    assert_true(found, points[1000:10_001], ALL)


def test_points_and_counts_of_an_empty_series_are_none(txn):
    assert len(pyramid.points(txn, SERIES, 0, 10)) == 0
    assert pyramid.count(txn, SERIES) == 0
    assert len(pyramid.read(txn, SERIES, ALL, 10)) == 0


@pytest.mark.parametrize("kept", [0, 10, GROUP, GROUP * FAN, GROUP * FAN + 3])
def test_a_cut_leaves_only_nodes_of_what_comes_before_and_they_grow_again(txn, kept):
    points = made()
    put(txn, points)
    first = kept * CHUNK * STRIDE
    pyramid.cut(txn, SERIES, first)
    for level in (1, 2):
        for _, value in scan(txn, SERIES.level(level)):
            assert bucket.decode(value).step_last[-1] < first
    pyramid.build(txn, SERIES)
    assert_true(pyramid.read(txn, SERIES, ALL, 1), points, ALL)
    assert pyramid.height(txn, SERIES) == 2


def test_renewed_nodes_tell_the_new_values(txn):
    points = made()
    put(txn, points)
    at = 5 * CHUNK
    values = points.floats().copy()
    values[at : at + 10] = 99.0
    changed = Points(points.steps, points.times, values.view(np.int64), points.ints)
    part = changed[at : at + CHUNK]
    txn.put(SERIES.chunks() + keys.step_bytes(int(part.steps[0])), chunk.encode(part))
    pyramid.renew(txn, SERIES, int(part.steps[0]), int(part.steps[9]))
    for enough in (1, 600, 5000):
        assert_true(pyramid.read(txn, SERIES, ALL, enough), changed, ALL)


def test_nodes_are_the_same_however_the_chunks_came(txn, filled):
    reading, points = filled
    for end in (CHUNK, 3 * CHUNK, 9 * CHUNK, 30 * CHUNK, COUNT):
        held = list(scan(txn, SERIES.chunks()))
        done = sum(chunk.length(value) for _, value in held)
        put(txn, points[done:end])
    for level in (0, 1, 2):
        assert list(scan(txn, SERIES.level(level))) == list(scan(reading, SERIES.level(level)))
