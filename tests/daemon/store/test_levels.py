from __future__ import annotations

import pytest

from trackiod.store import keys
from trackiod.store.levels import CHUNKS, LEAST, MOST, Gap, Levels, SeriesId

SERIES = SeriesId("a" * 32, 0, "loss")


@pytest.fixture(params=[CHUNKS, 1, 3])
def levels(txn, request):
    """Records at the steps 0, 10 and 20 of one level, others around them; the level is its attribute."""
    found = Levels.of(txn, SERIES)
    others = [Levels.of(txn, SERIES._replace(metric=name)) for name in ("acc", "zoo")]
    for step in (0, 10, 20):
        txn.put(found.key(request.param, step), str(step).encode())
        for other in others:
            txn.put(other.key(request.param, step), b"of another")
        txn.put(found.key(2, step), b"of another level")
    return found, request.param


def steps(records):
    return [keys.step_of(key) for key, _ in records]


def test_records_behind_a_step_come_in_order(levels):
    found, level = levels
    assert steps(found.behind(level)) == [0, 10, 20]
    assert [steps(found.behind(level, step)) for step in (-1, 0, 9, 10, 20)] == [
        [0, 10, 20],
        [10, 20],
        [10, 20],
        [20],
        [],
    ]
    assert steps(found.behind(level, LEAST)) == [0, 10, 20]
    assert steps(found.behind(level, MOST)) == []


def test_what_covers_steps_begins_with_the_record_that_may_hold_the_first_one(levels):
    found, level = levels
    assert steps(found.covering(level, 5, 15)) == [0, 10]
    assert steps(found.covering(level, 10, 10)) == [10]
    assert steps(found.covering(level, -5, -1)) == []
    assert steps(found.covering(level, LEAST, MOST)) == [0, 10, 20]


def test_a_step_belongs_into_the_last_record_that_begins_no_later_or_into_the_first(levels):
    found, level = levels
    assert [keys.step_of(found.holder(level, step)[0]) for step in (LEAST, -1, 0, 9, 10, 99)] == [0, 0, 0, 0, 10, 20]
    assert found.holder(4, 0) is None


def test_what_a_lost_record_held_ends_where_the_next_one_begins(levels):
    found, level = levels
    assert found.lost(level, found.key(level, 10)) == Gap(10, 19)
    assert found.lost(level, found.key(level, 20)) == Gap(20, None)
    assert keys.step_of(found.newest(level)[0]) == 20
    assert found.newest(4) is None
