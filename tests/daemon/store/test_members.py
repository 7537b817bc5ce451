from __future__ import annotations

import struct
from dataclasses import asdict

import pytest

from trackiod.store import keys, members
from trackiod.store.members import NO_STEP, Member

RUN, OTHER = "a" * 32, "b" * 32


def test_a_member_that_logged_nothing_has_counted_nothing(txn):
    assert members.get(txn, RUN, 0) == Member(0, NO_STEP, 0, 0, 0, 0)
    assert list(members.of_run(txn, RUN)) == []


def test_counters_are_kept(txn):
    kept = Member(2**64 - 1, 2**63 - 1, -(2**63), 2**40, 2**50, 7)
    members.put(txn, RUN, 3, kept)
    assert members.get(txn, RUN, 3) == kept
    members.put(txn, RUN, 3, Member(rows=1))
    assert members.get(txn, RUN, 3) == Member(rows=1)


def test_the_members_of_a_run_come_by_number_and_no_others(txn):
    for run, number in [(RUN, 300), (RUN, 0), (OTHER, 1), (RUN, 2**31 - 1), (RUN, 2), (RUN, 2**31)]:
        members.put(txn, run, number, Member(rows=number))
    assert [number for number, _ in members.of_run(txn, RUN)] == [0, 2, 300, 2**31 - 1]
    assert [number for number, _ in members.of_system(txn, RUN)] == [2**31]
    assert [number for number, _ in members.every(txn, RUN)] == [0, 2, 300, 2**31 - 1, 2**31]
    assert all(member.rows == number for number, member in members.of_run(txn, RUN))


@pytest.mark.parametrize(("greatest", "following"), [(NO_STEP, 0), (-5, -4), (-1, 0), (41, 42), (2**63 - 1, 2**63 - 1)])
def test_the_next_step_follows_the_greatest_and_fits_64_bits(greatest, following):
    assert Member(max_step=greatest).next_step == following


def test_golden_counters_are_read_and_written_as_ever(txn, golden):
    data, held = bytes.fromhex(golden["member"]["hex"]), golden["member"]["holds"]
    assert asdict(members.decoded(data)) == held
    members.put(txn, RUN, 0, Member(**held))
    assert txn.get(keys.member(RUN, 0)) == data


def test_counters_that_were_cut_off_are_an_error(golden):
    with pytest.raises(struct.error):
        members.decoded(bytes.fromhex(golden["member"]["hex"])[:-1])
