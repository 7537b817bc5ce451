"""The protocol: every record of the journal and every message on the socket, and their bytes.

docs/FORMAT.md is the written form of this file; the two change together.
"""

import struct
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import msgpack

from trackio.errors import CorruptJournal, ProtocolError, VersionMismatch

PROTOCOL_VERSION: Final = 1

#: Longest payload of one record, in bytes; longer values travel as files beside the journal.
MAX_RECORD: Final = 16 * 2**20
#: Ranks of one launch, at most.
MAX_RANKS: Final = 1_000_000
#: Longest socket message, in bytes, that either side accepts.
MAX_MESSAGE: Final = 64 * 2**20
#: A batch holds at most this many bytes of records, unless a single record is longer.
BATCH_BYTES: Final = 512 * 2**10

# ----------------------------------------------------------------------------------------------- records
# Named tuples, since those are made at every import of trackio, in a third of the time that dataclasses take.

#: Where no map was given: one for all, which nobody writes to.
_NOTHING: Final[dict[str, Any]] = {}


class RunStart(NamedTuple):
    """The first record of a writer that made or resumed a run."""

    run: str  # run id: 32 hex digits, or the id that the user chose
    project: str
    name: str
    group: str | None
    config: dict[str, Any]
    resume: str  # "never" | "allow" | "must"
    time: int  # wall clock, ns since the epoch
    host: str = ""
    pid: int = 0
    user: str = ""
    command: tuple[str, ...] = ()
    version: str = ""
    tags: tuple[str, ...] = ()
    notes: str | None = None
    plot_order: tuple[str, ...] = ()  # of the charts of its project, for all who look at them
    world: int = 1  # ranks of the launch, of which this is 0
    attempt: int = 0  # how often the launcher has started its ranks over


class Attach(NamedTuple):
    """The first record of a process inside a run that another one began: forked, spawned, or a rank beside it.

    A rank is the member of that number; the others are numbered from `world` on. `config` holds until the run's own
    start arrives, and where that has no such key.
    """

    run: str
    project: str
    name: str
    time: int
    host: str = ""
    pid: int = 0
    config: dict[str, Any] = _NOTHING
    rank: int | None = None
    world: int = 1
    attempt: int = 0


class Schema(NamedTuple):
    """A set of keys that packed rows refer to by id.

    `codes` holds "d" (float64) or "q" (int64) for each key. Steps of a relative schema count from the step
    after the resumed run's last one, which only the daemon knows.
    """

    id: int
    keys: tuple[str, ...]
    codes: str
    relative: bool = False


class Row(NamedTuple):
    """A row with values that are not all plain numbers: text, lists, media, tables, large integers."""

    step: int
    time: int
    values: dict[str, Any]
    relative: bool = False


class ConfigUpdate(NamedTuple):
    """Keys of the run's configuration that were set or changed; removed keys are listed."""

    time: int
    values: dict[str, Any]
    removed: tuple[str, ...] = ()


class Report(NamedTuple):
    """What a writer counted so far, every few seconds while it logs; the newest one counts."""

    time: int
    logged: int  # log() calls that returned
    rows: int  # of these, how many were journaled
    refused: dict[str, int] = _NOTHING  # reason -> rows or values refused
    timed: int = 0  # calls whose time was taken
    spent: int = 0  # ns that these took
    wall: int = 0  # ns since the writer began


class Finish(NamedTuple):
    """The last record of a writer that ended by itself, with the last of its reports."""

    time: int
    status: str  # "finished" | "failed"
    error: str | None = None
    logged: int = 0
    rows: int = 0
    refused: dict[str, int] = _NOTHING
    timed: int = 0
    spent: int = 0
    wall: int = 0
    at_exit: bool = False  # nobody called finish(): the process was over


class System(NamedTuple):
    """Numbers that tell of the machine at a time, not of a step of the run."""

    time: int
    values: dict[str, Any]  # int or float


class Alert(NamedTuple):
    """Something that somebody should know of. `webhook`: the address that is told of it, a secret."""

    time: int
    title: str
    text: str | None
    level: str  # "info" | "warn" | "error"
    step: int | None = None
    relative: bool = False
    webhook: str | None = None


