"""trackiod/store/series.py against a model: a dictionary of steps for each series, filled in order of arrival.

Writers come, resume and attach; batches are repeated, given up half-way, made into chunks in slices; steps go on,
repeat and go back. Whatever happened, what is read is what the dictionary holds, and the store is whole.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import tempfile
import uuid
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from trackio.wire import Attach, Row, RunStart, Schema, encode, framed, row_struct
from trackiod import apply
from trackiod.live import Changes
from trackiod.query import AfterRequest, Query, SeriesRequest
from trackiod.store import check_points, chunk, chunks, pyramid, runs, series
from trackiod.store.check import check
from trackiod.store.env import Store

MS = 10**6
LEAST, MOST = -(2**63), 2**63 - 1
METRICS = ("loss", "größe", "n")
ORDERS = ("on", "on", "on", "again", "last", "back", "random", "between")
SHARES = st.floats(0, 1) | st.sampled_from([0.9, 0.97, 1.0])
STRANGE = [math.inf, -math.inf, math.nan, -0.0, 0.0, 5e-324, 1e300, -1e300, 2.0**53]
STRANGE_WORDS = np.array([0x7FF8000000000123, 0xFFF0000000000001], np.uint64).view(np.int64)


def bits(value):
    return int(np.float64(value).view(np.int64))


def as_float(point):
    """The value of a point (time, is an integer, word) as readers get it."""
    return float(point[2]) if point[1] else float(np.int64(point[2]).view(np.float64))


class Writer:
    """What the model knows of a writer; `records` are all that it sent."""

    def __init__(self, run, member, base):
        self.id, self.run, self.member, self.base = uuid.uuid4().bytes, run, member, base
        self.schemas, self.records = {}, []


class Dying:
    """A transaction that is interrupted after so many writes."""

    def __init__(self, txn, writes):
        self._txn, self._writes = txn, writes

    def __getattr__(self, name):
        return getattr(self._txn, name)

    def _write(self, write, *arguments):
        if not self._writes:
            raise InterruptedError
        self._writes -= 1
        return write(*arguments)

    def put(self, key, value):
        return self._write(self._txn.put, key, value)

    def delete(self, key):
        return self._write(self._txn.delete, key)


class Machine(RuleBasedStateMachine):
    #: Numbers of rows and of steps are multiplied by this.
    scale = 1

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        (self.root / "blobs").mkdir()
        self.store = Store.open(self.root / "store")
        self.query = Query(self.store, self.root / "blobs")
        self.writers, self.members, self.begun = [], {}, None
        #: (run, member) → metric → step → (time in ms, is an integer, word); → rows, the largest step
        self.points, self.rows, self.newest = {}, {}, {}

    def teardown(self):
        try:
            for (run, member), metrics in self.points.items():
                for metric in metrics:
                    self.compare(run, member, metric, width=10**9)
                    self.compare(run, member, metric, width=7)
            self.compare_runs()
            assert check(self.store, self.root / "blobs") == []
        finally:
            self.store.close()
            self.folder.cleanup()

    # ------------------------------------------------------------------------------------------------- writing

    def put(self, writer, records, *, repeated=0, give_up=False):
        """Store records behind the writer's, the last `repeated` of which come once more; or give them up."""
        first = len(writer.records)
        repeated = min(repeated, first)
        body = b"".join([*writer.records[first - repeated :], *records])
        piece = apply.Piece(writer.id, first - repeated, repeated + len(records), body)
        with contextlib.suppress(InterruptedError), self.store.write() as txn:
            assert apply.store(txn, piece, Changes()).stored == first + len(records)
            if give_up:
                raise InterruptedError
        if not give_up:
            writer.records += records
        return not give_up

    @initialize()
    def begin(self):
        self.start(uuid.uuid4().hex, "never")

    def start(self, run, resume):
        highest = self.newest.get((run, 0))
        writer = Writer(run, 0, 0 if highest is None else min(highest + 1, MOST))
        self.put(writer, [framed(encode(RunStart(run, "p", "first", None, {}, resume, 0)))])
        self.members.setdefault(run, 1)
        self.writers.append(writer)

    @precondition(lambda self: len(self.members) < 2)
    @rule()
    def begin_another(self):
        self.begin()

    @precondition(lambda self: len(self.writers) < 6)
    @rule(at=st.integers(0, 9))
    def resume(self, at):
        self.start(self.writers[at % len(self.writers)].run, "must")

    @precondition(lambda self: sum(self.members.values()) < 4)
    @rule(at=st.integers(0, 9))
    def attach(self, at):
        run = self.writers[at % len(self.writers)].run
        writer = Writer(run, self.members[run], 0)
        self.put(writer, [framed(encode(Attach(run, "p", "first", 0)))])
        self.members[run] += 1
        self.writers.append(writer)

    @rule(
        at=st.integers(0, 9),
        seed=st.integers(0, 2**16),
        count=st.integers(1, 40),
        order=st.sampled_from([*ORDERS, "ends"]),
        sort=st.sampled_from(["noise", "integers", "constant", "strange"]),
        codes=st.sampled_from(["d", "q", "dd", "qd", "dqd", "loose", "both"]),
        relative=st.booleans(),
        repeated=st.integers(0, 5),
        give_up=st.sampled_from([False, False, False, True]),
    )
    def log(self, *, at, seed, count, order, sort, codes, relative, repeated, give_up):
        writer, rng = self.writers[at % len(self.writers)], np.random.default_rng(seed)
        steps = self.steps(writer, rng, count * self.scale, order, relative)
        times = 1_700_000_000_000 * (seed % 3 > 0) + np.cumsum(rng.integers(-2 if seed % 5 == 0 else 0, 50, len(steps)))
        records, noted, declared = [], [], dict(writer.schemas)
        for part in np.array_split(np.arange(len(steps)), 1 + seed % 3):
            codes_of_part = codes if codes != "both" else ("loose" if len(records) % 2 else "d")
            if codes_of_part == "loose":
                self.add_loose(records, noted, rng, steps[part[:60]], times[part[:60]], sort, relative)
            else:
                self.add_packed(writer, records, noted, rng, steps[part], times[part], sort, codes_of_part, relative)
        if self.put(writer, records, repeated=repeated, give_up=give_up):
            self.note(writer, noted, relative)
        else:
            writer.schemas = declared

    @rule(at=st.integers(0, 9), seed=st.integers(0, 2**16), count=st.integers(20, 150), order=st.sampled_from(ORDERS))
    def log_much(self, at, seed, count, order):
        sort = ("noise", "integers", "strange")[seed % 3]
        self.log(
            at=at, seed=seed, count=count, order=order, sort=sort, codes="dq", relative=False, repeated=0, give_up=False
        )

    def steps(self, writer, rng, count, order, relative):
        """Steps as they are sent; those of a relative row count from the writer's base."""
        highest = self.newest.get((writer.run, writer.member), -1) - writer.base * relative
        highest = max(-(2**62), min(2**62, highest))
        stride = int(rng.integers(1, 4))
        if order == "on":
            return highest + stride * np.arange(1, count + 1)
        known = self.points.get((writer.run, writer.member), {}).get("loss")
        known = [step for step in known or [] if abs(step) < 2**62]
        if order == "again" and known and not relative:
            start = int(rng.integers(0, len(known)))
            return np.array(sorted(known)[start : start + count])
        if order == "last":
            return np.full(1 + count % 3, highest)
        if order == "back":
            return highest - int(rng.integers(0, 60)) * self.scale + stride * np.arange(count)
        if order == "between":
            return rng.integers(min([*known, highest]), highest + 2, count)
        if order == "ends":
            return rng.choice([LEAST, LEAST + 1, -1, 0, MOST - 1, MOST], min(count, 5))
        return highest + rng.integers(-30 * self.scale, 30 * self.scale, count)

    def numbers(self, rng, count, sort, code):
        """(is an integer, word) of `count` values of one key."""
        if code == "q":
            small = rng.integers(-1000, 1000, count)
            return True, rng.choice([LEAST, MOST, 0, 2**53 + 1], count) if sort == "strange" else small
        if sort == "integers":
            return False, rng.integers(-1000, 1000, count).astype(np.float64).view(np.int64)
        if sort == "constant":
            return False, np.full(count, rng.standard_normal()).view(np.int64)
        words = rng.standard_normal(count).view(np.int64)
        if sort == "strange":
            chosen = rng.integers(0, 4, count) == 0
            pool = np.concatenate([np.array(STRANGE).view(np.int64), STRANGE_WORDS])
            words = np.where(chosen | (rng.integers(0, 3) == 0), rng.choice(pool, count), words)
        return False, words

    def add_packed(self, writer, records, noted, rng, steps, times, sort, codes, relative):
        key = METRICS[: len(codes)], codes, relative
        if key not in writer.schemas:
            writer.schemas[key] = len(writer.schemas)
            records.append(framed(encode(Schema(writer.schemas[key], *key))))
        form, head, commit = row_struct(writer.schemas[key], "q" * len(codes))
        columns = [self.numbers(rng, len(steps), sort, code) for code in codes]
        words = zip(*(column.tolist() for _, column in columns), strict=True)
        for step, time, row in zip(steps.tolist(), times.tolist(), words, strict=True):
            records.append(form.pack(head, step, time * MS, *row, commit))
            flags = [is_int for is_int, _ in columns]
            noted.append((step, time, dict(zip(METRICS, zip(flags, row, strict=True), strict=False))))

    def add_loose(self, records, noted, rng, steps, times, sort, relative):
        for step, time in zip(steps.tolist(), times.tolist(), strict=True):
            values = {"note": "x"}
            for metric in METRICS[: rng.integers(0, 4)]:
                is_int, words = self.numbers(rng, 1, sort, rng.choice(["d", "q"]))
                values[metric] = int(words[0]) if is_int else float(words.view(np.float64)[0])
            if rng.integers(0, 5) == 0:
                values["loss"] = (True, 2**63, 2**64 - 1)[rng.integers(0, 3)]
            records.append(framed(encode(Row(step, time * MS, values, relative))))
            numbers = {name: value for name, value in values.items() if name in METRICS}
            fits = {name: isinstance(value, int) and value <= MOST for name, value in numbers.items()}
            found = {name: (fits[name], int(v) if fits[name] else bits(v)) for name, v in numbers.items()}
            noted.append((step, time, found))

    def note(self, writer, noted, relative):
        of = writer.run, writer.member
        known = self.points.setdefault(of, {})
        for step, time, values in noted:
            absolute = max(LEAST, min(MOST, step + writer.base)) if relative else step
            self.newest[of] = max(self.newest.get(of, LEAST), absolute)
            for metric, (is_int, word) in values.items():
                known.setdefault(metric, {})[absolute] = (time, is_int, word)
        self.rows[of] = self.rows.get(of, 0) + len(noted)

    # ------------------------------------------------------------------------------------------- what else happens

    @rule(at=st.integers(0, 9), slices=st.integers(1, 3), give_up=st.sampled_from([False, False, True]))
    def compact(self, at, slices, give_up):
        self.begun = None
        with contextlib.suppress(InterruptedError), self.store.write() as txn:
            for _ in range(slices):
                series.compact(txn, runs.writer(txn, self.writers[at % len(self.writers)].id))
            if give_up:
                raise InterruptedError

    @rule(at=st.integers(0, 9), metrics=st.integers(1, 3), give_up=st.sampled_from([False, False, True]))
    def compact_some_metrics(self, at, metrics, give_up):
        """As the daemon does it: one slice in several transactions, one writer's until it is done or fails."""
        writer, begun = self.begun or (self.writers[at % len(self.writers)].id, None)
        self.begun, calls = None, itertools.count(1)
        with contextlib.suppress(InterruptedError), self.store.write() as txn:
            left = series.compact(txn, runs.writer(txn, writer), begun, lambda: next(calls) >= metrics)
            if give_up:
                raise InterruptedError
            self.begun = (writer, left) if left is not None and left.keys else None

    @rule(at=st.integers(0, 9), writes=st.integers(0, 40))
    def die_while_compacting(self, at, writes):
        """A crash between any two writes leaves everything as it was before the transaction."""
        self.begun = None
        with contextlib.suppress(InterruptedError), self.store.write() as txn:
            series.compact(Dying(txn, writes), runs.writer(txn, self.writers[at % len(self.writers)].id))

    @rule()
    def compact_all(self):
        self.begun = None
        for writer in self.writers:
            with self.store.write() as txn:
                while series.compact(txn, runs.writer(txn, writer.id)):
                    pass
        with self.store.read() as txn:
            assert list(series.backlog(txn)) == []

    @rule()
    def reopen(self):
        self.begun = None
        self.store.close()
        self.store = Store.open(self.root / "store")
        self.query = Query(self.store, self.root / "blobs")

    # ------------------------------------------------------------------------------------------------- reading

    @precondition(lambda self: self.points)
    @rule(
        at=st.integers(0, 9),
        metric=st.integers(0, 9),
        width=st.integers(1, 40),
        x=st.sampled_from(["step", "step", "time"]),
        bounds=st.none() | st.tuples(SHARES, SHARES),
    )
    def look(self, at, metric, width, x, bounds):
        (run, member), metrics = list(self.points.items())[at % len(self.points)]
        if metrics:
            self.compare(run, member, list(metrics)[metric % len(metrics)], width, x, bounds)

    def compare(self, run, member, metric, width, x="step", bounds=None):
        kept = sorted(self.points[run, member][metric].items())
        axis = [step if x == "step" else point[0] for step, point in kept]
        first = last = None
        if bounds:
            ends = sorted(axis)
            first, last = sorted(ends[int((len(ends) - 1) * share)] for share in bounds)
            kept = [pair for pair, at in zip(kept, axis, strict=True) if first <= at <= last]
        if x == "time" and bounds:
            first, last = first / 1000, last / 1000
        if bounds and x == "step" and (abs(first) > 2**53 or abs(last) > 2**53):
            return  # a float cannot say them
        found = self.query.series(SeriesRequest(run, metric, member, x, width, first, last))
        assert found.total == len(axis)
        assert found.last_step == max(self.points[run, member][metric])
        if x == "step":
            assert found.extent == (float(axis[0]), float(axis[-1]))
        assert found.raw == (len(kept) <= 2 * width)
        if found.raw:
            self.compare_raw(found.columns, sorted(kept, key=lambda pair: pair[1][0]) if x == "time" else kept)
        else:
            self.compare_buckets(found.columns, kept, width)

    @staticmethod
    def compare_raw(columns, kept):
        assert columns["step"].tolist() == [float(step) for step, _ in kept]
        assert columns["time"].tolist() == [point[0] / 1000 for _, point in kept]
        assert columns["value"].view(np.int64).tolist() == [bits(float(p[2])) if p[1] else p[2] for _, p in kept]

    @staticmethod
    def compare_buckets(columns, kept, width):
        assert 0 < len(columns["step"]) <= width
        assert int(columns["count"].sum()) == len(kept)
        steps, values = [step for step, _ in kept], [as_float(point) for _, point in kept]
        finite = [value for value in values if math.isfinite(value)]
        assert int(columns["nan"].sum()) == sum(map(math.isnan, values))
        assert int(columns["pinf"].sum()) == values.count(math.inf)
        assert int(columns["ninf"].sum()) == values.count(-math.inf)
        if finite:
            assert (np.nanmin(columns["min"]), np.nanmax(columns["max"])) == (min(finite), max(finite))
        if any(a >= b for a, b in zip(columns["step_last"].tolist(), columns["step"][1:].tolist(), strict=False)):
            return  # on an axis of times, buckets may hold steps from here and there
        at = 0
        for row in range(len(columns["step"])):
            part = slice(at, at + int(columns["count"][row]))
            at = part.stop
            told = {name: column[row].item() for name, column in columns.items()}
            compare_bucket(told, steps[part], [point[0] for _, point in kept[part]], values[part])

    @precondition(lambda self: self.points)
    @rule(at=st.integers(0, 9), share=st.floats(-0.1, 1.1), limit=st.integers(1, 50), whole=st.booleans())
    def look_after(self, at, share, limit, whole):
        (run, member), metrics = list(self.points.items())[at % len(self.points)]
        for metric, points in metrics.items():
            low, high = max(min(points), -(2**53)), min(max(points), 2**53)
            after = None if whole else low + int((high - low) * share)
            kept = [pair for pair in sorted(points.items()) if after is None or pair[0] > after][:limit]
            found = self.query.points_after(AfterRequest(run, metric, member, after, limit))
            self.compare_raw(found.columns, kept)

    def compare_runs(self):
        for run, members in self.members.items():
            found = self.query.run(run)
            assert found.rows == sum(self.rows.get((run, member), 0) for member in range(members))
            first = {}
            for member in range(members):
                first = {**self.points.get((run, member), {}), **first}
            assert found.summary.keys() == first.keys()
            for metric, points in first.items():
                compare_summary(found.summary[metric], points)
                member = next(m for m in range(members) if metric in self.points.get((run, m), {}))
                assert self.query.series(SeriesRequest(run, metric, None, "step", 9, None, None)).member == member

    @rule()
    def look_at_runs(self):
        self.compare_runs()


