"""Journals → daemon: ships records until they are acknowledged, on one thread per process, whatever the daemon does."""

from __future__ import annotations

import math
import os
import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import zmq

from trackio import locate
from trackio.errors import ProtocolError
from trackio.wire import MAX_MESSAGE, Ack, Batch, Goodbye, Hello, Refusal, Rewind, Welcome, decode_message, encode

if TYPE_CHECKING:
    from logging import Logger

    from trackio.places import Places
    from trackio.settings import Settings
    from trackio.writer import Writer

#: Seconds between two looks at the journals, while there is something to send and while there is not.
_BUSY_SECONDS: Final = 0.05
_IDLE_SECONDS: Final = 0.1
#: Seconds between two looks while a row waits for a device.
_ARRIVAL_SECONDS: Final = 0.02
#: Bytes of one writer on their way, at most.
_WINDOW: Final = 8 * 2**20
#: Bytes sent for one writer before the others have their turn.
_TURN: Final = 2 * 2**20
#: Seconds without an answer after which a writer introduces itself again, and a daemon is looked for.
_PATIENCE: Final = 2.0
#: Seconds within which a daemon that answered counts as there.
_REACHABLE: Final = 3.0
#: Seconds between two reports of what a writer counted.
_REPORT_EVERY: Final = 5.0
#: Seconds between two tries to start a daemon, and between two looks whether a journal is still there.
_START_EVERY: Final = 5.0
_CHECK_EVERY: Final = 1.0
#: What finish() waits when no daemon is connected, and when one is that has not answered for a while.
_ABSENT_SECONDS: Final = 0.05
_SILENT_SECONDS: Final = 1.0


