"""Tables as pages read them: rows filtered by their cells, sorted by a column, some at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import BadRequest, NotFound
from trackio.wire import unpack
from trackiod import filter as language
from trackiod.comparison import Field, texts
from trackiod.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trackiod.store.objects import MediaRecord

Row = list[Any]
#: Orders and filters of one table that are kept.
_KEPT: Final = 4


@dataclass(frozen=True, slots=True)
class TableRequest:
    """Which rows of a table, in which order; `filter` is in the language of docs/HTTP.md, about its columns."""

    id: str
    offset: int
    limit: int
    sort: str | None = None
    descending: bool = False
    filter: str | None = None


@dataclass(frozen=True, slots=True)
class TablePage:
    """Some of the `total` rows that the filter lets through, from row `offset` on; cells are plain values or Media."""

    columns: list[str]
    rows: list[Row]
    total: int
    offset: int


class Tables:
    """Reads tables page by page and keeps those that were read last. Safe for threads."""

    def __init__(self, blobs: Path) -> None:
        self._recent: Recent[_Table] = Recent(blobs)

    def page(self, record: MediaRecord | None, request: TableRequest) -> TablePage:
        """Return rows of a ready table, media still as they were logged.

        Raises NotFound while there is no such table, BadRequest for a column that it does not have or a filter that
        cannot be read.
        """
        made = None if record is None or record.kind != "table" else record.ready
        if made is None:
            raise NotFound(f"table {request.id[:100]!r}: is not there, or not yet")
        table = self._recent.get(made.blob, made.blob, _Table)
        rows = table.arranged(request.filter, request.sort, request.descending and request.sort is not None)
        return TablePage(
            table.columns, rows[request.offset : request.offset + request.limit], len(rows), request.offset
        )


class _Table:
    """A table and what was made of it lately."""

    def __init__(self, data: bytes) -> None:
        self.columns: list[str]
        self._rows: list[Row]
        self.columns, self._rows = unpack(data)
        self._filtered = lru_cache(_KEPT)(self._filter)
        self.arranged = lru_cache(_KEPT)(self._arrange)

    def _arrange(self, text: str | None, sort: str | None, descending: bool) -> list[Row]:  # noqa: FBT001 -- a key
        rows = self._rows if text is None else self._filtered(text)
        if sort is None:
            return rows
        if sort not in self.columns:
            raise BadRequest(f"sort: there is no column {sort[:100]!r}")
        return _by_column(rows, self.columns.index(sort), descending=descending)

    def _filter(self, text: str) -> list[Row]:
        # No column holds times, from which alone a filter would count.
        holds = language.parse(text, now=0, terms=terms(self.columns))
        return [row for row in self._rows if holds(row)]


def terms(columns: Sequence[str]) -> language.Terms:
    """Return what the words of a filter mean for rows of these columns: names, and texts in any cell."""

    def field(parts: tuple[str, ...], _quoted: bool) -> Field:  # noqa: FBT001 -- as a filter calls it
        name = ".".join(parts)
        if name not in columns:
            raise LookupError(f"there is no column {name[:50]!r}; there are {', '.join(columns)[:200]}")
        return Field(name, "any", itemgetter(columns.index(name)), (name,))

    anywhere = Field("any cell", "any", lambda row: [text for cell in row for text in texts(cell)], ())
    return language.Terms(field, anywhere, f"{columns[0] if columns else 'x'} = 1, or a part of a text")


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
