"""How long a row waits until it is acknowledged (stored and fsynced) under load, with compaction and without.

    python benchmarks/ack_latency.py [--writers 4] [--rows 5000] [--keys 10] [--seconds 10] [--rounds 3]

Each of the writers logs so many rows of so many scalars per second; one more process logs a row every few
milliseconds and takes the time from log() until the daemon's answer that it is safe; it wakes its sender's thread for
each, which else looks every 50 ms. Daemons with compaction and daemons in which no tail is ever found due for it take
turns, each on a data folder of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict, deque
from pathlib import Path
from typing import Any

from trackio import request
from trackio.places import Places, meet

#: Seconds between two rows that are timed.
PAUSE = 0.004
#: Seconds of load before rows are timed.
WARM = 2.0


def main() -> None:
    """Print a line for each kind of daemon, and how the one is to the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--rows", type=int, default=5_000, help="rows per second of each writer")
    parser.add_argument("--keys", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--as", dest="role", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.role is not None:
        name, *values = arguments.role
        {"daemon": daemon, "writer": writer, "probe": probe}[name](*values)
        return
    points = arguments.writers * arguments.rows * arguments.keys
    print(f"{arguments.writers} writers, {points:,} points/s; milliseconds from log() to its acknowledgement:")
    heads = ("p50", "p99", "p99.9", "max", "rows timed", "rows in tails")
    print(f"{'compaction':<12}" + "".join(f"{head:>14}" for head in heads))
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number in range(arguments.rounds):
        for kind in ("on", "off") if number % 2 else ("off", "on"):
            found[kind].append(measured(kind, arguments))
    lines = {kind: summed(found[kind]) for kind in ("on", "off")}
    for kind, line in lines.items():
        print(f"{kind:<12}" + "".join(f"{cell:>14.1f}" for cell in line[:4]) + f"{line[4]:>14,.0f}{line[5]:>14,.0f}")
    ratios = [on / off for on, off in zip(lines["on"][:4], lines["off"][:4], strict=True)]
    print(f"{'on / off':<12}" + "".join(f"{ratio:>14.2f}" for ratio in ratios))


def summed(rounds: list[dict[str, Any]]) -> list[float]:
    """Return the cells of a line: each percentile is the median of those of the rounds."""
    times = [sorted(found["times"]) for found in rounds]
    cells = [statistics.median(ones[int(part * len(ones))] for ones in times) for part in (0.5, 0.99, 0.999)]
    cells.append(max(ones[-1] for ones in times))
    return [1e3 * cell for cell in cells] + [sum(map(len, times)), sum(found["left"] for found in rounds)]


def measured(kind: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run one daemon under load; return the seconds that each row took, and what was not in chunks at the end."""
    with tempfile.TemporaryDirectory(prefix="trackio-bench-") as folder:
        environment = os.environ | {"TRACKIO_DIR": folder}
        places = meet(Path(folder), environment)
        seconds = arguments.seconds + WARM + 1
        running = [started(environment, "daemon", kind)]
        try:
            request.ask(places, "status", {}, 30)
            load = arguments.rows, arguments.keys, seconds
            running += [started(environment, "writer", *load) for _ in range(arguments.writers)]
            time.sleep(WARM)
            timed = started(environment, "probe", arguments.seconds)
            output = timed.communicate()[0]
            return json.loads(output) | {"left": waiting(places)}
        finally:
            for process in reversed(running):
                process.terminate()
                process.wait(30)


def started(environment: dict[str, str], *role: object) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--as", *map(str, role)]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def waiting(places: Places) -> int:
    """Return how many rows are not in chunks."""
    from trackiod.store import series
    from trackiod.store.env import Store

    store = Store.open(places.store, readonly=True)
    with store.read() as txn:
        rows = sum(rows for _, rows in series.backlog(txn))
    store.close()
    return rows


# ------------------------------------------------------------------------------------------------ the processes


def daemon(kind: str) -> None:
    """Be a daemon; with `off`, one that takes no tail for due."""
    from trackiod.__main__ import main as run
    from trackiod.tails import Tails

    if kind == "off":
        Tails.add = lambda *_, **__: None  # type: ignore[method-assign]
    sys.argv = ["trackiod", "run", "--no-web"]
    run()


def writer(rows: str, keys: str, seconds: str) -> None:
    """Log rows at an even rate."""
    import trackio

    run = trackio.init(project="load")
    row = {f"train/metric_{number}": 0.1 * number for number in range(int(keys))}
    start, logged = time.monotonic(), 0
    while (passed := time.monotonic() - start) < float(seconds):
        while logged < passed * int(rows):
            row["train/metric_0"] = logged * 0.3
            run.log(row)
            logged += 1
        time.sleep(0.002)


def probe(seconds: str) -> None:
    """Log a row now and then; print the seconds from log() until each was acknowledged."""
    import trackio

    run = trackio.init(project="probe")
    journal = run._writer.journal  # noqa: SLF001 -- where acknowledgements arrive
    logged: deque[tuple[int, float]] = deque()
    times: list[float] = []
    forget = journal.forget

    def acknowledged(stored: int) -> None:
        now = time.perf_counter()
        while logged and logged[0][0] <= stored:
            times.append(now - logged.popleft()[1])
        forget(stored)

    journal.forget = acknowledged  # type: ignore[method-assign]
    until = time.perf_counter() + float(seconds)
    while time.perf_counter() < until:
        at = time.perf_counter()
        run.log({"loss": 0.5})
        logged.append((journal.end, at))
        journal.rolled()
        time.sleep(PAUSE)
    run.finish()
    print(json.dumps({"times": times[len(times) // 20 :]}))


if __name__ == "__main__":
    main()
