from __future__ import annotations

import uuid

import numpy as np
import pytest

from trackio.wire import RunStart, Schema, encode, framed, row_struct
from trackiod.store import aside, check_points, chunk, keys, members, names, runs, seal, stamps, summary, tail
from trackiod.store.chunk import CHUNK, LARGEST, Points
from trackiod.store.columns import pack_ints
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


def put(txn, first, steps, metric="loss", run=RUN):
    key, found = keys.at_step(keys.chunks(run, 0, metric), first), points(steps)
    body = stamps.of_columns(len(found), pack_ints(found.steps), pack_ints(found.times))
    name = stamps.name_of(body)
    held = txn.get(keys.stamps_of(key, name))
    txn.put(keys.stamps_of(key, name), stamps.record(1 + (stamps.decode(held)[0] if held else 0), body))
    txn.put(key, chunk.encode(found, name))
    return key


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


def test_a_chunk_that_is_not_half_full_although_others_follow_is_named(txn):
    half = CHUNK // 2
    put(txn, 0, range(half - 1))
    put(txn, half, range(half, 2 * half))
    put(txn, 2 * half, range(2 * half, 2 * half + 10))
    found = faults(txn)
    assert told(found, "chunk 0", f"has {half - 1} points")
    assert not told(found, f"chunk {half}", "points")
    assert not told(found, f"chunk {2 * half}", "points")


def test_a_chunk_with_too_many_points_is_named(txn):
    put(txn, 0, range(LARGEST))
    assert not told(faults(txn), "points")
    put(txn, 0, range(LARGEST + 1))
    assert told(faults(txn), "chunk 0", f"has {LARGEST + 1} points")


def flipped(txn, key):
    """Flip one bit in the last byte before the checksum of a record."""
    value = bytearray(txn.get(key))
    value[-5] ^= 1
    txn.put(key, bytes(value))
    return key


def test_a_chunk_with_a_flipped_bit_is_named_by_its_series(txn):
    flipped(txn, put(txn, 0, range(10)))
    assert told(faults(txn), f"run {RUN} member 0 metric loss chunk 0", "is damaged", "checksum")


def test_steps_and_times_with_a_flipped_bit_are_named_and_so_are_the_chunks_that_have_them(txn):
    key = put(txn, 0, range(10))
    flipped(txn, keys.stamps_of(key, chunk.stamps_of(txn.get(key))))
    found = faults(txn)
    assert told(found, f"run {RUN} member 0 steps and times", "are damaged")
    assert told(found, "metric loss chunk 0", "is damaged")


def test_steps_and_times_that_count_wrongly_are_named(txn):
    key = put(txn, 0, range(10))
    shared = keys.stamps_of(key, chunk.stamps_of(txn.get(key)))
    body = bytes(seal.opened(txn.get(shared))[4:])
    txn.put(shared, stamps.record(2, body))
    assert told(faults(txn), "steps and times", "count 2 chunks, 1 have them")
    txn.delete(shared)
    assert told(faults(txn), "metric loss chunk 0", "its steps and times are not there")


def test_a_batch_with_a_flipped_bit_is_named(txn):
    batch(txn, packed_rows(5), count=5, rows=5)
    flipped(txn, keys.tail(RUN, 0, 0))
    assert told(faults(txn), f"run {RUN} member 0 batch 0", "is damaged")


def test_what_was_laid_aside_is_named(txn):
    aside.lay(txn, put(txn, 7, range(7, 10)))
    batch(txn, packed_rows(5), count=5, rows=5)
    aside.lay(txn, keys.tail(RUN, 0, 0))
    summary.put(txn, RUN, 0, {"loss": summary.Entry(9, 9, 7.0, 9.0, 24.0, 3, 3)})
    found = faults(txn)
    assert told(found, f"run {RUN} member 0 metric loss chunk 7", "laid aside")
    assert told(found, f"record {keys.tail(RUN, 0, 0).hex()}", "laid aside")
    assert len(found) == 2


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
    put(txn, 0, range(3), run=other)
    assert told(faults(txn), "belong to no metric")
