"""trackiod/store/chunks.py: points go where they belong, and only what they fall in is read and written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackiod.store import chunk, chunks, keys
from trackiod.store.chunk import Points
from trackiod.store.env import Store, scan
from trackiod.store.levels import CHUNKS, LEAST, MOST, Gap, Levels, SeriesId
from trackiod.store.stamps import Stamps

SERIES = SeriesId("a" * 32, 0, "loss")
SIZE = 16


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", SIZE)


@pytest.fixture
def levels(txn):
    return Levels.of(txn, SERIES)


def points(steps, value=0):
    steps = np.asarray(list(steps), np.int64)
    return Points(steps, steps * 50, np.full(len(steps), value), np.ones(len(steps), np.bool_))


def sizes(levels):
    return [chunk.length(value) for _, value in levels.behind(CHUNKS)]


def steps(levels):
    return chunks.points(levels, LEAST, MOST).steps.tolist()


def put(levels, steps):
    chunks.append(levels, points(steps))
    levels.stamps.settle()


def test_chunks_fill_one_after_another(levels):
    put(levels, range(5))
    put(levels, range(5, 20))
    put(levels, range(20, 60))
    assert sizes(levels) == [SIZE, SIZE, SIZE, 12]
    assert steps(levels) == list(range(60))
    assert len(list(scan(levels.txn, keys.STAMPS))) == 4


def test_points_between_others_divide_what_overflows_evenly(levels):
    put(levels, range(0, 96, 2))
    assert chunks.merge(levels, points([33, 35, 37])) == [32]
    assert sizes(levels) == [SIZE, 9, 10, SIZE]


def test_points_that_take_the_place_of_others_change_no_size(levels):
    put(levels, range(60))
    assert chunks.merge(levels, points([3, 20, 21], value=7)) == [0, 16]
    assert sizes(levels) == [SIZE, SIZE, SIZE, 12]
    found = chunks.points(levels, LEAST, MOST)
    assert found.steps[found.words == 7].tolist() == [3, 20, 21]


def test_points_before_the_first_chunk_go_into_it(levels):
    put(levels, range(10))
    assert chunks.merge(levels, points([-3, -2])) == [-3]
    assert sizes(levels) == [12]
    assert steps(levels) == [-3, -2, *range(10)]


def test_the_last_chunk_overflows_into_full_ones(levels):
    put(levels, range(0, 60, 2))
    assert chunks.merge(levels, points([51, 57, *range(60, 75)])) == [32]
    assert sizes(levels) == [SIZE, SIZE, 15]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 300), min_size=1, max_size=60), min_size=1, max_size=8))
def test_whatever_comes_chunks_are_in_order_half_full_and_counted_where_they_share(tmp_path_factory, arriving):
    store, expected = Store.open(tmp_path_factory.mktemp("chunks") / "store"), {}
    with store.write() as txn:
        levels = Levels.of(txn, SERIES)
        for number, batch in enumerate(arriving):
            chunks.merge(levels, points(sorted(set(batch)), value=number))
            levels.stamps.settle()
            expected |= dict.fromkeys(batch, number)
        found = chunks.points(levels, LEAST, MOST)
        assert dict(zip(found.steps.tolist(), found.words.tolist(), strict=True)) == expected
        assert found.steps.tolist() == sorted(expected)
        assert all(SIZE // 2 <= size <= SIZE for size in sizes(levels)[:-1])
        assert len(list(scan(txn, keys.STAMPS))) == len(sizes(levels))
    store.close()


def harm(levels, number):
    key, value = list(levels.behind(CHUNKS))[number]
    levels.txn.put(key, value[:-5] + bytes([value[-5] ^ 1]) + value[-4:])


def test_what_cannot_be_read_is_left_out_and_named(levels):
    put(levels, range(40))
    harm(levels, 1)
    assert steps(levels) == [*range(16), *range(32, 40)]
    assert levels.missing == [Gap(16, 31)]
    assert chunks.ends(levels).steps.tolist() == [0, 39]


def test_the_ends_are_those_that_can_be_read(levels):
    assert len(chunks.ends(levels)) == 0
    assert chunks.last_step(levels) is None
    put(levels, range(40))
    for number in (0, 2):
        harm(levels, number)
    assert chunks.ends(levels).steps.tolist() == [16, 31]
    assert set(levels.missing) == {Gap(0, 15), Gap(32, None)}
    assert chunks.last_step(levels) == 39
    harm(levels, 1)
    assert len(chunks.ends(levels)) == 0


def test_the_last_step_is_that_of_the_last_chunk_whose_steps_can_be_read(levels):
    put(levels, range(40))
    *_, (key, value) = list(scan(levels.txn, keys.STAMPS))
    levels.txn.put(key, value[:-1] + b"?")
    assert chunks.last_step(Levels.of(levels.txn, SERIES)) == 31


@pytest.mark.parametrize(("where", "first"), [([3, 4], 0), ([20], 16), ([39, 40, 41], 32)])
def test_a_damaged_chunk_into_which_points_fall_is_laid_aside(levels, where, first):
    put(levels, range(40))
    harm(levels, first // SIZE)
    chunks.merge(levels, points(where))
    lost = set(range(first, min(first + SIZE, 40)))
    assert steps(levels) == sorted({*range(40)} - lost | {*where})
    assert chunks.laid_aside(levels) == [Gap(first, None)]


def test_a_series_that_shares_with_no_other_has_its_steps_and_times_itself(txn):
    alone = Levels(txn, SERIES, Stamps(txn, SERIES.run, SERIES.member), alone=True)
    put(alone, range(40))
    assert list(scan(txn, keys.STAMPS)) == []
    assert steps(alone) == list(range(40))
    assert chunks.last_step(alone) == 39
    shared = Levels.of(txn, SERIES)
    chunks.merge(shared, points([3, 50]))
    shared.stamps.settle()
    assert len(list(scan(txn, keys.STAMPS))) == 2
    chunks.merge(alone, points([4]))
    alone.stamps.settle()
    assert len(list(scan(txn, keys.STAMPS))) == 1
    assert steps(alone) == [*range(40), 50]


def noisy(count, first=0):
    """Points of full size, of which no two are alike."""
    rng = np.random.default_rng(1)
    steps = np.arange(first, first + count)
    times = np.cumsum(rng.integers(40, 60, count))
    return Points(steps, times, rng.standard_normal(count).view(np.int64), np.zeros(count, np.bool_))


@pytest.mark.parametrize("batch", [600, 100_000])
def test_a_chunk_with_its_own_steps_and_times_fills_its_pages(txn, monkeypatch, batch):
    monkeypatch.setattr(chunks, "CHUNK", chunk.CHUNK)
    alone = Levels(txn, SERIES, Stamps(txn, SERIES.run, SERIES.member), alone=True)
    whole = noisy(20_000)
    for at in range(0, len(whole), batch):
        chunks.append(alone, whole[at : at + batch])
    full = [value for _, value in alone.behind(CHUNKS)][:-1]
    assert all(chunk.CHUNK < chunk.length(value) <= chunk.LARGEST for value in full)
    assert all(0 <= -(len(value) + 16) % 4096 < 700 for value in full)
    np.testing.assert_array_equal(chunks.points(alone, LEAST, MOST).words, whole.words)
