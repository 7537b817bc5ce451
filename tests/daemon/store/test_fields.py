"""trackiod/store/fields.py: records outlive the programs that wrote them, in both directions of time."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from trackio.errors import ProtocolError
from trackio.wire import pack, unpack
from trackiod.store.fields import packed, unpacked


@dataclass(frozen=True, slots=True)
class Before:
    name: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class After:
    name: str
    tags: list[str] = field(default_factory=list)
    blob: bytes | None = None


def test_a_record_is_a_map_of_its_fields():
    assert unpack(packed(After("a", ["x"], b"\x00\xff"))) == {"name": "a", "tags": ["x"], "blob": b"\x00\xff"}


def test_a_record_comes_back():
    for record in (Before("a", 7), After("ü", ["x", "y"], b"z"), After("")):
        assert unpacked(type(record), packed(record)) == record


def test_fields_of_a_later_program_are_ignored():
    assert unpacked(Before, packed(After("a", ["x"]))) == Before("a")


def test_fields_that_an_earlier_program_did_not_know_have_their_defaults():
    assert unpacked(After, packed(Before("a", 7))) == After("a", [], None)


def test_a_default_is_not_shared_between_records():
    unpacked(After, pack({"name": "a"})).tags.append("x")
    assert unpacked(After, pack({"name": "b"})).tags == []


def test_a_record_without_what_it_must_have_is_refused():
    with pytest.raises(TypeError, match="name"):
        unpacked(Before, pack({"count": 1}))


def test_bytes_that_are_no_record_are_named():
    with pytest.raises(ProtocolError, match="msgpack"):
        unpacked(Before, b"\xc1")
