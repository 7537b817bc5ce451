"""The summary of each metric of a member, over the points that are in chunks: what a table of runs shows."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trackio.wire import pack, unpack
from trackiod.store import bucket, keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackiod.store.bucket import Buckets
    from trackiod.store.chunk import Points
    from trackiod.store.env import Transaction


@dataclass(frozen=True, slots=True)
class Entry:
    """One metric: the value at its last step as it was logged; extremes and total of its finite values; how many."""

    last_step: int
    last: int | float
    least: float | None
    most: float | None
    total: float
    finite: int
    count: int

    def followed(self, later: Entry) -> Entry:
        """Return the summary of these points and of later ones, of further steps."""
        return Entry(
            later.last_step,
            later.last,
            min((v for v in (self.least, later.least) if v is not None), default=None),
            max((v for v in (self.most, later.most) if v is not None), default=None),
            self.total + later.total,
            self.finite + later.finite,
            self.count + later.count,
        )


def of_points(points: Points) -> Entry:
    """Return the summary of one or more points, sorted by step."""
    return of_buckets(bucket.of_points(points, len(points)), points.value(len(points) - 1))


def of_buckets(buckets: Buckets, last: float) -> Entry:
    """Return the summary of one or more buckets; `last` is the value at their last step."""
    whole = buckets.grouped(np.zeros(1, np.intp))
    finite, least, most = int(whole.finite[0]), float(whole.least[0]), float(whole.most[0])
    return Entry(
        int(whole.step_last[0]),
        last,
        least if finite else None,
        most if finite else None,
        float(whole.total[0]),
        finite,
        int(whole.count[0]),
    )


def get(txn: Transaction, run_id: str, member: int) -> dict[str, Entry]:
    """Return the summary of each metric of a member, by name."""
    found = txn.get(keys.summary(run_id, member))
    return {} if found is None else decoded(found)


def put(txn: Transaction, run_id: str, member: int, entries: dict[str, Entry]) -> None:
    """Keep the summary of every metric of a member."""
    txn.put(keys.summary(run_id, member), pack({name: astuple(entry) for name, entry in entries.items()}))


def decoded(data: bytes) -> dict[str, Entry]:
    """Return the summaries that a record holds."""
    return {name: Entry(*fields) for name, fields in unpack(data).items()}


def plain(txn: Transaction, run_id: str, member: int) -> dict[str, Sequence[Any]]:
    """Return the fields of each metric's entry, in order, for those who want few of them."""
    found = txn.get(keys.summary(run_id, member))
    return {} if found is None else unpack(found)
