from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackiod.store import bucket, chunk, chunks, keys, pyramid
from trackiod.store.bucket import Buckets
from trackiod.store.chunk import CHUNK, Points
from trackiod.store.env import Store
from trackiod.store.levels import LEAST, Gap, Levels, SeriesId
from trackiod.store.pyramid import ALL, BASE, FAN, NODE, Span

SERIES = SeriesId("a" * 32, 0, "loss")
STRIDE = 3
#: Full chunks under a node of level 1.
GROUP = NODE // -(-CHUNK // BASE)
#: Two levels, a node's worth of the first one beside them, a chunk more, and one that is not full.
COUNT = CHUNK * GROUP * (FAN + 1) + CHUNK + 100
RANDOM = np.random.default_rng(0)


def made(count=COUNT):
    steps = np.arange(count) * STRIDE
    values = RANDOM.normal(size=count)
    values[::997] = np.nan
    return Points(steps, 1_000_000 + np.arange(count) * 7, values.view(np.int64), np.zeros(count, np.bool_))


def put(levels, points):
    """Append points as they come, so many at once."""
    chunks.append(levels, points)
    pyramid.build(levels)
    levels.stamps.settle()


def insert(levels, points):
    pyramid.renew(levels, chunks.merge(levels, points))
    levels.stamps.settle()


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    store, points = Store.open(tmp_path_factory.mktemp("pyramid") / "store"), made()
    with store.write() as txn:
        put(Levels.of(txn, SERIES), points)
    with store.read() as txn:
        yield Levels.of(txn, SERIES), points
    store.close()


@pytest.fixture
def levels(tmp_path):
    store = Store.open(tmp_path / "store")
    with store.write() as txn:
        yield Levels.of(txn, SERIES)
    store.close()


def harm(levels, level, number):
    """Flip a bit in a record of a level, of all by their order; return its first step."""
    key, value = list(levels.behind(level))[number]
    levels.txn.put(key, value[:-9] + bytes([value[-9] ^ 1]) + value[-8:])
    return keys.step_of(key)


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
    levels, _ = filled
    assert [len(list(levels.behind(level))) for level in (1, 2, 3)] == [FAN + 1, 1, 0]
    assert pyramid.height(levels) == 2
    assert pyramid.count(levels) == COUNT


@pytest.mark.parametrize("enough", [1, 100, 600, 5000, 10**7])
def test_the_whole_series_is_told_truly_from_every_level(filled, enough):
    levels, points = filled
    found = pyramid.read(levels, ALL, enough)
    assert_true(found, points, ALL)
    assert len(found) >= min(enough, COUNT)


def test_what_is_read_follows_what_is_asked_for_not_the_length(filled):
    levels, _ = filled
    assert len(pyramid.read(levels, ALL, 500)) < 10_000
    assert isinstance(pyramid.read(levels, ALL, 10**7), Points)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_part_is_told_truly_on_either_axis(filled, data):
    levels, points = filled
    x = data.draw(st.sampled_from(["step", "time"]))
    axis = points.steps if x == "step" else points.times
    margin = st.integers(-100, COUNT * 7 + 100)
    ends = sorted((data.draw(margin) + int(axis[0]), data.draw(margin) + int(axis[0])))
    span = Span(x, *ends)
    assert_true(pyramid.read(levels, span, data.draw(st.sampled_from([1, 50, 1000]))), points, span)


def test_steps_may_be_bounded_beside_the_span(filled):
    levels, points = filled
    found = pyramid.read(levels, Span("time", 1_000_000, 1_900_000), 10, since=3000, until=30_000)
    assert_true(found, points[1000:10_001], ALL)


def test_counts_of_an_empty_series_are_none(levels):
    assert pyramid.count(levels) == 0
    assert len(pyramid.read(levels, ALL, 10)) == 0


def test_nodes_are_the_same_however_the_points_came(levels, filled):
    reading, points = filled
    done = 0
    for end in (CHUNK, 3 * CHUNK, 9 * CHUNK, 30 * CHUNK, COUNT):
        put(levels, points[done:end])
        done = end
    for level in (0, 1, 2):
        assert list(levels.behind(level)) == list(reading.behind(level))


# ------------------------------------------------------------------------------------------------ between others


def merged(points, added):
    return chunk.latest(chunk.joined([points, added]))


def between(points, first, count):
    """Points at steps that are not there yet, from a place in a series on."""
    steps = points.steps[first : first + count] + 1
    return Points(steps, steps * 2, np.full(count, 9.5).view(np.int64), np.zeros(count, np.bool_))


