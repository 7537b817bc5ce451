"""trackiod/store/chunk.py: points come back bit for bit; bytes that are no chunk are a ValueError."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackiod.store import chunk, stamps
from trackiod.store.chunk import CHUNK, Points

int64 = st.integers(-(2**63), 2**63 - 1)
QUIET = 0x7FF8000000000123
NAME = b"8 bytes."


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


def back(given_points):
    return chunk.decode(chunk.encode(given_points, NAME), given_points.steps, given_points.times)


def decoded(data, given_points):
    return chunk.decode(data, given_points.steps, given_points.times)


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
    assert same(back(given_points), given_points)


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, CHUNK, 65_535])
def test_a_chunk_of_any_length_comes_back(count):
    numbers = np.arange(count)
    mixed = Points(numbers * 3, numbers * 1000, numbers * 7, numbers % 3 == 0)
    assert same(back(mixed), mixed)


@given(points())
def test_a_chunk_may_have_its_steps_and_times_itself(given_points):
    data = chunk.encode_alone(given_points, stamps.packed(given_points.steps, given_points.times))
    assert chunk.stamps_of(data) is None
    assert same(chunk.decode(data, *stamps.columns(chunk.own_stamps(data))), given_points)
    harmed = data[:-5] + bytes([data[-5] ^ 1]) + data[-4:]
    for read in (chunk.own_stamps, lambda told: decoded(told, given_points)):
        with pytest.raises(ValueError, match="checksum"):
            read(harmed)


def test_a_chunk_keeps_its_length_and_the_name_of_its_steps_and_times():
    data = chunk.encode(of(1.0, 2.0, 3), NAME)
    assert (chunk.length(data), chunk.stamps_of(data)) == (3, NAME)


@pytest.mark.parametrize(("size", "pages"), [(8, 8), (4, 4)])
def test_full_chunks_of_values_fill_whole_pages(size, pages):
    """LMDB puts 16 bytes before a value that has pages of its own."""
    steps = np.arange(CHUNK)
    values = np.random.default_rng(1).standard_normal(CHUNK).astype(f"f{size}").astype(np.float64)
    data = chunk.encode(Points(steps, steps, values.view(np.int64), np.zeros(CHUNK, bool)), NAME)
    assert (pages - 1) * 4096 + 3500 < len(data) + 16 <= pages * 4096
    counter = chunk.encode(Points(steps, steps, steps * 8, np.ones(CHUNK, bool)), NAME)
    assert len(counter) < 40


@given(points(), st.data())
def test_a_chunk_that_was_cut_off_is_a_value_error(given_points, data):
    whole = chunk.encode(given_points, NAME)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(ValueError):
        decoded(whole[:cut], given_points)


@given(points(), st.data())
def test_a_flipped_bit_is_a_value_error(given_points, data):
    harmed = bytearray(chunk.encode(given_points, NAME))
    harmed[data.draw(st.integers(0, len(harmed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ValueError):
        decoded(bytes(harmed), given_points)


@given(st.binary(max_size=60))
def test_bytes_that_are_no_chunk_are_a_value_error(data):
    some = of(1.0, 2.0)
    for told in (data, chunk.of_values(2, data[0] if data else 0, data[1:], NAME)):
        try:
            found = decoded(told, some)
        except ValueError:
            continue
        assert len(found) == len(found.words) == len(found.ints) == 2


def test_a_chunk_of_another_length_than_its_steps_is_a_value_error():
    with pytest.raises(ValueError, match="3 points, and 2 steps"):
        decoded(chunk.encode(of(1.0, 2.0, 3.0), NAME), of(1.0, 2.0))


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
        uses, shared = stamps.decode(bytes.fromhex(held["stamps"]))
        assert uses == held["uses"]
        assert same(chunk.decode(data, *shared), expected), name
        assert [str(expected.value(at)) for at in range(len(expected))] == held["values"], name
        # What zlib makes of a column differs from one version of it to the next.
        assert held["deflated"] or chunk.encode(expected, chunk.stamps_of(data)) == data, name


def test_golden_chunks_have_each_kind_of_values(golden):
    assert {bytes.fromhex(held["hex"])[2] for held in golden["chunks"].values()} == {0, 1, 2}


def test_a_golden_chunk_with_its_own_steps_and_times_is_read_and_written_as_ever(golden):
    held = golden["chunk alone"]
    data = bytes.fromhex(held["hex"])
    expected = columns(held["steps"], held["times"], held["words"], held["ints"])
    assert same(chunk.decode(data, *stamps.columns(chunk.own_stamps(data))), expected)
    assert chunk.encode_alone(expected, stamps.packed(expected.steps, expected.times)) == data
