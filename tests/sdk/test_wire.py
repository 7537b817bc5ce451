"""trackio/wire.py: what is encoded comes back; what is damaged is named."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio import wire
from trackio.errors import CorruptJournal, ProtocolError, VersionMismatch

GOLDEN = Path(__file__).parent.parent / "golden"
PROTOCOL = json.loads((GOLDEN / "protocol_1.json").read_text())
SEGMENT = json.loads((GOLDEN / "segment_1.json").read_text())

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
values = st.dictionaries(st.text(), plain, max_size=5)
int64 = st.integers(-(2**63), 2**63 - 1)
texts = st.lists(st.text(), max_size=3).map(tuple)


def made(cls, **fields):
    """Return a strategy for objects with these fields, and the defaults of all others."""
    return st.fixed_dictionaries(fields).map(lambda given: cls(**given))


records = st.one_of(
    made(
        wire.RunStart,
        run=st.text(),
        project=st.text(),
        name=st.text(),
        group=st.none() | st.text(),
        config=values,
        resume=st.sampled_from(["never", "allow", "must"]),
        time=int64,
        command=texts,
        tags=texts,
        notes=st.none() | st.text(),
    ),
    made(
        wire.Attach,
        run=st.text(),
        project=st.text(),
        name=st.text(),
        time=int64,
        config=values,
        rank=st.none() | int64,
        world=int64,
        attempt=int64,
    ),
    made(wire.Schema, id=st.integers(0, 65_535), keys=texts, codes=st.text("dq"), relative=st.booleans()),
    made(wire.Row, step=int64, time=int64, values=values, relative=st.booleans()),
    made(wire.ConfigUpdate, time=int64, values=values, removed=texts),
    made(
        wire.Finish,
        time=int64,
        status=st.sampled_from(["finished", "failed"]),
        error=st.none() | st.text(),
        rows=int64,
        refused=st.dictionaries(st.text(), int64, max_size=3),
    ),
    made(wire.System, time=int64, values=values),
    made(
        wire.Alert,
        time=int64,
        title=st.text(),
        text=st.none() | st.text(),
        level=st.text(),
        step=st.none() | int64,
        relative=st.booleans(),
        webhook=st.none() | st.text(),
    ),
)
messages = st.one_of(
    made(wire.Hello, writer=st.binary(), pid=int64),
    made(wire.Welcome, writer=st.binary(), stored=int64, daemon=st.text()),
    made(wire.Batch, writer=st.binary(), first=int64, count=int64),
    made(wire.Ack, writer=st.binary(), stored=int64),
    made(wire.Rewind, writer=st.binary(), stored=int64),
    made(wire.Goodbye, writer=st.binary()),
    made(wire.Ask, id=int64, action=st.text(), arguments=values),
    made(wire.Reply, id=int64, result=values, error=st.none() | st.text()),
    made(wire.Refusal, reason=st.text(), text=st.text(), writer=st.binary()),
)


def same(found, expected):
    """Tell whether two are equal and of one kind: tuples of two kinds are equal if their fields are."""
    return type(found) is type(expected) and found == expected


@given(records)
def test_a_record_comes_back_as_it_was(record):
    assert same(wire.decode_record(wire.encode(record)), record)


@given(messages)
def test_a_message_comes_back_as_it_was(message):
    assert same(wire.decode_message(wire.encode(message)), message)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_by_name_or_decoded(data):
    for decode in (wire.decode_record, wire.decode_message):
        try:
            decode(data)
        except ProtocolError as error:
            assert str(error)


@pytest.mark.parametrize(
    "value",
    [
        [],
        ["start"],
        [7, {}],
        ["ack", {"writer": "text", "stored": 1}],
        ["ack", {"writer": b"w", "stored": True}],
        ["ack", {"writer": b"w"}],
        ["row", {"step": 1, "time": 2, "values": {3: 4}}],
    ],
)
def test_a_message_of_the_wrong_form_is_refused(value):
    data = wire.pack(value)
    with pytest.raises(ProtocolError):
        wire.decode_message(data)
    if value[:1] == ["ack"]:
        assert wire.decode_record(data) == wire.Unknown("ack")
        return
    with pytest.raises(ProtocolError):
        wire.decode_record(data)


def test_a_kind_that_came_later_is_refused_as_a_message_and_told_as_a_record():
    data = wire.pack(["nonsense", {"text": 1}])
    with pytest.raises(ProtocolError, match="unknown kind 'nonsense'"):
        wire.decode_message(data)
    assert wire.decode_record(data) == wire.Unknown("nonsense")


def test_an_unknown_field_is_ignored():
    data = wire.pack(["ack", {"writer": b"w", "stored": 3, "colour": "red"}])
    assert wire.decode_message(data) == wire.Ack(b"w", 3)


def test_extension_types_are_refused():
    with pytest.raises(ProtocolError):
        wire.unpack(b"\xd4\x05\x00")


def test_deep_nesting_is_refused():
    with pytest.raises(ProtocolError):
        wire.unpack(b"\x91" * 100_000 + b"\x00")


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=8), st.binary(max_size=3))
def test_framed_payloads_come_back_in_order(payloads, tail):
    data = b"".join(map(wire.framed, payloads)) + b"\0" * len(tail)
    assert [bytes(payload) for payload in wire.payloads(data)] == payloads


def test_a_record_without_its_commit_word_is_where_the_journal_ends():
    whole = wire.framed(b"first")
    torn = bytearray(wire.framed(b"second"))
    torn[-4:] = b"\0\0\0\0"
    assert [bytes(p) for p in wire.payloads(whole + bytes(torn) + b"\0" * 64)] == [b"first"]


def test_damage_is_named_with_its_place_after_the_good_records():
    data = bytearray(wire.framed(b"first") + wire.framed(b"second"))
    data[-1] ^= 0x10
    found = []
    with pytest.raises(CorruptJournal) as caught:
        found.extend(bytes(payload) for payload in wire.payloads(data))
    assert caught.value.offset == len(wire.framed(b"first"))


def test_a_length_beyond_the_segment_is_damage():
    with pytest.raises(CorruptJournal):
        list(wire.payloads(struct.pack("<I", 1000) + b"\0" * 100))


@given(
    st.integers(0, 65_535), st.lists(st.tuples(st.sampled_from("dq"), int64, st.floats()), max_size=40), int64, int64
)
def test_a_packed_row_is_framed_msgpack_with_its_numbers_little_endian(schema_id, columns, step, time):
    codes = "".join(code for code, _, _ in columns)
    numbers = [whole if code == "q" else real for code, whole, real in columns]
    packer, head, commit = wire.row_struct(schema_id, codes)
    buffer = bytearray(packer.size + 16)
    packer.pack_into(buffer, 0, head, step, time, *numbers, commit)
    (payload,) = wire.payloads(buffer)
    assert wire.is_packed_row(payload)
    found_id, body = wire.unpack(payload)
    assert found_id == schema_id
    assert body == struct.pack(f"<qq{codes}", step, time, *numbers)


def test_no_record_is_taken_for_a_packed_row():
    for record in (wire.Finish(0, "finished"), wire.Row(1, 2, {}), wire.Schema(1, ("a",), "d")):
        assert not wire.is_packed_row(wire.encode(record))


def test_a_segment_header_names_its_writer_and_first_record():
    header = wire.segment_header(b"w" * 16, 77)
    assert len(header) == wire.SEGMENT_HEADER
    assert wire.read_segment_header(header) == (b"w" * 16, 77)


def test_a_foreign_or_newer_segment_is_refused_by_name():
    with pytest.raises(CorruptJournal):
        wire.read_segment_header(b"short")
    with pytest.raises(CorruptJournal):
        wire.read_segment_header(b"PNG".ljust(64, b"\0"))
    newer = bytearray(wire.segment_header(b"w" * 16, 0))
    newer[8] = 9
    with pytest.raises(VersionMismatch, match="version 9"):
        wire.read_segment_header(newer)


# --------------------------------------------------------------------------------------- what version 1 wrote


def kind_of(cls):
    """Return the kind of a class of records or messages."""
    return wire.kind_of(cls(*cls.__annotations__))


def described(said):
    """Return the record or message that a golden file describes."""
    (cls,) = (cls for cls in (*get_args(wire.Record), *get_args(wire.Message)) if said["kind"] == kind_of(cls))
    fields = dict(said["fields"])
    for name, form in cls.__annotations__.items():
        if form is bytes:
            fields[name] = bytes.fromhex(fields[name])
        elif form == tuple[str, ...]:
            fields[name] = tuple(fields[name])
    return cls(**fields)


def packed(said):
    """Return the framed packed row that a golden file describes."""
    form, head, commit = wire.row_struct(said["schema"], said["codes"])
    return form.pack(head, said["step"], said["time"], *said["values"], commit)


@pytest.mark.parametrize("said", PROTOCOL["messages"].values(), ids=PROTOCOL["messages"])
def test_messages_of_version_1_are_read_and_written_as_they_were(said):
    assert same(wire.decode_message(bytes.fromhex(said["hex"])), described(said))
    assert wire.encode(described(said)).hex() == said["hex"]


@pytest.mark.parametrize("said", PROTOCOL["records"].values(), ids=PROTOCOL["records"])
def test_records_of_version_1_are_read_and_written_as_they_were(said):
    assert same(wire.decode_record(bytes.fromhex(said["hex"])), described(said))
    assert wire.encode(described(said)).hex() == said["hex"]


@pytest.mark.parametrize("said", PROTOCOL["packed rows"].values(), ids=PROTOCOL["packed rows"])
def test_packed_rows_of_version_1_are_read_and_written_as_they_were(said):
    number, body = wire.unpack(bytes.fromhex(said["hex"]))
    assert number == said["schema"]
    assert struct.unpack(f"<qq{said['codes']}", body) == (said["step"], said["time"], *said["values"])
    assert packed(said)[4:-4].hex() == said["hex"]


def test_a_segment_of_version_1_is_read_and_written_as_it_was():
    data, writer = (GOLDEN / "segment_1.bin").read_bytes(), bytes.fromhex(SEGMENT["writer"])
    assert len(data) == SEGMENT["bytes"]
    assert wire.read_segment_header(data) == (writer, SEGMENT["first"])
    written = [wire.framed(wire.encode(described(r))) if "kind" in r else packed(r) for r in SEGMENT["records"]]
    assert list(map(wire.framed, wire.payloads(data[wire.SEGMENT_HEADER :]))) == written
    assert wire.segment_header(writer, SEGMENT["first"]) + b"".join(written) == data[: SEGMENT["end"]]


def test_there_are_golden_bytes_of_every_kind():
    for kinds, said in ((wire.Record, PROTOCOL["records"]), (wire.Message, PROTOCOL["messages"])):
        assert {kind_of(cls) for cls in get_args(kinds)} == {entry["kind"] for entry in said.values()}


def test_a_process_without_memory_for_another_buffer_still_packs(monkeypatch):
    def refused(**_):
        raise MemoryError("Unable to allocate internal buffer.")

    wire.pack({})
    monkeypatch.setattr(wire.msgpack, "Packer", refused)
    for _ in range(3):
        assert wire.unpack(wire.pack({"status": "failed"})) == {"status": "failed"}
        with pytest.raises(TypeError):
            wire.pack({"status": object()})


def test_what_is_packed_while_something_else_is_stays_apart():
    class Nested(dict):
        def items(self):
            assert wire.unpack(wire.pack(["inner"])) == ["inner"]
            return super().items()

    assert wire.unpack(wire.pack(["outer", Nested(a=1), "end"])) == ["outer", {"a": 1}, "end"]


def test_what_was_large_leaves_no_large_buffer_behind():
    wire.pack("small")
    before = list(wire._idle)
    wire.pack(bytes(2**20))
    assert len(wire._idle) == len(before) - 1
