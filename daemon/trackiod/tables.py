"""Checks that a table's file is what it says it is; a table is kept as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trackio.errors import ProtocolError
from trackio.wire import unpack

if TYPE_CHECKING:
    from pathlib import Path

#: Largest table file, in bytes.
MAX_BYTES: Final = 512 * 2**20
#: Most columns of a table.
MAX_COLUMNS: Final = 10_000


def rows(file: Path) -> int:
    """Return the number of rows of a table file: msgpack `[[column names], [[cell, …], …]]`.

    Raises ProtocolError saying what is wrong with it.
    """
    size = file.stat().st_size
    if size > MAX_BYTES:
        raise ProtocolError(f"a table of {size} bytes; at most {MAX_BYTES} are taken")
    value = unpack(file.read_bytes())
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(part, list) for part in value)):
        raise ProtocolError("a table is [columns, rows]")
    columns, lines = value
    if len(columns) > MAX_COLUMNS or not all(isinstance(name, str) for name in columns):
        raise ProtocolError(f"a table has at most {MAX_COLUMNS} columns, named by text")
    for number, line in enumerate(lines):
        if not isinstance(line, list) or len(line) != len(columns):
            raise ProtocolError(f"row {number} of the table does not have {len(columns)} cells")
    return len(lines)
