"""kill -9 of the daemon in mid-load, again and again: every row is stored, once, and no writer notices.

python tests/cruelty/kill_daemon.py [ROUNDS [WRITERS]]
"""

from __future__ import annotations

import random
import time

from yard import Tally, Yard, conclude, until

WRITER = """
import os, sys, time, trackio
from ledger import Ledger
name, stop = sys.argv[1], sys.argv[2]
trackio.init(project="bounced", name=name)
ledger = Ledger(name)
while not os.path.exists(stop):
    for _ in range(20):
        ledger.log(trackio, rate=0.5)
    time.sleep(0.01)
trackio.finish()
"""


def main(rounds: int, writers: int) -> Tally:
    """Kill the daemon `rounds` times at random moments while `writers` processes log 2,000 rows/s each."""
    moment = random.Random(2)
    with Yard() as yard:
        yard.start_daemon()
        stop, names = yard.folder / "stop", [f"writer-{number}" for number in range(writers)]
        processes = [yard.python(WRITER, name, stop) for name in names]
        until(lambda: yard.began(*names), 30, "the writers", yard.printed)
        for _ in range(rounds):
            time.sleep(moment.uniform(0.05, 0.8))
            yard.kill_daemon()
            time.sleep(moment.uniform(0, 0.3))
            yard.start_daemon()
        stop.touch()
        ends = [process.wait(60) for process in processes]
        yard.settle()
        tally = yard.audit()
        tally.claim(not any(ends), f"the writers ended with {ends}")
        tally.claim(tally.seen["runs_finished"] == writers, "every run has finished")
    return tally


if __name__ == "__main__":
    conclude(main, 20, 4)
