from __future__ import annotations

import hashlib
import os
import uuid
from dataclasses import replace

import pytest

from trackio.wire import Finish, Row, RunStart, Schema, encode, framed, pack, row_struct
from trackiod import apply
from trackiod.live import Changes
from trackiod.store import bucket, keys, members, objects, runs, series, summary
from trackiod.store.check import check
from trackiod.store.env import Store, scan
from trackiod.store.objects import MediaReady

SECOND = 10**9
IMAGE, VIDEO = "1" * 32, "2" * 32


class Folder:
    """A store and its blobs with one of everything, all of it whole."""

    def __init__(self, root):
        self.store, self.blobs = Store.open(root / "store"), root / "blobs"
        self.blobs.mkdir()
        self.writer, self.run = uuid.uuid4().bytes, uuid.uuid4().hex

    def fill(self):
        begin = RunStart(self.run, "p", "first", None, {"lr": 0.1}, "never", SECOND)
        image = {"_type": "trackio.image", "id": IMAGE, "format": "png", "bytes": 3, "caption": None}
        objects_row = Row(1, SECOND, {"cat": image, "clip": {**image, "_type": "trackio.video", "id": VIDEO}, "n": 2})
        form, head, commit = row_struct(0, "d")
        rows = [form.pack(head, n, n * SECOND, n / 3, commit) for n in range(40_000)]
        self.put(0, [*self.framed(begin, Schema(0, ("loss",), "d")), *rows, *self.framed(objects_row)])
        with self.store.write() as txn:
            objects.ready(txn, IMAGE, MediaReady(self.blob(b"image"), "image/png", 5, thumb=self.blob(b"thumb")))
        more = True
        while more:
            with self.store.write() as txn:
                more = series.compact(txn, runs.writer(txn, self.writer))
        # These wait to become chunks.
        end = Finish(SECOND, "finished")
        self.put(40_003, [*(form.pack(head, 40_000, SECOND, 1.0, commit) for _ in range(3)), *self.framed(end)])
        return self

    def put(self, first, records):
        with self.store.write() as txn:
            apply.store(txn, apply.Piece(self.writer, first, len(records), b"".join(records)), Changes())

    @staticmethod
    def framed(*records):
        return [framed(encode(record)) for record in records]

    def blob(self, data):
        path = objects.blob_path(self.blobs, hashlib.sha256(data).hexdigest())
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path.name

    def path(self, data):
        return objects.blob_path(self.blobs, hashlib.sha256(data).hexdigest())

    def change(self, letter, change):
        """Rewrite the first record whose key begins with `letter`; None removes it."""
        with self.store.write() as txn:
            key, value = next(scan(txn, letter))
            found = change(value)
            if found is None:
                txn.delete(key)
            else:
                txn.put(key, found)
        return key

    def findings(self):
        return check(self.store, self.blobs)


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path).fill()
    yield made
    made.store.close()


def told(findings, *words):
    """Whether one finding says all of this."""
    return any(all(word in f"{f.kind}: {f.where}: {f.text}" for word in words) for f in findings)


def test_a_whole_store_has_no_findings(folder):
    assert folder.findings() == []


def test_an_empty_store_has_no_findings(tmp_path):
    store = Store.open(tmp_path / "store")
    (tmp_path / "blobs").mkdir()
    assert check(store, tmp_path / "blobs") == []
    store.close()


DAMAGED = [
    *((keys.PROJECT, "project"), (keys.RUN, "run"), (keys.WRITER, "writer"), (keys.MEMBER, "member")),
    *((keys.OBJECT, "object"), (keys.MEDIA, "media"), (keys.SUMMARY, "summary")),
    *((keys.BLOB, "blob"), (keys.CONFIG, "config")),
    *((keys.SCHEMA, "schema"), (keys.PROJECT_NAME, "name of project")),
]


@pytest.mark.parametrize(("letter", "sort"), DAMAGED, ids=[sort for _, sort in DAMAGED])
def test_a_record_that_cannot_be_read_is_named(folder, letter, sort):
    key = folder.change(letter, lambda _: b"\xc1")
    found = folder.findings()
    assert told(found, "record", sort, key[1:].hex())


HARMED = {
    keys.CHUNK: "metric",
    keys.LEVEL: "metric loss level 1 node 0",
    keys.TAIL: "batch",
}


@pytest.mark.parametrize(("letter", "where"), HARMED.items(), ids=list(HARMED.values()))
@pytest.mark.parametrize("harm", [lambda value: value[:20] + bytes([value[20] ^ 1]) + value[21:], lambda _: b"\xc1"])
def test_a_record_of_points_with_a_flipped_bit_is_named_by_its_series(folder, letter, where, harm):
    folder.change(letter, harm)
    assert told(folder.findings(), "points", f"run {folder.run} member 0 {where}", "damaged")


