"""The counters of each member of a run: what it logged, and how much of that is not in chunks yet."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING, Final

from trackiod.store import keys
from trackiod.store.env import scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackiod.store.env import Transaction

_MEMBER: Final = struct.Struct("<QqqQQQ")
#: A member's system metrics are the rows of a member of their own, whose number is this much larger.
SYSTEM: Final = 2**31
#: Stands for "no step yet": no row may have it, since the step after it would not fit 64 bits.
NO_STEP: Final = -(2**63)


@dataclass(frozen=True, slots=True)
class Member:
    """Counters of one member (the run's main process is 0); several writers may follow one another in it."""

    rows: int = 0
    max_step: int = NO_STEP
    last_time: int = 0  # ms since the epoch, of the newest row
    tail_rows: int = 0
    tail_bytes: int = 0
    tail_batches: int = 0

    @property
    def next_step(self) -> int:
        """The step after the last one, 0 if there is none; at most the largest step."""
        return 0 if self.max_step == NO_STEP else min(self.max_step + 1, 2**63 - 1)


def get(txn: Transaction, run_id: str, number: int) -> Member:
    """Return a member's counters, all zero if it logged nothing."""
    found = txn.get(keys.member(run_id, number))
    return Member() if found is None else decoded(found)


def put(txn: Transaction, run_id: str, number: int, member: Member) -> None:
    """Keep a member's counters."""
    m = member
    fields = (m.rows, m.max_step, m.last_time, m.tail_rows, m.tail_bytes, m.tail_batches)
    txn.put(keys.member(run_id, number), _MEMBER.pack(*fields))


def every(txn: Transaction, run_id: str) -> Iterator[tuple[int, Member]]:
    """Yield each member that logged anything, by number; those of system metrics come last."""
    for key, value in scan(txn, keys.members(run_id)):
        yield keys.member_of(key), decoded(value)


def of_run(txn: Transaction, run_id: str) -> Iterator[tuple[int, Member]]:
    """Yield each member that logged rows, by number."""
    return takewhile(lambda member: member[0] < SYSTEM, every(txn, run_id))


def of_system(txn: Transaction, run_id: str) -> Iterator[tuple[int, Member]]:
    """Yield each member of system metrics, by number."""
    return dropwhile(lambda member: member[0] < SYSTEM, every(txn, run_id))


def decoded(data: bytes) -> Member:
    """Return the counters that a record holds."""
    return Member(*_MEMBER.unpack_from(data))