class Unknown(NamedTuple):
    """A record of a kind that came after this program: whoever reads it passes it over, and says so."""

    kind: str


Record = RunStart | Attach | Schema | Row | ConfigUpdate | Report | Finish | System | Alert

# ----------------------------------------------------------------------------------------------- messages


class Hello(NamedTuple):
    """Client → daemon: this writer exists; answered with Welcome."""

    writer: bytes
    pid: int
    version: int = PROTOCOL_VERSION


class Welcome(NamedTuple):
    """Daemon → client: `stored` records of this writer are safe; send from there."""

    writer: bytes
    stored: int
    daemon: str  # changes with every start of the daemon
    version: int = PROTOCOL_VERSION


class Batch(NamedTuple):
    """Client → daemon: `count` records from number `first` on; the second frame holds their bytes."""

    writer: bytes
    first: int
    count: int  # type: ignore[assignment]  # not the method of tuples


class Ack(NamedTuple):
    """Daemon → client, after the commit: `stored` records of this writer are safe."""

    writer: bytes
    stored: int


class Rewind(NamedTuple):
    """Daemon → client: a batch did not continue what is stored; send again from `stored`."""

    writer: bytes
    stored: int


class Goodbye(NamedTuple):
    """Client → daemon: this writer has nothing more to send."""

    writer: bytes


class Ask(NamedTuple):
    """Anybody → daemon: a question or command out of a closed set; answered with Reply.

    Actions: "find_run" {project, name} → {run, next_step} or {}; "status" {} → daemon health;
    "edit" {action, …} → what docs/HTTP.md says of edits; "gc" {} → {} and what was deleted goes now;
    "stop" {} → {} and the daemon ends.
    """

    id: int
    action: str
    arguments: dict[str, Any] = _NOTHING


class Reply(NamedTuple):
    """Daemon → whoever asked; with an error, `result` may tell its kind: {"error": "NotFound"}."""

    id: int
    result: dict[str, Any] = _NOTHING
    error: str | None = None


class Refusal(NamedTuple):
    """Daemon → client: a message or a writer that cannot be served, and why."""

    reason: str  # "malformed" | "version" | "corrupt" | "unknown"
    text: str
    writer: bytes = b""


Message = Hello | Welcome | Batch | Ack | Rewind | Goodbye | Ask | Reply | Refusal

_RECORDS: Final[dict[str, type[Any]]] = {
    "start": RunStart,
    "attach": Attach,
    "schema": Schema,
    "row": Row,
    "config": ConfigUpdate,
    "report": Report,
    "finish": Finish,
    "system": System,
    "alert": Alert,
}
_MESSAGES: Final[dict[str, type[Any]]] = {
    "hello": Hello,
    "welcome": Welcome,
    "batch": Batch,
    "ack": Ack,
    "rewind": Rewind,
    "bye": Goodbye,
    "ask": Ask,
    "reply": Reply,
    "refusal": Refusal,
}
_KINDS: Final[dict[type[Any], str]] = {cls: kind for kind, cls in (_RECORDS | _MESSAGES).items()}


def kind_of(message: Record | Message) -> str:
    """Return the word that tells a record or message from those of other kinds."""
    return _KINDS[type(message)]


# ---------------------------------------------------------------------------------------- values and frames


#: Packers that nobody uses at the moment. Each has its buffer: a process without memory still says how it ends.
_idle: Final[list[msgpack.Packer]] = [msgpack.Packer(use_bin_type=True)]
_MOST_IDLE: Final = 4
#: A packer keeps the largest buffer that it ever needed.
_LARGE: Final = 2**18


def pack(value: object) -> bytes:
    """Return `value` as msgpack; raises TypeError, ValueError or OverflowError for what msgpack cannot carry."""
    try:
        packer = _idle.pop()
    except IndexError:
        packer = msgpack.Packer(use_bin_type=True)
    packed = b""
    try:
        packed = bytes(packer.pack(value))
        return packed
    finally:
        if len(packed) <= _LARGE and len(_idle) < _MOST_IDLE:
            _idle.append(packer)


