from __future__ import annotations

import uuid

import numpy as np
import pytest

from trackio.wire import RunStart, Schema, encode, framed, row_struct
from trackiod.store import check_points, chunk, keys, members, names, runs, tail
from trackiod.store.chunk import CHUNK, Points
from trackiod.store.env import Store

RUN, WRITER = "a" * 32, b"w" * 16


@pytest.fixture
def txn(tmp_path):
    """A run whose member 0 logged the metric loss."""
    store = Store.open(tmp_path / "store")
    with store.write() as txn:
        begin = RunStart(RUN, "p", "first", None, {}, "never", 0)
        runs.start(txn, WRITER, begin)
        members.put(txn, RUN, 0, members.Member(rows=1))
        names.register(txn, "p", RUN, "scalar", ["loss"])
        yield txn
    store.close()


def points(steps):
    steps = np.asarray(steps, np.int64)
    return Points(steps, steps * 1000, np.arange(len(steps)), np.ones(len(steps), np.bool_))


def put(txn, first, steps, metric="loss"):
    txn.put(keys.chunks(RUN, 0, metric) + keys.step_bytes(first), chunk.encode(points(steps)))


def faults(txn):
    return list(check_points.faults(txn, [runs.run(txn, RUN)]))


def told(found, *words):
    return any(all(word in " ".join(fault) for word in words) for fault in found)


def packed_rows(count, keys_=1, schema=0):
    form, head, commit = row_struct(schema, "d" * keys_)
    return b"".join(form.pack(head, step, step, *[1.0] * keys_, commit) for step in range(count))


def batch(txn, body, *, count, rows, declared=True):
    if declared:
        tail.put_schema(txn, WRITER, Schema(0, ("loss",), "d"))
    tail.put(txn, RUN, 0, tail.Batch(WRITER, 0, 0, count, rows, body))


def test_a_chunk_whose_key_is_not_its_first_step_is_named(txn):
    put(txn, 7, range(10))
    assert told(faults(txn), f"run {RUN} member 0 metric loss chunk 7", "begins with step 0")


def test_a_chunk_that_overlaps_the_one_before_is_named(txn):
    put(txn, 0, range(CHUNK))
    put(txn, CHUNK - 1, range(CHUNK - 1, CHUNK + 5))
    assert told(faults(txn), f"chunk {CHUNK - 1}", f"ends with step {CHUNK - 1}")


def test_steps_out_of_order_are_named(txn):
    put(txn, 0, [0, 2, 1])
    assert told(faults(txn), "chunk 0", "out of order")


def test_a_step_that_is_there_twice_is_named(txn):
    put(txn, 0, [0, 1, 1])
    assert told(faults(txn), "chunk 0", "out of order")


def test_a_chunk_that_is_not_full_although_others_follow_is_named(txn):
    put(txn, 0, range(10))
    put(txn, 10, range(10, 20))
    assert told(faults(txn), "chunk 0", "has 10 points")
    assert not told(faults(txn), "chunk 10", "has 10 points")


def test_chunks_of_a_metric_that_was_never_logged_are_named(txn):
    put(txn, 0, range(10), metric="none")
    assert told(faults(txn), "belong to no metric")


@pytest.mark.parametrize(("count", "rows"), [(5, 4), (4, 5), (4, 4)])
def test_a_batch_that_counts_wrongly_is_named(txn, count, rows):
    batch(txn, packed_rows(5), count=count, rows=rows)
    assert told(faults(txn), f"run {RUN} member 0 batch 0", "holds 5 and 5")


def test_a_batch_that_is_as_it_says_has_no_fault(txn):
    declaration = framed(encode(Schema(0, ("loss",), "d")))
    batch(txn, declaration + packed_rows(5), count=6, rows=5)
    assert faults(txn) == []


def test_a_batch_that_was_cut_off_is_named(txn):
    batch(txn, packed_rows(5)[:-3], count=5, rows=5)
    assert told(faults(txn), "batch 0", "at byte")


def test_rows_of_a_schema_that_was_not_declared_are_named(txn):
    batch(txn, packed_rows(5), count=5, rows=5, declared=False)
    assert told(faults(txn), "batch 0", "schema 0")


def test_rows_that_are_wider_than_their_schema_are_named(txn):
    batch(txn, packed_rows(5, keys_=2), count=5, rows=5)
    assert told(faults(txn), "batch 0", "2 values")


def test_a_run_of_another_id_is_not_mixed_up(txn):
    other = uuid.uuid4().hex
    txn.put(keys.chunks(other, 0, "loss") + keys.step_bytes(0), chunk.encode(points(range(3))))
    assert told(faults(txn), "belong to no metric")
