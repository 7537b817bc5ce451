"""What a deleted run owns goes in slices, and nothing else: whatever is shared, still sent or called the same stays."""

from __future__ import annotations

import hashlib

import pytest

from trackiod.apply import DELETED
from trackiod.store import objects, removal, runs


@pytest.fixture
def deleted(house):
    """A run with some of everything, deleted; its writer has ended."""
    writer = house.start("goes", run="goes")
    house.log(writer, 5_000, text="hello")
    house.compact(writer)
    house.log(writer, 10)
    house.ready(house.image(writer))
    house.image(writer, "waits")
    house.finish(writer)
    house.edit("delete_run", run="goes")
    return writer


def forget(house, writer):
    with house.store.write() as txn:
        removal.forget(txn, runs.writer(txn, writer.id))


def test_nothing_is_left_of_a_removed_run(house, deleted):
    freed, _ = house.remove("goes")
    assert set(freed) == {hashlib.sha256(b"image").hexdigest()}
    assert house.records() == {"V": 1, "p": 1}
    assert house.whole()


def test_it_goes_in_slices_with_the_store_whole_after_each_crash(house, deleted, monkeypatch):
    monkeypatch.setattr(removal, "SLICE", 1)
    with house.store.write() as txn:
        removal.begin(txn, runs.run(txn, "goes"))
    slices = 0
    while house.read(removal.unfinished):
        assert house.whole()
        house.crash()
        with house.store.write() as txn:
            removal.go_on(txn, "goes", lambda _: False)
        slices += 1
    assert slices > 12
    assert house.records() == {"V": 1, "p": 1}


def test_other_runs_are_not_touched(house, deleted):
    other = house.start("stays")
    house.log(other, 5_000, text="hello")
    house.compact(other)
    path = house.ready(house.image(other), b"other")
    house.remove("goes")
    assert house.records() == {
        **dict.fromkeys("VpqQnrhwdmtsib", 1),
        "K": 3,
        "k": 3,
        "c": 2,
        "o": 2,
        "u": 2,
    }
    assert path.exists()
    assert house.whole()


def test_a_blob_that_another_run_made_too_stays(house, deleted):
    other = house.start("stays")
    path = house.ready(house.image(other), b"image")
    assert house.remove("goes")[0] == []
    assert path.exists()
    assert house.whole()


def test_a_media_item_that_another_run_logged_too_stays_until_that_goes(house):
    one, other = house.start("one", run="one"), house.start("other", run="other")
    media = house.image(one)
    house.image(other, media=media)
    house.ready(media)
    house.edit("delete_run", run="one")
    assert house.remove("one")[0] == []
    assert house.read(objects.media, media).owners == ["other"]
    assert house.whole()
    house.edit("delete_run", run="other")
    assert set(house.remove("other")[0]) == {hashlib.sha256(b"image").hexdigest()}
    assert house.read(objects.media, media) is None


def test_the_earliest_deleted_goes_first_and_not_before_its_time(house):
    for at, run in enumerate(("b", "a")):
        house.start(run, run=run)
        house.edit("delete_run", run=run, now=1_000 * (at + 1))
    assert house.read(removal.expired, 999) is None
    assert house.read(removal.expired, 1_000).id == "b"
    house.remove("b")
    assert house.read(removal.expired, 1_999) is None
    assert house.read(removal.expired, 2_000).id == "a"


# ------------------------------------------------------------------------------------------- writers that still send


def test_rows_of_a_removed_run_are_acknowledged_counted_and_dropped(house):
    writer = house.start("goes", run="goes")
    house.edit("delete_run", run="goes")
    house.log(writer)
    house.remove("goes")
    kept = house.log(writer, 4, cat={"_type": "trackio.image", "id": "e" * 32, "format": "png", "bytes": 3})
    house.finish(writer)
    assert [media.id for media in kept.unwanted] == ["e" * 32]
    state = house.read(runs.writer, writer.id)
    assert (state.refused, state.stored, state.collected) == ({DELETED: 5}, writer.sent, True)
    assert house.records() == {"V": 1, "p": 1, "w": 1, "d": 1, "u": 1}
    assert house.whole()
    forget(house, writer)
    assert house.records() == {"V": 1, "p": 1}
    assert house.whole()


def test_workers_of_a_removed_run_do_not_make_it_anew_until_all_are_gone(house):
    writer = house.start("goes", run="goes")
    house.edit("delete_run", run="goes")
    house.remove("goes")
    worker, _ = house.attach("goes")
    assert house.read(runs.writer, worker.id).collected
    assert house.listed() == []
    assert house.whole()
    for one in (writer, worker):
        forget(house, one)
    house.attach("goes")
    assert house.listed() == ["first"]


def test_a_run_of_the_same_id_that_begins_later_is_another_one(house, deleted):
    with house.store.write() as txn:
        removal.begin(txn, runs.run(txn, "goes"))
    again = house.start("again", run="goes")
    house.log(again, 7)
    assert house.whole()
    while house.read(removal.unfinished):
        with house.store.write() as txn:
            removal.go_on(txn, "goes", lambda _: False)
    assert house.read(runs.find, "p", "again")[1] == 7
    assert house.whole()


def test_other_names_of_a_run_go_with_its_last_writer(house):
    house.log(house.start("goes", run="goes"))
    again = house.start("goes", run="again", resume="allow")
    assert house.run("again").id == "goes"
    house.edit("delete_run", run="again")
    house.remove("goes")
    assert house.read(runs.writer, house.attach("again")[0].id).collected
    for state in house.read(lambda txn: list(runs.writers(txn))):
        with house.store.write() as txn:
            removal.forget(txn, state)
    assert again.id
    assert house.records() == {"V": 1, "p": 1}


def test_a_writer_that_ended_is_remembered_as_long_as_its_journal_is_there(house, deleted):
    house.remove("goes", awaited=lambda _: True)
    assert house.read(runs.writer, deleted.id).collected
    assert house.whole()
    forget(house, deleted)
    assert house.records() == {"V": 1, "p": 1}


# ----------------------------------------------------------------------------------------------------- media alone


def test_media_of_a_run_go_and_all_else_stays(house, monkeypatch):
    monkeypatch.setattr(removal, "SLICE", 2)
    writer = house.start("first", run="first")
    house.log(writer, 10, text="hello")
    paths = [house.ready(house.image(writer, key), key.encode()) for key in ("a", "a", "a", "b")]
    house.image(writer, "c")
    house.log(writer, 0, a="text under a name of images")
    before = house.records()
    with house.store.write() as txn:
        removal.strip(txn, runs.run(txn, "first"))
    freed = []
    while run := house.read(removal.stripping):
        house.crash()
        with house.store.write() as txn:
            freed += removal.go_on_stripping(txn, run)
        assert house.whole()
    assert set(freed) == {path.name for path in paths}
    assert house.names() == {("loss", "scalar"): 1, ("text", "value"): 1, ("a", "value"): 1}
    after = house.records()
    gone = {letter: n - after.get(letter, 0) for letter, n in before.items() if n != after.get(letter, 0)}
    assert gone == {"o": 5, "i": 5, "u": 5, "b": 2, "k": 3, "K": 3, "P": 1}
    assert house.whole()
