from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from trackiod.store.env import Store, scan


@pytest.fixture
def store(tmp_path):
    """A store of the test's own."""
    opened = Store.open(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def txn(store):
    """A write transaction in it."""
    with store.write() as txn:
        yield txn


@pytest.fixture
def fill():
    """A function that commits so many records to a store, one by one: 8 kB each."""

    def put(store, count, first=0):
        for number in range(first, first + count):
            with store.write() as txn:
                txn.put(b"c%06d" % number, b"x" * 8000)

    return put


@pytest.fixture
def count():
    """A function that counts these records."""

    def found(store):
        with store.read() as txn:
            return sum(1 for _ in scan(txn, b"c"))

    return found


@pytest.fixture
def mounted(tmp_path):
    """A file system of 1 MB, at a place with a strange name; gives its folder and what makes it larger."""
    folder = tmp_path / "a b\tö"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a tmpfs needs root")
    yield folder, lambda: subprocess.run(["mount", "-o", "remount,size=16m", folder], check=True)
    subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="session")
def golden():
    """Bytes of store version 2 and what they hold: docs/FORMAT.md, Store."""
    return json.loads((Path(__file__).parents[2] / "golden/store_2.json").read_text())
