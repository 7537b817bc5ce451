"""A store of an older version is refused with the command that helps, and upgraded whole or not at all."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from trackio.errors import VersionMismatch
from trackiod.query import Query, SeriesRequest
from trackiod.store import keys, runs, series, upgrade
from trackiod.store.check import check
from trackiod.store.env import STORE_VERSION, Store, scan


@pytest.fixture
def of_version(tmp_path):
    """Make a store of a version; returns its folder."""

    def make(number):
        store = Store.open(tmp_path / "data" / "store")
        with store.write() as txn:
            txn.put(keys.VERSION, struct.pack("<8sI", b"trackioS", number))
            txn.put(b"old", b"record")
        store.close()
        return tmp_path / "data" / "store"

    return make


def test_an_older_store_is_refused_with_the_command_to_run(of_version):
    folder = of_version(0)
    with pytest.raises(VersionMismatch, match=f"version 0; .* trackiod upgrade --data {folder.parent}$"):
        Store.open(folder)
    with pytest.raises(VersionMismatch, match="trackiod upgrade"):
        Store.open(folder, readonly=True)


def test_a_newer_store_is_refused_without_one(of_version):
    with pytest.raises(VersionMismatch, match=r"version 77; this program knows 2$"):
        Store.open(of_version(77))
    with pytest.raises(VersionMismatch, match=r"version 77"):
        upgrade.upgrade(of_version(77))


def test_each_step_is_taken_once_and_what_comes_out_opens(of_version, monkeypatch):
    monkeypatch.setitem(upgrade.STEPS, -1, lambda txn: txn.put(b"old", b"record of 0"))
    monkeypatch.setitem(upgrade.STEPS, 0, lambda txn: txn.put(b"new", txn.get(b"old") + b", now of 1"))
    folder = of_version(0)
    assert upgrade.upgrade(folder) == (0, STORE_VERSION)
    assert upgrade.upgrade(folder) == (STORE_VERSION, STORE_VERSION)
    store = Store.open(folder, readonly=True)
    with store.read() as txn:
        assert txn.get(b"new") == b"record, now of 1"
    store.close()


def test_a_step_that_fails_leaves_the_store_as_it_was(of_version, monkeypatch):
    def fails(txn):
        txn.put(b"old", b"half")
        raise ValueError("cannot")

    monkeypatch.setitem(upgrade.STEPS, 0, fails)
    folder = of_version(0)
    with pytest.raises(ValueError, match="cannot"):
        upgrade.upgrade(folder)
    store = Store.open(folder, any_version=True)
    with store.read() as txn:
        assert txn.get(b"old") == b"record"
    store.close()


def test_a_version_that_nothing_leads_from_is_named(of_version):
    with pytest.raises(VersionMismatch, match="version 0; nothing leads from there"):
        upgrade.upgrade(of_version(0))


def test_where_there_is_no_store_there_is_nothing_to_upgrade(tmp_path):
    with pytest.raises(VersionMismatch, match="no store"):
        upgrade.upgrade(tmp_path / "none")
    assert not (tmp_path / "none").exists()


# ------------------------------------------------------------------------------------------------- version 1 to 2


@pytest.fixture
def first(tmp_path):
    """The folder of a store of version 1, and what is told of it: tests/golden/store_1.json."""
    told = json.loads((Path(__file__).parents[2] / "golden/store_1.json").read_text())
    (tmp_path / "blobs").mkdir()
    store = Store.open(tmp_path / "store", any_version=True)
    with store.write() as txn:
        for key, value in told["records"]:
            txn.put(bytes.fromhex(key), bytes.fromhex(value))
    store.close()
    return tmp_path / "store", told


def columns(store, run, metric, width=10**6):
    return Query(store, store.folder.parent / "blobs").series(
        SeriesRequest(run, metric, None, "step", width, None, None)
    )


def test_a_store_of_version_1_is_upgraded_when_the_daemon_opens_it_and_holds_what_it_held(first):
    folder, told = first
    rows = told["rows"]
    with pytest.raises(VersionMismatch, match="version 1"):
        Store.open(folder)
    store = upgrade.opened(folder)
    assert check(store, folder.parent / "blobs") == []
    loss = columns(store, told["run"], "loss").columns
    assert loss["step"].tolist() == list(range(rows + 5))
    assert loss["value"].tolist() == [*map(float, range(rows)), *[0.5] * 5]
    assert (loss["time"] == 1_700_000_000 + loss["step"]).all()
    assert set(columns(store, told["run"], "n").columns["value"].tolist()) == {7.0}
    assert columns(store, told["run"], "acc").columns["value"].tolist() == [0.1 * step for step in range(20)]
    buckets = columns(store, told["run"], "loss", 100).columns
    assert int(buckets["count"].sum()) == rows + 5
    store.close()
    assert upgrade.upgrade(folder) == (STORE_VERSION, STORE_VERSION)


def test_an_upgraded_store_goes_on(first):
    folder, told = first
    store = upgrade.opened(folder)
    with store.write() as txn:
        (writer,) = runs.writers_of(txn, told["run"])
        while series.compact(txn, writer):
            pass
    assert check(store, folder.parent / "blobs") == []
    assert columns(store, told["run"], "loss").total == told["rows"] + 5
    with store.read() as txn:
        shared = {keys.step_of(key[:-8]): value for key, value in scan(txn, keys.STAMPS)}
        assert len(shared) < sum(1 for _ in scan(txn, keys.CHUNK))
    store.close()


def test_a_chunk_of_version_1_that_cannot_be_read_is_laid_aside(first):
    folder, told = first
    store = Store.open(folder, any_version=True)
    with store.write() as txn:
        key, value = next(scan(txn, keys.chunks(told["run"], 0, "loss")))
        txn.put(key, value[:20])
    store.close()
    store = upgrade.opened(folder)
    assert any("laid aside" in finding.text for finding in check(store, folder.parent / "blobs"))
    found = columns(store, told["run"], "loss")
    assert found.columns["step"].tolist() == list(range(4096, told["rows"] + 5))
    assert found.missing == ((0, None),)
    store.close()


def test_what_a_damaged_node_of_version_1_told_is_read_below(first):
    folder, told = first
    store = Store.open(folder, any_version=True)
    with store.write() as txn:
        key, value = next(scan(txn, keys.levels(told["run"], 0, "loss", 1)))
        txn.put(key, value[:20])
    store.close()
    store = upgrade.opened(folder)
    assert any("level 1" in f.where and "damaged" in f.text for f in check(store, folder.parent / "blobs"))
    found = columns(store, told["run"], "loss", 100)
    assert (int(found.columns["count"].sum()), found.missing) == (told["rows"] + 5, ())
    store.close()


def test_a_store_that_is_no_older_one_is_only_opened(tmp_path, of_version):
    upgrade.opened(tmp_path / "new").close()
    upgrade.opened(tmp_path / "new").close()
    with pytest.raises(VersionMismatch, match="version 77"):
        upgrade.opened(of_version(77))
