from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackiod.store import bucket
from trackiod.store.bucket import Buckets
from trackiod.store.chunk import Points

VALUES = st.lists(st.floats(width=64) | st.integers(-(2**40), 2**40), min_size=1, max_size=60)


def points(values, first=0):
    ints = np.array([isinstance(value, int) for value in values])
    words = np.where(
        ints,
        np.array([value if isinstance(value, int) else 0 for value in values], np.int64),
        np.array([0.0 if isinstance(value, int) else value for value in values]).view(np.int64),
    )
    steps = np.arange(first, first + len(values))
    return Points(steps, steps * 1000, words, ints)


def same(one: Buckets, other: Buckets):
    for name in Buckets.__slots__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def truth(values):
    """What one bucket of these values is to tell, read a second way."""
    finite = [float(value) for value in values if math.isfinite(value)]
    return {
        "count": len(values),
        "nan": sum(math.isnan(value) for value in values),
        "pinf": values.count(math.inf),
        "ninf": values.count(-math.inf),
        "least": min(finite, default=math.nan),
        "most": max(finite, default=math.nan),
        "final": finite[-1] if finite else math.nan,
    }


@given(VALUES, st.data())
def test_a_bucket_tells_the_truth_of_every_group_of_points(values, data):
    cuts = data.draw(st.sets(st.integers(1, len(values)), max_size=5))
    starts = [0, *sorted(cut for cut in cuts if cut < len(values))]
    found = bucket.of_points(points(values)).grouped(np.array(starts))
    for at, (start, end) in enumerate(zip(starts, [*starts[1:], len(values)], strict=True)):
        for name, value in truth(values[start:end]).items():
            np.testing.assert_equal(getattr(found, name)[at], value, err_msg=name)
        assert (found.step_first[at], found.step_last[at]) == (start, end - 1)
        assert (found.time_first[at], found.time_last[at]) == (start * 1000, (end - 1) * 1000)


@given(VALUES, st.integers(1, 7), st.integers(1, 7))
def test_buckets_of_buckets_tell_what_buckets_of_all_their_points_would(values, inner, outer):
    fine = bucket.of_points(points(values))
    twice = fine.grouped(np.arange(0, len(values), inner))
    twice = twice.grouped(np.arange(0, len(twice), outer))
    once = fine.grouped(np.arange(0, len(values), inner * outer))
    for name in Buckets.__slots__:
        if name != "total":
            np.testing.assert_array_equal(getattr(twice, name), getattr(once, name), err_msg=name)


def test_the_total_is_that_of_the_finite_values():
    found = bucket.of_points(points([1.5, math.nan, 2, -math.inf])).grouped(np.array([0, 3]))
    assert found.total.tolist() == [3.5, 0.0]
    assert found.finite.tolist() == [2, 0]


@given(VALUES)
def test_bytes_give_back_the_buckets(values):
    buckets = bucket.of_points(points(values, first=-7)).grouped(np.arange(0, len(values), 3))
    same(bucket.decode(bucket.encode(buckets)), buckets)
    assert bucket.told(bucket.encode(buckets)) == (len(values), buckets.step_last[-1])
    assert bucket.length(bucket.encode(buckets)) == len(buckets)


def test_what_bytes_tell_of_is_told_for_steps_at_any_distance():
    some = points([1.0] * 300)
    steps = np.cumsum(np.arange(300) % 7 + 1)
    for size in (1, 64):
        buckets = bucket.of_points(Points(steps, some.times, some.words, some.ints), size)
        assert bucket.told(bucket.encode(buckets)) == (300, steps[-1])


def test_joined_buckets_stand_in_order():
    parts = [bucket.of_points(points([1.0, 2.0])), bucket.of_points(points([3.0], first=2))]
    same(bucket.joined(parts), bucket.of_points(points([1.0, 2.0, 3.0])))


@given(st.binary(max_size=200) | st.integers(0, 300))
def test_damaged_bytes_are_an_error_of_values(data):
    if isinstance(data, int):
        whole = bucket.encode(bucket.of_points(points([0.1 * n for n in range(40)])))
        data = whole[: min(data, len(whole) - 1)]
    with pytest.raises(ValueError):
        bucket.decode(data)


def test_the_total_of_huge_values_is_no_error():
    found = bucket.of_points(points([1.7e308] * 3 + [-1.7e308] * 3)).grouped(np.array([0, 3]))
    assert found.total.tolist() == [math.inf, -math.inf]
    assert found.most.tolist() == [1.7e308, -1.7e308]


def test_golden_nodes_are_read_and_written_as_ever(golden):
    data = bytes.fromhex(golden["node"]["hex"])
    found = bucket.decode(data)
    assert {name: [str(v) for v in getattr(found, name).tolist()] for name in Buckets.__slots__} == golden["node"][
        "holds"
    ]
    assert bucket.encode(found) == data


def test_a_flipped_bit_is_an_error_of_values():
    harmed = bytearray(bucket.encode(bucket.of_points(points([0.1 * n for n in range(40)]))))
    harmed[-9] ^= 1
    for read in (bucket.decode, bucket.told):
        with pytest.raises(ValueError, match="checksum"):
            read(bytes(harmed))
