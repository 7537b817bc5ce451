"""TensorBoard's event files: records with checksums, each an Event message; read and written without TensorFlow."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from trackio import protobuf
from trackio.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: `u64 length | u32 checksum of it | data | u32 checksum of the data`.
_LENGTH: Final = struct.Struct("<QI")
_CHECKSUM: Final = struct.Struct("<I")
#: Longest record; a summary holds an image at most.
_MAX_RECORD: Final = 2**30
#: The data of longer records is not checked: it would take too long in Python, and they hold no numbers.
_CHECKED: Final = 2**16

#: Numbers of TensorProto's types, and how one value of each stands in `tensor_content`.
_CONTENT: Final = {
    1: "<f",
    2: "<d",
    3: "<i",
    4: "<B",
    5: "<h",
    6: "<b",
    9: "<q",
    10: "<?",
    19: "<e",
    22: "<I",
    23: "<Q",
}
_STRING: Final = 7
_FLOATS: Final = {5, 6}
_INTEGERS: Final = {7, 10, 11, 16, 17}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a summary: a number, text, the file of an image, or hyperparameters as a dict."""

    tag: str
    kind: str  # "scalar" | "text" | "image" | "hparams"
    value: Any


@dataclass(frozen=True, slots=True)
class Event:
    """What was logged at once; `time` in seconds since the epoch."""

    step: int
    time: float
    values: list[Value] = field(default_factory=list)


def read(path: Path) -> Iterator[Event]:
    """Yield the events of a file that hold something known, in order; a last one that is not whole is left out.

    Raises ProtocolError naming the file and the byte for anything that is no such file.
    """
    plugins: dict[str, str] = {}
    with path.open("rb") as file:
        at = 0
        try:
            for data in _records(file):
                event = _event(data, plugins)
                if event.values:
                    yield event
                at = file.tell()
        except ProtocolError as error:
            raise ProtocolError(f"{path}: {error} (record at byte {at})") from error


def scalar_event(step: int, time: float, values: Iterable[tuple[str, float]]) -> bytes:
    """Return a record with numbers of one step, as TensorBoard's own older summaries hold them."""
    summary = b"".join(
        protobuf.put_bytes(1, protobuf.put_bytes(1, tag) + b"\x15" + struct.pack("<f", value)) for tag, value in values
    )
    return _record(_about(step, time) + protobuf.put_bytes(5, summary))


def text_event(step: int, time: float, tag: str, text: str) -> bytes:
    """Return a record with a text (Markdown)."""
    tensor = protobuf.put_integer(1, _STRING) + protobuf.put_bytes(2, b"") + protobuf.put_bytes(8, text)
    metadata = protobuf.put_bytes(1, protobuf.put_bytes(1, "text"))
    value = protobuf.put_bytes(1, tag) + protobuf.put_bytes(8, tensor) + protobuf.put_bytes(9, metadata)
    return _record(_about(step, time) + protobuf.put_bytes(5, protobuf.put_bytes(1, value)))


def opening_event(time: float) -> bytes:
    """Return the record that opens a file."""
    return _record(protobuf.put_double(1, time) + protobuf.put_bytes(3, "brain.Event:2"))


def _about(step: int, time: float) -> bytes:
    return protobuf.put_double(1, time) + protobuf.put_integer(2, step)


# ------------------------------------------------------------------------------------------------------ records


def _records(file: BinaryIO) -> Iterator[bytes]:
    while len(head := file.read(_LENGTH.size)) == _LENGTH.size:
        size, said = _LENGTH.unpack(head)
        if said != _masked(head[:8]) or size > _MAX_RECORD:
            raise ProtocolError("this is no event file, or it is damaged here")
        data, tail = file.read(size), file.read(_CHECKSUM.size)
        if len(data) < size or len(tail) < _CHECKSUM.size:
            return
        if size <= _CHECKED and _CHECKSUM.unpack(tail)[0] != _masked(data):
            raise ProtocolError("the checksum does not fit the data")
        yield data


def _record(data: bytes) -> bytes:
    size = struct.pack("<Q", len(data))
    return size + _CHECKSUM.pack(_masked(size)) + data + _CHECKSUM.pack(_masked(data))


