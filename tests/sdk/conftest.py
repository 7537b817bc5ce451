"""What the tests of the SDK share: the daemon's end of the socket, and the journals read as the daemon reads them."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import warnings
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import zmq

import trackio
from trackio import context_vars, locate
from trackio.errors import NotFound, StoreError
from trackio.settings import Settings
from trackio.wire import (
    MAX_MESSAGE,
    SEGMENT_HEADER,
    Row,
    RunStart,
    Schema,
    decode_message,
    decode_record,
    encode,
    is_packed_row,
    payloads,
)
from trackio.writer import Writer
from trackiod.query import Query, SeriesRequest

START = RunStart("0" * 32, "p", "n", None, {}, "never", 1)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trackio.places import Places

PATIENCE = 60


@pytest.fixture(autouse=True)
def no_run_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees another one's current run, or a warning that another one had."""
    monkeypatch.setattr(trackio, "_warned", set())
    yield
    trackio.config = {}
    for current in (context_vars.current_run, context_vars.current_project):
        current.set(None)


class Peer:
    """The daemon's end of the socket, which does only what the test says."""

    def __init__(self, places: Places) -> None:
        self.context = zmq.Context(io_threads=1)
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE)
        self.socket.bind(places.ingest_address)
        self._schemas: dict[bytes, dict[int, Schema]] = {}

    def hear(self, kind: type | None = None):
        """Return the next message (of a kind), who sent it, and the records that it brings."""
        while True:
            assert self.socket.poll(PATIENCE * 1000), f"waited {PATIENCE} s for a message"
            sender, header, *body = self.socket.recv_multipart()
            message = decode_message(header)
            if kind is None or isinstance(message, kind):
                schemas = self._schemas.setdefault(getattr(message, "writer", b""), {})
                return message, sender, read(body[0], schemas) if body else []

    def hears_nothing(self, seconds: float = 0.3) -> bool:
        """Tell whether nothing comes for a moment."""
        return not self.socket.poll(int(seconds * 1000))

    def say(self, receiver: bytes, *messages) -> None:
        """Send messages, or bytes as they are."""
        for message in messages:
            self.socket.send_multipart([receiver, message if isinstance(message, bytes) else encode(message)])

    def close(self) -> None:
        """End without a word."""
        self.socket.close()
        self.context.term()


@pytest.fixture
def peer(places: Places) -> Iterator[Peer]:
    made = Peer(places)
    yield made
    made.close()


@pytest.fixture
def new_peer(places: Places) -> Iterator[Callable[[], Peer]]:
    """Makes peers that may come and go."""
    made: list[Peer] = []

    def make() -> Peer:
        made.append(Peer(places))
        return made[-1]

    yield make
    for peer in made:
        peer.close()


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[Places]:
    """Nobody starts a daemon; who wanted to is noted."""
    noted: list[Places] = []
    monkeypatch.setattr(locate, "start", lambda places, *_: bool(noted.append(places)))
    return noted


@pytest.fixture
def script(data_dir) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a training script in a process of its own, offline unless told otherwise."""

    def run(text: str, *arguments: str, status: int | None = 0, **environment: str):
        given = os.environ | {"TRACKIO_MODE": "offline"} | environment
        command = [sys.executable, "-c", "import os, sys, trackio\n" + text, *arguments]
        outcome = subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=PATIENCE)
        assert status is None or outcome.returncode == status, outcome.stderr
        return outcome

    return run


@pytest.fixture
def journals(places: Places) -> Callable[[], list[list]]:
    """Returns the records of each writer whose journal is there, the first writer first."""

    def found() -> list[list]:
        folders: dict[str, list] = {}
        for root in (places.journals, places.spilled):
            for segment in root.glob("*/[0-9]*.seg"):
                folders.setdefault(segment.parent.name, []).append(segment)
        writers = []
        for segments in folders.values():
            ordered = sorted(segments, key=lambda segment: segment.name)
            writers.append(read(b"".join(records(segment.read_bytes()) for segment in ordered)))
        return sorted(writers, key=lambda records: records[0].time)

    return found


class Reader:
    """What the store holds of project p; every question sees what is committed by then."""

    def __init__(self, places: Places) -> None:
        self.places = places

    def runs(self) -> dict:
        """Return the runs by name, {} before the first one."""
        try:
            with closing(Query.open(self.places)) as query:
                return {run.name: run for run in query.runs("p")}
        except (NotFound, StoreError):
            return {}

    def steps(self, name: str, metric: str = "a", member: int | None = None) -> list[int]:
        """Return every step of a metric, as often as it was stored; [] if nothing was."""
        run = self.runs().get(name)
        if run is None:
            return []
        with closing(Query.open(self.places)) as query:
            asked = SeriesRequest(run.id, metric, member, "step", 10**6, None, None)
            return [int(step) for step in query.series(asked).columns["step"]]


@pytest.fixture
def stored(places: Places) -> Reader:
    """Reads back what a daemon has stored."""
    return Reader(places)


def records(segment: bytes) -> bytes:
    """Return a segment's whole records, as they stand in it."""
    size = sum(len(payload) + 8 for payload in payloads(segment[SEGMENT_HEADER:]))
    return segment[SEGMENT_HEADER : SEGMENT_HEADER + size]


def read(body: bytes, schemas: dict[int, Schema] | None = None) -> list:
    """Return the records in `body`; packed rows as the rows that they stand for, empty if their schema is unknown."""
    found, schemas = [], {} if schemas is None else schemas
    for payload in payloads(body):
        if is_packed_row(payload):
            schema = schemas.get(int.from_bytes(payload[2:4], "big"), Schema(0, (), ""))
            step, time, *numbers = struct.unpack_from(f"<qq{schema.codes}", payload, 6 if payload[4] == 0xC4 else 7)
            found.append(Row(step, time, dict(zip(schema.keys, numbers, strict=True)), schema.relative))
            continue
        record = decode_record(payload)
        if isinstance(record, Schema):
            schemas[record.id] = record
        found.append(record)
    return found


@pytest.fixture
def new(places):
    """Makes writers whose journals are gone afterwards."""
    made = []

    def make(settings=None, opening=None, first_step=0, relative=False):
        made.append(Writer(places, settings or Settings(), opening or START, first_step=first_step, relative=relative))
        return made[-1]

    yield make
    for writer in made:
        writer.close(remove=True)


@pytest.fixture
def writer(new):
    return new()


@pytest.fixture
def rows(journals):
    """Returns the rows that the only writer has journaled."""
    return lambda: [record for record in journals()[0] if isinstance(record, Row)]


@pytest.fixture
def warned():
    """Returns the texts of all warnings so far."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield lambda: [str(warning.message) for warning in caught]
