from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackio.errors import BadRequest, NotFound
from trackio.wire import RunStart, pack
from trackiod.gallery import ObjectsRequest
from trackiod.query import Query, TableRequest
from trackiod.store import listing, objects, runs
from trackiod.store.env import Store
from trackiod.store.objects import MediaReady

NS = 10**9
IMAGE, VIDEO, TABLE = "1" * 32, "2" * 32, "3" * 32


class Folder:
    """A store and its blobs, filled as the daemon fills them."""

    def __init__(self, root):
        self.store, self.blobs = Store.open(root / "store"), root / "blobs"
        self.query = Query(self.store, self.blobs)

    def start(self, name="first", project="p"):
        with self.store.write() as txn:
            record = RunStart(uuid.uuid4().hex, project, name, None, {}, "never", NS)
            return runs.start(txn, uuid.uuid4().bytes, record)

    def put(self, state, step, **values):
        with self.store.write() as txn:
            objects.put(txn, state, step, abs(step) % 1000 * NS, values)

    def ready(self, media_id, data=b"data", mime="image/webp", **fields):
        with self.store.write() as txn:
            objects.ready(txn, media_id, MediaReady(self.blob(data), mime, len(data), **fields))

    def blob(self, data):
        name = hashlib.sha256(data).hexdigest()
        path = objects.blob_path(self.blobs, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return name

    def page(self, **fields):
        about = {"project": "p", "runs": None, "kinds": None, "key": None, "limit": 500, "before": None}
        return self.query.objects(ObjectsRequest(**(about | fields)))

    def table(self, columns, rows, media=()):
        about = {"_type": "trackio.table", "id": TABLE, "columns": columns, "rows": len(rows), "media": list(media)}
        self.put(self.start(), 0, table=about)
        self.ready(TABLE, pack([columns, rows]), "application/msgpack", rows=len(rows))

    def rows(self, *, offset=0, limit=100):
        return self.query.table(TableRequest(TABLE, offset, limit))


def histogram(*counts):
    return {"_type": "trackio.histogram", "bins": list(range(len(counts) + 1)), "values": list(counts)}


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path)
    yield made
    made.store.close()


def image(media_id=IMAGE, **fields):
    about = {"format": "raw", "shape": [3, 4, 3], "mode": "RGB", "bytes": 36, "caption": "a cat"}
    return {"_type": "trackio.image", "id": media_id} | about | fields


def video(media_id=VIDEO):
    return {"_type": "trackio.video", "id": media_id, "format": "raw", "shape": [8, 3, 6, 10], "fps": 4, "bytes": 1}


def test_objects_come_newest_step_first_then_newest_run_then_by_name(folder):
    older, newer = folder.start("older"), folder.start("newer")
    for step in (0, 1):
        for state in (older, newer):
            folder.put(state, step, b="text", a="text")
    assert [(o.step, o.run == newer.run, o.key) for o in folder.page().objects] == [
        (step, new, key) for step in (1, 0) for new in (True, False) for key in ("a", "b")
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 24, 25])
def test_pages_hold_everything_once_whatever_their_size(folder, limit):
    states = [folder.start(f"run {n}") for n in range(3)]
    for step in (-(2**63), -1, 0, 2**63 - 1):
        for state in states:
            folder.put(state, step, a="x", b=["y"])
    whole = folder.page().objects
    assert len(whole) == 24
    seen, cursor = [], None
    while True:
        page = folder.page(limit=limit, before=cursor)
        assert len(page.objects) <= limit
        seen += page.objects
        cursor = page.next
        if cursor is None:
            break
    assert seen == whole


def test_a_page_goes_on_where_it_was_although_runs_were_added(folder):
    state = folder.start()
    for step in range(4):
        folder.put(state, step, a="x")
    first = folder.page(limit=2)
    folder.put(folder.start("later"), 3, a="x")
    assert [o.step for o in folder.page(limit=2, before=first.next).objects] == [1, 0]


def test_steps_are_those_at_which_something_of_the_kind_was_logged(folder):
    first, second = folder.start("first"), folder.start("second")
    folder.put(first, 3, a=image(), b="text")
    folder.put(first, -5, a="text")
    folder.put(second, 7, a=image("4" * 32))
    folder.put(replace(second, member=1), 7, a=image("5" * 32))

    def steps(project="p", runs=None, kinds=None, key=None, **fields):
        return folder.query.steps(ObjectsRequest(project, runs, kinds, key, 500, None, **fields))

    assert steps() == [-5, 3, 7]
    assert steps(first=-4, last=3) == [3]
    assert steps(kinds=frozenset({"image"})) == [3, 7]
    assert steps(kinds=frozenset({"image", "value"}), key="a") == [-5, 3, 7]
    assert steps(runs=(first.run,), kinds=frozenset({"value"})) == [-5, 3]
    with pytest.raises(NotFound):
        steps("no such")