@pytest.mark.parametrize(("first", "count"), [(5 * CHUNK, 10), (0, 1), (CHUNK - 5, CHUNK), (COUNT - 50, 50)])
def test_points_between_others_are_in_every_level(levels, first, count):
    points = made()
    put(levels, points)
    added = between(points, first, count)
    insert(levels, added)
    for enough in (1, 600, 5000):
        assert_true(pyramid.read(levels, ALL, enough), merged(points, added), ALL)
    assert pyramid.count(levels) == COUNT + count


def test_points_before_all_others_are_in_every_level(levels):
    points = made()
    put(levels, points)
    added = Points(np.arange(-20, -10), np.arange(10), np.arange(10), np.ones(10, np.bool_))
    insert(levels, added)
    assert {keys.step_of(next(levels.behind(level))[0]) for level in (0, 1, 2)} == {-20}
    for enough in (1, 600, 5000):
        assert_true(pyramid.read(levels, ALL, enough), merged(points, added), ALL)


def test_few_points_between_others_change_few_records(levels):
    points = made()
    put(levels, points)
    before = [dict(levels.behind(level)) for level in (0, 1, 2)]
    insert(levels, between(points, 20 * CHUNK + 7, 3))
    after = [dict(levels.behind(level)) for level in (0, 1, 2)]
    changed = [sum(old[key] != new.get(key) for key in old) for old, new in zip(before, after, strict=True)]
    assert changed == [1, 1, 1]
    assert [len(new) - len(old) for old, new in zip(before, after, strict=True)] == [1, 0, 0]


def test_a_node_that_grows_too_large_is_split(levels):
    points = made(CHUNK * GROUP * FAN + 1)
    put(levels, points)
    once = between(points, 0, CHUNK * GROUP + 100)
    added = chunk.latest(chunk.joined([once, Points(once.steps + 1, once.times, once.words, once.ints)]))
    insert(levels, added)
    sizes = [bucket.length(value) for _, value in levels.behind(1)]
    assert len(sizes) > FAN + 1
    assert max(sizes) <= 2 * NODE
    for enough in (1, 600, 5000):
        assert_true(pyramid.read(levels, ALL, enough), merged(points, added), ALL)


# ------------------------------------------------------------------------------------------------------- damage


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("number", [0, -1])
def test_what_a_damaged_node_told_is_read_below(levels, level, number):
    points = made()
    put(levels, points)
    harm(levels, level, number)
    for enough in (1, 600, 5000):
        assert_true(pyramid.read(levels, ALL, enough), points, ALL)
    assert pyramid.count(levels) == COUNT
    assert levels.missing == []


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_damaged_node_is_made_anew_when_something_under_it_changes(levels, number):
    points = made()
    put(levels, points)
    first = harm(levels, 1, number)
    added = between(points, first // STRIDE + 5, 10)
    insert(levels, added)
    assert_true(pyramid.read(levels, ALL, 5000), merged(points, added), ALL)
    for _, value in levels.behind(1):
        assert bucket.decode(value)
    assert len(list(levels.behind(1))) == FAN + 1


def test_a_damaged_node_is_made_anew_when_one_is_made_over_it(levels):
    points = made()
    part = CHUNK * GROUP * FAN
    put(levels, points[:part])
    harm(levels, 1, 2)
    put(levels, points[part:])
    assert [len(list(levels.behind(level))) for level in (1, 2)] == [FAN + 1, 1]
    assert_true(pyramid.read(levels, ALL, 1), points, ALL)


def test_a_damaged_chunk_is_told_of_by_whoever_reads_its_points(filled, levels):
    _, points = filled
    put(levels, points)
    first = harm(levels, 0, 20)
    assert_true(pyramid.read(levels, ALL, 600), points, ALL)
    assert levels.missing == []
    lost = (points.steps >= first) & (points.steps < first + CHUNK * STRIDE)
    assert_true(pyramid.read(levels, ALL, 10**7), points[~lost], ALL)
    assert levels.missing == [Gap(first, first + CHUNK * STRIDE - 1)]


def test_a_node_over_a_damaged_chunk_is_made_of_the_others_and_the_chunk_laid_aside(levels):
    points = made()
    put(levels, points[: GROUP * CHUNK])
    first = harm(levels, 0, 2)
    put(levels, points[GROUP * CHUNK :])
    lost = (points.steps >= first) & (points.steps < first + CHUNK * STRIDE)
    assert_true(pyramid.read(levels, ALL, 1), points[~lost], ALL)
    assert chunks.laid_aside(levels) == [Gap(first, None)]
    assert pyramid.count(levels) == COUNT - CHUNK


def test_the_last_chunk_is_under_no_node(levels):
    points = made(GROUP * CHUNK)
    put(levels, points)
    assert list(levels.behind(1)) == []
    put(levels, Points(*(np.array([v]) for v in (10**9, 0, 0)), np.array([True])))
    assert len(list(levels.behind(1))) == 1
    assert len(list(pyramid.settled(levels, 0, LEAST - 1))) == GROUP
