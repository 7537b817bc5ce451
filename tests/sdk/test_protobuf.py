from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio import protobuf
from trackio.errors import ProtocolError

NUMBERS = st.integers(1, 2**29 - 1)


@given(NUMBERS, st.integers(-(2**63), 2**63 - 1))
def test_integers_come_back(number, value):
    ((found, held),) = protobuf.fields(protobuf.put_integer(number, value))
    assert (found, protobuf.whole(held)) == (number, value)


@given(NUMBERS, st.text())
def test_texts_come_back(number, value):
    ((found, held),) = protobuf.fields(protobuf.put_bytes(number, value))
    assert (found, protobuf.text(held)) == (number, value)


@given(NUMBERS, st.floats(allow_nan=False))
def test_doubles_come_back(number, value):
    ((found, held),) = protobuf.fields(protobuf.put_double(number, value))
    assert (found, protobuf.real(held)) == (number, value)


def test_messages_are_found_inside_in_order():
    data = protobuf.put_bytes(2, "a") + protobuf.put_integer(1, 7) + protobuf.put_bytes(2, "b")
    assert [bytes(one) for one in protobuf.inside(data, 2)] == [b"a", b"b"]
    assert protobuf.real(memoryview(struct.pack("<f", 0.5))) == 0.5


def test_repeated_integers_are_packed_or_not():
    packed = memoryview(b"\x01\x96\x01" + b"\xff" * 9 + b"\x01")
    assert list(protobuf.integers(packed)) == [1, 150, -1]
    assert list(protobuf.integers(5)) == [5]


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (protobuf.held, 3),
        (protobuf.text, 3),
        (protobuf.real, 3),
        (protobuf.real, memoryview(b"abc")),
        (protobuf.whole, memoryview(b"abc")),
    ],
)
def test_a_field_of_another_kind_is_refused(read, value):
    with pytest.raises(ProtocolError, match="protobuf"):
        read(value)


@given(st.binary(max_size=60))
def test_any_bytes_are_fields_or_refused(data):
    try:
        found = list(protobuf.fields(data))
    except ProtocolError:
        return
    assert all(number > 0 or isinstance(value, int) for number, value in found)


def test_a_number_without_end_is_refused():
    with pytest.raises(ProtocolError, match="without end"):
        list(protobuf.fields(b"\x08" + b"\xff" * 20))
