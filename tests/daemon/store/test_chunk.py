"""trackiod/store/chunk.py: points come back bit for bit; bytes that are no chunk are a ValueError."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackiod.store import chunk
from trackiod.store.chunk import CHUNK, Points

int64 = st.integers(-(2**63), 2**63 - 1)
QUIET = 0x7FF8000000000123


def columns(steps, times, words, ints):
    return Points(np.array(steps, np.int64), np.array(times, np.int64), np.array(words, np.int64), np.array(ints, bool))


def of(*values, steps=None):
    """Points of these values, ints as ints."""
    ints = [isinstance(value, int) for value in values]
    words = [value if isinstance(value, int) else int(np.float64(value).view(np.int64)) for value in values]
    steps = range(len(values)) if steps is None else steps
    return columns(steps, [1000 * n for n in range(len(values))], words, ints)


def same(found, points):
    for name in ("steps", "times", "words", "ints"):
        assert getattr(found, name).tolist() == getattr(points, name).tolist(), name
    return True


@st.composite
def points(draw):
    count = draw(st.integers(1, 60))

    def column(elements):
        return draw(st.lists(elements, min_size=count, max_size=count))

    strange = st.sampled_from([QUIET, -(2**63), 2**63 - 1, 0x7FF0000000000001, 0, 1])
    flags = draw(st.sampled_from([st.just(True), st.just(False), st.booleans()]))
    return columns(column(int64), column(int64), column(int64 | strange), column(flags))


@given(points())
def test_points_come_back_bit_for_bit(given_points):
    assert same(chunk.decode(chunk.encode(given_points)), given_points)


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, CHUNK, 65_535])
def test_a_chunk_of_any_length_comes_back(count):
    numbers = np.arange(count)
    mixed = Points(numbers * 3, numbers * 1000, numbers * 7, numbers % 3 == 0)
    assert same(chunk.decode(chunk.encode(mixed)), mixed)


def test_a_chunk_of_a_plain_metric_takes_little_more_than_its_values():
    steps = np.arange(CHUNK)
    times = 1_700_000_000_000 + steps * 50
    words = np.random.default_rng(1).standard_normal(CHUNK).view(np.int64)
    floats = chunk.encode(Points(steps, times, words, np.zeros(CHUNK, bool)))
    assert len(floats) < 8 * CHUNK + 64
    counter = chunk.encode(Points(steps, times, steps * 8, np.ones(CHUNK, bool)))
    assert len(counter) < 64


@given(points(), st.data())
def test_a_chunk_that_was_cut_off_is_a_value_error(given_points, data):
    whole = chunk.encode(given_points)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(ValueError):
        chunk.decode(whole[:cut])


@given(points(), st.data())
def test_a_damaged_chunk_is_a_value_error_or_other_points(given_points, data):
    harmed = bytearray(chunk.encode(given_points))
    for at in data.draw(st.lists(st.integers(0, len(harmed) - 1), min_size=1, max_size=3)):
        harmed[at] = data.draw(st.integers(0, 255))
    try:
        found = chunk.decode(bytes(harmed))
    except ValueError:
        return
    assert len(found.times) == len(found.words) == len(found.ints) == len(found)


@given(st.binary(max_size=60))
def test_bytes_that_are_no_chunk_are_a_value_error(data):
    try:
        found = chunk.decode(data)
    except ValueError:
        return
    assert len(found) == int.from_bytes(data[:2], "little")


def test_a_chunk_of_no_points_is_a_value_error():
    for kind in range(3):
        whole = bytearray(chunk.encode(of(*[(1, 5, 7), (0.1, 0.2, 0.4), (1, 0.5, 2)][kind], steps=[1, 2, 4])))
        whole[:2] = b"\0\0"
        with pytest.raises(ValueError):
            chunk.decode(bytes(whole))


def test_values_are_what_was_logged():
    found = of(3, 0.5, 2**63 - 1, -0.0)
    assert [found.value(at) for at in range(4)] == [3, 0.5, 2**63 - 1, 0.0]
    assert [type(found.value(at)) for at in range(4)] == [int, float, int, float]
    assert math.copysign(1, found.value(3)) == -1
    assert found.value(-1) == 0.0
    assert found.floats().tolist() == [3.0, 0.5, 2.0**63, 0.0]


def test_of_each_step_the_point_that_came_last_counts():
    found = chunk.latest(of(1.0, 2.0, 3.0, 4.0, 5.0, steps=[5, 3, 5, -(2**63), 3]))
    assert found.steps.tolist() == [-(2**63), 3, 5]
    assert found.floats().tolist() == [4.0, 5.0, 3.0]


@given(st.lists(st.tuples(st.integers(-5, 5) | int64, st.floats(allow_nan=False)), max_size=60))
def test_the_latest_points_are_what_a_dictionary_would_keep(pairs):
    found = chunk.latest(of(*[value for _, value in pairs], steps=[step for step, _ in pairs]))
    kept = sorted(dict(pairs).items())
    assert list(zip(found.steps.tolist(), found.floats().tolist(), strict=True)) == kept


@given(st.sets(st.integers(-20, 20) | int64, max_size=30), int64 | st.integers(-20, 20), int64 | st.integers(-20, 20))
def test_a_range_of_steps_includes_both_ends(steps, first, last):
    steps = sorted(steps)
    found = chunk.within(of(*[float(n) for n in range(len(steps))], steps=steps), first, last)
    assert found.steps.tolist() == [step for step in steps if first <= step <= last]


def test_parts_are_joined_in_order():
    one, two = of(1.0, 2), of(3.0)
    assert same(
        chunk.joined([one, two]), columns([0, 1, 0], [0, 1000, 0], [*one.words, *two.words], [False, True, False])
    )
    assert chunk.joined([one]) is one
    assert len(chunk.joined([])) == len(chunk.empty()) == 0


def test_golden_chunks_are_read_and_written_as_ever(golden):
    for name, held in golden["chunks"].items():
        data = bytes.fromhex(held["hex"])
        words = np.array([int(word, 16) for word in held["words"]], np.uint64).view(np.int64)
        expected = columns(held["steps"], held["times"], words, held["ints"])
        assert same(chunk.decode(data), expected), name
        assert [str(expected.value(at)) for at in range(len(expected))] == held["values"], name
        # What zlib makes of a column differs from one version of it to the next.
        assert held["deflated"] or chunk.encode(expected) == data, name


def test_golden_chunks_have_each_kind_of_values(golden):
    assert {bytes.fromhex(held["hex"])[2] for held in golden["chunks"].values()} == {0, 1, 2}
