"""What lies in journals and is not stored yet: read from outside, while the processes that write them go on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trackio.errors import CorruptJournal, ProtocolError, VersionMismatch
from trackio.wire import (
    SEGMENT_HEADER,
    Attach,
    Row,
    RunStart,
    decode_record,
    is_packed_row,
    packed_row_time,
    payloads,
    read_segment_header,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trackio.places import Places

_WRITER: Final = re.compile(r"[0-9a-f]{32}")
_SEGMENT: Final = re.compile(r"\d{20}\.seg")


@dataclass(slots=True)
class Unsent:
    """Rows of one writer that no daemon has stored: how many, and when the oldest was logged (ns since the epoch).

    `run` is the id under which the writer began, None if its first record is not in its journal any more.
    """

    writer: bytes
    run: str | None = None
    rows: int = 0
    oldest: int | None = None


def unsent(places: Places, stored: Callable[[bytes], int]) -> list[Unsent]:
    """Return what waits in each journal; `stored` tells how many records of a writer are in the store.

    Records that are being written, or are damaged, do not count.
    """
    folders: dict[str, list[Path]] = {}
    for root in (places.journals, places.spilled):
        for folder in _entries(root):
            if _WRITER.fullmatch(folder.name):
                folders.setdefault(folder.name, []).append(folder)
    return [_of_writer(bytes.fromhex(name), held, stored) for name, held in sorted(folders.items())]


def _of_writer(writer: bytes, folders: list[Path], stored: Callable[[bytes], int]) -> Unsent:
    found, first = Unsent(writer), stored(writer)
    for number, payload in _records(folders, first):
        if number == 0:
            found.run = _begun(payload)
        if number >= first and (time := _row_time(payload)) is not None:
            found.rows += 1
            found.oldest = time if found.oldest is None else min(found.oldest, time)
    return found


def _records(folders: list[Path], first: int) -> Iterator[tuple[int, memoryview]]:
    """Yield the records of the segments that hold any from number `first` on, with their numbers."""
    files = [file for folder in folders for file in _entries(folder) if _SEGMENT.fullmatch(file.name)]
    segments = sorted(files, key=lambda file: file.name)
    for file, following in zip(segments, [*segments[1:], None], strict=True):
        if following is not None and 0 < int(following.stem) <= first:
            continue
        try:
            data = memoryview(file.read_bytes())
            _, number = read_segment_header(data)
            for payload in payloads(data[SEGMENT_HEADER:]):
                yield number, payload
                number += 1
        except (OSError, CorruptJournal, VersionMismatch):
            continue  # stored and removed meanwhile, or not to be read: the daemon tells of damage


def _row_time(payload: memoryview) -> int | None:
    if is_packed_row(payload):
        return packed_row_time(payload)
    try:
        record = decode_record(payload)
    except ProtocolError:
        return None
    return record.time if isinstance(record, Row) else None


def _begun(payload: memoryview) -> str | None:
    try:
        record = decode_record(payload)
    except ProtocolError:
        return None
    return record.run if isinstance(record, (RunStart, Attach)) else None


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
