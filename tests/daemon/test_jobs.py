"""What pool and worker say to one another comes back whole, however the pipe cuts it; anything else is refused."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import ProtocolError
from trackio.wire import pack
from trackiod.jobs import MAX_FRAME, Job, Made, Outcome, framed, job, outcome, unframed

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
number = st.none() | st.integers(0, 2**40)
rate = st.none() | st.floats(allow_nan=False)
jobs = st.builds(Job, text, text, text, text, text, st.lists(st.integers(0, 2**40), max_size=8).map(tuple), text)
made = st.builds(Made, text, text, st.integers(0, 2**40), number, number, number, rate, rate)
outcomes = st.builds(Outcome, text, st.none() | made, st.none() | text, st.booleans())


@given(st.lists(jobs | outcomes, max_size=4), st.data())
def test_messages_come_back_however_the_pipe_cuts_them(messages, data):
    stream = b"".join(map(framed, messages))
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=6).map(sorted))
    buffer, heard = bytearray(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        buffer += stream[start:end]
        heard += [outcome(found) if "made" in found else job(found) for found in unframed(buffer)]
    assert heard == messages
    assert not buffer


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1000, max_size=3000))
def test_an_error_of_any_length_fits(error):
    ((found),) = unframed(bytearray(framed(Outcome("f" * 32, error=error))))
    assert outcome(found).error == error[:1000]


def test_a_message_that_does_not_fit_is_not_sent():
    with pytest.raises(ProtocolError, match="at most 4096"):
        framed(Job("f" * 32, "image", "/" + "x" * MAX_FRAME, "/blobs"))


def test_a_longer_message_than_any_of_ours_is_refused_before_it_is_whole():
    with pytest.raises(ProtocolError, match="of 4097 bytes"):
        list(unframed(bytearray((MAX_FRAME + 1).to_bytes(4, "little"))))


@given(st.binary(max_size=60))
def test_bytes_that_are_no_message_are_refused(junk):
    buffer = bytearray(len(junk).to_bytes(4, "little") + junk)
    try:
        (found,) = unframed(buffer)
        outcome(found)
    except (ProtocolError, KeyError, TypeError):
        return
    raise AssertionError(f"{junk!r} was taken for an outcome")


def test_an_outcome_with_an_unknown_part_is_refused():
    whole = {f.name: getattr(Outcome("x"), f.name) for f in fields(Outcome)}
    body = pack(whole | {"made": {"blob": "b", "mime": "m", "bytes": 1, "strange": 2}})
    (found,) = unframed(bytearray(len(body).to_bytes(4, "little") + body))
    with pytest.raises(TypeError, match="strange"):
        outcome(found)
