"""trackiod/store/env.py: what is committed is there, for every process; what cannot be is a named error."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import lmdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import StoreError, StoreUnsuitable, VersionMismatch
from trackiod.store import env, keys
from trackiod.store.env import STORE_VERSION, Store, file_system, last, scan, scan_back

#: Dies while it reads.
DYING_READER = """
import os, sys
from pathlib import Path
from trackiod.store.env import Store
with Store.open(Path(sys.argv[1]), readonly=True).read():
    os._exit(0)
"""


# ------------------------------------------------------------------------------------------------- transactions


def test_what_is_committed_is_there_after_reopening(tmp_path, fill, count):
    store = Store.open(tmp_path / "deep" / "store")
    fill(store, 3)
    store.close()
    again = Store.open(tmp_path / "deep" / "store")
    assert count(again) == 3
    again.close()


def test_nothing_is_left_of_a_transaction_that_failed(store, fill, count):
    with suppress(RuntimeError), store.write() as txn:
        txn.put(b"c", b"")
        raise RuntimeError("half-way")
    assert count(store) == 0
    fill(store, 1)
    assert count(store) == 1


def test_a_snapshot_holds_nothing_that_is_committed_later(store, fill, count):
    fill(store, 1)
    with store.read() as txn, ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(fill, store, 5, 1).result()
        assert sum(1 for _ in scan(txn, b"c")) == 1
    assert count(store) == 6


def test_only_their_owner_may_read_the_files(store):
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in store.folder.iterdir()} == {0o600}


def test_the_bytes_on_disk_are_told(store, fill):
    before = store.bytes_used()
    fill(store, 100)
    assert store.bytes_used() - before >= 800_000
    assert store.bytes_used() == (store.folder / "data.mdb").stat().st_size


# ------------------------------------------------------------------------------------------- where it cannot live


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "lustre", "9p", "fuse.sshfs", "beegfs"])
@pytest.mark.parametrize("readonly", [True, False])
def test_a_network_file_system_is_refused_by_name(tmp_path, monkeypatch, kind, readonly):
    monkeypatch.setattr(env, "file_system", lambda path: kind)
    with pytest.raises(StoreUnsuitable, match=rf"is on {kind}, .* TRACKIO_DIR"):
        Store.open(tmp_path / "store", readonly=readonly)
    assert not (tmp_path / "store").exists()


def test_the_file_system_of_a_path_is_told_as_the_kernel_names_it(tmp_path):
    assert file_system(Path("/proc/self")) == "proc"
    assert file_system(tmp_path) == file_system(tmp_path / "not" / "there" / "yet")


def test_the_file_system_of_a_mount_with_a_strange_name_is_told(mounted):
    folder, _ = mounted
    (folder.parent / (folder.name + "2")).mkdir()
    assert file_system(folder) == file_system(folder / "store") == "tmpfs"
    assert file_system(folder.parent / (folder.name + "2")) == file_system(folder.parent) != "tmpfs"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnsuitable, match=str(tmp_path / "file")):
        Store.open(tmp_path / "file" / "store")


def test_without_a_store_there_is_nothing_to_read_and_nothing_is_made(tmp_path):
    with pytest.raises(StoreError, match="there is no store"):
        Store.open(tmp_path / "store", readonly=True)
    assert not (tmp_path / "store").exists()


def test_a_store_that_is_only_being_made_is_none_to_readers(tmp_path):
    lmdb.open(str(tmp_path)).close()
    with pytest.raises(StoreError, match="there is no store"):
        Store.open(tmp_path, readonly=True)
    Store.open(tmp_path).close()
    Store.open(tmp_path, readonly=True).close()


def test_a_reader_cannot_write(store, count):
    assert not store.readonly
    store.close()
    reader = Store.open(store.folder, readonly=True)
    assert reader.readonly
    with pytest.raises(StoreError), reader.write():
        pass
    assert count(reader) == 0
    reader.close()


# ----------------------------------------------------------------------------------------- versions and damage


def test_the_version_is_in_every_store(store, golden):
    with store.read() as txn:
        assert txn.get(keys.VERSION) == bytes.fromhex(golden["version"]["hex"])


@pytest.mark.parametrize("readonly", [True, False])
def test_a_store_of_another_version_is_refused_by_number(tmp_path, readonly):
    store = Store.open(tmp_path)
    with store.write() as txn:
        txn.put(keys.VERSION, env._VERSION.pack(b"trackioS", STORE_VERSION + 1))
    store.close()
    with pytest.raises(VersionMismatch, match=f"version {STORE_VERSION + 1}; this program knows {STORE_VERSION}"):
        Store.open(tmp_path, readonly=readonly)


@pytest.mark.parametrize("found", [None, b"", b"trackioS", b"somebodyelse"])
def test_an_environment_of_another_program_is_refused(tmp_path, found):
    with lmdb.open(str(tmp_path)) as other, other.begin(write=True) as txn:
        txn.put(b"x", b"y")
        if found is not None:
            txn.put(keys.VERSION, found or b"\0")
    with pytest.raises(VersionMismatch, match="not a store of this program"):
        Store.open(tmp_path)


def test_a_file_that_is_no_environment_is_refused(tmp_path):
    (tmp_path / "data.mdb").write_bytes(b"#!/bin/sh\n" * 2000)
    with pytest.raises(StoreUnsuitable, match="cannot hold the store"):
        Store.open(tmp_path)


def test_damaged_pages_are_an_error_of_the_store(tmp_path, fill):
    store = Store.open(tmp_path)
    fill(store, 100)
    store.close()
    file = tmp_path / "data.mdb"
    with file.open("r+b") as opened:
        opened.seek(8192)
        opened.write(b"\xff" * (file.stat().st_size - 8192))
    with pytest.raises(StoreError, match="cannot be read"):
        Store.open(tmp_path, readonly=True)


# ----------------------------------------------------------------------------------------------- forked children


def in_child(question):
    """What a forked child answers."""
    reading, writing = os.pipe()
    if not (pid := os.fork()):
        try:
            answer = question()
        except BaseException as error:
            answer = f"{type(error).__name__}: {error}"
        os.write(writing, answer.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answers:
        answer = answers.read()
    os.waitpid(pid, 0)
    return answer


def test_a_forked_child_is_refused_and_leaves_the_store_to_its_parent(store, fill, count):
    def use(transaction):
        with transaction() as txn:
            return str(txn.get(b"c"))

    for question in (lambda: use(store.read), lambda: use(store.write), lambda: str(store.clear_stale_readers())):
        assert in_child(question).startswith("StoreError: this store was opened before a fork")
    assert in_child(lambda: str(store.close())) == "None"
    fill(store, 2)
    assert count(store) == 2


def test_the_slots_of_readers_that_died_are_freed(store):
    subprocess.run([sys.executable, "-c", DYING_READER, str(store.folder)], check=True)
    assert store.clear_stale_readers() == 1
    assert store.clear_stale_readers() == 0


# ---------------------------------------------------------------------------------------------------------- scans

some_keys = st.text("abc\x7f", min_size=1, max_size=4).map(str.encode) | st.binary(max_size=3).map(b"c".__add__)


def test_scans_find_what_a_sorted_list_has(store):
    @given(st.sets(some_keys, max_size=20), some_keys, st.binary(max_size=2))
    def holds(kept, prefix, more):
        bound = prefix + more if more else b""
        with suppress(RuntimeError), store.write() as txn:
            for key in kept:
                txn.put(key, key[::-1])
            found = [(key, key[::-1]) for key in sorted(kept) if key.startswith(prefix)]
            before = [pair for pair in found if pair[0] < bound] if bound else found
            assert list(scan(txn, prefix)) == found
            assert list(scan(txn, prefix, bound)) == [pair for pair in found if pair[0] >= bound]
            assert list(scan_back(txn, prefix)) == found[::-1]
            assert list(scan_back(txn, prefix, bound)) == before[::-1]
            assert last(txn, prefix, bound) == (before[-1] if before else None)
            raise RuntimeError("leave nothing behind")

    holds()
