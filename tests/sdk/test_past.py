from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.past import Past, PastRow, joined, seconds


def past(**fields):
    return Past(
        **({"tool": "t", "key": "k", "project": "p", "name": "n", "rows": lambda: iter(()), "started": 0} | fields)
    )


def test_a_run_keeps_its_id_and_another_one_has_another():
    assert past().id == past(name="other", started=9).id
    assert len({past().id, past(key="l").id, past(project="q").id, past(tool="u").id}) == 4
    assert len(past().id) == 32
    int(past().id, 16)


POINTS = st.lists(
    st.builds(
        PastRow, st.integers(0, 2), st.just(1.0), st.dictionaries(st.sampled_from("abc"), st.integers(), max_size=2)
    )
)


@given(POINTS)
def test_neighbours_of_one_step_become_one_row_and_nothing_is_lost(points):
    rows = list(joined(points))
    assert [(row.step, key, value) for row in rows for key, value in row.values.items()] == [
        (point.step, key, value) for point in points for key, value in point.values.items()
    ]
    for before, after in pairwise(rows):
        assert before.step != after.step or before.values.keys() & after.values.keys()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1970-01-02T00:00:00+00:00", 86_400),
        ("1970-01-02 00:00", 86_400),
        ("1970-01-02T00:00Z", 86_400),
        ("12.5", 12.5),
        ("noon", None),
        ("nan", None),
        ("1e300", None),
        ("", None),
    ],
)
def test_a_time_is_iso_or_since_the_epoch(text, found):
    assert seconds(text) == found
