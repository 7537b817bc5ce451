from __future__ import annotations

import math
import uuid

import numpy as np
import pytest

from trackio.wire import Attach, RunStart, Schema, System, encode, framed, row_struct
from trackiod import apply, points
from trackiod.live import Changes
from trackiod.points import AfterRequest, SeriesRequest
from trackiod.store import keys, runs, series
from trackiod.store.chunk import CHUNK
from trackiod.store.env import Store

SECOND = 10**9
START = 1_700_000_000
RUN = "a" * 32


class Writer:
    """Stores rows of one metric, one second apart per step."""

    def __init__(self, store, begin):
        self.store, self.id, self.stored = store, uuid.uuid4().bytes, 0
        self._put(framed(encode(begin)), framed(encode(Schema(0, ("loss",), "d"))))

    def rows(self, values, first=0, seconds=None):
        form, head, commit = row_struct(0, "d")
        self._put(
            *(
                form.pack(head, step, (START + (step if seconds is None else seconds)) * SECOND, value, commit)
                for step, value in enumerate(values, first)
            )
        )
        return self

    def compact(self):
        more = True
        while more:
            with self.store.write() as txn:
                more = series.compact(txn, runs.writer(txn, self.id))
        return self

    def _put(self, *bodies):
        with self.store.write() as txn:
            piece = apply.Piece(self.id, self.stored, len(bodies), b"".join(bodies))
            self.stored = apply.store(txn, piece, Changes()).stored


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def writer(store):
    return Writer(store, RunStart(RUN, "p", "first", None, {}, "never", START * SECOND))


@pytest.fixture
def ask(store):
    def asked(run=RUN, metric="loss", member=None, x="step", width=100, first=None, last=None, before=False):
        with store.read() as txn:
            return points.series_of(txn, SeriesRequest(run, metric, member, x, width, first, last, before=before))

    return asked


def test_few_points_are_told_one_by_one_with_their_times(writer, ask):
    writer.rows([1.0, math.nan, 3.0])
    found = ask()
    assert (found.raw, found.total, found.extent, found.bucket, found.last_step) == (True, 3, (0, 2), None, 2)
    assert found.columns["time"].tolist() == [START, START + 1, START + 2]
    np.testing.assert_array_equal(found.columns["value"], [1.0, math.nan, 3.0])


@pytest.mark.parametrize("count", [201, 5_000, 70_000])
@pytest.mark.parametrize("x", ["step", "time"])
def test_many_points_are_at_most_one_bucket_per_pixel_each_of_them_true(writer, ask, count, x):
    values = np.random.default_rng(count).normal(size=count)
    writer.rows(values.tolist()).compact()
    found = ask(x=x)
    columns = found.columns
    assert not found.raw
    assert 50 <= len(columns["step"]) <= 100
    assert columns["count"].sum() == found.total == count
    for at in range(len(columns["step"])):
        part = values[int(columns["step"][at]) : int(columns["step_last"][at]) + 1]
        assert (columns["min"][at], columns["max"][at], columns["last"][at]) == (part.min(), part.max(), part[-1])
        assert columns["mean"][at] == pytest.approx(part.mean())
        assert columns["count"][at] == len(part)
    assert found.extent == ((0, count - 1) if x == "step" else (START, START + count - 1))


def test_what_is_not_finite_is_counted_and_kept_out_of_the_extremes(writer, ask):
    writer.rows([math.nan] * 100 + [math.inf, -math.inf, 1.0] * 100)
    columns = ask(width=4).columns
    assert [columns[name].sum() for name in ("nan", "pinf", "ninf")] == [100, 100, 100]
    assert math.isnan(columns["min"][0])
    assert math.isnan(columns["mean"][0])
    assert math.isnan(columns["last"][0])
    assert (columns["min"][-1], columns["max"][-1], columns["mean"][-1]) == (1.0, 1.0, 1.0)


def test_close_enough_the_points_themselves_come(writer, ask):
    writer.rows([float(n) for n in range(100_000)]).compact()
    assert not ask(first=500, last=701).raw
    found = ask(first=500.5, last=700.5)
    assert found.raw
    assert (found.columns["step"][0], found.columns["step"][-1]) == (501, 700)
    assert found.total == 100_000
    assert found.extent == (0, 99_999)


def test_a_part_of_the_axis_without_points_is_empty_and_the_extent_still_told(writer, ask):
    writer.rows([1.0, 2.0])
    for first, last in ((10, 20), (-20, -10), (5, 4)):
        found = ask(first=first, last=last)
        assert (len(found.columns["step"]), found.total, found.extent) == (0, 2, (0, 1))


