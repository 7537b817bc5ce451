"""kill -9 of a training process right after its last log(): every row that log() returned for is stored, once.

python tests/cruelty/kill_trainer.py [ROUNDS]
"""

from __future__ import annotations

import random
import sys

from yard import Tally, Yard

TRAINER = """
import os, signal, sys, trackio
name, rows = sys.argv[1], int(sys.argv[2])
trackio.init(project="killed", name=name, config={"rows": rows})
for step in range(rows):
    trackio.log({"loss": 1.0 / (step + 1), "step_squared": float(step * step)})
os.kill(os.getpid(), signal.SIGKILL)
"""


def main(rounds: int) -> Tally:
    """Kill `rounds` processes, two at a time, each after a random number of rows."""
    tally, random_rows = Tally(), random.Random(1)
    with Yard() as yard:
        sizes = {f"run-{number}": random_rows.choice((1, 2, 10, 100, 1000, 20_000)) for number in range(rounds)}
        names = list(sizes)
        for pair in zip(names[::2], [*names[1::2], None], strict=False):
            processes = [yard.python(TRAINER, name, str(sizes[name])) for name in pair if name]
            for process in processes:
                process.wait()
        runs = yard.settled("killed", names)
        for name, rows in sizes.items():
            assert runs[name]["status"] == "crashed", runs[name]
            tally.compare(rows, yard.steps(runs[name]["id"], "loss"), runs[name]["rows"])
    return tally


if __name__ == "__main__":
    result = main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
    print(result)
    sys.exit(bool(result.lost or result.dup))
