"""Writers' frames come in as typed messages; what is malformed is refused by name, counted, and harms nobody else."""

from __future__ import annotations

import os
from contextlib import contextmanager

import pytest
import zmq
from hypothesis import example, given
from hypothesis import strategies as st

from trackio import wire
from trackio.wire import Ack, Ask, Batch, Goodbye, Hello, Refusal, Reply, Rewind, Welcome, decode_message, encode, pack
from trackiod import receiver
from trackiod.receiver import Received, Receiver, _parsed, _Refused

PATIENCE = 30
WRITER = bytes(range(16))


class Peer:
    """A plain DEALER, as a writer has one."""

    def __init__(self, context, address):
        self.socket = context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.connect(address)

    def send(self, *frames):
        self.socket.send_multipart([encode(frame) if not isinstance(frame, bytes) else frame for frame in frames])

    def hear(self):
        assert self.socket.poll(PATIENCE * 1000), "no answer"
        (frame,) = self.socket.recv_multipart()
        return decode_message(frame)


@contextmanager
def connecting(path):
    context, made = zmq.Context(), []

    def make():
        made.append(Peer(context, f"ipc://{path}"))
        return made[-1]

    try:
        yield make
    finally:
        for peer in made:
            peer.socket.close()
        context.term()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ingest.sock"


@pytest.fixture
def room(path):
    opened = Receiver(f"ipc://{path}", path)
    yield opened
    opened.close()


@pytest.fixture
def peers(path):
    """Make a new peer at each call; all of them are gone afterwards."""
    with connecting(path) as make:
        yield make


def next_of(room):
    """The next well-formed message; the malformed ones before it are refused."""
    while (received := room.receive()) is None:
        room.wait(PATIENCE)
    return received


@pytest.mark.parametrize(
    "message", [Hello(WRITER, 1), Goodbye(WRITER), Ask(7, "status"), Ask(8, "find_run", {"name": "x"})]
)
def test_a_message_comes_in_as_it_was_sent(room, peers, message):
    peers().send(message)
    assert next_of(room).message == message


def test_a_batch_brings_its_records_and_its_sender_gets_the_answer(room, peers):
    one, other = peers(), peers()
    one.send(Batch(WRITER, 3, 2), b"records")
    other.send(Ask(1, "status"))
    received = {type(found.message): found for found in (next_of(room), next_of(room))}
    batch, ask = received[Batch], received[Ask]
    assert batch == Received(batch.sender, Batch(WRITER, 3, 2), b"records")
    for answer in (Welcome(WRITER, 3, "d"), Ack(WRITER, 5), Rewind(WRITER, 5)):
        room.send(batch.sender, answer)
        assert one.hear() == answer
    room.send(ask.sender, Reply(1, {"a": 1}))
    assert other.hear() == Reply(1, {"a": 1})
    assert room.receive() is None


MALFORMED = {
    "no frame": [b""],
    "no msgpack": [b"\xc1"],
    "no pair": [pack({"kind": "hello"})],
    "an unknown kind": [pack(["dance", {}])],
    "a missing field": [pack(["hello", {"pid": 1}])],
    "a field of another type": [pack(["hello", {"writer": "text", "pid": 1}])],
    "a record": [encode(wire.Row(0, 0, {}))],
    "an answer": [encode(Ack(WRITER, 1))],
    "a short writer id": [encode(Hello(b"short", 1))],
    "a long writer id": [encode(Goodbye(WRITER * 2))],
    "a batch without records": [encode(Batch(WRITER, 0, 1))],
    "a batch of three frames": [encode(Batch(WRITER, 0, 1)), b"", b""],
    "a batch of nothing": [encode(Batch(WRITER, 0, 0)), b""],
    "a batch before the first record": [encode(Batch(WRITER, -1, 1)), b""],
    "a batch of an unknown writer": [encode(Batch(b"", 0, 1)), b""],
}


