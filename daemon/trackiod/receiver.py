"""The ZeroMQ socket that writers speak to: frames in, typed messages out, and answers back."""

from __future__ import annotations

import select
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import zmq

from trackio.errors import ProtocolError
from trackio.wire import (
    MAX_MESSAGE,
    PROTOCOL_VERSION,
    Ack,
    Ask,
    Batch,
    Goodbye,
    Hello,
    Message,
    Refusal,
    Reply,
    Rewind,
    Welcome,
    decode_message,
    encode,
    kind_of,
)

if TYPE_CHECKING:
    from pathlib import Path

#: Messages of one writer that may wait in our queue; the rest waits in its own process, in its journal.
WAITING: Final = 8
#: Answers that may wait for one peer before further ones are dropped; it asks again when it misses one.
ANSWERS: Final = 1000
#: Length of a writer id.
WRITER_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Received:
    """A message, who sent it, and the records of a batch."""

    sender: bytes
    message: Hello | Batch | Goodbye | Ask
    body: bytes = b""


class Receiver:
    """Owns the ROUTER socket; used by the ingest thread alone. Refuses what is malformed, and counts it."""

    def __init__(self, address: str, path: Path) -> None:
        self._address, self._path = address, path
        #: Refusals sent so far, by reason.
        self.refused: Counter[str] = Counter()
        self._others = select.epoll()
        self._context = zmq.Context(io_threads=1)
        self._socket = self._context.socket(zmq.ROUTER)
        for option, value in (
            (zmq.RCVHWM, WAITING),
            (zmq.SNDHWM, ANSWERS),
            (zmq.MAXMSGSIZE, MAX_MESSAGE),
            (zmq.LINGER, 0),
            (zmq.BACKLOG, 1024),
            (zmq.ROUTER_HANDOVER, 1),
            (zmq.HANDSHAKE_IVL, 30_000),
            # A local peer's end is seen on its socket; a stopped one is no reason to hang up.
            (zmq.HEARTBEAT_IVL, 0),
        ):
            self._socket.setsockopt(option, value)
        self._socket.bind(address)
        self._poller = zmq.Poller()
        self._poller.register(self._socket, zmq.POLLIN)
        self._poller.register(self._others.fileno(), zmq.POLLIN)

    def watch(self, descriptor: int) -> None:
        """Let `wait` end, too, when this file descriptor becomes readable."""
        self._others.register(descriptor, select.EPOLLIN)

    def unwatch(self, descriptor: int) -> None:
        """Forget a descriptor; call before it is closed."""
        self._others.unregister(descriptor)

    def wait(self, seconds: float) -> list[int]:
        """Return when a message waits, a watched descriptor is readable, or time is up; returns those descriptors."""
        ready = dict(self._poller.poll(max(0, int(seconds * 1000))))
        if self._others.fileno() not in ready:
            return []
        return [descriptor for descriptor, _ in self._others.poll(0)]

    def receive(self) -> Received | None:
        """Return the next well-formed message, or None if none waits; refuses the malformed ones on the way."""
        while True:
            try:
                frames = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return None
            sender, *parts = frames
            try:
                return Received(sender, *_parsed(parts))
            except _Refused as refused:
                self.refuse(sender, refused.refusal)

    def send(self, receiver: bytes, message: Welcome | Ack | Rewind | Reply | Refusal) -> None:
        """Send an answer; a peer that is gone, or that reads nothing, does without it."""
        self._socket.send_multipart([receiver, encode(message)], zmq.NOBLOCK)

    def refuse(self, receiver: bytes, refusal: Refusal) -> None:
        """Count a refusal by its reason and tell the sender."""
        self.refused[refusal.reason] += 1
        self.send(receiver, refusal)

    def restore(self) -> bool:
        """Bind again if the socket's path was removed under us (a cleaned tmpfs); tell whether that was so."""
        if self._path.exists():
            return False
        self._socket.unbind(self._address)
        self._socket.bind(self._address)
        return True

    def close(self, linger_seconds: float = 0.0) -> None:
        """Free the socket and its path; answers on their way have `linger_seconds` to leave."""
        self._others.close()
        self._socket.close(linger=int(linger_seconds * 1000))
        self._context.term()
        self._path.unlink(missing_ok=True)


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def _parsed(parts: list[bytes]) -> tuple[Hello | Batch | Goodbye | Ask, bytes]:
    try:
        message: Message = decode_message(parts[0] if parts else b"")
    except ProtocolError as error:
        raise _Refused(Refusal("malformed", str(error))) from error
    writer = getattr(message, "writer", b"")
    match message:
        case Hello(version=version) if version != PROTOCOL_VERSION:
            text = f"protocol version {version}; this daemon speaks version {PROTOCOL_VERSION}"
            raise _Refused(Refusal("version", text, writer))
        case Hello() | Batch() | Goodbye() if len(writer) != WRITER_BYTES:
            raise _Refused(Refusal("malformed", f"a writer id has {WRITER_BYTES} bytes, got {len(writer)}"))
        case Batch(first=first, count=count) if first < 0 or count < 1 or len(parts) != 2:
            text = f"a batch has first >= 0, count >= 1 and 2 frames, got {first}, {count} and {len(parts)}"
            raise _Refused(Refusal("malformed", text, writer))
        case Batch():
            return message, parts[1]
        case Hello() | Goodbye() | Ask():
            return message, b""
        case _:
            raise _Refused(Refusal("malformed", f"{kind_of(message)!r} is not for the daemon"))