def test_on_the_axis_of_time_points_come_by_time(writer, ask):
    writer.rows([1.0, 2.0], first=10, seconds=100).rows([3.0], first=5, seconds=200)
    assert ask(x="time").columns["value"].tolist() == [1.0, 2.0, 3.0]
    assert ask().columns["value"].tolist() == [3.0, 1.0, 2.0]
    assert ask(x="time", first=START + 150, last=START + 250).columns["value"].tolist() == [3.0]


def test_without_a_member_the_first_that_logged_the_metric_is_told(store, ask):
    Writer(store, RunStart(RUN, "p", "first", None, {}, "never", START * SECOND))
    Writer(store, Attach(RUN, "p", "first", START * SECOND)).rows([7.0])
    assert (ask().member, ask().columns["value"].tolist()) == (1, [7.0])
    assert ask(member=0).total == 0


@pytest.mark.parametrize("asked", [{"run": "none"}, {"metric": "none"}, {"member": 9}, {"run": ""}])
def test_what_was_never_logged_is_an_empty_series(writer, ask, asked):
    writer.rows([1.0])
    found = ask(**asked)
    assert (found.raw, found.total, found.extent, found.last_step) == (True, 0, None, None)
    assert [len(column) for column in found.columns.values()] == [0, 0, 0]


def test_points_after_a_step_carry_what_the_whole_series_is(writer, store):
    writer.rows([float(n) for n in range(10)])
    with store.read() as txn:
        found = points.points_after(txn, AfterRequest(RUN, "loss", None, 6.0, 2))
        everything = points.points_after(txn, AfterRequest(RUN, "loss", None, None, 100))
    assert found.columns["step"].tolist() == [7, 8]
    assert (found.total, found.extent, found.last_step) == (10, (0, 9), 9)
    assert len(everything.columns["step"]) == 10


def test_series_that_are_followed_together_are_what_each_is_alone(writer, store):
    writer.rows([float(n) for n in range(10)])
    wanted = [("loss", None, 6.0), ("none", None, None), ("loss", 0, None), ("loss", 3, None)]
    with store.read() as txn:
        together = list(points.followed(txn, RUN, [points.Followed(*each) for each in wanted], 100))
        alone = [points.points_after(txn, AfterRequest(RUN, *each, 100)) for each in wanted]
    assert [len(each.columns["step"]) for each in together] == [3, 0, 10, 0]
    for found, expected in zip(together, alone, strict=True):
        assert {name: column.tolist() for name, column in found.columns.items()} == {
            name: column.tolist() for name, column in expected.columns.items()
        }
        assert (found.member, found.total, found.last_step) == (expected.member, expected.total, expected.last_step)


def test_a_system_metric_is_read_on_either_axis_as_points_and_as_buckets(writer, store):
    writer._put(*[framed(encode(System((1_000 + n) * 10**9, {"loss": n}))) for n in range(100)])
    with store.read() as txn:
        everything = points.series_of(txn, SeriesRequest(RUN, "loss", None, "time", 100, None, None, "system"))
        part = points.series_of(txn, SeriesRequest(RUN, "loss", None, "time", 5, 1_010, 1_029, "system"))
        none = points.series_of(txn, SeriesRequest(RUN, "loss", None, "time", 5, None, None))
    assert (everything.kind, everything.total, everything.extent, everything.last_step) == (
        "system",
        100,
        (1_000, 1_099),
        1_099_000,
    )
    assert everything.columns["time"].tolist() == [1_000 + n for n in range(100)]
    assert (part.raw, part.columns["count"].sum(), part.columns["min"][0]) == (False, 20, 10)
    assert (none.kind, none.total) == ("scalar", 0)


@pytest.mark.parametrize("odd", [0, 1_234, 29_999, 65_535, 65_600])
@pytest.mark.parametrize("compacted", [True, False])
def test_the_first_step_that_is_not_finite_is_told_exactly_of_buckets(writer, ask, odd, compacted):
    values = [1.0] * 66_000
    values[odd] = math.inf
    values[65_900] = math.nan
    writer.rows(values)
    if compacted:
        writer.compact()
    assert ask(width=20).odd == odd
    assert ask(width=20, first=odd + 1).odd == 65_900
    assert ask(width=20, first=65_901, last=65_999).odd is None
    assert ask(width=20, x="time", first=START + 65_601).odd == 65_900


def test_the_extremes_before_a_part_are_told_when_they_are_asked_for(writer, ask):
    values = [float(n) for n in range(10_000)]
    values[500], values[600] = -7.0, math.nan
    writer.rows(values).compact()
    assert ask(first=1_000, before=True).before == (-7.0, 999.0)
    assert ask(first=1_000, x="step").before is None
    assert ask(first=START + 100, x="time", before=True).before == (0.0, 99.0)
    assert ask(first=0, before=True).before is None
    assert ask(before=True).before is None
    assert ask(metric="none", first=4, before=True).before is None


