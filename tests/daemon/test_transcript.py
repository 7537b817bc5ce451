from __future__ import annotations

import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import ProtocolError
from trackio.wire import pack
from trackiod import transcript


def trace(*said, metadata=None, spans=(), **more):
    messages = [{"role": role, "content": content, **more} for role, content in said]
    return {"messages": messages, "metadata": metadata or {}, "spans": list(spans)}


WHOLE = trace(("user", "why?"), ("assistant", "because"), metadata={"reward": 0.5})


def test_a_file_tells_how_many_traces_it_holds(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(pack([WHOLE, trace()]))
    assert transcript.count(file) == 2


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a plain msgpack value"),
        (pack([WHOLE])[:-1], "not a plain msgpack value"),
        (pack({}), "holds a list"),
        (pack([WHOLE, 1]), "trace 1 does not have messages, metadata and spans"),
        (pack([WHOLE | {"messages": "text"}]), "trace 0"),
        (pack([WHOLE | {"spans": [1]}]), "trace 0"),
        (pack([{"messages": [], "spans": []}]), "trace 0"),
        (pack([WHOLE | {"metadata": {1: 2}}]), "a key in a trace is no text"),
        (pack([WHOLE | {"metadata": {"a": [b"x"]}}]), "no text, number, list or map"),
    ],
)
def test_a_file_that_is_no_such_thing_says_why(tmp_path, data, says):
    file = tmp_path / "file"
    file.write_bytes(data)
    with pytest.raises(ProtocolError, match=says):
        transcript.count(file)


@given(st.binary(max_size=200))
def test_any_bytes_are_traces_or_an_error_of_ours(data):
    with suppress(ProtocolError):
        assert isinstance(transcript.read(data), list)


def test_a_trace_in_short_tells_how_it_begins_and_ends():
    parts = [{"type": "text", "text": "look at"}, {"_type": "trackio.image", "id": "a"}, "this"]
    found = transcript.head(
        trace(
            ("system", "you are"),
            ("user", parts),
            ("assistant", None),
            ("assistant", "x" * 500),
            metadata={"reward": 1, "deep": {"a": 1}},
            spans=[{"status": "ok"}, {"status": "error"}, {"error": "boom"}],
            tool_calls=[{"id": "1"}],
        )
    )
    assert (found["asked"], found["said"], found["messages"]) == ("look at this", "x" * 239 + "…", 4)
    assert (found["tool_calls"], found["spans"], found["errors"]) == (4, 3, 2)
    assert found["metadata"] == {"reward": 1}


def test_a_trace_without_messages_is_told_too():
    assert transcript.head(trace())["asked"] == ""


@pytest.mark.parametrize(
    ("needle", "found"),
    [("why", True), ("0.5", True), ("plan", True), ("secret", False), ("user", True), ("no", False)],
)
def test_a_text_is_found_in_messages_metadata_and_the_names_of_spans(needle, found):
    held = trace(("user", "Why?"), metadata={"reward": 0.5}, spans=[{"name": "Plan", "input": "secret"}])
    assert transcript.holds(held, needle) is found


@given(st.text(string.printable, max_size=30), st.text(string.printable, min_size=1, max_size=3), st.floats())
def test_the_quick_look_misses_nothing(content, needle, reward):
    held, needle = trace(("user", content), metadata={"reward": reward, "flag": True}), needle.lower()
    if transcript.holds(held, needle):
        assert transcript.may_hold(pack([held]), needle)
