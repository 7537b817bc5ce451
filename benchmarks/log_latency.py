"""What logging costs the thread that calls it: import, init, log() of scalars, log(Image), log(Video), finish.

    python benchmarks/log_latency.py [--calls 1000000] [--peer NAME=PYTHON ...]

Each tracker runs in a process of its own, with the Python that has it: `--peer wandb=/envs/wandb/bin/python`. The
original trackio bears our name, so it needs an environment, too: `--peer original:trackio=/envs/original/bin/python`.
The trackers take turns in one run; a dash says that a tracker has no such call, and each kind of row ends after some
seconds with the calls that were made by then. The tenths are of the calls with 10 scalars, in order of time.
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
#: Slow trackers get so many seconds for each kind of row.
SECONDS = 10.0
#: Rows beside those of 10 floats: how many values, and of which type of NumPy, if any.
KINDS = {"1 float": (1, None), "100 floats": (100, None), "10 float32": (10, "float32"), "10 float64": (10, "float64")}


def measure(tracker: str, calls: int) -> dict[str, Any]:
    """Run one tracker through its life; return milliseconds of each part and microseconds of log()'s percentiles."""
    sys.path.insert(0, str(HERE))
    from backends import IMPORTS, media_of, open_tracker

    clock = time.perf_counter
    found: dict[str, Any] = {}
    start = clock()
    __import__(IMPORTS[tracker])
    found["import"] = (clock() - start) * 1e3
    start = clock()
    log, finish = open_tracker(tracker)
    found["init"] = (clock() - start) * 1e3
    taken = _scalars(log, calls, 10, None)
    found |= _percentiles(taken) | {"tenths": [_percentiles(part) for part in _tenths(taken)], "calls": len(taken)}
    found["kinds"] = {name: _percentiles(_scalars(log, calls // 10, *kind)) for name, kind in KINDS.items()}
    image, video = media_of(tracker)
    for name, make in (("image", image), ("video", video)):
        if make is not None:
            found[name] = _best(lambda make=make: log({"media": make()}, None))
    start = clock()
    finish()
    found["finish"] = (clock() - start) * 1e3
    return found


def _scalars(log: Any, calls: int, count: int, kind: str | None) -> list[int]:
    """Log rows of so many values; return the nanoseconds of each call, in order."""
    clock, taken = time.perf_counter_ns, []
    made = float if kind is None else getattr(__import__("numpy"), kind)
    row = {f"train/metric_{number}": made(0.1 * number) for number in range(count)}
    until = time.perf_counter() + SECONDS
    for step in range(calls):
        row["train/metric_0"] = made(step)
        start = clock()
        log(row, step)
        taken.append(clock() - start)
        if not step % 100 and time.perf_counter() > until:
            break
    return taken[10:]  # the first calls build what the others use


def _percentiles(taken: list[int]) -> dict[str, float]:
    ordered = sorted(taken)
    at = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
    return {name: ordered[int(len(ordered) * part)] / 1e3 for name, part in at.items()} | {"max": ordered[-1] / 1e3}


def _tenths(taken: list[int]) -> list[list[int]]:
    size = max(1, len(taken) // 10)
    return [taken[at : at + size] for at in range(0, 10 * size, size)]


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
    parser.add_argument("--calls", type=int, default=1_000_000)
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
    """Measure each tracker in a fresh process; print a line of each in every table."""
    found: dict[str, dict[str, Any]] = {}
    # Bytecode is there where a package was installed: a checkout that is never allowed to write it would not be alike.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for name, python in trackers.items():
        command = [python, __file__, "--measure", name.rpartition(":")[2], "--calls"]
        subprocess.run([*command, "100"], env=environment, check=False, capture_output=True)
        done = subprocess.run([*command, str(calls)], env=environment, check=False, capture_output=True, text=True)
        if done.returncode:
            print(f"{name:<20}  failed: {done.stderr.strip().splitlines()[-1:]}")
        else:
            found[name] = json.loads(done.stdout.splitlines()[-1])
    columns = ("p50", "p99", "p99.9", "max", "image", "video", "import", "init", "finish")
    units = ("µs", "µs", "µs", "µs", "ms", "ms", "ms", "ms", "ms")
    heads = [f"{name} {unit}" for name, unit in zip(columns, units, strict=True)]
    table("log() 10 floats:", heads, {name: [cell(of, column) for column in columns] for name, of in found.items()})
    kinds = {name: [of["kinds"][kind] for kind in KINDS] for name, of in found.items()}
    table("p50/p99.9 µs:", list(KINDS), {name: [pair(of) for of in kind] for name, kind in kinds.items()})
    tenths = [f"{number}0 %" for number in range(1, 11)]
    lines = {f"{name} {of['calls']:,}": [pair(tenth) for tenth in of["tenths"]] for name, of in found.items()}
    table("p50/p99.9 µs:", tenths, lines)


def table(title: str, heads: list[str], lines: dict[str, list[str]]) -> None:
    """Print a table with a line for each tracker."""
    print(f"{title:<28}" + "".join(f"{head:>12}" for head in heads))
    for name, cells in lines.items():
        print(f"{name:<28}" + "".join(f"{text:>12}" for text in cells))


def cell(of: dict[str, Any], column: str) -> str:
    return f"{of[column]:.3g}" if column in of else "–"


def pair(of: dict[str, float]) -> str:
    return f"{of['p50']:.3g}/{of['p99.9']:.0f}"


if __name__ == "__main__":
    main()
