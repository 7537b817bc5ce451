"""trackiod/store/records.py: every record of a batch once and in order, as a plain second reading finds them."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import CorruptJournal, ProtocolError
from trackio.wire import (
    ConfigUpdate,
    Finish,
    Row,
    RunStart,
    Schema,
    Unknown,
    decode_record,
    encode,
    framed,
    is_packed_row,
    payloads,
    row_marker,
    row_struct,
)
from trackiod.store import records
from trackiod.store.records import PackedRows

int64 = st.integers(-(2**63), 2**63 - 1)
#: Numbers of keys on both sides of where a packed row needs a longer head.
WIDTHS = [0, 1, 2, 29, 30, 31, 300]


def packed(schema, values, step=0, time=0):
    form, head, commit = row_struct(schema, "q" * len(values))
    return form.pack(head, step, time, *values, commit)


packed_rows = st.builds(
    lambda schema, width, value, steps: [packed(schema, [value] * width, step, 5) for step in steps],
    st.sampled_from([0, 1, 255, 65_535]),
    st.sampled_from(WIDTHS),
    int64,
    st.lists(int64, min_size=1, max_size=40),
)
others = st.one_of(
    st.builds(Row, int64, int64, st.dictionaries(st.sampled_from(["loss", "acc", "ü"]), int64 | st.text())),
    st.just(Schema(1, ("loss",), "d")),
    st.just(ConfigUpdate(1, {"lr": 0.1})),
    st.just(Finish(1, "finished")),
    st.just(RunStart("r", "p", "n", None, {}, "never", 1)),
).map(lambda record: [framed(encode(record))])
batches = st.lists(packed_rows | others, max_size=12).map(lambda parts: [row for part in parts for row in part])


def plainly(body):
    """The records of a batch one by one: packed ones as (schema, numbers)."""
    for payload in payloads(body):
        if is_packed_row(payload):
            width = len(payload) - 6 if payload[4] == 0xC4 else len(payload) - 7
            yield int.from_bytes(payload[2:4], "big"), struct.unpack(f"<{width // 8}q", payload[-width:])
        else:
            yield decode_record(payload)


def unrolled(items):
    """What `scan` and `rows` yield, in the same form."""
    for item in items:
        if isinstance(item, PackedRows):
            yield from ((item.schema_id, tuple(row)) for row in item.matrix().T.tolist())
        else:
            yield item


@given(batches)
def test_a_batch_is_what_a_plain_reading_finds(parts):
    body = b"".join(parts)
    assert list(unrolled(records.scan(body))) == list(plainly(body))
    assert records.count(body) == len(parts)


@given(batches, st.integers(-1, 500))
def test_records_are_skipped_one_by_one(parts, skipped):
    assert records.skip(b"".join(parts), skipped) == b"".join(parts[max(0, skipped) :])


@given(batches, st.sampled_from([b"\xff", b"\0", b"\x05\0\0\0"]), st.integers(0, 2**16 + 3))
def test_records_go_on_behind_whatever_stands_before_them(parts, junk, size):
    before = (junk * size)[:size]
    found = records.resumed(before + b"".join(parts), 0)
    assert found == (size if parts else None)
    if parts:
        after = records.resumed(before + b"".join(parts), size + 1)
        assert after == (size + len(parts[0]) if len(parts) > 1 else None)


@given(batches)
def test_rows_are_all_rows_and_nothing_else(parts):
    body = b"".join(parts)
    assert list(unrolled(records.rows(body))) == [item for item in plainly(body) if type(item) in {tuple, Row}]


@given(batches)
def test_rows_with_a_name_are_among_those_that_contain_its_bytes(parts):
    body = b"".join(parts)
    found = [row for row in records.rows(body, "ü".encode()) if isinstance(row, Row)]
    assert [row for row in plainly(body) if isinstance(row, Row) and "ü" in row.values] == [
        row for row in found if "ü" in row.values
    ]
    assert len(found) <= sum("ü".encode() in part for part in parts)


def test_an_empty_batch_holds_nothing():
    assert (list(records.scan(b"")), list(records.rows(b"")), records.count(b""), records.skip(b"", 3)) == (
        [],
        [],
        0,
        b"",
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [1, 3, 4, 5, 6, 20, 21, 22, 100, 1000])
def test_rows_of_one_schema_come_as_one_block(count, width):
    body = b"".join(packed(7, [n] * width, step=n, time=10 * n) for n in range(count))
    block, _ = records.scan(body + framed(encode(Finish(1, "finished"))))
    assert (block.schema_id, block.count, block.keys, bytes(block.data)) == (7, count, width, body)
    numbers = np.arange(count)
    assert block.matrix().tolist() == [numbers.tolist(), (10 * numbers).tolist(), *[numbers.tolist()] * width]


@pytest.mark.parametrize("end", [1, 2, 5, 6, 7, 21, 40])
def test_a_block_ends_where_the_schema_changes(end):
    body = b"".join(packed(1 if n < end else 2, [n]) for n in range(50))
    assert [(block.schema_id, block.count) for block in records.scan(body)] == [(1, end), (2, 50 - end)]


def test_columns_have_the_types_of_their_schema():
    form, head, commit = row_struct(0, "dqd")
    nan = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000123))[0]
    body = b"".join(form.pack(head, n, n * 10, n / 2, 2**62 + n, nan, commit) for n in range(3))
    (block,) = records.scan(body)
    steps, times, values = block.columns(Schema(0, ("loss", "n", "strange"), "dqd"))
    assert (steps.tolist(), times.tolist()) == ([0, 1, 2], [0, 10, 20])
    assert values["loss"].tolist() == [0.0, 0.5, 1.0]
    assert values["n"].tolist() == [2**62, 2**62 + 1, 2**62 + 2]
    assert values["strange"].view(np.int64).tolist() == [0x7FF8000000000123] * 3


WHOLE = b"".join([
    framed(encode(RunStart("r", "p", "n", None, {}, "never", 1))),
    framed(encode(Schema(0, ("loss",), "q"))),
    *(packed(0, [n], n) for n in range(6)),
    framed(encode(Row(1, 2, {"note": "x"}))),
    packed(1, [1] * 40),
])  # fmt: skip
READINGS = [
    lambda body: list(records.scan(body)),
    lambda body: list(records.rows(body)),
    records.count,
    lambda body: records.skip(body, 10**9),
]


def test_a_batch_that_was_cut_off_is_a_corrupt_journal():
    ends, at = {0}, 0
    for payload in payloads(WHOLE):
        at += len(payload) + 8
        ends.add(at)
    for cut in range(len(WHOLE)):
        for read in READINGS:
            if cut in ends:
                read(WHOLE[:cut])
                continue
            with pytest.raises(CorruptJournal):
                read(WHOLE[:cut])


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_batch_is_a_named_error_or_other_records(changes):
    body = bytearray(WHOLE)
    for at, byte in changes:
        body[at] = byte
    for read in READINGS:
        try:
            read(bytes(body))
        except (CorruptJournal, ProtocolError):
            continue


@given(st.binary(max_size=40), st.booleans())
def test_a_record_of_any_bytes_is_a_named_error_or_a_record(payload, as_row):
    body = framed(b"\x92\xcd" + payload if as_row else payload or b"\xc1")
    for read in READINGS:
        try:
            read(body)
        except (CorruptJournal, ProtocolError):
            continue


DAMAGED = {
    "no length": (framed(b"")[:4], "cut off"),
    "length zero": (framed(b""), "length 0"),
    "length beyond the end": (framed(b"\xc0")[:-1], "length 1"),
    "another commit word": (framed(b"\xc0")[:-1] + b"\0", "commit word"),
    "a row shorter than step and time": (framed(row_marker(0, 0)[:-1] + b"\x08" + bytes(8)), "wrong size"),
    "a row of half a value": (framed(row_marker(0, 0)[:-1] + b"\x14" + bytes(20)), "wrong size"),
    "a row that says another size": (framed(row_marker(0, 1) + bytes(16)), "wrong size"),
    "a row that is no bytes": (framed(row_marker(0, 0)[:-2] + b"\xd9\x10" + bytes(16)), "wrong size"),
}


@pytest.mark.parametrize(("body", "says"), DAMAGED.values(), ids=DAMAGED)
def test_what_is_wrong_with_a_record_is_named_with_its_place(body, says):
    before = packed(0, [1])
    for read in READINGS:
        with pytest.raises(CorruptJournal, match=says) as caught:
            read(before + body)
        assert caught.value.offset == len(before)


def test_a_record_that_makes_no_sense_is_a_protocol_error():
    with pytest.raises(ProtocolError, match="unknown kind"):
        list(records.scan(framed(b"\x92\x01\x80")))


def test_a_record_of_a_newer_kind_is_told_as_such():
    assert list(records.scan(framed(b"\x92\xa4none\x80"))) == [Unknown("none")]