@pytest.mark.parametrize("frames", MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_refused_and_counted_and_harms_nobody(room, peers, frames):
    bad, good = peers(), peers()
    bad.send(*frames)
    bad.send(Ask(1, "status"))
    good.send(Batch(WRITER, 0, 1), b"r")
    assert {type(next_of(room).message) for _ in range(2)} == {Ask, Batch}
    refusal = bad.hear()
    assert (type(refusal), refusal.reason) == (Refusal, "malformed")
    assert refusal.text
    assert room.refused == {"malformed": 1}


def test_another_version_is_refused_by_name(room, peers):
    peer = peers()
    peer.send(Hello(WRITER, 1, version=99))
    peer.send(Hello(WRITER, 2))
    assert next_of(room).message.pid == 2
    text = f"protocol version 99; this daemon speaks version {wire.PROTOCOL_VERSION}"
    assert peer.hear() == Refusal("version", text, WRITER)
    assert room.refused == {"version": 1}


def test_unknown_fields_are_ignored(room, peers):
    peers().send(pack(["hello", {"writer": WRITER, "pid": 1, "mood": "fine"}]))
    assert next_of(room).message == Hello(WRITER, 1)


def test_a_frame_beyond_the_limit_is_never_read_and_harms_only_its_sender(monkeypatch, path, peers):
    monkeypatch.setattr(receiver, "MAX_MESSAGE", 10_000)
    room = Receiver(f"ipc://{path}", path)
    try:
        bad, good = peers(), peers()
        bad.send(Batch(WRITER, 0, 1), b"x" * 10_001)
        good.send(Batch(WRITER, 0, 1), b"x" * 10_000)
        assert len(next_of(room).body) == 10_000
        bad.send(Ask(5, "status"))
        assert next_of(room).message == Ask(5, "status")
    finally:
        room.close()


def test_an_answer_to_a_peer_that_is_gone_goes_nowhere(room, peers):
    peer = peers()
    peer.send(Hello(WRITER, 1))
    sender = next_of(room).sender
    peer.socket.close()
    for _ in range(2 * receiver.ANSWERS):
        room.send(sender, Ack(WRITER, 1))
    room.send(b"nobody", Ack(WRITER, 1))


def test_a_peer_that_reads_no_answers_is_not_waited_for(room, peers):
    peer = peers()
    peer.send(Hello(WRITER, 1))
    sender = next_of(room).sender
    for _ in range(20 * receiver.ANSWERS):
        room.send(sender, Ack(WRITER, 1))
    peer.send(Goodbye(WRITER))
    assert next_of(room).message == Goodbye(WRITER)


@contextmanager
def pipe():
    reading, writing = os.pipe()
    try:
        yield reading, writing
    finally:
        os.close(reading)
        os.close(writing)


def test_waiting_ends_with_a_watched_descriptor(room):
    with pipe() as (reading, writing), pipe() as (silent, _):
        room.watch(reading)
        room.watch(silent)
        assert room.wait(0) == []
        os.write(writing, b"x")
        assert room.wait(PATIENCE) == [reading]
        room.unwatch(reading)
        assert room.wait(0) == []
        room.unwatch(silent)


def test_a_socket_that_was_removed_is_bound_again(room, path, peers):
    assert not room.restore()
    path.unlink()
    assert room.restore()
    peer = peers()
    peer.send(Hello(WRITER, 1))
    room.send(next_of(room).sender, Welcome(WRITER, 0, "d"))
    assert peer.hear() == Welcome(WRITER, 0, "d")


def test_the_last_answers_leave_before_the_socket_is_taken_away(path, peers):
    room = Receiver(f"ipc://{path}", path)
    peer = peers()
    peer.send(Ask(1, "stop"))
    room.send(next_of(room).sender, Reply(1))
    room.close(PATIENCE)
    assert not path.exists()
    assert peer.hear() == Reply(1)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["writer", "pid", "version", "first", "count", "id", "action", "arguments", "stored"])
kinds = st.sampled_from(["hello", "batch", "bye", "ask", "ack", "row"])
headers = st.tuples(kinds, st.dictionaries(names, plain | st.just(WRITER), max_size=4)).map(
    lambda pair: pack(list(pair))
)
frames = st.lists(st.binary(max_size=100) | plain.map(pack) | headers, min_size=1, max_size=3)


@given(frames)
@example([pack([["unhashable"], {}])])
@example([b"\x91" * 5000])
def test_any_frames_are_a_message_or_refused_by_name(parts):
    try:
        message, body = _parsed(parts)
    except _Refused as refused:
        assert refused.refusal.reason in {"malformed", "version"}
        assert decode_message(encode(refused.refusal)) == refused.refusal
        return
    assert isinstance(message, (Hello, Batch, Goodbye, Ask))
    assert isinstance(body, bytes)


@given(junk=st.lists(frames, max_size=5))
def test_a_flood_of_any_frames_leaves_the_others_served(tmp_path_factory, junk):
    path = tmp_path_factory.mktemp("flood") / "ingest.sock"
    room = Receiver(f"ipc://{path}", path)
    try:
        with connecting(path) as make:
            bad, good = make(), make()
            for parts in junk:
                bad.send(*parts)
            good.send(Goodbye(b"the good writer!"))
            while next_of(room).message != Goodbye(b"the good writer!"):
                pass
    finally:
        room.close()
