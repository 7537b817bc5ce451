"""Walks the bytes of a batch: packed rows in blocks of one schema, without a loop over rows, and all other records."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trackio.errors import CorruptJournal
from trackio.wire import COMMIT_MASK, FRAMING, MAX_RECORD, Record, Row, Schema, Unknown, decode_record, is_packed_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_U32: Final = struct.Struct("<I")
_BIN8, _BIN16 = 0xC4, 0xC5
#: A search for the end of a block looks at this many rows first, and at four times as many each time after.
_FIRST_LOOK: Final = 4
#: Bytes that are looked through at once for the next whole record.
_WINDOW: Final = 2**16


@dataclass(frozen=True, slots=True)
class PackedRows:
    """`count` framed rows of one schema, one after another, `size` bytes each, as they stand in the batch."""

    schema_id: int
    count: int
    size: int
    data: memoryview

    @property
    def keys(self) -> int:
        """Number of values in each row."""
        return (self.size - FRAMING - _marker_size(self.size) - 16) // 8

    def matrix(self) -> NDArray[np.int64]:
        """Return an int64 array (2 + keys, count): steps, times in ns, then the 8 bytes of each value; a view."""
        start = 4 + _marker_size(self.size)
        shape = (2 + self.keys, self.count)
        found: NDArray[np.int64] = np.ndarray(
            shape, dtype="<i8", buffer=self.data, offset=start, strides=(8, self.size)
        )
        return found

    def columns(
        self, schema: Schema
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[str, NDArray[np.float64] | NDArray[np.int64]]]:
        """Return steps (i8), times in ns (i8) and each key's values (f8 or i8), all of length `count`."""
        rows = np.ascontiguousarray(self.matrix())
        values = {
            key: rows[at].view("<f8") if code == "d" else rows[at]
            for at, (key, code) in enumerate(zip(schema.keys, schema.codes, strict=True), 2)
        }
        return rows[0], rows[1], values


def scan(body: bytes | memoryview) -> Iterator[PackedRows | Record | Unknown]:
    """Yield everything in a batch, in order; consecutive rows of one schema come as one block.

    Raises CorruptJournal for bytes that are not whole records, ProtocolError for a record that makes no sense.
    """
    view, at, end = memoryview(body), 0, len(body)
    while at < end:
        size = _checked_size(view, at, end)
        if is_packed_row(view[at + 4 : at + 6]):
            block = _block(view, at, end, size)
            yield block
            at += block.count * block.size
        else:
            yield decode_record(view[at + 4 : at + 4 + size])
            at += size + FRAMING


def rows(body: bytes | memoryview, containing: bytes | None = None) -> Iterator[PackedRows | Row]:
    """Yield the rows of a batch, in order; of those that are not packed, only the ones with these bytes in them."""
    view, at, end = memoryview(body), 0, len(body)
    while at < end:
        size = _checked_size(view, at, end)
        if is_packed_row(view[at + 4 : at + 6]):
            block = _block(view, at, end, size)
            yield block
            at += block.count * block.size
            continue
        payload = bytes(view[at + 4 : at + 4 + size])
        at += size + FRAMING
        if containing is None or containing in payload:
            record = decode_record(payload)
            if isinstance(record, Row):
                yield record


def count(body: bytes | memoryview) -> int:
    """Return how many records a batch holds; raises CorruptJournal as `scan` does."""
    return sum(number for number, _ in _extents(body))


def skip(body: bytes, records: int) -> bytes:
    """Return the batch without its first `records` records."""
    at = 0
    for number, size in _extents(body):
        if records <= 0:
            break
        taken = min(number, records)
        at += taken * size
        records -= taken
    return body[at:]


def resumed(data: bytes | memoryview, start: int) -> int | None:
    """Return where the first whole record at `start` or later begins, whatever is before it; None if there is none.

    Of what is no record, one place in 2³² is taken for one.
    """
    octets, end = np.frombuffer(data, np.uint8), len(data) - FRAMING + 1
    for at in range(start, end, _WINDOW):
        places = np.arange(at, min(at + _WINDOW, end))
        sizes = _words(octets, places)
        likely = (sizes > 0) & (sizes <= MAX_RECORD) & (places + sizes < end)
        places, sizes = places[likely], sizes[likely]
        whole = _words(octets, places + 4 + sizes) == sizes ^ COMMIT_MASK
        if whole.any():
            return int(places[whole.argmax()])
    return None


def _words(octets: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.int64]:
    first, second, third, fourth = (octets[places + byte].astype(np.int64) << 8 * byte for byte in range(4))
    return first | second | third | fourth


def _extents(body: bytes | memoryview) -> Iterator[tuple[int, int]]:
    view, at, end = memoryview(body), 0, len(body)
    while at < end:
        size = _checked_size(view, at, end)
        if is_packed_row(view[at + 4 : at + 6]):
            block = _block(view, at, end, size)
            yield block.count, block.size
            at += block.count * block.size
        else:
            yield 1, size + FRAMING
            at += size + FRAMING


def _checked_size(view: memoryview, at: int, end: int) -> int:
    if at + FRAMING > end:
        raise CorruptJournal("record cut off", at)
    size = int(_U32.unpack_from(view, at)[0])
    if size == 0 or size > MAX_RECORD or at + FRAMING + size > end:
        raise CorruptJournal(f"record length {size} does not fit", at)
    if _U32.unpack_from(view, at + 4 + size)[0] != size ^ COMMIT_MASK:
        raise CorruptJournal("commit word does not fit its record", at)
    return size


def _marker_size(framed: int) -> int:
    # bin8 carries at most 255 bytes: 6 bytes of marker; longer rows have bin16 and 7.
    return 6 if framed - FRAMING - 6 < 256 else 7


def _block(view: memoryview, at: int, end: int, size: int) -> PackedRows:
    framed = size + FRAMING
    marker = _marker_size(framed)
    held = size - marker
    said = view[at + 9] if marker == 6 else int.from_bytes(view[at + 9 : at + 11], "big")
    opens = _BIN8 if marker == 6 else _BIN16
    if held < 16 or held % 8 or view[at + 8] != opens or said != held:
        raise CorruptJournal("packed row has a wrong size", at)
    rows = _equal_rows(view[at:end], framed, 4 + marker)
    schema_id = int.from_bytes(view[at + 6 : at + 8], "big")
    return PackedRows(schema_id, rows, framed, view[at : at + rows * framed])


def _equal_rows(view: memoryview, framed: int, head: int) -> int:
    """Return how many rows from the first on have the same length, marker and commit word."""
    most = len(view) // framed
    rows, look = 1, _FIRST_LOOK
    opening, closing = view[:head], view[framed - 4 : framed]
    while rows < most:
        at = rows * framed
        # Alternating schemas end here, before an array is made.
        if view[at : at + head] != opening or view[at + framed - 4 : at + framed] != closing:
            return rows
        look = min(look, most - rows)
        block = np.frombuffer(view[at : at + look * framed], np.uint8).reshape(look, framed)
        same = (block[:, :head] == np.frombuffer(opening, np.uint8)).all(axis=1)
        same &= (block[:, -4:] == np.frombuffer(closing, np.uint8)).all(axis=1)
        if not same.all():
            return rows + int(same.argmin())
        rows += look
        look *= 4
    return rows