class _Delivery:
    """How far one writer's records have come."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.stored = 0  # records that the daemon has committed
        self.next = 0  # number of the record that is sent next
        self.offset = 0  # where it begins in its segment; 0 if that is to be found out
        self.in_flight: deque[tuple[int, int]] = deque()  # (number after the last record, bytes) sent
        self.welcome = self.refused = False
        self.asked_at = self.progress_at = 0.0

    @property
    def done(self) -> bool:
        return self.stored >= self.writer.journal.end

    @property
    def over(self) -> bool:
        """Whether nothing is left to store, nor ever will be."""
        # In this order: between the two a row may be logged and the writer finished.
        return self.writer.finished and self.done

    def advance(self, stored: int) -> None:
        """Note that so many records are stored."""
        self.stored = max(self.stored, stored)
        while self.in_flight and self.in_flight[0][0] <= stored:
            self.in_flight.popleft()
        self.writer.journal.forget(stored)

    def restart(self, stored: int) -> None:
        """Send again from what is stored."""
        self.in_flight.clear()
        self.next, self.offset = stored, 0
        self.advance(stored)


class Sender:
    """Owns the thread and its socket. add() · flush() · close(); a forked child makes its own.

    No promise rests on it: without it the daemon reads the journals once their process is over.
    """

    def __init__(self, places: Places, settings: Settings) -> None:
        self._places, self._settings = places, settings
        self._deliveries: dict[bytes, _Delivery] = {}
        self._daemon = ""
        self._connected = False
        self._heard_at = self._start_at = self._check_at = 0.0
        self._report_at = time.monotonic() + _REPORT_EVERY
        self._stopping = self._awaiting = False
        self._changed = threading.Condition()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="trackio-sender", daemon=True)
        self._thread.start()

    # --------------------------------------------------------------------------------------- caller's side

    def add(self, writer: Writer) -> None:
        """Ship a writer's records from now on."""
        writer.journal.rolled = self.wake
        self._deliveries[writer.id] = _Delivery(writer)
        self.wake()

    def wake(self) -> None:
        """Look at the journals now."""
        with suppress(OSError):
            os.eventfd_write(self._wake, 1)

    def flush(self, seconds: float) -> bool:
        """Wait until what was logged before is stored, at most so long, a moment if no daemon answers; tell whether."""
        start = time.monotonic()
        awaited = [(delivery, delivery.writer.journal.end) for delivery in list(self._deliveries.values())]
        self.wake()
        with self._changed:
            while not all(delivery.stored >= end or delivery.refused for delivery, end in awaited):
                now = time.monotonic()
                until = start + min(seconds, self._patience(now))
                if now >= until or not self._thread.is_alive():
                    return False
                self._changed.wait(min(until - now, _BUSY_SECONDS))
        return True

    def _patience(self, now: float) -> float:
        if now - self._heard_at < _REACHABLE:
            return math.inf
        return _SILENT_SECONDS if self._connected else _ABSENT_SECONDS

    def close(self) -> None:
        """End the thread; journals that are stored are removed, the others are left to the daemon."""
        self._stopping = True
        self.wake()
        self._thread.join(1.0)

    def abandon(self) -> None:
        """Forget everything, in a forked child, where the thread does not exist."""
        for delivery in self._deliveries.values():
            delivery.writer.orphan()

    # --------------------------------------------------------------------------------------- the thread

    def _run(self) -> None:
        try:
            with zmq.Context(io_threads=1) as context, context.socket(zmq.DEALER) as socket:
                for option, value in (
                    (zmq.LINGER, 0),
                    (zmq.SNDHWM, 0),  # the window bounds what is on its way
                    (zmq.IMMEDIATE, 1),  # nothing piles up for a daemon that is not there
                    (zmq.MAXMSGSIZE, MAX_MESSAGE),
                    (zmq.RECONNECT_IVL, 50),
                    (zmq.RECONNECT_IVL_MAX, 1000),
                ):
                    socket.setsockopt(option, value)
                socket.connect(self._places.ingest_address)
                self._serve(socket)
        except Exception:  # noqa: BLE001 -- told of; no promise rests on this thread
            _log().exception("the sender ended; records stay in the journal, and the daemon takes them in later")
        if not self._start_at and not all(delivery.over for delivery in list(self._deliveries.values())):
            self._start_daemon()  # the process was over too soon to look for one
        for delivery in list(self._deliveries.values()):
            delivery.writer.close(remove=delivery.over)

    def _serve(self, socket: zmq.Socket[bytes]) -> None:
        poller = zmq.Poller()
        poller.register(self._wake, zmq.POLLIN)
        busy = True
        while not self._stopping:
            # What could not be sent is, as soon as a daemon is there.
            poller.register(socket, zmq.POLLIN | (zmq.POLLOUT if busy and not self._connected else 0))
            seconds = _ARRIVAL_SECONDS if self._awaiting else _BUSY_SECONDS if busy else _IDLE_SECONDS
            ready = dict(poller.poll(int(seconds * 1000)))
            self._connected |= bool(ready.get(socket, 0) & zmq.POLLOUT)
            with suppress(BlockingIOError):
                os.eventfd_read(self._wake)
            self._receive(socket)
            busy = self._turn(socket)
            with self._changed:
                self._changed.notify_all()

    def _turn(self, socket: zmq.Socket[bytes]) -> bool:
        """Look after every journal once; tell whether anything waits to be sent or stored."""
        now, busy = time.monotonic(), False
        self._awaiting = False
        for delivery in list(self._deliveries.values()):
            self._awaiting |= delivery.writer.resolve()
            delivery.writer.journal.prepare()
            if delivery.over:
                self._part(socket, delivery)
            elif not delivery.done and not delivery.refused:
                busy = True
                self._ship(socket, delivery, now)
        if now >= self._check_at:
            self._check_at = now + _CHECK_EVERY
            self._rescue()
        if now >= self._report_at:
            self._report_at = now + _REPORT_EVERY
            for delivery in list(self._deliveries.values()):
                delivery.writer.report()
        self._relieve()
        if busy and now - self._heard_at > _PATIENCE and now >= self._start_at:
            self._start_at = now + _START_EVERY
            self._start_daemon()
        return busy

    def _ship(self, socket: zmq.Socket[bytes], delivery: _Delivery, now: float) -> None:
        """Send what the window allows; introduce the writer first, and again when no answer comes."""
        waiting = not delivery.welcome or delivery.next > delivery.stored
        if waiting and now - max(delivery.asked_at, delivery.progress_at) > _PATIENCE:
            delivery.welcome = False
            posted = self._post(socket, encode(Hello(delivery.writer.id, os.getpid())))
            delivery.asked_at = now if posted else 0.0
        sent = 0
        while delivery.welcome and sent < _TURN and sum(size for _, size in delivery.in_flight) < _WINDOW:
            size = self._send(socket, delivery)
            if not size:
                return
            sent += size

    def _send(self, socket: zmq.Socket[bytes], delivery: _Delivery) -> int:
        """Send what is in one segment; return the bytes, 0 if there is nothing more."""
        for segment in list(delivery.writer.journal.segments):
            end, count = segment.mark
            if segment.first + count <= delivery.next:
                continue
            if segment.first == delivery.next or not delivery.offset:
                delivery.offset = segment.offset(delivery.next)
            records = segment.read(delivery.offset, end)
            number = segment.first + count - delivery.next
            if not self._post(socket, encode(Batch(delivery.writer.id, delivery.next, number)), records):
                return 0
            delivery.next, delivery.offset = segment.first + count, end
            delivery.in_flight.append((delivery.next, len(records)))
            return len(records)
        return 0

    def _post(self, socket: zmq.Socket[bytes], *frames: bytes) -> bool:
        """Send a message if a daemon is connected; tell whether one is."""
        try:
            socket.send_multipart(frames, zmq.NOBLOCK)
        except zmq.Again:
            self._connected = False
        else:
            self._connected = True
        return self._connected

    def _receive(self, socket: zmq.Socket[bytes]) -> None:
        while True:
            try:
                header = socket.recv_multipart(zmq.NOBLOCK)[0]
            except zmq.Again:
                return
            self._heard_at = time.monotonic()
            with suppress(ProtocolError):
                self._hear(decode_message(header))

    def _hear(self, message: Any) -> None:
        delivery = self._deliveries.get(getattr(message, "writer", b""))
        if delivery is None:
            return
        match message:
            case Welcome(stored=stored, daemon=daemon):
                self._meet(daemon)
                delivery.welcome = True
                delivery.restart(stored)
            case Ack(stored=stored):
                delivery.advance(stored)
            case Rewind(stored=stored):
                delivery.restart(stored)
            case Refusal(reason=reason, text=text):
                _log().warning("the daemon refuses the records of this process (%s): %s", reason, text)
                delivery.refused = True
        delivery.progress_at = time.monotonic()

    def _meet(self, daemon: str) -> None:
        if daemon != self._daemon:
            # What was on its way to the daemon before is lost with it: everybody introduces themselves again.
            self._daemon = daemon
            for delivery in self._deliveries.values():
                delivery.welcome, delivery.asked_at, delivery.progress_at = False, 0.0, 0.0

    # --------------------------------------------------------------------------------------- journals, daemon

    def _part(self, socket: zmq.Socket[bytes], delivery: _Delivery) -> None:
        self._post(socket, encode(Goodbye(delivery.writer.id)))
        del self._deliveries[delivery.writer.id]
        delivery.writer.close(remove=True)

    def _relieve(self) -> None:
        """Move sealed segments to disk as long as they take more memory than is allowed."""
        journals = [delivery.writer.journal for delivery in self._deliveries.values()]
        while sum(journal.memory_bytes for journal in journals) > self._settings.memory_bytes:
            if not max(journals, key=lambda journal: journal.memory_bytes).relieve():
                return

    def _rescue(self) -> None:
        for delivery in list(self._deliveries.values()):
            journal = delivery.writer.journal
            if journal.is_cut_off():
                delivery.writer.rescue()
                while journal.relieve():
                    pass

    def _start_daemon(self) -> None:
        try:
            locate.start(self._places)
        except OSError as error:
            _log().warning("no daemon could be started (%s); records wait in %s", error, self._places.journals)


def _log() -> Logger:
    import logging  # noqa: PLC0415 -- only trouble is told of, and import must stay light

    return logging.getLogger("trackio")
