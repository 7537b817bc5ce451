"""What logging CUDA scalars costs a loop that the GPU bounds, and whether it ever drains the stream; needs torch.

    python benchmarks/cuda_log.py [--steps 500] [--rounds 5] [--scalars 10]

Three loops take turns in one run: without a tracker, with trackio.log() of CUDA scalars as they are, and with .item()
of each, which waits for the GPU. `drained` counts the steps after whose log() the GPU had nothing left to do.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from typing import Any

#: Kernels of a step; together they take the GPU far longer than they take Python.
KERNELS, SIZE = 10, 2048


def main() -> None:
    """Print a line per loop, or that there is no GPU."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scalars", type=int, default=10)
    arguments = parser.parse_args()
    if importlib.util.find_spec("torch") is None:
        print("torch is not installed here: nothing was measured")
        return
    import torch

    if not torch.cuda.is_available():
        print("there is no GPU here that torch can use: nothing was measured")
        return
    with tempfile.TemporaryDirectory(prefix="trackio-bench-") as folder:
        os.environ.setdefault("TRACKIO_DIR", folder)
        try:
            report(torch, arguments)
        finally:
            subprocess.run([sys.executable, "-m", "trackio.cli", "daemon", "stop"], capture_output=True, check=False)


def report(torch: Any, arguments: argparse.Namespace) -> None:
    """Let the loops take turns; print the median of each."""
    import trackio

    loops = {
        "no tracker": lambda row, step: None,
        "trackio.log(tensors)": trackio.log,
        "trackio.log(.item())": lambda row, step: trackio.log({key: v.item() for key, v in row.items()}, step),
    }
    found = defaultdict(list)
    for number in range(arguments.rounds + 1):
        for name, log in loops.items():
            run = trackio.init(project="cuda", name=f"{name} {number}")
            result = loop(torch, log, arguments.steps, arguments.scalars)
            trackio.finish()
            lost = sum(run._writer.refused.values())  # noqa: SLF001 -- what the run's page shows
            if number:  # the first round warms up
                found[name].append((*result, lost))
    print(f"{torch.cuda.get_device_name()}: {arguments.scalars} scalars, {arguments.steps} steps a loop")
    print(f"{'':<24}{'ms per step':>14}{'log() p50 µs':>14}{'drained':>10}{'lost':>8}")
    for name, results in found.items():
        step, call, drained, lost = (statistics.median(column) for column in zip(*results, strict=True))
        print(f"{name:<24}{step * 1e3:>14.3f}{call * 1e6:>14.1f}{drained:>10.0f}{lost:>8.0f}")


def loop(torch: Any, log: Any, steps: int, scalars: int) -> tuple[float, float, int]:
    """Run one loop; return seconds per step, the median seconds of a log(), and the steps that drained the stream."""
    clock, taken, drained = time.perf_counter, [], 0
    weights = torch.randn(SIZE, SIZE, device="cuda") / SIZE
    values = torch.zeros(scalars, device="cuda")
    stream = torch.cuda.current_stream()
    torch.cuda.synchronize()
    start = clock()
    for step in range(steps):
        state = weights
        for _ in range(KERNELS):
            state = state @ weights
        values += state[0, 0]
        row = {f"metric_{number}": values[number] for number in range(scalars)}
        before = clock()
        log(row, step)
        taken.append(clock() - before)
        drained += stream.query()
    torch.cuda.synchronize()
    return (clock() - start) / steps, statistics.median(taken), drained


if __name__ == "__main__":
    main()
