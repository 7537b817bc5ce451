"""The records of a project's runs as they are stored, and whose of them a commit changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackiod.run import of_records
from trackiod.store import keys, members, runs
from trackiod.store.env import many
from trackiod.store.fields import unpacked

if TYPE_CHECKING:
    from trackiod.run import Run
    from trackiod.store.env import Transaction


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
        self._records: dict[bytes, bytes] = {}
        self._counters: dict[bytes, bytes] = {}
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
        self._count_members(touched, gone)
        before, self._counters = self._counters, many(txn, self._counter_owners)
        touched |= _differing(before, self._counters, self._counter_owners)
        if touched or gone:
            self.ids, self.known = ids, set(ids)
            self.bytes = sum(map(len, self._records.values())) + sum(map(len, self._counters.values()))
        return touched | gone

    def run(self, txn: Transaction, run_id: str) -> Run:
        """Return a run; its summary is read from the snapshot, the one that was taken in last, once it is asked for."""
        logged = [
            (keys.member_of(key), members.decoded(self._counters[key]))
            for key in self._counter_keys[run_id]
            if key in self._counters
        ]
        return of_records(txn, self._record(run_id), logged)

    def _record(self, run_id: str) -> runs.Run:
        return unpacked(runs.Run, self._records[keys.run(run_id)])

    def _count_members(self, touched: set[str], gone: set[str]) -> None:
        """Find out which counters there may be; those of a run are numbered from 0."""
        fresh = {
            run_id: [keys.member(run_id, number) for number in range(self._record(run_id).members)]
            for run_id in touched - gone
        }
        if not gone and all(self._counter_keys.get(run_id) == found for run_id, found in fresh.items()):
            return
        self._counter_keys |= fresh
        for run_id in gone:
            self._counter_keys.pop(run_id, None)
        pairs = ((key, run_id) for run_id, found in self._counter_keys.items() for key in found)
        self._counter_owners = dict(sorted(pairs))


def _differing(before: dict[bytes, bytes], now: dict[bytes, bytes], owners: dict[bytes, str]) -> set[str]:
    if before == now:
        return set()
    changed = [key for key, value in now.items() if before.get(key) != value]
    return {owners[key] for key in (*changed, *(before.keys() - now.keys())) if key in owners}
