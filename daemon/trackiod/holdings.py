"""The records of a project's runs as they are stored, and whose of them a commit changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackio.errors import StoreError
from trackiod.run import of_records
from trackiod.store import keys, members, runs
from trackiod.store.env import many

if TYPE_CHECKING:
    from trackiod.run import Run
    from trackiod.store.env import Transaction

    Records = list[tuple[bytes, bytes]]


class Holdings:
    """Copies of the records of runs and members, compared with those of each new snapshot. Not safe for threads.

    A run is told from its record, its members' counters, and its points; of these none is added, or taken out of the
    tail, without a change of the counters.
    """

    def __init__(self, project: str) -> None:
        #: Newest first, and as a set.
        self.ids: list[str] = []
        self.known: set[str] = set()
        #: Bytes of all records.
        self.bytes = 0
        self._project = project
        self._records: Records = []
        self._counters: Records = []
        self._record_owners: dict[bytes, str] = {}
        self._counter_owners: dict[bytes, str] = {}
        self._counter_keys: dict[str, list[bytes]] = {}

    def refresh(self, txn: Transaction) -> set[str]:
        """Take in what a snapshot holds; return the ids of runs that are new, changed or gone since the last one."""
        ids = runs.ids_of_project(txn, self._project)
        gone = set[str]() if ids == self.ids else self.known.difference(ids)
        if ids != self.ids:
            self._record_owners = dict(sorted((keys.run(run_id), run_id) for run_id in ids))
        before, self._records = self._records, many(txn, self._record_owners)
        touched = _differing(before, self._records, self._record_owners)
        self._count_members(txn, touched, gone)
        before, self._counters = self._counters, many(txn, self._counter_owners)
        touched |= _differing(before, self._counters, self._counter_owners)
        if touched or gone:
            self.ids, self.known = ids, set(ids)
            self.bytes = sum(len(value) for records in (self._records, self._counters) for _, value in records)
        return touched | gone

    def _count_members(self, txn: Transaction, touched: set[str], gone: set[str]) -> None:
        """Find out which counters there may be; those of a run are numbered from 0."""
        fresh = {run_id: _counter_keys(txn, run_id) for run_id in touched - gone}
        if not gone and all(self._counter_keys.get(run_id) == found for run_id, found in fresh.items()):
            return
        self._counter_keys |= fresh
        for run_id in gone:
            self._counter_keys.pop(run_id, None)
        pairs = ((key, run_id) for run_id, found in self._counter_keys.items() for key in found)
        self._counter_owners = dict(sorted(pairs))


def read(txn: Transaction, run_id: str) -> Run:
    """Return a listed run; its summary is read from the snapshot once it is asked for."""
    return of_records(txn, _record(txn, run_id), list(members.of_run(txn, run_id)))


def _record(txn: Transaction, run_id: str) -> runs.Run:
    record = runs.run(txn, run_id)
    if record is None:
        raise StoreError(f"run {run_id[:100]!r} is listed, and is not there; `trackio verify` tells more")
    return record


def _counter_keys(txn: Transaction, run_id: str) -> list[bytes]:
    return [keys.member(run_id, number) for number in range(_record(txn, run_id).members)]


def _differing(before: Records, now: Records, owners: dict[bytes, str]) -> set[str]:
    """Return whose records are new, changed or gone."""
    if before == now:
        return set()
    if len(before) == len(now):
        pairs = [pair for one, other in zip(before, now, strict=True) if one != other for pair in (one, other)]
    else:
        pairs = list(set(before) ^ set(now))
    return {owners[key] for key, _ in pairs if key in owners}
