from __future__ import annotations

import math

import numpy as np
import pytest

from trackiod.store import bucket, summary
from trackiod.store.chunk import Points
from trackiod.store.env import Store
from trackiod.store.summary import Entry

RUN = "a" * 32


def floats(values, first=0):
    steps = np.arange(first, first + len(values))
    return Points(steps, steps, np.array(values, np.float64).view(np.int64), np.zeros(len(values), np.bool_))


def test_points_are_told_by_their_last_value_their_extremes_and_their_number():
    found = summary.of_points(floats([3.0, math.nan, -1.0, math.inf]))
    assert found == Entry(last_step=3, last=math.inf, least=-1.0, most=3.0, total=2.0, finite=2, count=4)


def test_an_integer_stays_one():
    points = Points(np.array([5]), np.array([0]), np.array([2**60 + 1]), np.array([True]))
    assert summary.of_points(points).last == 2**60 + 1


def test_without_a_finite_value_there_are_no_extremes():
    found = summary.of_points(floats([math.nan]))
    assert (found.least, found.most, found.finite, found.count) == (None, None, 0, 1)
    assert math.isnan(found.last)


@pytest.mark.parametrize("values", [[1.0, 2.0, 3.0], [math.nan, 2.0, math.nan], [math.inf, -math.inf, 5.0]])
def test_a_summary_that_is_followed_is_that_of_all_points(values):
    whole = summary.of_points(floats(values))
    assert summary.of_points(floats(values[:1])).followed(summary.of_points(floats(values[1:], first=1))) == whole or (
        math.isnan(whole.last)
    )
    assert summary.of_buckets(bucket.of_points(floats(values)), 0.0).count == 3


def test_what_is_kept_of_a_member_is_read_back(tmp_path):
    store = Store.open(tmp_path / "store")
    entries = {"loss": summary.of_points(floats([1.0, 2.0])), "ünï/cödé": summary.of_points(floats([math.inf]))}
    with store.write() as txn:
        assert summary.get(txn, RUN, 0) == {}
        summary.put(txn, RUN, 0, entries)
        assert summary.get(txn, RUN, 0) == entries
        assert summary.get(txn, RUN, 1) == {}
    store.close()