def test_processes_of_one_run_are_told_apart_at_a_step(folder):
    state = folder.start()
    folder.put(state, 0, a="main")
    folder.put(replace(state, member=1), 0, a="second")
    assert [o.value for o in folder.page().objects] == ["second", "main"]
    first = folder.page(limit=1)
    assert [o.value for o in folder.page(limit=1, before=first.next).objects] == ["main"]


def test_objects_are_narrowed_by_run_kind_and_key(folder):
    one, two = folder.start("one"), folder.start("two")
    other = folder.start("three", project="q")
    folder.put(one, 0, a="text", cat=image())
    folder.put(one, 1, cat="no picture this time")
    folder.put(two, 0, a="text")
    folder.put(other, 0, a="text")
    assert {o.run for o in folder.page(runs=(two.run,)).objects} == {two.run}
    assert folder.page(runs=(other.run, "none")).objects == []
    assert [(o.key, o.step) for o in folder.page(kinds=frozenset({"image"})).objects] == [("cat", 0)]
    assert [(o.key, o.step) for o in folder.page(key="cat").objects] == [("cat", 1), ("cat", 0)]
    assert folder.page(key="none").objects == []


@pytest.mark.parametrize("cursor", ["", "x", "1.2", "1.0." + "0" * 32, "99999999999999999999.0." + "0" * 32, "../.."])
def test_a_cursor_that_is_none_of_ours_is_refused_by_name(folder, cursor):
    folder.put(folder.start(), 0, a="x")
    with pytest.raises(BadRequest, match="before"):
        folder.page(before=cursor)


def test_a_project_that_does_not_exist_is_not_found(folder):
    with pytest.raises(NotFound):
        folder.page(project="none")


def test_pending_media_already_have_their_size_and_place(folder):
    folder.put(folder.start(), 2, cat=image(), clip=video())
    cat, clip = (o.value for o in folder.page().objects)
    assert (cat["_type"], cat["id"], cat["caption"]) == ("trackio.image", IMAGE, "a cat")
    assert (cat["state"], cat["width"], cat["height"]) == ("pending", 4, 3)
    unknown = ("error", "mime", "bytes", "url", "thumb", "frames")
    assert [cat[name] for name in unknown] == [None] * len(unknown)
    assert (clip["state"], clip["width"], clip["height"], clip["poster"]) == ("pending", 10, 6, None)
    assert folder.query.media(IMAGE).path is None
    assert folder.page().objects[0].time == 2.0


def test_ready_media_tell_what_was_made_and_where(folder):
    folder.put(folder.start(), 0, clip=[video()])
    made = {"width": 12, "height": 6, "frames": 8, "fps": 4.0, "duration": 2.0, "poster": folder.blob(b"poster")}
    folder.ready(VIDEO, b"mp4", "video/mp4", **made)
    (clip,) = folder.page().objects[0].value
    assert (clip["state"], clip["mime"], clip["bytes"], clip["width"]) == ("ready", "video/mp4", 3, 12)
    assert (clip["frames"], clip["fps"], clip["duration"]) == (8, 4.0, 2.0)
    assert (clip["url"], clip["poster"], clip["thumb"]) == (f"media/{VIDEO}", f"media/{VIDEO}/poster", None)
    assert "columns" not in clip
    info = folder.query.media(VIDEO)
    assert (info.mime, info.path.read_bytes()) == ("video/mp4", b"mp4")
    assert {name: path.read_bytes() for name, path in info.parts.items()} == {"poster": b"poster"}


def test_failed_media_say_why(folder):
    folder.put(folder.start(), 0, cat=image())
    with folder.store.write() as txn:
        objects.failed(txn, IMAGE, "not an image")
    cat = folder.page().objects[0].value
    assert (cat["state"], cat["error"], cat["url"]) == ("failed", "not an image", None)


@pytest.mark.parametrize("shape", [None, "wide", [], [1], {"a": 1}, [1, 2]])
def test_a_shape_that_is_none_is_passed_over(folder, shape):
    folder.put(folder.start(), 0, cat=image(shape=shape))
    assert folder.page().objects[0].value["width"] is None