def unpack(data: bytes | memoryview) -> Any:
    """Return the value that `data` holds; raises ProtocolError for anything but one plain msgpack value."""
    try:
        return msgpack.unpackb(data, raw=False, strict_map_key=False, ext_hook=_refuse_extension)
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException) as error:
        raise ProtocolError(f"not a plain msgpack value: {error}") from error


def _refuse_extension(code: int, _data: bytes) -> None:
    raise ValueError(f"msgpack extension type {code} is not part of the protocol")


def encode(message: Record | Message) -> bytes:
    """Return a record's payload, or a message's header frame: `[kind, {field: value}]` as msgpack."""
    return pack([kind_of(message), message._asdict()])


def decode_record(payload: bytes | memoryview) -> Record | Unknown:
    """Return the record that `payload` holds; packed rows are not records (see `is_packed_row`)."""
    kind, given = _kind(payload)
    cls = _RECORDS.get(kind)
    if cls is None:
        return Unknown(kind)
    record: Record = _decode(kind, given, cls)
    return record


def decode_message(header: bytes | memoryview) -> Message:
    """Return the message that a header frame holds; raises ProtocolError naming what is wrong."""
    kind, given = _kind(header)
    cls = _MESSAGES.get(kind)
    if cls is None:
        raise ProtocolError(f"unknown kind {kind!r}")
    message: Message = _decode(kind, given, cls)
    return message


def _kind(data: bytes | memoryview) -> tuple[str, dict[Any, Any]]:
    value = unpack(data)
    if not (isinstance(value, list) and len(value) == 2 and isinstance(value[1], dict)):
        raise ProtocolError(f"expected [kind, fields], got {type(value).__name__}")
    if not isinstance(value[0], str):
        raise ProtocolError(f"unknown kind {value[0]!r}")
    return value[0], value[1]


def _decode(kind: str, given: dict[Any, Any], cls: type[Any]) -> Any:
    known = {}
    for name, form in cls.__annotations__.items():
        if name in given:
            known[name] = _checked(f"{kind}.{name}", form, given[name])
    try:
        return cls(**known)
    except TypeError as error:
        raise ProtocolError(f"{kind}: {error}") from error


def _is_map(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(key, str) for key in value)


_CHECKS: Final[dict[Any, Callable[[Any], bool]]] = {
    str: lambda v: isinstance(v, str),
    str | None: lambda v: v is None or isinstance(v, str),
    int: lambda v: isinstance(v, int) and not isinstance(v, bool),
    int | None: lambda v: v is None or (isinstance(v, int) and not isinstance(v, bool)),
    bool: lambda v: isinstance(v, bool),
    bytes: lambda v: isinstance(v, bytes),
    dict[str, Any]: _is_map,
    dict[str, int]: lambda v: _is_map(v) and all(isinstance(n, int) for n in v.values()),
    tuple[str, ...]: lambda v: isinstance(v, list) and all(isinstance(s, str) for s in v),
}


def _checked(name: str, form: Any, value: Any) -> Any:
    if not _CHECKS[form](value):
        said = form.__name__ if isinstance(form, type) else form
        raise ProtocolError(f"{name} must be {said}, got {type(value).__name__}")
    return tuple(value) if form == tuple[str, ...] else value


# ------------------------------------------------------------------------------- framing inside a journal

_LENGTH: Final = struct.Struct("<I")
#: The word after a record is its length combined with this; it is written last, so its presence means complete.
COMMIT_MASK: Final = 0x5AFE10C5
#: Bytes that framing adds to a payload.
FRAMING: Final = 8


def framed(payload: bytes) -> bytes:
    """Return a record as it stands in a journal: length, payload, commit word."""
    size = len(payload)
    return _LENGTH.pack(size) + payload + _LENGTH.pack(size ^ COMMIT_MASK)


