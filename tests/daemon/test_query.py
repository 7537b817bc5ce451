from __future__ import annotations

import multiprocessing
import os
import threading
import uuid

import pytest

from trackio.errors import BadRequest, NotFound, StoreError
from trackio.places import meet
from trackio.wire import Attach, ConfigUpdate, Finish, Row, RunStart, Schema, encode, framed, row_struct
from trackiod import apply
from trackiod.live import Changes
from trackiod.query import AfterRequest, Metric, Query, RunsRequest, SeriesRequest
from trackiod.store import listing, runs, series
from trackiod.store.env import Store

SECOND = 10**9
START = 1_700_000_000


class Writer:
    """Stores the records of one writer, each call in a commit of its own."""

    def __init__(self, store, begin):
        self.store, self.id, self.stored, self.run = store, uuid.uuid4().bytes, 0, begin.run
        self.put(begin)

    def put(self, *records):
        bodies = [record if isinstance(record, bytes) else framed(encode(record)) for record in records]
        piece = apply.Piece(self.id, self.stored, len(bodies), b"".join(bodies))
        with self.store.write() as txn:
            self.stored = apply.store(txn, piece, Changes()).stored
        return self

    def numbers(self, key, values, first=0):
        form, head, commit = row_struct(0, "d")
        rows = [
            form.pack(head, step, (START + step) * SECOND, value, commit) for step, value in enumerate(values, first)
        ]
        return self.put(Schema(0, (key,), "d"), *rows)

    def finish(self, at=START + 500, status="finished", error=None, **refused):
        return self.put(Finish(at * SECOND, status, error, refused=refused))

    def compact(self):
        more = True
        while more:
            with self.store.write() as txn:
                more = series.compact(txn, runs.writer(txn, self.id))
        return self


@pytest.fixture
def places(tmp_path):
    return meet(tmp_path / "data", os.environ | {"XDG_RUNTIME_DIR": str(tmp_path / "run")})


@pytest.fixture
def store(places):
    opened = Store.open(places.store)
    yield opened
    opened.close()


@pytest.fixture
def query(store, places):
    return Query(store, places.blobs)


@pytest.fixture
def start(store):
    def begin(project="p", name="first", at=START, **fields):
        about = {"group": None, "config": {}, "resume": "never", "host": "h", "pid": 1}
        return Writer(store, RunStart(uuid.uuid4().hex, project, name, time=at * SECOND, **(about | fields)))

    return begin


def text(step, **values):
    return Row(step, (START + step) * SECOND, values)


def test_projects_come_most_recently_active_first(query, start):
    start("old", at=START).finish(START + 10)
    start("busy", at=START).numbers("loss", [1.0], first=900)
    start("new", at=START + 100)
    assert [(p.name, p.runs, p.running, p.last_activity) for p in query.projects()] == [
        ("busy", 1, 1, START + 900),
        ("new", 1, 1, START + 100),
        ("old", 1, 0, START + 10),
    ]


def test_runs_come_newest_first_with_the_number_of_their_making(query, start):
    made = [start(name=f"run {n}", at=START - n) for n in range(3)]
    found = query.runs("p")
    assert [run.id for run in found] == [writer.run for writer in reversed(made)]
    assert [run.slot for run in found] == [2, 1, 0]


def test_a_run_is_told_whole_in_seconds(query, start):
    about = {"group": "g", "config": {"lr": 0.1}, "user": "u", "command": ("a", "b"), "tags": ("t",), "notes": "n"}
    writer = start(**about).numbers("loss", [3.0, 1.0, 2.0])
    writer.put(ConfigUpdate((START + 3) * SECOND, {"seed": 7}, ("lr",))).finish(status="failed", error="boom", nan=2)
    run = query.run(writer.run)
    assert (run.project, run.name, run.group, run.status, run.error) == ("p", "first", "g", "failed", "boom")
    assert (run.created, run.started, run.ended, run.last_activity) == (START, START, START + 500, START + 500)
    assert (run.config, run.rows, run.refused) == ({"seed": 7}, 3, {"nan": 2})
    assert (run.host, run.pid, run.user, run.command, run.tags, run.notes) == ("h", 1, "u", ["a", "b"], ["t"], "n")


@pytest.mark.parametrize("compacted", [False, True])
def test_the_summary_of_a_metric_is_there_before_and_after_its_points_are_chunks(query, start, compacted):
    writer = start().numbers("loss", [3.0, 1.0, 2.0])
    if compacted:
        writer.compact()
    found = query.run(writer.run).summary["loss"]
    assert (found.last, found.min, found.max, found.mean, found.count, found.last_step) == (2.0, 1.0, 3.0, 2.0, 3, 2)


def test_the_newest_row_tells_when_a_running_run_was_last_active(query, start):
    writer = start().numbers("loss", [1.0, 2.0])
    assert query.run(writer.run).last_activity == START + 1
    assert query.run(writer.run).ended is None


def test_rows_of_all_processes_of_a_run_are_counted(query, start, store):
    main = start().numbers("loss", [1.0, 2.0])
    Writer(store, Attach(main.run, "p", "first", START * SECOND)).numbers("loss", [1.0])
    assert query.run(main.run).rows == 3


def test_a_run_is_found_by_name_once_it_logged_something(query, start):
    older = start(name="same").numbers("loss", [1.0])
    start(name="same")
    assert query.find_run("p", "same").id == older.run
    assert query.find_run("p", "none") is None


def select(query, **fields):
    asked = {
        "project": "p",
        "filter": None,
        "sort": (),
        "offset": 0,
        "limit": None,
        "now": START,
    }
    page = query.select(RunsRequest(**(asked | fields)))
    return [run.name for run in page.runs], page.total


