"""trackiod/store/columns.py: every bit comes back, in few bytes; damaged bytes are a ValueError and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackiod.store.columns import pack_floats, pack_ints, unpack_floats, unpack_ints

EDGES = [0, 1, -1, 255, 256, 2**16, 2**32 - 1, 2**32, 2**53 + 1, 2**63 - 1, -(2**63), -(2**63) + 1]
int64 = st.integers(-(2**63), 2**63 - 1) | st.sampled_from(EDGES)
counts = st.integers(1, 600)
#: Words of NaNs with payloads, signalling ones among them, of both zeros and of the least number.
STRANGE = [0x7FF8000000000001, 0xFFF8DEADBEEF0000, 0x7FF0000000000001, 0x7FF8000020000000, 2**63, 0, 1]


def wrapped(numbers):
    return np.array([number % 2**64 for number in numbers], np.uint64).view(np.int64)


integers = st.one_of(
    st.lists(int64, min_size=1, max_size=50),
    st.builds(lambda first, stride, count: [first + stride * n for n in range(count)], int64, int64, counts),
    st.builds(
        lambda first, stride, jitter: [first + stride * n + some for n, some in enumerate(jitter)],
        int64,
        int64,
        st.lists(st.integers(0, 70_000), min_size=1, max_size=300),
    ),
    st.builds(lambda some, times: some * times, st.lists(int64, min_size=1, max_size=8), st.integers(1, 60)),
).map(wrapped)

words = st.one_of(
    st.lists(st.floats(allow_subnormal=True), min_size=1, max_size=50),
    st.lists(st.floats(width=32), min_size=1, max_size=300),
    st.lists(st.integers(-(2**54), 2**54).map(float), min_size=1, max_size=300),
    st.builds(lambda some, times: some * times, st.lists(st.floats(), min_size=1, max_size=8), st.integers(1, 60)),
).map(lambda numbers: np.array(numbers, np.float64).view(np.int64))
strange = st.lists(st.sampled_from(STRANGE) | st.integers(0, 2**64 - 1), min_size=1, max_size=200).map(wrapped)


@given(integers)
def test_integers_come_back(numbers):
    found = unpack_ints(pack_ints(numbers), len(numbers))
    assert found.dtype == np.int64
    assert found.tolist() == numbers.tolist()


@given(words | strange)
def test_every_bit_of_floats_comes_back(bits):
    found = unpack_floats(pack_floats(bits.view(np.float64)), len(bits))
    assert found.dtype == np.float64
    assert found.view(np.int64).tolist() == bits.tolist()


@pytest.mark.parametrize("word", STRANGE)
def test_a_strange_float_among_plain_ones_keeps_its_bits(word):
    for plain in (np.ones(500), np.arange(500.0), np.arange(500) / 4, np.arange(500) / 3):
        bits = plain.view(np.int64).copy()
        bits[250] = wrapped([word])[0]
        assert (unpack_floats(pack_floats(bits.view(np.float64)), 500).view(np.int64) == bits).all()


STEPS = np.arange(4096)
SMALL = {
    "one stride": (STEPS * 1000 - 2**62, 17),
    "one stride across the whole range": (wrapped(n * (2**63 - 1) for n in range(4096)), 17),
    "jitter of less than a byte": (STEPS * 10**9 + STEPS % 7, 700),
    "jitter with a few long pauses": (STEPS * 50 + np.cumsum(STEPS % 500 == 0) * 8000 + STEPS % 5, 1000),
    "a walk by single steps": (np.cumsum(np.random.default_rng(1).integers(-1, 2, 4096)), 1100),
    "a counter that rarely counts": (np.cumsum(np.random.default_rng(1).random(4096) < 0.02), 250),
    "jitter that nothing compresses": (STEPS * 10**9 + np.random.default_rng(1).integers(0, 120, 4096), 4200),
    "a range of less than a byte": (np.random.default_rng(2).integers(10**15, 10**15 + 200, 4096), 4200),
    "a range of two bytes": (np.random.default_rng(2).integers(0, 65_000, 4096), 8300),
}


@pytest.mark.parametrize(("numbers", "most"), SMALL.values(), ids=SMALL)
def test_integers_take_few_bytes(numbers, most):
    assert len(pack_ints(numbers)) <= most


NOISE = np.random.default_rng(3).standard_normal(4096)
SMALL_FLOATS = {
    "a constant": (np.full(4096, 0.1), 9),
    "one NaN again and again": (np.full(4096, np.nan), 9),
    "a counter": (np.arange(4096.0), 18),
    "whole numbers": (np.random.default_rng(4).integers(0, 100, 4096).astype(np.float64), 4200),
    "what was a float32": (NOISE.astype(np.float32).astype(np.float64), 4 * 4096 + 1),
    "a ramp of quarters": (np.arange(4096) / 4, 10_000),
    "numbers that need every bit": (NOISE, 8 * 4096 + 1),
}


@pytest.mark.parametrize(("numbers", "most"), SMALL_FLOATS.values(), ids=SMALL_FLOATS)
def test_floats_take_few_bytes(numbers, most):
    assert len(pack_floats(numbers)) <= most


CODED = {name: (pack_ints(numbers), unpack_ints) for name, (numbers, _) in SMALL.items()} | {
    name: (pack_floats(numbers), unpack_floats) for name, (numbers, _) in SMALL_FLOATS.items()
}


@pytest.mark.parametrize(("data", "unpack"), CODED.values(), ids=CODED)
def test_a_column_that_was_cut_off_is_a_value_error(data, unpack):
    for size in {*range(min(40, len(data))), len(data) // 2, len(data) - 1}:
        with pytest.raises(ValueError):
            unpack(data[:size], 4096)


def unharmed(unpack, data, count):
    """Bytes give a column of this length or a ValueError; what else is raised fails the test."""
    try:
        found = unpack(data, count)
    except ValueError:
        return
    assert len(found) == count


@given(st.binary(max_size=80), st.integers(0, 300), st.sampled_from([1, 2, 3, 16, 17, 18, 19]), st.integers(0, 3))
def test_bytes_that_are_no_column_are_a_value_error(data, count, coding, deflated):
    coded = bytes([coding | (0, 0x80, 0xC0, 0x40)[deflated]]) + data
    for unpack in (unpack_ints, unpack_floats):
        unharmed(unpack, data, count)
        unharmed(unpack, coded, count)


@given(
    st.sampled_from(sorted(CODED)), st.integers(0, 40), st.integers(0, 255), st.sampled_from([0, 1, 2, 4096, 65_535])
)
def test_a_damaged_column_is_a_value_error_or_other_numbers(name, at, byte, count):
    data, unpack = CODED[name]
    harmed = bytearray(data)
    harmed[at % len(harmed)] = byte
    unharmed(unpack, memoryview(harmed), count)


def test_a_coding_of_later_versions_is_named():
    with pytest.raises(ValueError, match="coding 9 of integers"):
        unpack_ints(bytes([9]), 1)
    with pytest.raises(ValueError, match="coding 9 of floats"):
        unpack_floats(bytes([9]), 1)
