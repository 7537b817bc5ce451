"""A store of an older version is refused with the command that helps, and upgraded whole or not at all."""

from __future__ import annotations

import struct

import pytest

from trackio.errors import VersionMismatch
from trackiod.store import keys, upgrade
from trackiod.store.env import STORE_VERSION, Store


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
    with pytest.raises(VersionMismatch, match=r"version 77; this program knows 1$"):
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
