"""The runs of a project as tables ask for them: filtered, sorted, and in columns of one value each.

A value is read from the records of its run once, and kept until a commit changed these: every question first finds
out which did, so that none is answered with what was so before.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import NotFound
from trackio.wire import pack
from trackiod import comparison
from trackiod import filter as language
from trackiod.comparison import Field
from trackiod.holdings import Holdings, read
from trackiod.run import whole
from trackiod.store import runs
from trackiod.store.env import commit_of
from trackiod.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from trackiod.comparison import Read
    from trackiod.run import Run
    from trackiod.store.env import Store, Transaction
    from trackiod.tally import Key

#: What the rosters of all projects may keep, about: the bytes of their records, and so many for each value.
MOST_BYTES: Final = 128 * 2**20
_VALUE_BYTES: Final = 80
_MOST_ORDERS: Final = 32
_MOST_COLUMNS: Final = 500
#: What a filter may hold that is another time in every question.
_TIMED: Final = re.compile("now", re.IGNORECASE)
_CONFIG: Final = Field(
    "config", "any", lambda run: hashlib.blake2b(pack(run.config), digest_size=16).digest(), ("config",)
)


@dataclass(frozen=True, slots=True)
class Order:
    """Which runs, in which order: those that a filter lets through, by fields, each with whether it falls.

    The first field decides, the next where it finds runs equal; without any the newest run comes first. `now` is what
    times in the filter count from, in seconds since the epoch.
    """

    filter: str | None
    sort: tuple[tuple[Field, bool], ...]
    now: float


@dataclass(frozen=True, slots=True)
class Kept:
    """What rosters keep in memory: of how many runs how many values, and about how many bytes these take."""

    runs: int
    values: int
    bytes: int


class Roster:
    """The runs of one project. Not safe for threads; every question takes the snapshot that was last taken in."""

    def __init__(self, project: str) -> None:
        self._holdings = Holdings(project)
        self._commit: int | None = None
        self._columns: OrderedDict[tuple[str, ...], dict[str, Any]] = OrderedDict()
        self._orders: OrderedDict[tuple[Any, ...], list[str]] = OrderedDict()
        self._tally = Tally()

    @property
    def ids(self) -> list[str]:
        """Ids of all runs, newest first."""
        return self._holdings.ids

    def refresh(self, txn: Transaction) -> None:
        """Take in a snapshot: what is no longer so is forgotten."""
        commit = commit_of(txn)
        if commit == self._commit:
            return
        touched = self._holdings.refresh(txn)
        self._commit = commit
        if not touched:
            return
        self._orders.clear()
        for column in self._columns.values():
            for run_id in touched:
                column.pop(run_id, None)

    def order(self, txn: Transaction, asked: Order) -> list[str]:
        """Return ids in an order; runs that lack a field come last by it, whether it falls or not."""
        name = (asked.filter, tuple((field.path, falls) for field, falls in asked.sort))
        if name in self._orders:
            self._orders.move_to_end(name)
            return self._orders[name]
        found = self.ids if asked.filter is None else self._passing(txn, asked.filter, asked.now)
        columns = self.columns(txn, [field for field, _ in asked.sort])
        for column, (_, falls) in reversed(list(zip(columns, asked.sort, strict=True))):
            found = _sorted(found, column, falls=falls)
        if not _is_timed(asked.filter):
            self._orders[name] = found
        if len(self._orders) > _MOST_ORDERS:
            self._orders.popitem(last=False)
        return found

    def columns(self, txn: Transaction, fields: Sequence[Field]) -> list[dict[str, Any]]:
        """Return the value that each run has of each of these fields, by id."""
        columns = [self._column(field.path) for field in fields]
        lacking = [
            (column, field.read, self._holdings.known.difference(column))
            for column, field in zip(columns, fields, strict=True)
            if len(column) < len(self.ids)
        ]
        for run_id in set[str]().union(*(missing for _, _, missing in lacking)):
            run = read(txn, run_id)
            for column, value_of, missing in lacking:
                if run_id in missing:
                    column[run_id] = value_of(run)
        return columns

    def whole(self, txn: Transaction, ids: Iterable[str]) -> list[Run]:
        """Return these runs whole, without those that are not in the project."""
        return [whole(read(txn, run_id)) for run_id in ids if run_id in self._holdings.known]

    def config_keys(self, txn: Transaction) -> list[Key]:
        """Return the keys of all configurations, by name."""
        (configs,) = self.columns(txn, [_CONFIG])
        if not self._tally.known.items() <= configs.items():
            self._tally = Tally()
        for run_id in self._holdings.known.difference(self._tally.known):
            self._tally.add(run_id, configs[run_id], read(txn, run_id).config)
        return self._tally.keys()

    def shrunk(self, most: int) -> Kept:
        """Forget the columns that were not asked for lately, until this takes `most` bytes; return what it takes."""
        while self._columns and (self._kept().bytes > most or len(self._columns) > _MOST_COLUMNS):
            self._columns.popitem(last=False)
            self._orders.clear()
        return self._kept()

    def _kept(self) -> Kept:
        values = sum(map(len, self._columns.values())) + sum(map(len, self._orders.values()))
        return Kept(len(self.ids), values, self._holdings.bytes + _VALUE_BYTES * values)

    def _column(self, name: tuple[str, ...]) -> dict[str, Any]:
        column = self._columns.setdefault(name, {})
        self._columns.move_to_end(name)
        return column

    def _passing(self, txn: Transaction, text: str, now: float) -> list[str]:
        fields: list[Field] = []

        def bind(field: Field) -> Read:
            fields.append(field)
            return self._column(field.path).__getitem__

        holds = language.parse(text, now, bind)
        passes = {} if _is_timed(text) else self._column(("filter", text))
        if len(passes) < len(self.ids):
            self.columns(txn, fields)
            passes |= {run_id: holds(run_id) for run_id in self._holdings.known.difference(passes)}
        return [run_id for run_id in self.ids if passes[run_id]]


class Rosters:
    """Owns the rosters of the projects that were asked about lately. Safe for threads: one question after another."""

    def __init__(self, store: Store, most_bytes: int = MOST_BYTES) -> None:
        self._store, self._most = store, most_bytes
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Roster] = OrderedDict()
        self._kept = Kept(0, 0, 0)

    @contextmanager
    def of(self, project: str) -> Iterator[tuple[Transaction, Roster]]:
        """Give a snapshot and the roster of a project as of it; raises NotFound for an unknown project."""
        with self._lock, self._store.read() as txn:
            roster = self._held.pop(project, None) or Roster(project)
            if runs.project(txn, project) is None:
                raise NotFound(f"project {project[:100]!r}: there is no such project")
            roster.refresh(txn)
            self._held[project] = roster
            try:
                yield txn, roster
            finally:
                self._shrink()

    def kept(self) -> Kept:
        """Return what they took in memory after the last question."""
        return self._kept

    def _shrink(self) -> None:
        """Forget what was not asked for lately, until the rest fits."""
        kept = {project: roster.shrunk(self._most) for project, roster in self._held.items()}
        while sum(each.bytes for each in kept.values()) > self._most:
            project, _ = self._held.popitem(last=False)
            del kept[project]
        counts = zip(*((each.runs, each.values, each.bytes) for each in kept.values()), strict=True)
        self._kept = Kept(*map(sum, counts)) if kept else Kept(0, 0, 0)


def _is_timed(text: str | None) -> bool:
    return text is not None and _TIMED.search(text) is not None


def _sorted(ids: Sequence[str], column: dict[str, Any], *, falls: bool) -> list[str]:
    there, missing = list[str](), list[str]()
    keys: dict[str, tuple[int, Any]] = {}
    for run_id in ids:
        value = column[run_id]
        if value is None or value != value:  # noqa: PLR0124 -- NaN
            missing.append(run_id)
        else:
            keys[run_id] = comparison.order(value)
            there.append(run_id)
    there.sort(key=keys.__getitem__, reverse=falls)
    return there + missing
