"""trackiod/store/held.py: what was decoded is found again, and never grows beyond what was allowed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trackiod.store.held import Held


def test_what_was_put_is_found_and_nothing_else():
    held = Held()
    held.put(b"a", "decoded", 10)
    assert (held.get(b"a"), held.get(b"b")) == ("decoded", None)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), max_size=60))
def test_no_more_points_are_held_than_allowed_and_the_newest_always_are(puts):
    held, sizes = Held(100), {}
    for number, points in puts:
        key = bytes([number])
        held.put(key, points, points)
        sizes[key] = points
        assert held.get(key) == points
        assert sum(held.get(each) or 0 for each in sizes) <= 100
