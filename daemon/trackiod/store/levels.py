"""One series in one transaction: its chunks and nodes by step, and what of it was found that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from trackiod.store import keys
from trackiod.store.env import last, scan
from trackiod.store.stamps import Stamps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackiod.store.env import Transaction
    from trackiod.store.held import Held

#: Steps of 64 bits.
LEAST, MOST = -(2**63), 2**63 - 1
#: The level of chunks; that of nodes is 1 or more.
CHUNKS: Final = 0


class SeriesId(NamedTuple):
    """One metric of one member of a run."""

    run: str
    member: int
    metric: str


class Gap(NamedTuple):
    """Steps, both ends inclusive, between which points were stored that cannot be read; None where it is unknown."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Levels:
    """Records of a series, by step; `missing` is filled by whoever reads and comes upon damage.

    `alone` are written those chunks whose steps and times no other metric is expected to have. `held` are chunks that
    were read; who writes has none.
    """

    txn: Transaction
    series: SeriesId
    stamps: Stamps
    alone: bool = False
    held: Held | None = None
    missing: list[Gap] = field(default_factory=list)

    @classmethod
    def of(cls, txn: Transaction, series: SeriesId) -> Levels:
        """Return those of a series by itself."""
        return cls(txn, series, Stamps(txn, series.run, series.member))

    def prefix(self, level: int) -> bytes:
        """Return what the keys of a level begin with."""
        return keys.nodes(*self.series, level)

    def key(self, level: int, step: int) -> bytes:
        """Return the key of a chunk or node by its first step."""
        return keys.at_step(self.prefix(level), step)

    def behind(self, level: int, step: int = LEAST - 1) -> Iterator[tuple[bytes, bytes]]:
        """Yield the records of a level whose first steps are greater than `step`; all without one."""
        prefix = self.prefix(level)
        return scan(self.txn, prefix, keys.behind_step(prefix, step) if step >= LEAST else b"")

    def covering(self, level: int, first: int, end: int) -> Iterator[tuple[bytes, bytes]]:
        """Yield the records of a level that may hold steps from `first` to `end`."""
        prefix = self.prefix(level)
        before = last(self.txn, prefix, keys.behind_step(prefix, first))
        for key, value in scan(self.txn, prefix, before[0] if before else b""):
            if keys.step_of(key) > end:
                return
            yield key, value

    def newest(self, level: int) -> tuple[bytes, bytes] | None:
        """Return the last record of a level."""
        return last(self.txn, self.prefix(level))

    def holder(self, level: int, step: int) -> tuple[bytes, bytes] | None:
        """Return the record of a level where a step belongs: the last that begins no later, or else the first one."""
        prefix = self.prefix(level)
        return last(self.txn, prefix, keys.behind_step(prefix, step)) or next(scan(self.txn, prefix), None)

    def follower(self, level: int, key: bytes) -> int | None:
        """Return the first step of the record behind this one on its level, None if it is the last."""
        found = next(self.behind(level, keys.step_of(key)), None)
        return None if found is None else keys.step_of(found[0])

    def lost(self, level: int, key: bytes) -> Gap:
        """Return the steps that a record of a level may hold, as the keys tell."""
        follower = self.follower(level, key)
        return Gap(keys.step_of(key), None if follower is None else follower - 1)