def close(found, values):
    """Whether a mean is that of these values, but for the order of adding them up."""
    return math.isclose(found, math.fsum(values) / len(values), abs_tol=1e-9 * max(map(abs, values)))


def compare_bucket(told, steps, times, values):
    finite = [value for value in values if math.isfinite(value)]
    assert (told["step"], told["step_last"]) == (float(steps[0]), float(steps[-1]))
    assert told["time"] == min(times) / 1000
    assert told["nan"] == sum(map(math.isnan, values))
    if finite:
        assert (told["min"], told["max"], told["last"]) == (min(finite), max(finite), finite[-1])
        assert close(told["mean"], finite)
    else:
        assert all(math.isnan(told[name]) for name in ("min", "max", "last", "mean"))


def compare_summary(found, points):
    step = max(points)
    values = [as_float(point) for point in points.values()]
    finite = [value for value in values if math.isfinite(value)]
    assert (found.last_step, found.count) == (step, len(points))
    is_int, word = points[step][1:]
    assert isinstance(found.last, int) == is_int
    assert found.last == word if is_int else bits(found.last) == word
    assert (found.min, found.max) == ((min(finite), max(finite)) if finite else (None, None))
    assert close(found.mean, finite) if finite else found.mean is None


class Disorderly(Machine):
    """Almost all rows come between others that are in chunks already."""

    @initialize()
    def begin(self):
        super().begin()
        if len(self.members) == 1:
            self.put_at(self.writers[0], np.arange(0, 6000, 20), 1)

    @rule(at=st.integers(0, 9), seed=st.integers(0, 2**16), count=st.integers(1, 60), sort=st.integers(0, 2))
    def log_between(self, at, seed, count, sort):
        writer, rng = self.writers[at % len(self.writers)], np.random.default_rng(seed)
        first = int(rng.integers(-50, 6050))
        many, few = rng.integers(-100, 6100, count), rng.integers(first, first + 40, count)
        self.put_at(writer, (many, few, first + np.arange(count))[sort], seed)

    def put_at(self, writer, steps, seed):
        records, noted, rng = [], [], np.random.default_rng(seed)
        codes = "d" if seed % 2 else "dq"
        self.add_packed(writer, records, noted, rng, steps, steps * 50, "noise", codes, relative=False)
        self.put(writer, records)
        self.note(writer, noted, relative=False)
        self.compact_all()