def test_a_record_of_a_letter_that_is_none_of_ours_is_named(folder):
    with folder.store.write() as txn:
        txn.put(b"?strange", b"")
    assert told(folder.findings(), "record", b"?strange".hex())


def test_a_project_that_counts_its_runs_or_names_wrongly_is_named(folder):
    with folder.store.write() as txn:
        txn.delete(keys.project_run("p", 0))
    found = folder.findings()
    assert told(found, "project p", "counts 1 runs and lists 0")
    assert told(found, f"run {folder.run}", "is not number 0 of project p")
    assert told(found, "project p", "scalar loss")


def test_a_run_that_is_marked_as_running_and_ended_is_named(folder):
    with folder.store.write() as txn:
        txn.put(keys.running("p", folder.run), folder.run.encode())
    assert told(folder.findings(), f"run {folder.run}", "marked as running")


def test_a_writer_without_its_run_is_named(folder):
    folder.change(keys.RUN, lambda _: None)
    assert told(folder.findings(), f"writer {folder.writer.hex()}", folder.run)


def test_counters_of_what_waits_are_compared_with_it(folder):
    with folder.store.write() as txn:
        counters = members.get(txn, folder.run, 0)
        members.put(txn, folder.run, 0, members.Member(counters.rows, counters.max_step, 0, 77, 0, 0))
    assert told(folder.findings(), f"run {folder.run}", "77 rows")


def test_a_batch_whose_records_are_damaged_is_named(folder):
    folder.change(keys.TAIL, lambda value: value[:-1] + b"\x00")
    assert told(folder.findings(), "points", f"run {folder.run} member 0 batch")


def test_a_chunk_that_is_missing_is_named(folder):
    folder.change(keys.chunks(folder.run, 0, "loss"), lambda _: None)
    assert told(folder.findings(), "points", "metric loss level 1", "node 0")


@pytest.mark.parametrize("metric", ["loss", "n"])
def test_a_series_whose_chunks_are_all_missing_is_named(folder, metric):
    with folder.store.write() as txn:
        for key, _ in list(scan(txn, keys.chunks(folder.run, 0, metric))):
            txn.delete(key)
    assert told(folder.findings(), "points", f"metric {metric}", "no chunks")


def test_a_node_that_does_not_tell_the_truth_is_named(folder):
    def lie(value):
        true = bucket.decode(value)
        return bucket.encode(replace(true, most=true.most + 1))

    folder.change(keys.LEVEL, lie)
    assert told(folder.findings(), "points", "metric loss level 1 node 0", "is not what")


def test_a_summary_that_does_not_tell_the_truth_is_named(folder):
    with folder.store.write() as txn:
        entries = summary.get(txn, folder.run, 0)
        entries["loss"] = replace(entries["loss"], most=77.0)
        summary.put(txn, folder.run, 0, entries)
    assert told(folder.findings(), "points", "metric loss", "most=77.0")


def test_media_that_are_pending_and_do_not_wait_are_named(folder):
    folder.change(keys.PENDING, lambda _: None)
    assert told(folder.findings(), f"media {VIDEO}", "pending", "does not wait")


def test_a_value_whose_media_are_not_known_is_named(folder):
    folder.change(keys.MEDIA, lambda _: None)
    assert told(folder.findings(), f"media {IMAGE}", "cat", "step 1")


def test_a_blob_that_is_counted_wrongly_is_named(folder):
    folder.change(keys.BLOB, lambda _: pack(7))
    assert told(folder.findings(), "blob", "counts 7 uses, 1")


def test_a_blob_that_was_lost_is_named(folder):
    folder.path(b"thumb").unlink()
    assert told(folder.findings(), f"blob {hashlib.sha256(b'thumb').hexdigest()}", "is not there")


def test_a_blob_with_other_content_is_named(folder):
    folder.path(b"image").write_bytes(b"imagf")
    assert told(folder.findings(), hashlib.sha256(b"image").hexdigest(), "holds content of")


def test_a_blob_that_nothing_uses_is_named_unless_it_is_new(folder):
    folder.blob(b"orphan")
    assert folder.findings() == []
    os.utime(folder.path(b"orphan"), (0, 0))
    assert told(folder.findings(), hashlib.sha256(b"orphan").hexdigest(), "used by nothing")


def test_an_old_file_that_is_no_blob_is_named(folder):
    strange = folder.blobs / "strange"
    strange.write_bytes(b"")
    os.utime(strange, (0, 0))
    assert told(folder.findings(), "strange", "is no blob")
