"""A data folder filled as the daemon fills it, and the application over it; no test may block its event loop."""

from __future__ import annotations

import hashlib
import os
import uuid

import pytest
import zmq
import zmq.asyncio
from blockbuster import blockbuster_ctx

from trackio.places import meet
from trackio.wire import Ask, Finish, Reply, RunStart, Schema, decode_message, encode, framed, row_struct
from trackio_web.app import make_app
from trackio_web.bundle import Bundle
from trackio_web.guard import Door
from trackiod import apply
from trackiod.live import Changes
from trackiod.query import Query
from trackiod.store import objects, series
from trackiod.store.env import Store

START = 1_700_000_000
SECOND = 10**9


@pytest.fixture(autouse=True)
def _nothing_blocks():
    with blockbuster_ctx(["trackio_web", "trackiod", "trackio"]):
        yield


class Writer:
    """Writes the records of one writer into the store, as ingest does."""

    def __init__(self, folder, run, number=None):
        self.folder, self.run = folder, run
        self.id, self.first, self.schemas = number or uuid.uuid4().bytes, 0, {}
        self.records: list[bytes] = []

    def record(self, record):
        self.records.append(framed(encode(record)))
        return self

    def rows(self, keys, rows, *, start=START):
        """Rows of floats: `{step: values}`, one second apart per step."""
        if keys not in self.schemas:
            self.schemas[keys] = len(self.schemas)
            self.record(Schema(self.schemas[keys], keys, "d" * len(keys)))
        form, head, commit = row_struct(self.schemas[keys], "d" * len(keys))
        for step, values in rows.items():
            self.records.append(form.pack(head, step, (start + step) * SECOND, *values, commit))
        return self

    def store(self):
        changes = Changes()
        piece = apply.Piece(self.id, self.first, len(self.records), b"".join(self.records))
        with self.folder.store.write() as txn:
            self.first = apply.store(txn, piece, changes).stored
        self.records = []
        return changes

    def finish(self):
        return self.record(Finish(time=(START + 500) * SECOND, status="finished"))

    def compact(self):
        more = True
        while more:
            with self.folder.store.write() as txn:
                more = series.compact(txn, objects_state(txn, self.id))
        return self


def objects_state(txn, writer):
    from trackiod.store import runs

    return runs.writer(txn, writer)


class Folder:
    """A data folder whose store is open for writing."""

    def __init__(self, places):
        self.places = places
        self.store = Store.open(places.store)

    def start(self, project="p", name="first", **fields):
        run = fields.pop("run", uuid.uuid4().hex)
        writer = Writer(self, run)
        about = {"group": None, "config": {}, "resume": "never", "time": START * SECOND, "host": "h", "pid": 1}
        writer.record(RunStart(run=run, project=project, name=name, **(about | fields)))
        return writer

    def ready(self, media_id, data, mime, **fields):
        """Record a file as encoded, its bytes among the blobs."""
        names = {name: self.blob(fields.pop(name)) for name in ("thumb", "poster", "peaks") if name in fields}
        made = {"width": None, "height": None, "frames": None, "fps": None, "duration": None}
        made |= {"thumb": None, "poster": None, "columns": None, "rows": None}
        ready = objects.MediaReady(blob=self.blob(data), mime=mime, bytes=len(data), **(made | names | fields))
        with self.store.write() as txn:
            objects.ready(txn, media_id, ready)

    def blob(self, data):
        name = hashlib.sha256(data).hexdigest()
        path = self.places.blobs / name[:2] / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return name


@pytest.fixture
def places(tmp_path):
    return meet(tmp_path / "data", os.environ | {"XDG_RUNTIME_DIR": str(tmp_path / "run")})


@pytest.fixture
def folder(places, monkeypatch):
    made = Folder(places)
    # A process may open a store once: here the pages read through the one that the daemon's part writes.
    monkeypatch.setattr(Query, "open", lambda where: Query(made.store, where.blobs))
    yield made
    made.store.close()


@pytest.fixture
def client(places, tmp_path, aiohttp_client):
    """A client of the application over `places`, with a page of its own."""

    async def make():
        bundle = tmp_path / "bundle"
        (bundle / "assets").mkdir(parents=True)
        (bundle / "index.html").write_text("<!doctype html><title>trackio</title>")
        (bundle / "assets" / "app-1a2b.js").write_text("console.log(1)")
        return await aiohttp_client(make_app(places, Door(), Bundle(bundle)))

    return make


@pytest.fixture
def ingest(places):
    """Answers one question to the daemon as the test says, over the real socket; returns what was asked."""
    context = zmq.asyncio.Context()
    socket = context.socket(zmq.ROUTER)
    socket.setsockopt(zmq.LINGER, 0)
    socket.bind(places.ingest_address)

    async def answer(result=None, error=None):
        sender, frame = await socket.recv_multipart()
        ask = decode_message(frame)
        assert isinstance(ask, Ask)
        await socket.send_multipart([sender, encode(Reply(ask.id, result or {}, error))])
        return ask.action, ask.arguments

    yield answer
    socket.close()
    context.term()
