from __future__ import annotations

import hashlib
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.wire import RunStart
from trackiod.store import names, objects, runs
from trackiod.store.env import Store
from trackiod.store.objects import MediaReady

ONE, TWO, THREE = ("1" * 32, "2" * 32, "3" * 32)
NS = 10**9


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "store")
    yield opened
    opened.close()


def started(txn, project="p", name="first"):
    record = RunStart(uuid.uuid4().hex, project, name, None, {}, "never", 5 * NS)
    return runs.start(txn, uuid.uuid4().bytes, record)


@pytest.fixture
def txn(store):
    with store.write() as txn:
        yield txn


@pytest.fixture
def state(txn):
    return started(txn)


def image(media_id=ONE, **fields):
    return {"_type": "trackio.image", "id": media_id, "format": "png", "bytes": 3, "caption": "a cat"} | fields


def video(media_id=TWO):
    return {"_type": "trackio.video", "id": media_id, "format": "mp4", "fps": 30, "bytes": 3, "caption": None}


def table(media_id=THREE, media=()):
    fields = {"columns": ["a", "b"], "rows": 2, "bytes": 9, "media": list(media)}
    return {"_type": "trackio.table", "id": media_id, **fields}


def values(txn, state, name):
    return [(found.step, found.member, found.value) for found in objects.back(txn, state.run, name)]


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_values_come_back_newest_step_first_as_they_were_logged(txn, state):
    logged = {-5: None, 0: "text", 3: [1, {"a": [2.5, True]}], 2**40: {"_type": "trackio.html", "id": "x"}}
    for step, value in logged.items():
        objects.put(txn, state, step, 7_000_000, {"x": value})
    assert values(txn, state, "x") == [(step, 0, logged[step]) for step in sorted(logged, reverse=True)]
    assert [found.time for found in objects.back(txn, state.run, "x")] == [7] * 4


def test_a_value_logged_again_at_a_step_takes_the_place_of_the_first(txn, state):
    for value in ("first", "second"):
        objects.put(txn, state, 3, NS, {"x": value})
    assert values(txn, state, "x") == [(3, 0, "second")]


def test_reading_begins_before_a_step_and_member(txn, state):
    for step in range(4):
        objects.put(txn, state, step, NS, {"x": step})
    assert [found.step for found in objects.back(txn, state.run, "x", (2, 0))] == [1, 0]


def test_names_that_begin_alike_are_kept_apart(txn, state):
    objects.put(txn, state, 0, NS, {"x": "a", "x/y": "b", "": "c"})
    assert [values(txn, state, name)[0][2] for name in ("x", "x/y", "")] == ["a", "b", "c"]


@pytest.mark.parametrize("step", [2**63, 2**70, -(2**63) - 1])
def test_a_step_beyond_64_bits_stays_at_the_end_of_them(txn, state, step):
    objects.put(txn, state, step, NS, {"x": "far"})
    assert values(txn, state, "x") == [(2**63 - 1 if step > 0 else -(2**63), 0, "far")]


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ("text", {"value"}),
        (None, {"value"}),
        ([], {"value"}),
        ({"a": 1}, {"value"}),
        (image(), {"image"}),
        ([image(), image(TWO)], {"image"}),
        ([image(), "text", {"deep": video()}], {"image", "video"}),
        (table(media=[image()]), {"table"}),
        ({"_type": "trackio.image", "id": "../etc"}, {"value"}),
        ({"_type": ["trackio.image"], "id": ONE}, {"value"}),
    ],
)
def test_a_name_is_of_the_kinds_of_what_is_logged_under_it(txn, state, value, kinds):
    objects.put(txn, state, 0, NS, {"x": value})
    assert set(names.of_run(txn, state.run)) == {("x", kind) for kind in kinds}
    assert [found.kinds for found in objects.back(txn, state.run, "x")] == [kinds]


