"""Tables as pages read them: rows filtered by their cells, sorted, held against another table, some at a time."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import BadRequest, NotFound
from trackio.wire import unpack
from trackiod import filter as language
from trackiod.comparison import Field, texts
from trackiod.recent import Recent
from trackiod.store.objects import is_media

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trackiod.store.objects import MediaRecord

Row = list[Any]
#: Orders and filters of one table that are kept.
_KEPT: Final = 4


@dataclass(frozen=True, slots=True)
class Against:
    """An earlier table that rows are held against: those with the same cell in column `on`, or the same number.

    With `changed`, only rows that are not the same.
    """

    id: str
    on: str | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class TableRequest:
    """Which rows of a table, in which order; `filter` is in the language of docs/HTTP.md, about its columns."""

    id: str
    offset: int
    limit: int
    sort: str | None = None
    descending: bool = False
    filter: str | None = None
    against: Against | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a row is to the earlier table: "same", "changed", "new", or "gone": there alone.

    `before` are its cells there, if it is in both, and `differ` the numbers of the columns in which they differ.
    """

    kind: str
    before: Row | None = None
    differ: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TablePage:
    """Some of the `total` rows that the filter lets through, from row `offset` on; cells are plain values or Media.

    Of a table that is held against another, `changes` tells of each row.
    """

    columns: list[str]
    rows: list[Row]
    total: int
    offset: int
    changes: list[Change] | None = None


class Tables:
    """Reads tables page by page and keeps those that were read last. Safe for threads."""

    def __init__(self, blobs: Path) -> None:
        self._recent: Recent[_Table] = Recent(blobs)

    def page(self, record: MediaRecord | None, request: TableRequest, earlier: MediaRecord | None = None) -> TablePage:
        """Return rows of a ready table, media still as they were logged; `earlier` is what it is held against.

        Raises NotFound while there is no such table, BadRequest for a column that it does not have or a filter that
        cannot be read.
        """
        table, against = self._table(record, request.id), request.against
        if against is not None:
            table = self._joined(table, self._table(earlier, against.id), against.on)
        sort = request.sort, request.sort is not None and request.descending
        rows = table.arranged(request.filter, *sort, against is not None and against.changed)
        chosen, width = rows[request.offset : request.offset + request.limit], len(table.columns)
        changes = None if against is None else [row[width] for row in chosen]
        return TablePage(table.columns, [row[:width] for row in chosen], len(rows), request.offset, changes)

    def _table(self, record: MediaRecord | None, name: str) -> _Table:
        made = None if record is None or record.kind != "table" else record.ready
        if made is None:
            raise NotFound(f"table {name[:100]!r}: is not there, or not yet")
        return self._recent.get(made.blob, made.blob, lambda data: _Table(made.blob, *unpack(data)))

    def _joined(self, table: _Table, earlier: _Table, on: str | None) -> _Table:
        if on is not None and not (on in table.columns and on in earlier.columns):
            raise BadRequest(f"on: there is no column {on[:100]!r} in both tables")
        key = table.blob, earlier.blob, on
        return self._recent.get(
            key, table.blob, lambda _: _Table(table.blob, table.columns, joined(table, earlier, on))
        )


class _Table:
    """A table and what was made of it lately. Behind the cells of a row there may be its Change."""

    def __init__(self, blob: str, columns: list[str], rows: list[Row]) -> None:
        self.blob, self.columns, self.rows = blob, columns, rows
        self._filtered = lru_cache(_KEPT)(self._filter)
        self.arranged = lru_cache(_KEPT)(self._arrange)

    def _arrange(self, text: str | None, sort: str | None, descending: bool, changed: bool) -> list[Row]:  # noqa: FBT001 -- a key
        rows = self.rows if text is None else self._filtered(text)
        if changed:
            rows = [row for row in rows if row[len(self.columns)].kind != "same"]
        if sort is None:
            return rows
        if sort not in self.columns:
            raise BadRequest(f"sort: there is no column {sort[:100]!r}")
        return _by_column(rows, self.columns.index(sort), descending=descending)

    def _filter(self, text: str) -> list[Row]:
        # No column holds times, from which alone a filter would count.
        holds = language.parse(text, now=0, terms=terms(self.columns))
        return [row for row in self.rows if holds(row[: len(self.columns)])]


# ---------------------------------------------------------------------------------------------- held against another


def joined(table: _Table, earlier: _Table, on: str | None) -> list[Row]:
    """Return the rows of a table, and behind them those that only the earlier one has, each followed by its Change.

    Rows with equal cells in `on` are matched in order. Media are taken to be the same.
    """
    places = [earlier.columns.index(name) if name in earlier.columns else None for name in table.columns]
    waiting: dict[str | int, deque[Row]] = defaultdict(deque)
    for name, row in zip(_names(earlier, on), earlier.rows, strict=True):
        waiting[name].append([None if place is None else row[place] for place in places])
    found = []
    for name, row in zip(_names(table, on), table.rows, strict=True):
        before = waiting[name].popleft() if waiting.get(name) else None
        found.append([*row, _change(row, before, places)])
    return [*found, *([*row, Change("gone")] for rows in waiting.values() for row in rows)]


def _names(table: _Table, on: str | None) -> Sequence[str | int]:
    """Return by what each row is matched."""
    if on is None:
        return range(len(table.rows))
    at = table.columns.index(on)
    return [repr(row[at]) for row in table.rows]


def _change(row: Row, before: Row | None, places: list[int | None]) -> Change:
    if before is None:
        return Change("new")
    pairs = zip(places, row, before, strict=True)
    differ = [at for at, (place, new, old) in enumerate(pairs) if place is not None and not _is_same(new, old)]
    return Change("changed" if differ else "same", before, differ)


def _is_same(new: Any, old: Any) -> bool:
    if is_media(new) and is_media(old):
        return True
    if isinstance(new, list) and isinstance(old, list):
        return len(new) == len(old) and all(map(_is_same, new, old))
    return bool(new == old) or (new != new and old != old)  # noqa: PLR0124 -- NaN is NaN


# ------------------------------------------------------------------------------------------------------ filtered


def terms(columns: Sequence[str]) -> language.Terms:
    """Return what the words of a filter mean for rows of these columns: names, and texts in any cell."""

    def of(parts: tuple[str, ...], _quoted: bool) -> Field:  # noqa: FBT001 -- as a filter calls it
        name = ".".join(parts)
        if name not in columns:
            raise LookupError(f"there is no column {name[:50]!r}; there are {', '.join(columns)[:200]}")
        return Field(name, "any", itemgetter(columns.index(name)), (name,))

    anywhere = Field("any cell", "any", lambda row: [text for cell in row for text in texts(cell)], ())
    return language.Terms(of, anywhere, f"{columns[0] if columns else 'x'} = 1, or a part of a text")


def _by_column(rows: list[Row], at: int, *, descending: bool) -> list[Row]:
    """Return rows by a column: numbers, then texts; rows without either, or with NaN, come last in any case."""
    numbers: list[Row] = []
    strings: list[Row] = []
    rest: list[Row] = []
    for row in rows:
        cell = row[at]
        if isinstance(cell, str):
            strings.append(row)
        elif isinstance(cell, (int, float)) and not math.isnan(cell):
            numbers.append(row)
        else:
            rest.append(row)
    numbers.sort(key=itemgetter(at), reverse=descending)
    strings.sort(key=itemgetter(at), reverse=descending)
    return [*strings, *numbers, *rest] if descending else [*numbers, *strings, *rest]
