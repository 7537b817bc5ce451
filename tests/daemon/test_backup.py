"""A copy is whole, of one moment, there at once or not at all, and is what it is copied back as."""

from __future__ import annotations

import os
import shutil
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from trackio.errors import StoreError
from trackio.places import Places
from trackiod import backup as copies
from trackiod.backup import backup
from trackiod.store import members, runs
from trackiod.store.check import check
from trackiod.store.env import Store


@pytest.fixture
def places(house):
    (house.root / "runtime" / "media").mkdir(parents=True)
    (house.root / "media").mkdir()
    return Places(house.root, house.root / "runtime")


def opened(folder, question):
    store = Store.open(folder / "store", readonly=True)
    try:
        assert check(store, folder / "blobs") == []
        with store.read() as txn:
            return question(txn)
    finally:
        store.close()


def test_a_copy_holds_what_there_was_and_shares_its_files(house, places, tmp_path):
    writer = house.start(run="r")
    house.log(writer, 5_000)
    house.compact(writer)
    path = house.ready(house.image(writer))
    waiting = house.image(writer)
    (places.runtime / "media" / waiting).write_bytes(b"raw")
    (places.data / "media" / ("e" * 32)).write_bytes(b"of nothing that is stored")
    assert backup(house.store, places, tmp_path / "far" / "copy") == []
    copy = tmp_path / "far" / "copy"
    assert opened(copy, lambda txn: members.get(txn, "r", 0).rows) == 5_002
    assert path.samefile(copy / "blobs" / path.name[:2] / path.name)
    assert {file.name: file.read_bytes() for file in (copy / "media").iterdir()} == {waiting: b"raw"}
    assert [entry.name for entry in copy.parent.iterdir()] == ["copy"]


def test_what_is_removed_afterwards_is_still_in_the_copy_and_comes_back_with_it(house, places, tmp_path):
    path = house.ready(house.image(house.start(run="r")))
    backup(house.store, places, tmp_path / "copy")
    house.edit("delete_run", run="r")
    house.remove("r")
    path.unlink()
    shutil.copytree(tmp_path / "copy", tmp_path / "back")
    assert opened(tmp_path / "back", lambda txn: runs.run(txn, "r").name) == "first"
    store = Store.open(tmp_path / "back" / "store")
    with store.write() as txn:
        assert runs.run(txn, "r")
    store.close()


def test_a_folder_that_is_there_is_not_touched(house, places, tmp_path):
    (tmp_path / "copy").mkdir()
    with pytest.raises(StoreError, match="is there already"):
        backup(house.store, places, tmp_path / "copy")
    assert list((tmp_path / "copy").iterdir()) == []


def test_a_copy_that_fails_leaves_nothing(house, places, tmp_path, monkeypatch):
    def fails(*_):
        raise OSError("no space")

    house.start()
    monkeypatch.setattr(copies, "_sync", fails)
    with pytest.raises(OSError, match="no space"):
        backup(house.store, places, tmp_path / "far" / "copy")
    assert list((tmp_path / "far").iterdir()) == []


def test_where_files_cannot_be_linked_they_are_copied(house, places, tmp_path, monkeypatch):
    def no_links(*_):
        raise PermissionError("no links here")

    path = house.ready(house.image(house.start()))
    monkeypatch.setattr(os, "link", no_links)
    backup(house.store, places, tmp_path / "copy")
    copied = tmp_path / "copy" / "blobs" / path.name[:2] / path.name
    assert copied.read_bytes() == b"image"
    assert not path.samefile(copied)


def test_files_that_are_lost_are_named_and_the_rest_is_copied(house, places, tmp_path):
    writer = house.start()
    path = house.ready(house.image(writer))
    waiting = house.image(writer)
    path.unlink()
    assert backup(house.store, places, tmp_path / "copy") == sorted([path.name, waiting])
    assert (tmp_path / "copy" / "store").is_dir()


def test_a_file_that_goes_while_it_is_copied_is_left_out_with_what_referred_to_it(house, places, tmp_path, monkeypatch):
    path = house.ready(house.image(house.start(run="goes")))
    kept = house.ready(house.image(house.start(run="stays")), b"other")
    take, gone = copies._take, []

    def slow(file, to):
        if file == path and not gone:
            gone.append(file)
            house.edit("delete_run", run="goes")
            with ThreadPoolExecutor() as threads:  # another thread writes while this one reads
                threads.submit(house.remove, "goes").result()
            path.unlink()
        return take(file, to)

    house.edit("rename_run", run="goes", name="going")
    monkeypatch.setattr(copies, "_take", slow)
    assert backup(house.store, places, tmp_path / "copy") == []
    assert opened(tmp_path / "copy", lambda txn: [run.name for run in runs.of_project(txn, "p")]) == ["first"]
    files = [file.name for file in (tmp_path / "copy" / "blobs").glob("*/*")]
    assert files == [kept.name]


def test_copies_made_while_eight_write_are_each_of_one_moment(house, places, tmp_path):
    writers = [house.start(f"w{number}", run=f"w{number}") for number in range(8)]
    ending = threading.Event()

    def write():
        while not ending.is_set():
            for writer in writers:
                house.log(writer, 1)
                raw = places.runtime / "media" / uuid.uuid4().hex
                raw.write_bytes(b"raw")
                house.ready(house.image(writer, media=raw.name), os.urandom(9))
                raw.unlink()

    def rows(txn):
        return [members.get(txn, f"w{at}", 0).rows for at in range(8)]

    with ThreadPoolExecutor() as threads:
        writing = threads.submit(write)
        try:
            found = []
            for number in range(5):
                assert backup(house.store, places, tmp_path / f"copy {number}") == []
                found.append(opened(tmp_path / f"copy {number}", rows))
        finally:
            ending.set()
        writing.result()
    assert found == sorted(found, key=sum)
    # A snapshot lies between two commits, each of which is one row of one writer.
    assert all(max(each) - min(each) <= 2 for each in found)
    assert sum(found[-1]) > 8
