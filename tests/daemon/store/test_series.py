from __future__ import annotations

import uuid

import numpy as np
import pytest

from trackio.errors import ProtocolError
from trackio.wire import Attach, Row, RunStart, Schema, encode, framed, row_struct
from trackiod.store import chunk, keys, members, names, runs, series, stamps, summary, tail
from trackiod.store.chunk import CHUNK, LARGEST, Points
from trackiod.store.env import Store, scan
from trackiod.store.levels import Gap, Levels, SeriesId
from trackiod.store.pyramid import ALL, Span

MS = 10**6
RUN = "a" * 32


class Writer:
    """Appends the records of one writer, each call one batch."""

    def __init__(self, txn, *, member=0):
        self.txn, self.id, self.first = txn, uuid.uuid4().bytes, 0
        if member:
            self.begin = runs.attach(txn, self.id, Attach(RUN, "p", "first", 0))
        else:
            self.begin = runs.start(txn, self.id, RunStart(RUN, "p", "first", None, {}, "never", 0))

    def put(self, *records):
        bodies = [record if isinstance(record, bytes) else framed(encode(record)) for record in records]
        series.append(self.txn, self.begin, self.first, b"".join(bodies))
        self.first += len(bodies)
        return self

    def schema(self, *names_, number=0, codes=None, relative=False):
        return self.put(Schema(number, names_, codes or "d" * len(names_), relative))

    def packed(self, rows, number=0, codes="d"):
        form, head, commit = row_struct(number, codes)
        return self.put(*(form.pack(head, step, step * MS, *values, commit) for step, *values in rows))

    def compact(self):
        while series.compact(self.txn, self.begin):
            pass
        return self


@pytest.fixture
def txn(tmp_path):
    store = Store.open(tmp_path / "store")
    with store.write() as txn:
        yield txn
    store.close()


@pytest.fixture
def writer(txn):
    return Writer(txn)


def read(txn, metric="loss", member=0, span=ALL, enough=10**7):
    levels = Levels.of(txn, SeriesId(RUN, member, metric))
    return series.read(levels, series.waiting_of(levels), span, enough)


def values(txn, metric="loss", member=0):
    points = read(txn, metric, member)
    assert isinstance(points, Points)
    return {int(step): points.value(at) for at, step in enumerate(points.steps)}


# ------------------------------------------------------------------------------------------------------ arriving


def test_rows_of_every_form_are_points_at_once_and_stay_so_in_chunks(txn, writer):
    writer.schema("loss", "n", codes="dq").packed([(0, 0.5, 7), (1, 0.25, 8)], codes="dq")
    writer.put(Row(2, 2 * MS, {"loss": 0.125, "text": "x", "n": 2**63}))
    for _ in range(2):
        assert values(txn) == {0: 0.5, 1: 0.25, 2: 0.125}
        assert values(txn, "n") == {0: 7, 1: 8, 2: float(2**63)}
        assert isinstance(values(txn, "n")[0], int)
        assert values(txn, "text") == {}
        writer.compact()


def test_members_count_what_they_logged(txn, writer):
    writer.schema("loss").packed([(5, 1.0), (3, 1.0)]).put(Row(4, 9 * MS, {"a": 1}))
    member = members.get(txn, RUN, 0)
    assert (member.rows, member.max_step, member.last_time, member.tail_rows, member.next_step) == (3, 5, 9, 3, 6)
    writer.compact()
    member = members.get(txn, RUN, 0)
    assert (member.rows, member.tail_rows, member.tail_bytes, member.tail_batches) == (3, 0, 0, 0)


def test_a_point_behind_the_largest_step_or_in_the_place_of_one_at_it_is_noticed(txn, writer):
    writer.schema("loss").packed([(5, 1.0)])
    form, head, commit = row_struct(0, "d")

    def went_back(step, row):
        packed = form.pack(head, step, 0, 1.0, commit)
        body = packed if row == "packed" else framed(encode(Row(step, 0, {"loss": 1.0})))
        return series.append(txn, writer.begin, 0, body)

    assert [went_back(step, "packed") for step in (5, 6, 2, 6)] == [True, False, True, True]
    assert [went_back(step, "loose") for step in (6, 7, 2, 7)] == [True, False, True, True]
    writer.compact()
    assert went_back(7, "packed")


