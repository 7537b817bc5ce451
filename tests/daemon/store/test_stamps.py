"""trackiod/store/stamps.py: steps and times are kept once however many chunks have them, and go with the last."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackiod.store import keys, stamps
from trackiod.store.env import scan
from trackiod.store.stamps import Stamps

RUN = "a" * 32
int64 = st.integers(-(2**63), 2**63 - 1)


def columns(first=0, count=10, pace=50):
    steps = np.arange(first, first + count)
    return steps, steps * pace


def uses(txn):
    return {keys.step_of(key[:-8]): stamps.decode(value)[0] for key, value in scan(txn, keys.STAMPS)}


@given(st.lists(st.tuples(int64, int64), min_size=1, max_size=50))
def test_steps_and_times_come_back(pairs):
    steps, times = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    body = stamps.of_columns(len(pairs), stamps.pack_ints(steps), stamps.pack_ints(times))
    counted, found = stamps.decode(stamps.record(7, body))
    assert counted == 7
    assert [column.tolist() for column in found] == [steps.tolist(), times.tolist()]
    assert len(stamps.name_of(body)) == stamps.NAME_SIZE


@given(st.binary(max_size=30))
def test_bytes_that_are_none_are_a_value_error(data):
    for record in (data, stamps.record(1, data)):
        try:
            _, found = stamps.decode(record)
        except ValueError:
            continue
        assert len(found[0]) == len(found[1])


def test_what_several_chunks_have_is_kept_once_and_counted(txn):
    mine = Stamps(txn, RUN, 0)
    names = {mine.add(*columns()) for _ in range(3)} | {mine.add(*(c.copy() for c in columns()))}
    assert len(names) == 1
    assert [c.tolist() for c in mine.get(0, *names)] == [c.tolist() for c in columns()]
    mine.settle()
    assert uses(txn) == {0: 4}
    again = Stamps(txn, RUN, 0)
    again.add(*columns())
    again.drop(0, *names)
    again.drop(0, *names)
    again.settle()
    assert uses(txn) == {0: 3}
    assert [c.tolist() for c in again.get(0, *names)] == [c.tolist() for c in columns()]


def test_what_no_chunk_has_any_more_is_gone(txn):
    mine = Stamps(txn, RUN, 0)
    name = mine.add(*columns())
    mine.settle()
    mine.drop(0, name)
    mine.settle()
    assert uses(txn) == {}
    with pytest.raises(ValueError, match="not there"):
        Stamps(txn, RUN, 0).get(0, name)


def test_more_than_are_remembered_are_kept_all_the_same(txn):
    mine = Stamps(txn, RUN, 0)
    names = {first: mine.add(*columns(first)) for first in range(200)}
    for first, name in names.items():
        assert mine.get(first, name)[0][0] == first
    mine.settle()
    assert uses(txn) == dict.fromkeys(range(200), 1)


def test_other_times_or_another_member_share_nothing(txn):
    mine = Stamps(txn, RUN, 0)
    assert mine.add(*columns()) != mine.add(*columns(pace=51))
    assert mine.of(RUN, 0) is mine
    other = mine.of(RUN, 1)
    other.add(*columns())
    mine.settle()
    other.settle()
    assert len(list(scan(txn, keys.STAMPS))) == 3


def test_what_is_damaged_is_an_error_keeps_its_place_and_is_never_removed(txn):
    mine = Stamps(txn, RUN, 0)
    name = mine.add(*columns())
    mine.settle()
    key = keys.stamps(RUN, 0, 0, name)
    harmed = txn.get(key)[:-1] + b"?"
    txn.put(key, harmed)
    later = Stamps(txn, RUN, 0)
    with pytest.raises(ValueError, match="checksum"):
        later.get(0, name)
    later.drop(0, name)
    later.settle()
    assert txn.get(key) == harmed
    later.add(*columns())
    later.settle()
    assert stamps.decode(txn.get(key))[0] > 2**30
