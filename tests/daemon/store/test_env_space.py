"""trackiod/store/env.py: the map grows under whoever reads, and a full disk harms nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from trackio.errors import StoreFull
from trackiod.store.env import Store, scan

SMALL = 2**18
#: Answers each line with what it counts, from "hold" to "leave" in one snapshot.
READER = """
import sys
from contextlib import ExitStack
from pathlib import Path
from trackiod.store.env import Store, scan
store, held, txn = Store.open(Path(sys.argv[1]), readonly=True, first_map=int(sys.argv[2])), ExitStack(), None
for line in sys.stdin:
    if line == "leave\\n":
        held.close()
        txn = None
    with ExitStack() as stack:
        if txn is None:
            current = (held if line == "hold\\n" else stack).enter_context(store.read())
        if line == "hold\\n":
            txn = current
        print(sum(len(value) == 8000 for _, value in scan(current, b"c")), flush=True)
store.close()
"""


@pytest.fixture
def small(tmp_path):
    """A store whose map must soon grow."""
    opened = Store.open(tmp_path / "store", first_map=SMALL)
    yield opened
    opened.close()


@contextmanager
def reader_elsewhere(folder):
    """Another process that reads; gives a function that sends it a line and returns what it counts."""
    command = [sys.executable, "-c", READER, str(folder), str(SMALL)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def ask(line):
            process.stdin.write(line + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield ask
        process.stdin.close()
        assert process.wait(30) == 0


# ---------------------------------------------------------------------------------------------------- map growth


def test_the_map_grows_between_commits(small, fill, count):
    fill(small, 300)
    assert count(small) == 300


def test_the_map_grows_while_threads_read(small, fill, count):
    stop, counts = threading.Event(), []

    def read():
        while not stop.is_set():
            counts.append(count(small))

    with ThreadPoolExecutor(3) as readers:
        asked = [readers.submit(read) for _ in range(3)]
        try:
            fill(small, 300)
        finally:
            stop.set()
        for reader in asked:
            reader.result()
    assert count(small) == 300
    assert set(counts) <= set(range(301))


def test_the_map_does_not_grow_under_a_snapshot(small, until, fill, count):
    fill(small, 10)
    with ThreadPoolExecutor(1) as writing:
        with small.read() as txn:
            written = writing.submit(fill, small, 100, 10)
            until(lambda: small._gate._waiting, "the writer to wait for this snapshot")
            assert sum(1 for _ in scan(txn, b"c")) == 10
            assert not written.done()
        written.result()
    assert count(small) == 110


def test_another_process_follows_the_map(small, fill):
    fill(small, 1)
    with reader_elsewhere(small.folder) as ask:
        for total in (1, 30, 300, 900):
            fill(small, total, 0)
            assert ask("count") == total


def test_a_snapshot_of_another_process_outlasts_the_growth(small, fill):
    fill(small, 10)
    with reader_elsewhere(small.folder) as ask:
        assert ask("hold") == 10
        fill(small, 300, 10)
        assert ask("count") == 10
        assert ask("leave") == 310


def test_a_store_larger_than_the_first_map_is_opened(small, tmp_path, fill, count):
    fill(small, 300)
    small.close()
    for readonly in (True, False):
        again = Store.open(tmp_path / "store", readonly=readonly, first_map=SMALL)
        assert count(again) == 300
        again.close()


# ------------------------------------------------------------------------------------------------------ no space


def test_a_transaction_larger_than_the_map_is_refused_and_fits_later(small, fill, count):
    fill(small, 5)
    refused = 0
    while True:
        try:
            with small.write() as txn:
                for number in range(5, 200):
                    txn.put(b"c%06d" % number, b"x" * 8000)
            break
        except StoreFull as error:
            refused += 1
            assert str(small.folder) in str(error)
            assert count(small) == 5
    assert 1 <= refused <= 5
    assert count(small) == 200


def test_a_full_disk_is_told_and_harms_nothing(mounted, fill, count):
    folder, enlarge = mounted
    store = Store.open(folder / "store")
    for record in range(3):
        with pytest.raises(StoreFull, match="no space is left"):
            fill(store, 200, 1000 * record)
    before = count(store)
    assert before > 0
    enlarge()
    fill(store, 200, 10_000)
    assert count(store) == before + 200
    store.close()
