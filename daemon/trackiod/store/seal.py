"""Seals of records that hold points: a checksum behind the bytes, so that a flipped bit is noticed. Pure."""

from __future__ import annotations

import struct
import zlib
from typing import Final

_CHECKSUM: Final = struct.Struct("<I")


def sealed(*parts: bytes) -> bytes:
    """Return the parts as one record, with its checksum (CRC-32) behind it."""
    checksum = 0
    for part in parts:
        checksum = zlib.crc32(part, checksum)
    return b"".join([*parts, _CHECKSUM.pack(checksum)])


def opened(record: bytes) -> memoryview:
    """Return what a record holds before its checksum; raises ValueError if it is not what was sealed."""
    end = len(record) - _CHECKSUM.size
    view = memoryview(record)
    if end < 0 or zlib.crc32(view[:end]) != _CHECKSUM.unpack_from(record, end)[0]:
        raise ValueError(f"{len(record)} bytes that do not have their checksum")
    return view[:end]