def payloads(data: bytes | memoryview) -> Iterator[memoryview]:
    """Yield each complete record's payload; stop at the first zero length or at the end of `data`.

    Raises CorruptJournal, after the records before it were yielded, for a length that reaches beyond `data`
    or a commit word that does not fit. A record that was being written when its process died has a zero
    commit word: it is where the journal ends.
    """
    view, at, end = memoryview(data), 0, len(data)
    while at + FRAMING <= end:
        (size,) = _LENGTH.unpack_from(view, at)
        if size == 0:
            return
        if size > MAX_RECORD or at + FRAMING + size > end:
            raise CorruptJournal(f"record length {size} reaches beyond the segment", at)
        (commit,) = _LENGTH.unpack_from(view, at + 4 + size)
        if commit == 0:
            return
        if commit != size ^ COMMIT_MASK:
            raise CorruptJournal("commit word does not fit its record", at)
        yield view[at + 4 : at + 4 + size]
        at += FRAMING + size


# A packed row's payload is itself msgpack: [uint16 schema id, bin(step i64, time i64, one f64 or i64 per key)],
# the numbers little-endian. Its first two bytes tell it from every other record.
PACKED_ROW: Final = b"\x92\xcd"
#: Most keys that fit a packed row (bin16 holds 65,535 bytes).
MAX_PACKED_KEYS: Final = (0xFFFF - 16) // 8
#: Most schemas of one writer.
MAX_SCHEMAS: Final = 0xFFFF


def is_packed_row(payload: bytes | memoryview) -> bool:
    """Tell whether a record's payload is a packed row rather than `[kind, fields]`."""
    return bytes(payload[:2]) == PACKED_ROW


def row_marker(schema_id: int, keys: int) -> bytes:
    """Return the constant bytes that open every packed row of a schema (6 or 7: bin8 or bin16)."""
    size = 16 + 8 * keys
    head = PACKED_ROW + schema_id.to_bytes(2, "big")
    return head + (b"\xc4" + size.to_bytes(1, "big") if size < 256 else b"\xc5" + size.to_bytes(2, "big"))


def packed_row_time(payload: bytes | memoryview) -> int:
    """Return the time of a packed row, in ns since the epoch."""
    # Behind the schema's number stands bin8 with a length of one byte, or bin16 with two.
    start = 6 if payload[4] == 0xC4 else 7
    return int.from_bytes(payload[start + 8 : start + 16], "little", signed=True)


def row_struct(schema_id: int, codes: str) -> tuple[struct.Struct, bytes, int]:
    """Return `(struct, head, commit)` so that one call writes a whole framed row.

    `struct.pack_into(buffer, at, head, step, time_ns, *values, commit)`; struct writes its fields in order, so the
    commit word lands last.
    """
    marker = row_marker(schema_id, len(codes))
    length = len(marker) + 16 + 8 * len(codes)
    head = length.to_bytes(4, "little") + marker
    return struct.Struct(f"<{len(head)}sqq{codes}I"), head, length ^ COMMIT_MASK


# ------------------------------------------------------------------------------------------------ segments

#: magic, version, header size, writer id, number of the first record; padded with zeros to SEGMENT_HEADER bytes.
_SEGMENT: Final = struct.Struct("<8sII16sQ")
_MAGIC: Final = b"trackioJ"
SEGMENT_HEADER: Final = 64


def segment_header(writer: bytes, first: int) -> bytes:
    """Return the 64 bytes that open a journal segment whose first record has number `first`."""
    head = _SEGMENT.pack(_MAGIC, PROTOCOL_VERSION, SEGMENT_HEADER, writer, first)
    return head.ljust(SEGMENT_HEADER, b"\0")


def read_segment_header(data: bytes | memoryview) -> tuple[bytes, int]:
    """Return `(writer id, number of the first record)`; raises CorruptJournal or VersionMismatch."""
    if len(data) < SEGMENT_HEADER:
        raise CorruptJournal(f"segment of {len(data)} bytes is shorter than its header", 0)
    magic, version, _size, writer, first = _SEGMENT.unpack_from(data)
    if magic != _MAGIC:
        raise CorruptJournal("not a journal segment", 0)
    if version != PROTOCOL_VERSION:
        raise VersionMismatch(f"journal version {version}; this program reads version {PROTOCOL_VERSION}")
    return writer, first