def test_every_file_at_any_depth_is_pending_in_order_of_arrival(txn, state):
    objects.put(txn, state, 0, NS, {"t": table(media=[image()])})
    objects.put(txn, state, 1, NS, {"v": [[{"deep": video()}]]})
    found = objects.pending(txn)
    assert [(spec.id, spec.kind, spec.run) for spec in found] == [
        (THREE, "table", state.run),
        (ONE, "image", state.run),
        (TWO, "video", state.run),
    ]
    assert all(spec.writer == state.writer for spec in found)
    assert found[1].fields["format"] == "png"
    assert found[1].fields["_type"] == "trackio.image"


def test_what_was_made_of_a_file_is_kept_and_it_no_longer_waits(txn, state):
    objects.put(txn, state, 0, NS, {"cat": image(), "clip": video()})
    made = MediaReady(sha("a"), "image/webp", 9, width=4, height=3, thumb=sha("t"))
    touched = objects.ready(txn, ONE, made)
    assert (touched.owners, touched.names) == ([state.run], ["cat"])
    assert [spec.id for spec in objects.pending(txn)] == [TWO]
    assert objects.media(txn, ONE).ready == made


def test_a_file_that_cannot_be_made_into_anything_says_why(txn, state):
    objects.put(txn, state, 0, NS, {"cat": image()})
    touched = objects.failed(txn, ONE, "not a png")
    assert (touched.owners, touched.names) == ([state.run], ["cat"])
    assert objects.pending(txn) == []
    found = objects.media(txn, ONE)
    assert (found.state, found.error, found.ready) == ("failed", "not a png", None)


def test_what_a_ready_id_shows_never_changes(txn, state):
    objects.put(txn, state, 0, NS, {"cat": image()})
    first = MediaReady(sha("a"), "image/png", 1)
    objects.ready(txn, ONE, first)
    assert objects.ready(txn, ONE, MediaReady(sha("b"), "image/png", 1)) is None
    assert objects.failed(txn, ONE, "late") is None
    assert objects.media(txn, ONE).ready == first
    assert objects.references(txn, sha("b")) == 0


def test_an_outcome_of_a_file_that_nobody_named_changes_nothing(txn, state):
    assert objects.ready(txn, ONE, MediaReady(sha("a"), "image/png", 1)) is None
    assert objects.failed(txn, ONE, "why") is None
    assert objects.references(txn, sha("a")) == 0


def test_a_file_logged_again_under_another_name_is_one_item_with_two_names(txn, state):
    objects.put(txn, state, 0, NS, {"cat": image()})
    objects.ready(txn, ONE, MediaReady(sha("a"), "image/png", 1))
    objects.put(txn, state, 1, NS, {"best": image()})
    assert objects.pending(txn) == []
    assert objects.media(txn, ONE).names == ["cat", "best"]
    assert objects.media(txn, ONE).state == "ready"


def test_blobs_count_the_items_that_are_made_of_them(txn, state):
    objects.put(txn, state, 0, NS, {"a": image(), "b": image(TWO)})
    for media_id in (ONE, TWO):
        objects.ready(txn, media_id, MediaReady(sha("same"), "image/png", 1, thumb=sha(media_id)))
    assert objects.references(txn, sha("same")) == 2
    assert objects.references(txn, sha(ONE)) == 1
    assert objects.references(txn, sha("none")) == 0


def test_an_item_that_is_not_committed_does_not_wait(store):
    def interrupted():
        with store.write() as txn:
            objects.put(txn, started(txn), 0, NS, {"cat": image()})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    with store.read() as txn:
        assert objects.pending(txn) == []
        assert list(objects.all_media(txn)) == []


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(value=plain, name=st.text(max_size=20), step=st.integers(-(2**63), 2**63 - 1))
def test_any_plain_value_comes_back_from_any_name_and_step(tmp_path_factory, value, name, step):
    opened = Store.open(tmp_path_factory.mktemp("any"))
    try:
        with opened.write() as txn:
            state = started(txn)
            objects.put(txn, state, step, NS, {name: value})
            assert values(txn, state, name) == [(step, 0, value)]
    finally:
        opened.close()
