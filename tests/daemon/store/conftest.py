from __future__ import annotations

import json
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


@pytest.fixture(scope="session")
def golden():
    """Bytes of store version 1 and what they hold: docs/FORMAT.md, Store."""
    return json.loads((Path(__file__).parents[2] / "golden/store_1.json").read_text())
