"""A store and its blobs, filled as the daemon fills them, for what changes, hides and removes."""

from __future__ import annotations

import hashlib
import uuid

import pytest

from trackio.wire import Attach, Finish, Row, RunStart, Schema, encode, framed, row_struct
from trackiod import apply, edit
from trackiod.live import Changes
from trackiod.store import names, objects, removal, runs, series
from trackiod.store.check import check
from trackiod.store.env import Store, scan
from trackiod.store.objects import MediaReady

SECOND = 10**9


class Writer:
    """A training process: its id, its run, and how much it sent."""

    def __init__(self, run):
        self.id, self.run, self.sent, self.step = uuid.uuid4().bytes, run, 0, 0


class House:
    """A data folder whose store is written by this process alone."""

    def __init__(self, root):
        self.root, self.blobs = root, root / "blobs"
        self.blobs.mkdir()
        self.store = Store.open(root / "store")

    def close(self):
        self.store.close()

    def crash(self):
        """Go on as after a kill -9: with nothing but what was committed."""
        self.close()
        self.store = Store.open(self.root / "store")

    # -------------------------------------------------------------------------------------------- what writers send

    def start(self, name="first", project="p", run=None, resume="never", **more):
        writer = Writer(run or uuid.uuid4().hex)
        self.put(writer, RunStart(writer.run, project, name, None, {"lr": 0.1}, resume, SECOND, **more))
        self.put(writer, Schema(0, ("loss",), "d"))
        return writer

    def attach(self, run, project="p", name="first"):
        writer = Writer(run)
        return writer, self.put(writer, Attach(run, project, name, SECOND))

    def put(self, writer, *records):
        framed_ = [record if isinstance(record, bytes) else framed(encode(record)) for record in records]
        changes = Changes()
        with self.store.write() as txn:
            piece = apply.Piece(writer.id, writer.sent, len(records), b"".join(framed_))
            kept = apply.store(txn, piece, changes)
        assert kept.stored == writer.sent + len(records)
        writer.sent += len(records)
        return kept

    def log(self, writer, rows=3, **values):
        """Log rows of numbers, then one of other values if there are any."""
        form, head, commit = row_struct(0, "d")
        steps = range(writer.step, writer.step + rows)
        records = [form.pack(head, n, n * SECOND, n / 3, commit) for n in steps]
        writer.step += rows
        kept = self.put(writer, *records) if records else None
        if values:
            kept = self.put(writer, Row(writer.step, SECOND, values))
            writer.step += 1
        return kept

    def image(self, writer, key="cat", media=None):
        """Log an image, pending; return its id."""
        media = media or uuid.uuid4().hex
        self.log(writer, 0, **{key: {"_type": "trackio.image", "id": media, "format": "png", "bytes": 3}})
        return media

    def ready(self, media, content=b"image"):
        """Let an image be encoded; returns its blob's path."""
        name = hashlib.sha256(content).hexdigest()
        path = objects.blob_path(self.blobs, name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        with self.store.write() as txn:
            objects.ready(txn, media, MediaReady(name, "image/png", len(content), thumb=name))
        return path

    def compact(self, writer):
        more = True
        while more:
            with self.store.write() as txn:
                more = series.compact(txn, runs.writer(txn, writer.id))

    def finish(self, writer, status="finished"):
        self.put(writer, Finish(2 * SECOND, status))

    # ------------------------------------------------------------------------------------------------- what users do

    def edit(self, action, now=5_000, **arguments):
        """Do one edit; returns its answer and the changes that are told."""
        changes = Changes()
        with self.store.write() as txn:
            answer = edit.edit(txn, {"action": action, **arguments}, now, changes)
        return answer, changes

    def remove(self, run, awaited=lambda _: False):
        """Remove a deleted run, all of it; returns the blobs that are free and the number of slices."""
        with self.store.write() as txn:
            removal.begin(txn, runs.run(txn, run))
        freed, slices = [], 0
        while self.read(removal.unfinished) == run:
            with self.store.write() as txn:
                freed += removal.go_on(txn, run, awaited)
            slices += 1
        return freed, slices

    # ---------------------------------------------------------------------------------------------------- what is so

    def read(self, question, *arguments):
        with self.store.read() as txn:
            return question(txn, *arguments)

    def run(self, run):
        return self.read(runs.run, run)

    def project(self, name="p"):
        return self.read(runs.project, name)

    def listed(self, project="p"):
        """The names of a project's runs, newest first."""
        return [run.name for run in self.read(lambda txn: list(runs.of_project(txn, project)))]

    def names(self, project="p"):
        return {(name, kind): n for name, kind, n in self.read(lambda txn: list(names.of_project(txn, project)))}

    def records(self):
        """How many records of each letter there are."""
        with self.store.read() as txn:
            found = [key[:1].decode() for key, _ in scan(txn, b"")]
        return {letter: found.count(letter) for letter in set(found)}

    def whole(self):
        assert check(self.store, self.blobs) == []
        return True


@pytest.fixture(scope="session")
def make_house():
    return House


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path)
    yield made
    made.close()
