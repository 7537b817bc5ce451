from __future__ import annotations

import hashlib
import uuid

import pytest

from trackio.errors import BadRequest, NotFound
from trackio.wire import pack
from trackiod import traces as module
from trackiod.query import Query, TracesRequest
from trackiod.store import objects
from trackiod.store.objects import MediaReady


class Shelves:
    """Traces of runs of project p, logged and made ready as the daemon does."""

    def __init__(self, house):
        self.house, self.query = house, Query(house.store, house.blobs)

    def log(self, writer, *said, key="rollouts", step=None, ready=True):
        media, step = uuid.uuid4().hex, writer.step if step is None else step
        about = {"_type": "trackio.trace", "id": media, "traces": len(said), "bytes": 1, "media": []}
        writer.step = step
        self.house.log(writer, 0, **{key: about})
        if ready:
            held = [{"messages": [{"role": "user", "content": text}], "metadata": {}, "spans": []} for text in said]
            self.ready(media, pack(held), len(said))
        return media

    def ready(self, media, data, count):
        name = hashlib.sha256(data).hexdigest()
        path = objects.blob_path(self.house.blobs, name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        with self.house.store.write() as txn:
            objects.ready(txn, media, MediaReady(name, "application/msgpack", len(data), rows=count))
        return path

    def said(self, **fields):
        """What the traces that are asked for begin with, and how many there are."""
        page = self.query.traces(TracesRequest("p", **fields))
        return [head.get("asked", head["state"]) for head in page.traces], page.total


@pytest.fixture
def shelves(house):
    return Shelves(house)


def test_traces_come_newest_step_first_and_in_the_order_of_their_list(house, shelves):
    one, two = house.start("one"), house.start("two")
    shelves.log(one, "a", "b", step=0)
    shelves.log(two, "c", step=5)
    shelves.log(one, "d", "e", "f", step=7)
    assert shelves.said() == (["d", "e", "f", "c", "a", "b"], 6)
    assert shelves.said(descending=False) == (["a", "b", "c", "d", "e", "f"], 6)
    assert shelves.said(runs=(two.run,)) == (["c"], 1)
    assert shelves.said(step=0) == (["a", "b"], 2)
    assert shelves.said(step=1) == ([], 0)
    assert shelves.said(key="other") == ([], 0)


@pytest.mark.parametrize("search", [None, "x"])
@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_pages_hold_every_trace_once(house, shelves, limit, search):
    writer = house.start()
    for step in range(6):
        shelves.log(writer, *(f"x{step}.{n}" for n in range(step)), step=step)
    found, offset = [], 0
    while page := shelves.said(offset=offset, limit=limit, search=search)[0]:
        assert len(page) <= limit
        found += page
        offset += limit
    assert found == [f"x{step}.{n}" for step in range(5, -1, -1) for n in range(step)]


def test_a_search_finds_any_case_and_counts_what_it_found(house, shelves):
    writer = house.start()
    shelves.log(writer, "Äpfel and Pears", "plums", step=1)
    shelves.log(writer, "PEARS", step=2)
    assert shelves.said(search="pears") == (["PEARS", "Äpfel and Pears"], 2)
    assert shelves.said(search="äPFEL") == (["Äpfel and Pears"], 1)
    assert shelves.said(search="figs") == ([], 0)


def test_what_waits_or_failed_or_lost_its_file_is_a_line_of_its_own(house, shelves):
    writer = house.start()
    waiting = shelves.log(writer, "a", step=1, ready=False)
    failed = shelves.log(writer, "b", step=2, ready=False)
    with house.store.write() as txn:
        objects.failed(txn, failed, "a file of traces holds a list")
    lost = shelves.log(writer, step=3, ready=False)
    shelves.ready(lost, b"gone", 2).unlink()
    damaged = shelves.log(writer, step=4, ready=False)
    shelves.ready(damaged, b"\x01", 1)
    heads = shelves.query.traces(TracesRequest("p")).traces
    told = [(head["id"], head["state"], head["error"]) for head in heads]
    assert [(name, state) for name, state, _ in told] == [
        (damaged, "failed"),
        (lost, "failed"),
        (lost, "failed"),
        (failed, "failed"),
        (waiting, "pending"),
    ]
    assert [error for *_, error in told[:4]] == [
        "the file of these traces is damaged: a file of traces holds a list",
        *["the file of this item cannot be read: No such file or directory"] * 2,
        "a file of traces holds a list",
    ]
    assert shelves.said(search="a") == ([], 0)


def test_a_trace_is_read_whole_with_the_state_of_its_media(house, shelves):
    writer, seen = house.start(), uuid.uuid4().hex
    picture = {"_type": "trackio.image", "id": seen, "format": "png", "bytes": 3, "caption": "seen"}
    media = uuid.uuid4().hex
    about = {"_type": "trackio.trace", "id": media, "traces": 1, "bytes": 1, "media": [picture]}
    house.log(writer, 0, rollout=about)
    named = {"_type": "trackio.image", "id": seen, "caption": "seen"}
    held = {"messages": [{"role": "user", "content": [named]}], "metadata": {"n": 1}, "spans": []}
    shelves.ready(media, pack([held]), 1)
    assert shelves.query.trace(media, 0)["messages"][0]["content"][0]["state"] == "pending"
    house.ready(seen)
    found = shelves.query.trace(media, 0)
    assert found["messages"][0]["content"][0]["url"] == f"media/{seen}"
    assert (found["metadata"], found["spans"]) == ({"n": 1}, [])
    for name, index in ((media, 1), ("f" * 32, 0), (seen, 0)):
        with pytest.raises(NotFound):
            shelves.query.trace(name, index)


def test_steps_tell_how_many_traces_there_are(house, shelves):
    writer = house.start()
    shelves.log(writer, "a", "b", step=3)
    shelves.log(writer, "c", step=3, key="other")
    shelves.log(writer, "d", step=1)
    found = shelves.query.trace_steps(TracesRequest("p"))
    assert (found.total, found.steps) == (4, [{"step": 1, "count": 1}, {"step": 3, "count": 3}])
    with pytest.raises(NotFound):
        shelves.query.trace_steps(TracesRequest("none"))


def test_a_search_through_too_much_says_what_to_ask_instead(house, shelves, monkeypatch):
    shelves.log(house.start(), "a" * 100)
    monkeypatch.setattr(module, "MAX_SEARCHED", 50)
    with pytest.raises(BadRequest, match="ask for a step, a key or runs"):
        shelves.said(search="b")


def test_traces_and_their_media_go_with_their_run(house, shelves):
    writer = house.start()
    shelves.log(writer, "a")
    assert house.names()["rollouts", "trace"] == 1
    house.edit("delete_run", run=writer.run)
    assert shelves.said() == ([], 0)
    freed, _ = house.remove(writer.run)
    assert len(freed) == 1
    assert house.whole()