class Large(Machine):
    """With a pyramid from the beginning."""

    scale = 256

    @initialize()
    def begin(self):
        super().begin()
        if len(self.members) == 1:
            self.log_much(at=0, seed=1, count=140, order="on")
            self.compact_all()


@pytest.fixture
def small(monkeypatch):
    """Small chunks and nodes, so that a few rows make a high pyramid."""
    for module in (chunk, chunks, check_points):
        monkeypatch.setattr(module, "CHUNK", 16)
    for module in (chunks, check_points):
        monkeypatch.setattr(module, "LARGEST", 20)
    # A chunk by itself of 16 points then has room for a few more on its last page, or for none.
    for name, number in {"PAGE": 64, "_FEW": 2}.items():
        monkeypatch.setattr(chunks, name, number)
    for name, number in {"BASE": 4, "FAN": 4, "NODE": 8}.items():
        monkeypatch.setattr(pyramid, name, number)
    monkeypatch.setattr(series, "SLICE_BYTES", 2000)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("machine", "examples"), [(Machine, 150), (Disorderly, 60)])
def test_what_is_read_is_what_was_logged_whatever_happened(machine, examples):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.parametrize(("first", "last"), [(10_000, 30_100), (30_050, 30_100), (29_000, 29_999), (33_000, 39_989)])
@pytest.mark.parametrize("rewritten", [(30_000, 30_101), (30_000, 39_990)])
def test_a_span_that_ends_where_the_tail_does_is_read_once(rewritten, first, last):
    machine = Machine()
    machine.begin()
    (writer,) = machine.writers
    for steps in (np.arange(40_000), np.arange(*rewritten)):
        records, noted = [], []
        machine.add_packed(
            writer, records, noted, np.random.default_rng(0), steps, steps, "noise", codes="d", relative=False
        )
        machine.put(writer, records)
        machine.note(writer, noted, relative=False)
        if steps[0] == 0:
            machine.compact_all()
    try:
        for width in (10, 100, 100_000):
            found = machine.query.series(SeriesRequest(writer.run, "loss", None, "step", width, first, last))
            counts = found.columns.get("count", np.ones(len(found.columns["step"])))
            assert counts.sum() == last - first + 1
    finally:
        machine.teardown()


@pytest.mark.timeout(240)
def test_what_is_read_is_what_was_logged_in_chunks_of_full_size():
    run_state_machine_as_test(
        Large,
        settings=settings(
            max_examples=6, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