def crc32c(data: bytes) -> int:
    """Return the CRC-32C (Castagnoli) of `data`."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _masked(data: bytes) -> int:
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _table() -> Iterator[int]:
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        yield crc


_TABLE: Final = tuple(_table())

# ----------------------------------------------------------------------------------------------------- messages


def _event(data: bytes, plugins: dict[str, str]) -> Event:
    step, time = 0, 0.0
    values: list[Value] = []
    for number, value in protobuf.fields(data):
        if number == 1:
            time = protobuf.real(value)
        elif number == 2:
            step = protobuf.whole(value)
        elif number == 5:
            found = (_value(one, plugins) for one in protobuf.inside(protobuf.held(value), 1))
            values += [one for one in found if one is not None]
    return Event(step, time, values)


def _value(data: memoryview, plugins: dict[str, str]) -> Value | None:
    found = dict(protobuf.fields(data))
    tag = protobuf.text(found.get(1, memoryview(b"")))
    plugin, content = _metadata(protobuf.held(found[9])) if 9 in found else ("", memoryview(b""))
    # Only the first value of a tag has to say whose it is.
    plugin = plugins.setdefault(tag, plugin) if plugin else plugins.get(tag, "")
    if plugin == "hparams":
        settings = _hyperparameters(content)
        return Value(tag, "hparams", settings) if settings else None
    if 2 in found:
        return Value(tag, "scalar", protobuf.real(found[2]))
    if 4 in found:
        files = list(protobuf.inside(protobuf.held(found[4]), 4))
        return Value(tag, "image", bytes(files[0])) if files else None
    return _tensor(tag, plugin, protobuf.held(found[8])) if 8 in found else None


def _metadata(data: memoryview) -> tuple[str, memoryview]:
    about = [dict(protobuf.fields(one)) for one in protobuf.inside(data, 1)]
    if not about:
        return "", memoryview(b"")
    nothing = memoryview(b"")
    return protobuf.text(about[0].get(1, nothing)), protobuf.held(about[0].get(2, nothing))


def _tensor(tag: str, plugin: str, data: memoryview) -> Value | None:
    fields = list(protobuf.fields(data))
    kind = next((protobuf.whole(value) for number, value in fields if number == 1), 0)
    if kind == _STRING:
        texts = [value for number, value in fields if number == 8]
        if plugin == "images" and len(texts) > 2:
            return Value(tag, "image", bytes(protobuf.held(texts[2])))  # after its width and height
        if plugin not in {"text", ""}:
            return None
        return Value(tag, "text", "\n\n".join(map(protobuf.text, texts)))
    if plugin not in {"scalars", ""}:
        return None
    numbers = [number for field_ in fields for number in _numbers(kind, *field_)]
    return Value(tag, "scalar", numbers[0]) if len(numbers) == 1 else None


def _numbers(kind: int, number: int, value: int | memoryview) -> Iterator[float]:
    """Yield what one field of a tensor adds to its numbers."""
    if number == 4 and kind in _CONTENT:
        form = struct.Struct(_CONTENT[kind])
        data = protobuf.held(value)
        if len(data) == form.size:
            yield form.unpack(data)[0]
    elif number in _FLOATS:
        data, size = protobuf.held(value), 4 if number == 5 else 8
        for at in range(0, len(data), size):
            yield protobuf.real(data[at : at + size])
    elif number in _INTEGERS:
        yield from protobuf.integers(value)


def _hyperparameters(content: memoryview) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for session in protobuf.inside(content, 3):
        for entry in protobuf.inside(session, 1):
            fields = dict(protobuf.fields(entry))
            if 1 in fields and 2 in fields:
                found[protobuf.text(fields[1])] = _plain(protobuf.held(fields[2]))
    return found


def _plain(data: memoryview) -> Any:
    for number, value in protobuf.fields(data):
        match number:
            case 2:
                real = protobuf.real(value)
                return int(real) if real.is_integer() and abs(real) < 2**53 else real
            case 3:
                return protobuf.text(value)
            case 4:
                return bool(protobuf.whole(value))
    return None