# ------------------------------------------------------------------------------------------------------- damage


def harm(store, key):
    """Flip a bit in a record, in the last byte before its checksum."""
    with store.write() as txn:
        value = txn.get(key)
        txn.put(key, value[:-5] + bytes([value[-5] ^ 1]) + value[-4:])


def test_a_damaged_chunk_is_left_out_of_a_chart_and_said_to_be_missing(store, writer, ask):
    writer.rows(range(3 * CHUNK)).compact()
    assert ask().missing == ()
    harm(store, keys.at_step(keys.chunks(RUN, 0, "loss"), CHUNK))
    for width in (100, 10**6):
        found = ask(width=width)
        assert found.missing == ((CHUNK, 2 * CHUNK - 1),)
        assert found.columns.get("count", np.ones(len(found.columns["step"]))).sum() == 2 * CHUNK
    assert ask(width=10**6, first=10, last=100).missing == ()
    with store.read() as txn:
        page = points.points_after(txn, AfterRequest(RUN, "loss", None, None, 10**6))
    assert (len(page.columns["step"]), page.missing) == (2 * CHUNK, ((CHUNK, 2 * CHUNK - 1),))


def test_of_a_series_of_which_nothing_can_be_read_it_is_said_that_it_is_missing(store, writer, ask):
    writer.rows([1.0, 2.0]).compact()
    harm(store, keys.at_step(keys.chunks(RUN, 0, "loss"), 0))
    for member in (None, 0):
        found = ask(member=member)
        assert (len(found.columns["step"]), found.missing) == (0, ((0, None),))
    assert ask(metric="acc").missing == ()


def test_a_damaged_batch_is_left_out_and_said_to_be_missing_somewhere(store, writer, ask):
    writer.rows([1.0]).rows([2.0], first=1).rows([3.0], first=2)
    harm(store, keys.tail(RUN, 0, 1))
    found = ask()
    assert found.columns["value"].tolist() == [1.0, 3.0]
    assert found.missing == ((None, None),)
    with store.read() as txn:
        wanted = [points.Followed("loss", None, None), points.Followed("loss", 0, None)]
        assert [one.missing for one in points.followed(txn, RUN, wanted, 10)] == [((None, None),)] * 2


# ------------------------------------------------------------------------------------------------------ formulas


def test_a_formula_is_read_as_a_series_is_whole_in_part_and_as_it_goes_on(writer, ask, store):
    writer.rows([float(n) for n in range(10_000)]).compact()
    writer.rows([0.0] * 10, first=10_000)
    whole = ask(metric="=loss * 2", width=100)
    assert (whole.raw, whole.total, whole.extent, whole.last_step) == (False, 10_010, (0, 10_009), 10_009)
    assert whole.columns["max"].max() == 19_998
    part = ask(metric="=loss * 2", first=10, last=12)
    assert part.columns["value"].tolist() == [20.0, 22.0, 24.0]
    with store.read() as txn:
        (after,) = points.followed(txn, RUN, [points.Followed("=loss + 1", None, 10_007, "scalar")], 100)
    assert after.columns["value"].tolist() == [1.0, 1.0]
    assert ask(metric="=none").total == 0


def test_what_is_missing_of_its_metrics_is_missing_of_a_formula(store, writer, ask):
    writer.rows(range(3 * CHUNK)).compact()
    harm(store, keys.at_step(keys.chunks(RUN, 0, "loss"), CHUNK))
    found = ask(metric="=loss * 2")
    assert (found.missing, found.total) == (((CHUNK, 2 * CHUNK - 1),), 2 * CHUNK)


def test_a_formula_holds_a_run_against_another_that_it_names_by_name_or_id(store, writer, ask):
    writer.rows([1.0, 2.0, 3.0]).compact()
    other = "b" * 32
    Writer(store, RunStart(other, "p", "second", None, {}, "never", START * SECOND)).rows([2.0, 8.0], first=1)
    Writer(store, RunStart("c" * 32, "elsewhere", "third", None, {}, "never", START * SECOND)).rows([1.0], first=1)
    found = ask(run=other, metric="=loss / of(first, loss)")
    assert (found.columns["step"].tolist(), found.columns["value"].tolist()) == ([1, 2], [1, 8 / 3])
    assert ask(metric=f"=of({other}, loss) - loss").columns["value"].tolist() == [0, 5]
    assert ask(metric="=loss / of(third, loss)").total == 0
    assert ask(metric="=loss / of(nobody, loss)").total == 0
