"""kill -9 of a training process right after its last log(): every row that log() returned for is stored, once.

python tests/cruelty/kill_trainer.py [ROUNDS]
"""

from __future__ import annotations

import random

from yard import Tally, Yard, conclude

TRAINER = """
import os, signal, sys, trackio
from ledger import Ledger
name, rows = sys.argv[1], int(sys.argv[2])
trackio.init(project="killed", name=name, config={"rows": rows})
ledger = Ledger(name)
for _ in range(rows):
    ledger.log(trackio, loss=0.5)
os.kill(os.getpid(), signal.SIGKILL)
"""


def main(rounds: int) -> Tally:
    """Kill `rounds` processes, two at a time, each after a random number of rows."""
    moment = random.Random(1)
    with Yard() as yard:
        yard.start_daemon()
        for number in range(0, rounds, 2):
            pair = range(number, min(number + 2, rounds))
            sizes = [moment.choice((1, 2, 10, 100, 1000, 20_000)) for _ in pair]
            for trainer in [yard.python(TRAINER, f"run-{n}", size) for n, size in zip(pair, sizes, strict=True)]:
                trainer.wait(60)
        yard.settle()
        tally = yard.audit()
        tally.claim(tally.seen["runs_crashed"] == rounds, f"{rounds} trainers were killed")
    return tally


if __name__ == "__main__":
    conclude(main, 50)
