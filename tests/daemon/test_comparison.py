from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackiod import comparison
from trackiod.comparison import Value

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
HELD = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.text(max_size=3), PLAIN, max_size=2)
VALUES = st.builds(
    Value, st.text(max_size=5) | st.sampled_from(["null", "true", "nan"]), st.none() | st.floats(), st.booleans()
)


@given(HELD, st.lists(VALUES, min_size=1, max_size=3))
def test_what_is_there_equals_one_of_the_values_or_none_of_them(held, values):
    found = comparison.is_any(held, values), comparison.is_none(held, values)
    if held is None:
        assert found == (any(value.is_null for value in values), False)
    else:
        assert sorted(found) == [False, True]


@given(PLAIN, VALUES)
def test_an_order_holds_one_way_at_most(item, value):
    less, more = (comparison.is_ordered(item, value, holds) for holds in (lambda a, b: a < b, lambda a, b: a > b))
    assert not (less and more)


@given(st.lists(PLAIN.filter(lambda v: v is not None and v == v) | st.lists(st.integers()), max_size=10))
def test_anything_can_be_sorted_numbers_before_text_before_lists(held):
    ranks = [comparison.order(value)[0] for value in sorted(held, key=comparison.order)]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("1.5h", 5_400),
        ("2d", 172_800),
        ("1w", 604_800),
        ("", None),
        ("h", None),
        ("-1s", None),
    ],
)
def test_a_duration_has_a_unit_or_is_in_seconds(text, seconds):
    assert comparison.seconds(text) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-02", 86_400),
        ("1970-01-02T00:00:00Z", 86_400),
        ("1970-01-02T01:00+01:00", 86_400),
        ("1700000000.5", 1_700_000_000.5),
        ("now", 1_000),
        ("now-100s", 900),
        ("now+100s", None),
        ("tomorrow", None),
        ("2026-13-01", None),
    ],
)
def test_a_time_is_iso_or_since_the_epoch_or_ago(text, seconds):
    assert comparison.moment(text, 1_000) == seconds


def test_numbers_and_truth_have_a_text_in_which_an_expression_is_sought():
    assert [comparison.as_text(item) for item in (True, 3, 0.5, "a", None, {}, [])] == [
        *("true", "3", "0.5", "a"),
        *(None, None, None),
    ]
    assert comparison.as_text(math.nan) == "nan"
