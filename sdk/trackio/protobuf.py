"""Just enough of protobuf's wire format to read and write the few messages of other tools' files."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from trackio.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Number of a field and what it holds: an integer, or bytes. Floats come as their 4 or 8 bytes.
Field = tuple[int, "int | memoryview"]

_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_DOUBLE: Final = struct.Struct("<d")
_FLOAT: Final = struct.Struct("<f")
_MASK: Final = 2**64 - 1


def fields(data: bytes | memoryview) -> Iterator[Field]:
    """Yield each field of a message in order; raises ProtocolError for bytes that are none."""
    view, at = memoryview(data), 0
    while at < len(view):
        tag, at = _varint(view, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(view, at)
            yield number, value
            continue
        if kind == _BYTES:
            size, at = _varint(view, at)
        elif kind in {_EIGHT, _FOUR}:
            size = 8 if kind == _EIGHT else 4
        else:
            raise ProtocolError(f"protobuf: field {number} has the unknown wire type {kind}")
        if number == 0 or at + size > len(view):
            raise ProtocolError(f"protobuf: field {number} reaches beyond the message")
        yield number, view[at : at + size]
        at += size


def inside(data: bytes | memoryview, wanted: int) -> Iterator[memoryview]:
    """Yield the bytes of every field of that number: nested messages, or text."""
    for number, value in fields(data):
        if number == wanted:
            yield held(value)


def held(value: int | memoryview) -> memoryview:
    """Return a field's bytes; raises ProtocolError if it holds an integer."""
    if isinstance(value, int):
        raise ProtocolError("protobuf: an integer where bytes were expected")
    return value


def whole(value: int | memoryview) -> int:
    """Return a field's integer, signed; raises ProtocolError if it holds bytes."""
    if not isinstance(value, int):
        raise ProtocolError("protobuf: bytes where an integer was expected")
    return value - 2**64 if value >= 2**63 else value


def text(value: int | memoryview) -> str:
    """Return a field's text; what is no UTF-8 is replaced."""
    return bytes(held(value)).decode("utf-8", "replace")


def real(value: int | memoryview) -> float:
    """Return a float or a double; raises ProtocolError for a field of another size."""
    data = held(value)
    if len(data) not in {4, 8}:
        raise ProtocolError(f"protobuf: a number of {len(data)} bytes")
    found: float = (_DOUBLE if len(data) == 8 else _FLOAT).unpack(data)[0]
    return found


def integers(value: int | memoryview) -> Iterator[int]:
    """Yield the integers of a repeated field, packed or one by one."""
    if isinstance(value, int):
        yield whole(value)
        return
    at = 0
    while at < len(value):
        found, at = _varint(value, at)
        yield whole(found)


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(view) and shift < 70:
        byte = view[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value & _MASK, at
    raise ProtocolError("protobuf: a number without end")


# ------------------------------------------------------------------------------------------------------ writing


def put_integer(number: int, value: int) -> bytes:
    """Return a field that holds a 64-bit integer."""
    return _put_varint(number << 3 | _VARINT) + _put_varint(value & _MASK)


def put_bytes(number: int, value: bytes | str) -> bytes:
    """Return a field that holds bytes, text or a message."""
    data = value.encode() if isinstance(value, str) else value
    return _put_varint(number << 3 | _BYTES) + _put_varint(len(data)) + data


def put_double(number: int, value: float) -> bytes:
    """Return a field that holds a double."""
    return _put_varint(number << 3 | _EIGHT) + _DOUBLE.pack(value)


def _put_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