def test_runs_are_selected_by_a_filter_and_sorted_by_a_field(query, start):
    for name, lr in (("a", 0.1), ("b", None), ("c", 0.3), ("d", 0.2)):
        start(name=name, config={} if lr is None else {"lr": lr}).numbers("loss", [ord(name)])
    assert select(query) == (["d", "c", "b", "a"], 4)
    assert select(query, offset=1, limit=2) == (["c", "b"], 4)
    assert select(query, filter="config.lr > 0.1 and summary.loss < 100.5") == (["d", "c"], 2)
    assert select(query, sort=("config.lr",)) == (["a", "d", "c", "b"], 4)
    assert select(query, sort=("-config.lr",)) == (["c", "d", "a", "b"], 4)
    assert select(query, sort=("summary.loss.max",), offset=1, limit=2) == (["b", "c"], 4)
    assert select(query, sort=("name",), filter="config.lr != null", limit=0) == ([], 3)
    with pytest.raises(BadRequest, match="filter: column 1"):
        select(query, filter="lr > 3")
    with pytest.raises(BadRequest, match="sort: column 1"):
        select(query, sort=("lr",))
    with pytest.raises(NotFound):
        select(query, project="none")


def test_names_are_told_with_their_kinds_and_how_many_runs_have_them(query, start):
    first = start().numbers("loss", [1.0]).put(text(1, loss="diverged"))
    start().numbers("loss", [1.0])
    assert query.metrics("p") == [Metric("loss", "scalar", 2), Metric("loss", "value", 1)]
    assert query.metrics("p", first.run) == [Metric("loss", "scalar", 1), Metric("loss", "value", 1)]


@pytest.mark.parametrize(
    "question",
    [
        lambda query: query.runs("none"),
        lambda query: query.run("none"),
        lambda query: query.run("\udcff"),
        lambda query: query.metrics("none"),
        lambda query: query.metrics("p", "none"),
        lambda query: query.media("../../x"),
    ],
)
def test_what_does_not_exist_is_not_found(query, start, question):
    start()
    with pytest.raises(NotFound):
        question(query)


def test_a_run_of_another_project_has_no_names_in_this_one(query, start):
    start()
    other = start("q")
    with pytest.raises(NotFound):
        query.metrics("p", other.run)


def test_points_are_the_same_before_and_after_they_are_chunks(query, start):
    writer = start().numbers("loss", [float(n % 7) for n in range(5000)])
    wanted = SeriesRequest(writer.run, "loss", None, "step", 20_000, None, None)
    before = query.series(wanted)
    after = query.points_after(AfterRequest(writer.run, "loss", None, 4997, 10))
    writer.compact()
    again = query.series(wanted)
    assert before.raw
    assert again.raw
    assert {name: column.tolist() for name, column in before.columns.items()} == {
        name: column.tolist() for name, column in again.columns.items()
    }
    assert after.columns["step"].tolist() == [4998.0, 4999.0]


def test_usage_counts_store_and_blobs(query, start, places):
    start()
    (places.blobs / "ab").mkdir(parents=True, exist_ok=True)
    (places.blobs / "ab" / "abc").write_bytes(b"12345")
    assert query.usage().blob_bytes == 5
    assert query.usage().bytes > 0


def test_threads_may_ask_while_the_store_is_written(query, start):
    writer = start().numbers("loss", [1.0])
    counts, stop = [], threading.Event()

    def ask():
        while not stop.is_set():
            counts.append(query.run(writer.run).rows)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for step in range(20):
        writer.put(text(step, note="x"))
    stop.set()
    for thread in threads:
        thread.join()
    assert set(counts) <= set(range(1, 22))
    assert query.run(writer.run).rows == 21


def test_without_a_store_there_is_nothing_to_open(places):
    with pytest.raises(StoreError, match="no store"):
        Query.open(places)


def _asked_elsewhere(places, answers, go_on):
    query = Query.open(places)
    answers.put(len(query.runs("p")))
    go_on.wait(30)
    answers.put(len(query.runs("p")))
    query.close()


def test_another_process_sees_each_commit(places, start):
    start()
    context = multiprocessing.get_context("spawn")
    answers, go_on = context.Queue(), context.Event()
    process = context.Process(target=_asked_elsewhere, args=(places, answers, go_on))
    process.start()
    assert answers.get(timeout=30) == 1
    start(name="second")
    go_on.set()
    assert answers.get(timeout=30) == 2
    process.join(30)
    assert process.exitcode == 0


def test_a_deleted_run_is_seen_by_no_question_but_one(query, start, store):
    one, other = start(name="stays"), start(name="goes")
    for writer in (one, other):
        writer.numbers("loss", [1.0]).put(text(0, note="x"))
    with store.write() as txn:
        listing.hide(txn, runs.run(txn, other.run), 7_500)
    assert [run.name for run in query.runs("p")] == ["stays"]
    assert [(project.runs, project.running) for project in query.projects()] == [(1, 1)]
    assert query.metrics("p") == [Metric("loss", "scalar", 1), Metric("note", "value", 1)]
    assert query.find_run("p", "goes") is None
    assert query.series(SeriesRequest(other.run, "loss", None, "step", 9, None, None)).total == 0
    assert len(query.points_after(AfterRequest(other.run, "loss", None, None, 9)).columns["step"]) == 0
    with pytest.raises(NotFound, match="no such run"):
        query.run(other.run)
    with pytest.raises(NotFound, match="no such run"):
        query.metrics("p", other.run)
    assert [(run.name, run.deleted) for run in query.deleted()] == [("goes", 7.5)]
