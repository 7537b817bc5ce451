"""How much slower a training loop gets: ~100 µs of Python work per step that holds the GIL, and 10 scalars logged.

    python benchmarks/training_slowdown.py [--steps 20000] [--rounds 5] [--peer NAME=PYTHON ...]

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

HERE = Path(__file__).parent


def work(units: int) -> int:
    """Hold the GIL with plain Python arithmetic."""
    total = 0
    for number in range(units):
        total += number * number % 7
    return total


def units_of(microseconds: float) -> int:
    """Return how many units of work take this long on this machine right now."""
    start = time.perf_counter()
    work(200_000)
    return max(1, round(200_000 * microseconds * 1e-6 / (time.perf_counter() - start)))


def loop(tracker: str, steps: int, units: int) -> dict[str, float]:
    """Run the loop once with a tracker; return seconds per step and CPU seconds per step, all threads."""
    sys.path.insert(0, str(HERE))
    from backends import open_tracker

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


def measured(python: str, tracker: str, steps: int, units: int) -> dict[str, float]:
    """Run `loop` in a fresh process of the given Python."""
    command = [python, __file__, "--loop", tracker, str(steps), str(units)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(output.splitlines()[-1]))


def main() -> None:
    """Print one line per tracker: median slowdown, its spread, and CPU per call."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--loop", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.loop:
        tracker, steps, units = arguments.loop
        print(json.dumps(loop(tracker, int(steps), int(units))))
        return
    units = units_of(100)
    with tempfile.TemporaryDirectory(prefix="trackio-bench-") as folder:
        os.environ.setdefault("TRACKIO_DIR", folder)
        try:
            trackers = {"trackio": sys.executable} | dict(peer.split("=", 1) for peer in arguments.peer)
            print(f"{'tracker':<22}{'slowdown':>10}{'min … max':>20}{'µs added':>12}{'CPU µs per call':>18}")
            for name, python in trackers.items():
                report(name, python, arguments.steps, arguments.rounds, units)
        finally:
            subprocess.run([sys.executable, "-m", "trackio.cli", "daemon", "stop"], capture_output=True, check=False)


def report(name: str, python: str, steps: int, rounds: int, units: int) -> None:
    """Measure one tracker in pairs with no tracker, and print its line."""
    tracker = name.rpartition(":")[2]
    steps = steps if tracker == "trackio" else min(steps, 2_000)
    ratios, added, cpu = [], [], []
    for _ in range(rounds):
        bare, tracked = measured(python, "none", steps, units), measured(python, tracker, steps, units)
        ratios.append(tracked["wall"] / bare["wall"] - 1)
        added.append((tracked["wall"] - bare["wall"]) * 1e6)
        cpu.append((tracked["cpu"] - bare["cpu"]) * 1e6)
    spread = f"{min(ratios):+.1%} … {max(ratios):+.1%}"
    print(
        f"{name:<22}{statistics.median(ratios):>+10.1%}{spread:>20}"
        f"{statistics.median(added):>12.1f}{statistics.median(cpu):>18.1f}"
    )


if __name__ == "__main__":
    main()
