from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from trackiod.store.env import Store


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
    """Bytes of store version 1 and what they hold: docs/FORMAT.md, Store."""
    return json.loads((Path(__file__).parents[2] / "golden/store_1.json").read_text())
