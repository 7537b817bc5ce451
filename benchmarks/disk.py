"""Bytes per point on disk, everything included: values, steps, times, levels, indexes, free pages.

    python benchmarks/disk.py [--points 4000000] [--batch 600]

Rows are stored as the daemon stores them, `--batch` at a time, and made into chunks after each batch, as those of a
loop of 20 steps per second are every 30 seconds. The steps of a real loop take unequal time, and one in a thousand
waits for a checkpoint. A line is printed per sort of values: bytes per point that the data folder takes (`du`), and
those in pages that LMDB uses, the others being free for what comes.
"""

from __future__ import annotations

import argparse
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trackio.wire import RunStart, Schema, encode, framed, row_struct
from trackiod import apply
from trackiod.live import Changes
from trackiod.store import runs, series
from trackiod.store.env import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Values = Callable[[np.random.Generator, int], NDArray[Any]]

NS: Final = 10**9
#: What is logged, its type code in a row, and the most bytes that a point of it may take.
SORTS: Final[dict[str, tuple[Values, str, int]]] = {
    "random float64": (lambda rng, count: rng.standard_normal(count), "d", 10),
    "random float32": (lambda rng, count: rng.standard_normal(count).astype(np.float32).astype(np.float64), "d", 6),
    "constant integer": (lambda _, count: np.full(count, 7), "q", 2),
    "slowly rising integer": (lambda rng, count: np.cumsum(rng.random(count) < 0.02), "q", 2),
    "wandering integer": (lambda rng, count: np.cumsum(rng.integers(-1, 2, count)), "q", 2),
}


def main() -> None:
    """Print a line per sort of values and number of metrics in a row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=4_000_000)
    parser.add_argument("--batch", type=int, default=600)
    arguments = parser.parse_args()
    print(f"{'values':<24}{'metrics per row':>16}{'du':>8}{'used pages':>12}{'goal':>6}")
    for name, (values, code, goal) in SORTS.items():
        for metrics in (10, 1):
            with tempfile.TemporaryDirectory(prefix="trackio-bench-") as folder:
                rows = arguments.points // metrics
                store = filled(Path(folder), values, code * metrics, rows, arguments.batch)
                taken = sum(file.stat().st_blocks * 512 for file in Path(folder).rglob("*"))
                used = (taken - store.bytes_free()) / arguments.points
                store.close()
            print(f"{name:<24}{metrics:>16}{taken / arguments.points:>8.2f}{used:>12.2f}{goal:>6}", flush=True)


def filled(folder: Path, values: Values, codes: str, rows: int, batch: int) -> Store:
    """Return a store with one run in it, all of whose rows are in chunks."""
    rng, store, writer = np.random.default_rng(1), Store.open(folder / "store"), uuid.uuid4().bytes
    names = tuple(f"train/metric_{number}" for number in range(len(codes)))
    begin = RunStart(uuid.uuid4().hex, "disk", "first", None, {}, "never", 0)
    put(store, writer, 0, [framed(encode(begin)), framed(encode(Schema(0, names, codes)))])
    columns = [values(rng, rows).tolist() for _ in codes]
    times = (1_700_000_000 * NS + np.cumsum(durations(rng, rows))).tolist()
    form, head, commit = row_struct(0, codes)
    for first in range(0, rows, batch):
        part = slice(first, first + batch)
        lines = zip(range(rows)[part], times[part], *(column[part] for column in columns), strict=True)
        put(store, writer, first + 2, [form.pack(head, *line, commit) for line in lines])
        more = True
        while more:
            with store.write() as txn:
                state = runs.writer(txn, writer)
                assert state is not None
                more = series.compact(txn, state)
    return store


def durations(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Return how long each of `count` steps took, in ns: 50 ms, now and then much longer."""
    seconds = 0.045 + rng.gamma(2, 0.0025, count)
    seconds[rng.random(count) < 0.001] += 8
    return (seconds * NS).astype(np.int64)


def put(store: Store, writer: bytes, first: int, records: list[bytes]) -> None:
    """Store records of a writer, as a batch of its journal."""
    with store.write() as txn:
        apply.store(txn, apply.Piece(writer, first, len(records), b"".join(records)), Changes())


if __name__ == "__main__":
    main()