def test_another_metric_at_the_largest_step_is_nothing_that_went_back(txn, writer):
    writer.schema("loss").packed([(5, 1.0)]).schema("acc", number=1)
    form, head, commit = row_struct(1, "d")
    other = form.pack(head, 5, 0, 1.0, commit)
    assert not series.append(txn, writer.begin, 0, other)
    assert not series.append(txn, writer.begin, 0, framed(encode(Row(5, 0, {"note": "x", "n": 1}))))
    assert series.append(txn, writer.begin, 0, other)
    writer.compact()
    assert not series.append(txn, writer.begin, 0, framed(encode(Row(5, 0, {"m": 1}))))
    assert series.append(txn, writer.begin, 0, other)


def test_relative_steps_are_compared_as_readers_see_them(txn):
    Writer(txn).schema("loss").packed([(9, 2.0)])
    second = Writer(txn).schema("loss", relative=True)
    form, head, commit = row_struct(0, "d")
    row = form.pack(head, 0, 0, 1.0, commit)
    assert [series.append(txn, second.begin, 0, row) for _ in range(2)] == [False, True]


def test_names_are_known_before_their_first_chunk(txn, writer):
    writer.schema("loss").put(Row(0, 0, {"b": 1, "c": "text"}))
    assert {name for name, kind in names.of_run(txn, RUN) if kind == "scalar"} == {"loss", "b"}


def test_relative_steps_count_from_the_writers_base(txn):
    Writer(txn).schema("loss").packed([(0, 1.0), (9, 2.0)])
    second = Writer(txn).schema("loss", relative=True).packed([(0, 3.0), (1, 4.0)])
    assert values(txn) == {0: 1.0, 9: 2.0, 10: 3.0, 11: 4.0}
    second.compact()
    assert values(txn) == {0: 1.0, 9: 2.0, 10: 3.0, 11: 4.0}
    assert members.get(txn, RUN, 0).max_step == 11


def test_rows_of_an_unknown_schema_or_another_width_are_refused(txn, writer):
    with pytest.raises(ProtocolError, match="schema 3"):
        writer.packed([(0, 1.0)], number=3)
    with pytest.raises(ProtocolError, match="2 keys"):
        writer.schema("a", "b").packed([(0, 1.0)])


# ---------------------------------------------------------------------------------------------- tails to chunks


@pytest.mark.parametrize("compacted", ["never", "between", "after"])
def test_the_last_write_of_a_step_counts(txn, writer, compacted):
    writer.schema("loss").packed([(step, float(step)) for step in range(10)])
    if compacted == "between":
        writer.compact()
    writer.packed([(4, 40.0), (4, 41.0), (2, 20.0), (12, 12.0), (-3, -3.0)])
    if compacted == "after":
        writer.compact()
    expected = {step: float(step) for step in range(10)} | {4: 41.0, 2: 20.0, 12: 12.0, -3: -3.0}
    assert values(txn) == expected
    assert list(values(txn)) == sorted(expected)
    levels = Levels.of(txn, SeriesId(RUN, 0, "loss"))
    _, total = series.extent(levels, series.waiting_of(levels))
    assert total == len(expected)


def test_a_series_that_is_logged_again_is_rewritten_in_place(txn, writer):
    steps = range(3 * CHUNK)
    writer.schema("loss").packed([(step, 0.0) for step in steps]).compact()
    before = [key for key, _ in scan(txn, keys.chunks(RUN, 0, "loss"))]
    writer.packed([(step, 1.0) for step in range(CHUNK + 5, CHUNK + 25)]).compact()
    assert [key for key, _ in scan(txn, keys.chunks(RUN, 0, "loss"))] == before
    found = values(txn)
    assert {step for step, value in found.items() if value == 1.0} == set(range(CHUNK + 5, CHUNK + 25))
    assert len(found) == len(steps)


