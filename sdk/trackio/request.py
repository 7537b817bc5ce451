"""One question to the daemon, and its answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import zmq

from trackio.errors import BadRequest, DaemonUnavailable, NotFound, ProtocolError, StoreError, StoreFull, TrackioError
from trackio.wire import MAX_MESSAGE, Ask, Reply, decode_message, encode

if TYPE_CHECKING:
    from trackio.places import Places

_ERRORS: Final[dict[str, type[TrackioError]]] = {
    "NotFound": NotFound,
    "StoreFull": StoreFull,
    "StoreError": StoreError,
}


def ask(places: Places, action: str, arguments: dict[str, Any], timeout: float) -> dict[str, Any]:
    """Return what the daemon answers to one of wire.Ask's actions.

    Raises DaemonUnavailable when no answer comes within `timeout` seconds, and what the daemon says when it cannot do
    what is asked: NotFound, StoreFull, StoreError, else BadRequest.
    """
    deadline = time.monotonic() + timeout
    with zmq.Context(io_threads=1) as context, context.socket(zmq.DEALER) as socket:
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE)
        socket.setsockopt(zmq.RECONNECT_IVL, 20)
        socket.connect(places.ingest_address)
        socket.send(encode(Ask(1, action, arguments)))
        while (left := deadline - time.monotonic()) > 0 and socket.poll(max(1, int(left * 1000))):
            reply = _reply(socket.recv_multipart())
            if reply is not None and reply.error is not None:
                raise _ERRORS.get(str(reply.result.get("error")), BadRequest)(reply.error)
            if reply is not None:
                return reply.result
    raise DaemonUnavailable(f"no daemon answered within {timeout:g} s at {places.ingest_address}")


def _reply(frames: list[bytes]) -> Reply | None:
    try:
        message = decode_message(frames[0])
    except ProtocolError:
        return None
    return message if isinstance(message, Reply) and message.id == 1 else None
