"""What the encoder pool and its worker processes say to one another, and its bytes on their pipes."""

from __future__ import annotations

import struct
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import ProtocolError
from trackio.wire import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH: Final = struct.Struct("<I")
#: Longest job or outcome, in bytes; a pipe takes this much without anybody reading.
MAX_FRAME: Final = 4096


@dataclass(frozen=True, slots=True)
class Media:
    """A file that a stored row names: its id, whose journal it lies beside, and the map that describes it."""

    id: str
    writer: bytes
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """One raw file to be made into blobs."""

    id: str
    kind: str  # "image" | "video" | "table" | "trace" | "html" | "library" | "audio" | "object3d"
    source: str  # path of the raw file
    blobs: str  # folder that receives what is made
    format: str = ""
    shape: tuple[int, ...] = ()
    mode: str = ""  # of raw pixels; of raw samples their dtype
    fps: float = 0.0  # frames, or samples, per second


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a file: names of blobs (sha256) and what a page must know to show them."""

    blob: str
    mime: str
    bytes: int
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    fps: float | None = None
    duration: float | None = None
    thumb: str | None = None
    poster: str | None = None
    rows: int | None = None
    scripts: bool | None = None
    channels: int | None = None
    rate: int | None = None
    peaks: str | None = None
    vertices: int | None = None
    faces: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a job: what was made, or why nothing was. `again` asks for another try later (disk full)."""

    id: str
    made: Made | None = None
    error: str | None = None
    again: bool = False


def framed(message: Job | Outcome) -> bytes:
    """Return a message as it travels on a pipe; an over-long error is cut."""
    fields = asdict(message)
    if fields.get("error"):
        fields["error"] = fields["error"][:1000]
    body = pack(fields)
    if len(body) + _LENGTH.size > MAX_FRAME:
        raise ProtocolError(f"a message of {len(body)} bytes between pool and worker; at most {MAX_FRAME} fit")
    return _LENGTH.pack(len(body)) + body


def unframed(buffer: bytearray) -> Iterator[dict[str, Any]]:
    """Yield the whole messages at the start of `buffer`, taking them out; raises ProtocolError."""
    while len(buffer) >= _LENGTH.size:
        (size,) = _LENGTH.unpack_from(buffer)
        if size > MAX_FRAME:
            raise ProtocolError(f"a message of {size} bytes between pool and worker")
        if len(buffer) < _LENGTH.size + size:
            return
        body = bytes(buffer[_LENGTH.size : _LENGTH.size + size])
        del buffer[: _LENGTH.size + size]
        yield unpack(body)


def job(fields: dict[str, Any]) -> Job:
    """Return the job that a frame holds."""
    return Job(**{**fields, "shape": tuple(fields["shape"])})


def outcome(fields: dict[str, Any]) -> Outcome:
    """Return the outcome that a frame holds."""
    made = fields["made"]
    return Outcome(fields["id"], None if made is None else Made(**made), fields["error"], fields["again"])