def test_steps_between_others_split_the_chunk_that_they_fall_in_and_touch_no_other(txn, writer):
    writer.schema("loss").packed([(step * 2, 0.0) for step in range(3 * CHUNK)]).compact()
    before = dict(scan(txn, keys.chunks(RUN, 0, "loss")))
    more = LARGEST + 1 - CHUNK
    writer.packed([(101 + 2 * number, 1.0) for number in range(more)]).compact()
    after = dict(scan(txn, keys.chunks(RUN, 0, "loss")))
    assert [chunk.length(value) for value in after.values()] == [LARGEST // 2, LARGEST // 2 + 1, CHUNK, CHUNK]
    assert len(set(before.items()) & set(after.items())) == 2
    assert len(values(txn)) == 3 * CHUNK + more


def test_metrics_of_the_same_rows_share_their_steps_and_times(txn, writer):
    rows = [(step, 1.0, 2.0) for step in range(CHUNK + 5)]
    writer.schema("a", "b").packed(rows, codes="dd").put(Row(CHUNK + 5, 0, {"c": 1})).compact()
    uses = [stamps.decode(value)[0] for _, value in scan(txn, keys.STAMPS)]
    assert uses == [2, 2]
    writer.put(Row(3, 99 * MS, {"a": 5.0})).compact()
    assert sorted(stamps.decode(value)[0] for _, value in scan(txn, keys.STAMPS)) == [1, 2]
    assert values(txn, "a") == dict.fromkeys(range(CHUNK + 5), 1.0) | {3: 5.0}
    assert values(txn, "b") == dict.fromkeys(range(CHUNK + 5), 2.0)


def test_a_slice_is_bounded_and_says_whether_more_is_left(txn, writer, monkeypatch):
    monkeypatch.setattr(series, "SLICE_BYTES", 1000)
    writer.schema("loss")
    for batch in range(10):
        writer.packed([(batch * 10 + step, 1.0) for step in range(10)])
    assert series.compact(txn, writer.begin)
    left = members.get(txn, RUN, 0)
    assert 0 < left.tail_rows < 100
    assert len(values(txn)) == 100
    writer.compact()
    assert not series.compact(txn, writer.begin)
    assert list(tail.batches(txn, RUN, 0, [])) == []


def test_a_slice_may_take_several_transactions_and_reads_the_same_throughout(txn, writer):
    writer.schema("loss", "n").packed([(step, 1.0, 2.0) for step in range(50)], codes="dd")
    writer.packed([(10, 7.0, 8.0)], codes="dd")
    left = series.compact(txn, writer.begin, None, lambda: True)
    assert [name for name, _ in left.waiting] == ["n"]
    for metric, value, replaced in (("loss", 1.0, 7.0), ("n", 2.0, 8.0)):
        levels = Levels.of(txn, SeriesId(RUN, 0, metric))
        assert values(txn, metric) == dict.fromkeys(range(50), value) | {10: replaced}
        assert series.extent(levels, series.waiting_of(levels))[1] == 50
    writer.packed([(50, 1.0, 2.0)], codes="dd")
    left = series.compact(txn, writer.begin, left)
    assert (left.keys, left.rows) == ((), 1)
    assert members.get(txn, RUN, 0).tail_rows == 1
    writer.compact()
    assert len(values(txn)) == 51
    assert summary.get(txn, RUN, 0)["loss"].total == 49 + 7 + 1


def test_a_slice_that_is_begun_anew_writes_the_same_points_once_more(txn, writer):
    writer.schema("loss", "n").packed([(step, 1.0, 2.0) for step in range(50)], codes="dd")
    assert series.compact(txn, writer.begin, None, lambda: True).waiting
    writer.packed([(50, 1.0, 2.0)], codes="dd").compact()
    for metric, value in (("loss", 1.0), ("n", 2.0)):
        assert values(txn, metric) == dict.fromkeys(range(51), value)
        assert summary.get(txn, RUN, 0)[metric].count == 51


def test_a_long_tail_is_made_into_chunks_by_whole_slices(txn, writer, monkeypatch):
    monkeypatch.setattr(series, "LONG_BYTES", 1000)
    writer.schema("loss", "n").packed([(step, 1.0, 2.0) for step in range(50)], codes="dd")
    assert series.compact(txn, writer.begin, None, lambda: True) is None


def test_the_backlog_names_each_writer_with_what_is_not_in_chunks(txn, writer):
    writer.schema("loss").packed([(0, 1.0), (1, 1.0)])
    other = Writer(txn, member=1).schema("loss").packed([(0, 1.0)])
    assert dict(series.backlog(txn)) == {writer.id: 2, other.id: 1}
    writer.compact()
    assert dict(series.backlog(txn)) == {other.id: 1}


# ------------------------------------------------------------------------------------------------------- reading


def test_members_have_series_of_their_own(txn, writer):
    writer.schema("loss").packed([(0, 1.0)])
    Writer(txn, member=1).schema("loss").packed([(0, 2.0)])
    assert values(txn) == {0: 1.0}
    assert values(txn, member=1) == {0: 2.0}


def test_buckets_count_what_lies_in_chunks_and_what_waits_once(txn, writer):
    count = 40_000
    writer.schema("loss").packed([(step, float(step)) for step in range(count)]).compact()
    writer.packed([(step, -1.0) for step in range(20_000, 20_010)] + [(count, 5.0)])
    found = read(txn, enough=100)
    assert found.count.sum() == count + 1
    assert (found.least.min(), found.most.max()) == (-1.0, count - 1)
    part = read(txn, span=Span("step", 20_005, 20_011), enough=100)
    assert part.floats().tolist() == [-1.0] * 5 + [20_010.0, 20_011.0]


@pytest.mark.parametrize("compacted", [False, True])
def test_points_after_a_step_come_in_order_and_no_more_than_asked(txn, writer, compacted):
    writer.schema("loss").packed([(step, float(step)) for step in range(2 * CHUNK)])
    if compacted:
        writer.compact()
    writer.packed([(10, -10.0), (2 * CHUNK, 0.0)])
    levels = Levels.of(txn, SeriesId(RUN, 0, "loss"))

    def after(step, limit):
        return series.points_after(levels, series.waiting_of(levels), step, limit)

    assert after(8, 3).steps.tolist() == [9, 10, 11]
    assert after(8, 3).floats().tolist() == [9.0, -10.0, 11.0]
    assert after(2 * CHUNK - 2, 10).steps.tolist() == [2 * CHUNK - 1, 2 * CHUNK]
    assert len(after(-(2**63) - 1, 10**6)) == 2 * CHUNK + 1
    assert len(after(2**63 - 1, 5)) == 0


def test_the_summary_of_all_is_right_after_steps_were_repeated(txn, writer):
    writer.schema("loss").packed([(0, 100.0), (1, 2.0), (2, np.nan)]).compact()
    writer.packed([(0, 1.0), (2, 3.0)]).compact()
    assert summary.get(txn, RUN, 0)["loss"] == summary.Entry(2, 3.0, 1.0, 3.0, 6.0, 3, 3)


# ------------------------------------------------------------------------------------------------------- damage


def harm(txn, key):
    """Flip a bit in a record, in the last byte before its checksum."""
    value = txn.get(key)
    txn.put(key, value[:-5] + bytes([value[-5] ^ 1]) + value[-4:])


def missing(txn):
    levels = Levels.of(txn, SeriesId(RUN, 0, "loss"))
    series.read(levels, series.waiting_of(levels), ALL, 10**7)
    return levels.missing


def test_a_damaged_chunk_is_left_out_and_told_of(txn, writer):
    writer.schema("loss").packed([(step, 1.0) for step in range(2 * CHUNK + 5)]).compact()
    harm(txn, keys.at_step(keys.chunks(RUN, 0, "loss"), CHUNK))
    assert missing(txn) == [Gap(CHUNK, 2 * CHUNK - 1)]
    assert list(values(txn)) == [*range(CHUNK), *range(2 * CHUNK, 2 * CHUNK + 5)]


def test_points_go_on_behind_a_last_chunk_that_is_damaged(txn, writer):
    writer.schema("loss").packed([(step, 1.0) for step in range(5)]).compact()
    harm(txn, keys.at_step(keys.chunks(RUN, 0, "loss"), 0))
    writer.packed([(5, 2.0), (6, 2.0)])
    assert values(txn) == {5: 2.0, 6: 2.0}
    writer.compact()
    assert values(txn) == {5: 2.0, 6: 2.0}
    assert missing(txn) == [Gap(0, None)]


def test_points_are_put_where_a_chunk_is_damaged_and_the_chunk_is_laid_aside(txn, writer):
    writer.schema("loss").packed([(step, 1.0) for step in range(2 * CHUNK)]).compact()
    harm(txn, keys.at_step(keys.chunks(RUN, 0, "loss"), 0))
    writer.packed([(0, 2.0), (7, 2.0)]).compact()
    assert values(txn) == {0: 2.0, 7: 2.0} | dict.fromkeys(range(CHUNK, 2 * CHUNK), 1.0)
    assert missing(txn) == [Gap(0, None)]


def test_a_damaged_batch_is_left_out_told_of_and_laid_aside(txn, writer):
    writer.schema("loss").packed([(1, 1.0)]).packed([(2, 1.0)]).packed([(3, 1.0)])
    harm(txn, keys.tail(RUN, 0, 1))
    assert values(txn) == {1: 1.0, 3: 1.0}
    assert missing(txn) == [Gap(None, None)]
    writer.compact()
    assert values(txn) == {1: 1.0, 3: 1.0}
    assert missing(txn) == [Gap(None, None)]
    member = members.get(txn, RUN, 0)
    assert (member.tail_rows, member.tail_bytes, member.tail_batches) == (0, 0, 0)
    assert dict(series.backlog(txn)) == {}
