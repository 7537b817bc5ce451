"""How much slower a training loop gets that logs 10 scalars per step, and what that costs all threads of its process.

    python benchmarks/training_slowdown.py [--steps 20000] [--rounds 5] [--peer NAME=PYTHON ...]

A step is ~100 µs of work: Python, which holds the GIL, or products of NumPy matrices on one thread, which let it go.

Tracked and untracked loops take turns in one run, each in a process of its own; the ratio of each pair is what counts.
A peer is measured with the Python that has it installed: `--peer wandb=/envs/wandb/bin/python`. The original trackio
bears our name, so it needs such an environment too: `--peer original:trackio=/envs/original/bin/python`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Work = Callable[[int], None]

HERE = Path(__file__).parent


def python_work() -> Work:
    """Return what holds the GIL with plain arithmetic."""

    def work(units: int) -> None:
        total = 0
        for number in range(units):
            total += number * number % 7

    return work


def numpy_work() -> Work:
    """Return what multiplies matrices, without the GIL."""
    import numpy as np

    matrix, out = np.eye(48), np.empty((48, 48))

    def work(units: int) -> None:
        for _ in range(units):
            np.matmul(matrix, matrix, out=out)

    return work


#: Kinds of work, and how many units of each tell how long one takes.
WORKS = {"python": (python_work, 200_000), "numpy": (numpy_work, 2_000)}


def units_of(kind: str, microseconds: float) -> int:
    """Return how many units of work take this long on this machine right now."""
    make, units = WORKS[kind]
    work = make()
    work(units // 10)
    start = time.perf_counter()
    work(units)
    return max(1, round(units * microseconds * 1e-6 / (time.perf_counter() - start)))


def loop(tracker: str, steps: int, kind: str, units: int) -> dict[str, float]:
    """Run the loop once with a tracker; return seconds per step and CPU seconds per step, all threads."""
    sys.path.insert(0, str(HERE))
    from backends import open_tracker

    work = WORKS[kind][0]()
    log, finish = open_tracker(tracker)
    for step in range(200):
        log({f"train/metric_{i}": float(step + i) for i in range(10)}, step)
    before, start = _cpu(), time.perf_counter()
    for step in range(200, 200 + steps):
        work(units)
        row = {f"train/metric_{i}": float(step + i) for i in range(10)}
        log(row, step)
    wall, cpu = time.perf_counter() - start, _cpu() - before
    finish()
    return {"wall": wall / steps, "cpu": cpu / steps}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measured(python: str, *asked: object) -> dict[str, float]:
    """Run `loop` in a fresh process of the given Python."""
    command = [python, __file__, "--loop", *map(str, asked)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(output.splitlines()[-1]))


def main() -> None:
    """Print one line per tracker: median slowdown, its spread, and CPU per call."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--loop", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.loop:
        tracker, steps, kind, units = arguments.loop
        print(json.dumps(loop(tracker, int(steps), kind, int(units))))
        return
    # One thread of BLAS: what other threads of a library do with the processor is not the tracker's.
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory(prefix="trackio-bench-") as folder:
        os.environ.setdefault("TRACKIO_DIR", folder)
        try:
            trackers = {"trackio": sys.executable} | dict(peer.split("=", 1) for peer in arguments.peer)
            print(f"{'tracker':<22}{'work':<8}{'slowdown':>10}{'min … max':>20}{'µs added':>12}{'CPU µs per call':>18}")
            for kind in WORKS:
                for name, python in trackers.items():
                    report(name, python, kind, arguments)
        finally:
            subprocess.run([sys.executable, "-m", "trackio.cli", "daemon", "stop"], capture_output=True, check=False)


def report(name: str, python: str, kind: str, arguments: argparse.Namespace) -> None:
    """Measure one tracker in pairs with no tracker, and print its line."""
    tracker, steps = name.rpartition(":")[2], arguments.steps
    steps = steps if tracker == "trackio" else min(steps, 2_000)
    ratios, added, cpu = [], [], []
    for _ in range(arguments.rounds):
        units = units_of(kind, 100)
        bare, tracked = (measured(python, one, steps, kind, units) for one in ("none", tracker))
        ratios.append(tracked["wall"] / bare["wall"] - 1)
        added.append((tracked["wall"] - bare["wall"]) * 1e6)
        cpu.append((tracked["cpu"] - bare["cpu"]) * 1e6)
    spread = f"{min(ratios):+.1%} … {max(ratios):+.1%}"
    print(
        f"{name:<22}{kind:<8}{statistics.median(ratios):>+10.1%}{spread:>20}"
        f"{statistics.median(added):>12.1f}{statistics.median(cpu):>18.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