def test_a_table_is_read_by_pages_of_rows(folder):
    folder.table(["n", "t"], [[n, str(n)] for n in range(10)])
    page = folder.rows(offset=4, limit=3)
    assert (page.columns, page.total, page.offset) == (["n", "t"], 10, 4)
    assert page.rows == [[4, "4"], [5, "5"], [6, "6"]]
    assert folder.rows(offset=50).rows == []
    assert folder.page().objects[0].value["rows"] == 10
    assert folder.page().objects[0].value["columns"] == ["n", "t"]


def test_media_in_cells_tell_what_became_of_them(folder):
    cell = {"_type": "trackio.image", "id": IMAGE, "caption": "a cat"}
    folder.table(["n", "picture"], [[1, cell], [2, [cell]]], media=[image()])
    assert folder.rows().rows[0][1]["state"] == "pending"
    folder.ready(IMAGE, b"png", "image/png", width=4, height=3)
    assert folder.rows().rows[0][1]["url"] == f"media/{IMAGE}"
    assert folder.rows().rows[1][1][0]["state"] == "ready"


def test_a_table_is_not_found_until_it_is_ready_and_after_its_file_was_lost(folder):
    with pytest.raises(NotFound):
        folder.rows()
    folder.put(folder.start(), 0, t={"_type": "trackio.table", "id": TABLE, "columns": ["a"], "rows": 1, "media": []})
    with pytest.raises(NotFound):
        folder.rows()
    folder.ready(TABLE, pack([["a"], [[1]]]), "application/msgpack", rows=1)
    for blob in folder.blobs.glob("*/*"):
        blob.unlink()
    with pytest.raises(NotFound):
        folder.rows()


def test_media_and_tables_of_a_deleted_run_are_not_found_unless_another_run_logged_them(folder):
    folder.table(["a"], [[1]])
    one = folder.start()
    folder.put(one, 0, cat=image())
    with folder.store.write() as txn:
        for run in list(runs.of_project(txn, "p")):
            listing.hide(txn, run, 7_000)
    assert folder.page().objects == []
    for asked in (lambda: folder.query.media(IMAGE), folder.rows):
        with pytest.raises(NotFound):
            asked()
    folder.put(folder.start("other"), 0, cat=image())
    assert folder.query.media(IMAGE).state == "pending"


# ----------------------------------------------------------------------------------------- histograms, thinned out


def test_a_histogram_is_a_kind_of_its_own_unless_it_is_none(folder):
    run = folder.start()
    folder.put(run, 0, whole=histogram(1, 2), broken={"_type": "trackio.histogram", "bins": [0], "values": [1]})
    assert [(each.name, each.kind) for each in folder.query.metrics("p")] == [
        ("broken", "value"),
        ("whole", "histogram"),
    ]
    assert [each.key for each in folder.page(kinds=frozenset({"histogram"})).objects] == ["whole"]


def test_objects_of_a_part_of_the_steps_alone_are_read(folder):
    run = folder.start()
    for step in range(-3, 10):
        folder.put(run, step, a=step)
    assert [each.step for each in folder.page(first=-1, last=3).objects] == [3, 2, 1, 0, -1]
    page = folder.page(first=2, last=8, limit=4)
    assert [each.step for each in page.objects] == [8, 7, 6, 5]
    assert [each.step for each in folder.page(first=2, last=8, before=page.next).objects] == [4, 3, 2]


@given(
    steps=st.sets(st.integers(-50, 200), min_size=1, max_size=60),
    parts=st.integers(1, 30),
    first=st.none() | st.integers(-60, 210),
    last=st.none() | st.integers(-60, 210),
)
@settings(max_examples=60, deadline=None)
def test_thinned_out_there_is_the_newest_object_of_each_part_of_the_steps(tmp_path_factory, steps, parts, first, last):
    folder = Folder(tmp_path_factory.mktemp("thin"))
    run = folder.start()
    for step in steps:
        folder.put(run, step, a=step)
    found = [each.step for each in folder.page(key="a", parts=parts, first=first, last=last).objects]
    folder.store.close()
    asked = sorted(s for s in steps if (first is None or s >= first) and (last is None or s <= last))
    if len(asked) > parts:
        least = max(min(steps), min(steps) if first is None else first)
        length = asked[-1] - least + 1
        newest = {(step - least) * parts // length: step for step in asked}
        asked = sorted(newest.values())
    assert found == asked[::-1]
