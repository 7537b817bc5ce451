"""What logging costs the thread that calls it: import, init, log(10 scalars), log(Image), log(Video), finish.

    python benchmarks/log_latency.py [--calls 200000] [--peer NAME=PYTHON ...]

Each tracker runs in a process of its own, with the Python that has it: `--peer wandb=/envs/wandb/bin/python`. The
original trackio bears our name, so it needs an environment, too: `--peer original:trackio=/envs/original/bin/python`.
The trackers take turns in one run; a dash says that a tracker has no such call.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
#: Slow trackers get so many seconds for their scalars.
SECONDS = 20.0


def measure(tracker: str, calls: int) -> dict[str, float]:
    """Run one tracker through its life; return milliseconds of each part and microseconds of log()'s percentiles."""
    sys.path.insert(0, str(HERE))
    from backends import IMPORTS, media_of, open_tracker

    clock, found = time.perf_counter, {}
    start = clock()
    __import__(IMPORTS[tracker])
    found["import"] = (clock() - start) * 1e3
    start = clock()
    log, finish = open_tracker(tracker)
    found["init"] = (clock() - start) * 1e3
    found |= _scalars(log, calls)
    image, video = media_of(tracker)
    for name, make in (("image", image), ("video", video)):
        if make is not None:
            found[name] = _best(lambda make=make: log({"media": make()}, None))
    start = clock()
    finish()
    found["finish"] = (clock() - start) * 1e3
    return found


def _scalars(log: Any, calls: int) -> dict[str, float]:
    clock, taken = time.perf_counter_ns, []
    row = {f"train/metric_{number}": 0.1 * number for number in range(10)}
    until = time.perf_counter() + SECONDS
    for step in range(calls):
        row["train/metric_0"] = float(step)
        start = clock()
        log(row, step)
        taken.append(clock() - start)
        if not step % 100 and time.perf_counter() > until:
            break
    # The first calls build what the others use.
    taken = sorted(taken[10:])
    at = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
    return {name: taken[int(len(taken) * part)] / 1e3 for name, part in at.items()} | {"max": taken[-1] / 1e3}


def _best(call: Any, times: int = 7) -> float:
    """Return the median milliseconds of a call."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1e3)
    return sorted(taken)[len(taken) // 2]


def main() -> None:
    """Print one line per tracker."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, arguments.calls)))
        return
    with tempfile.TemporaryDirectory(prefix="trackio-bench-") as folder:
        os.environ.setdefault("TRACKIO_DIR", folder)
        try:
            report({"trackio": sys.executable} | dict(peer.split("=", 1) for peer in arguments.peer), arguments.calls)
        finally:
            subprocess.run([sys.executable, "-m", "trackio.cli", "daemon", "stop"], capture_output=True, check=False)


def report(trackers: dict[str, str], calls: int) -> None:
    """Measure each tracker in a fresh process and print its line."""
    columns = ("p50", "p99", "p99.9", "max", "image", "video", "import", "init", "finish")
    units = ("µs", "µs", "µs", "µs", "ms", "ms", "ms", "ms", "ms")
    heads = [f"{name} {unit}" for name, unit in zip(columns, units, strict=True)]
    print(f"{'log() 10 scalars:':<20}" + "".join(f"{head:>12}" for head in heads))
    for name, python in trackers.items():
        command = [python, __file__, "--measure", name.rpartition(":")[2], "--calls", str(calls)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            print(f"{name:<20}  failed: {done.stderr.strip().splitlines()[-1:]}")
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        cells = [f"{found[column]:.3g}" if column in found else "–" for column in columns]
        print(f"{name:<20}" + "".join(f"{cell:>12}" for cell in cells))


if __name__ == "__main__":
    main()
