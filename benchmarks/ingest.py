"""How much a daemon takes in: points per second, stored and fsynced, from several processes at once.

    python benchmarks/ingest.py [--writers 8] [--points 20000000] [--keys 10] [--slices 5]

Each process logs rows of `--keys` scalars as fast as it can, but never more than its journal may keep on tmpfs ahead of
the daemon. A line is printed per slice of the points, so that a daemon that slows down as its store grows shows it; the
last line has the slope: throughput of the last slice over that of the first one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from trackio import request
from trackio.places import Places, meet

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITER = """
import sys, trackio
name, rows, keys = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
run = trackio.init(project="ingest", name=name)
row = {f"train/metric_{i}": 0.1 * i for i in range(keys)}
journal = run._writer.journal
for step in range(rows):
    row["train/metric_0"] = step * 0.3
    run.log(row)
    if not step % 2000:
        while journal.memory_bytes > 16 * 2**20:
            __import__("time").sleep(0.002)
run.finish()
"""


@dataclass(frozen=True, slots=True)
class Sight:
    """The daemon at one moment: rows it has stored, its own memory in bytes, its processor time in seconds.

    Pages of the store's file that the kernel keeps in memory, and may drop, do not count.
    """

    at: float
    rows: int
    memory: int
    cpu: float


def main() -> None:
    """Print a line per slice, and what it comes to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--points", type=int, default=20_000_000)
    parser.add_argument("--keys", type=int, default=10)
    parser.add_argument("--slices", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trackio-bench-") as folder:
        environment = os.environ | {"TRACKIO_DIR": folder}
        places = meet(Path(folder), environment)
        daemon = subprocess.Popen([sys.executable, "-m", "trackiod", "run", "--no-web"], env=environment)
        try:
            measure(places, daemon.pid, environment, arguments)
        finally:
            daemon.terminate()
            daemon.wait(30)


def measure(places: Places, daemon: int, environment: dict[str, str], arguments: argparse.Namespace) -> None:
    """Let the writers run and look at the daemon until everything is stored."""
    request.ask(places, "status", {}, 30)
    rows = arguments.points // arguments.keys // arguments.writers
    total = rows * arguments.writers
    command = [sys.executable, "-c", WRITER]
    start = look(places, daemon)
    writers = [
        subprocess.Popen([*command, f"writer-{number}", str(rows), str(arguments.keys)], env=environment, stderr=-3)
        for number in range(arguments.writers)
    ]
    print(f"{'points stored':>14}{'points/s':>14}{'daemon CPU %':>14}{'memory MiB':>12}{'bytes/point':>13}")
    rates = []
    before = start
    for sight in slices(places, daemon, total, arguments.slices):
        rates.append((sight.rows - before.rows) * arguments.keys / (sight.at - before.at))
        points = sight.rows * arguments.keys
        busy = 100 * (sight.cpu - before.cpu) / (sight.at - before.at)
        size = (places.store / "data.mdb").stat().st_blocks * 512 / points
        print(f"{points:>14,}{rates[-1]:>14,.0f}{busy:>14.0f}{sight.memory / 2**20:>12.0f}{size:>13.1f}", flush=True)
        before = sight
    for writer in writers:
        writer.wait(60)
    whole = (before.rows - start.rows) * arguments.keys / (before.at - start.at)
    print(f"{arguments.writers} writers: {whole:,.0f} points/s; last slice over first: {rates[-1] / rates[0]:.2f}")


def slices(places: Places, daemon: int, total: int, count: int) -> Iterator[Sight]:
    """Yield what is seen each time another part of the rows is stored."""
    for number in range(1, count + 1):
        while (sight := look(places, daemon)).rows < total * number // count:
            time.sleep(0.02)
        yield sight


def look(places: Places, daemon: int) -> Sight:
    """Return the daemon as it is now."""
    told: dict[str, Any] = request.ask(places, "status", {}, 60)["ingest"]
    process = psutil.Process(daemon)
    used, memory = process.cpu_times(), process.memory_info()
    return Sight(time.perf_counter(), told["rows"], memory.rss - memory.shared, used.user + used.system)


if __name__ == "__main__":
    main()
