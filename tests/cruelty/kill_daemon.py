"""kill -9 of the daemon in mid-load, again and again: every row is stored, once, and no writer notices.

python tests/cruelty/kill_daemon.py [ROUNDS [WRITERS]]
"""

from __future__ import annotations

import random
import sys
import time

from yard import Tally, Yard, until

WRITER = """
import os, sys, time, trackio
name, stop = sys.argv[1], sys.argv[2]
trackio.init(project="bounced", name=name)
rows = 0
while not os.path.exists(stop):
    for _ in range(20):
        trackio.log({"loss": 1.0 / (rows + 1), "rate": float(rows)})
        rows += 1
    time.sleep(0.01)
trackio.finish()
with open(f"{stop}.{name}", "w") as note:
    note.write(str(rows))
"""


def main(rounds: int, writers: int) -> Tally:
    """Kill the daemon `rounds` times at random moments while `writers` processes log 2,000 rows/s each."""
    tally, moment = Tally(), random.Random(2)
    with Yard() as yard:
        stop = yard.folder / "stop"
        names = [f"writer-{number}" for number in range(writers)]
        processes = [yard.python(WRITER, name, str(stop)) for name in names]
        until(lambda: len(yard.runs("bounced")) == writers, 30, "the writers", yard.places.daemon_log)
        for _ in range(rounds):
            time.sleep(moment.uniform(0.05, 0.8))
            yard.kill_daemon()
            time.sleep(moment.uniform(0, 0.3))
            yard.start_daemon()
        stop.touch()
        for process in processes:
            assert process.wait(60) == 0
        runs = yard.settled("bounced", names)
        for name in names:
            noted = int((yard.folder / f"stop.{name}").read_text())
            tally.compare(noted, yard.steps(runs[name]["id"], "loss"), runs[name]["rows"])
    return tally


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    result = main(given[0] if given else 20, given[1] if len(given) > 1 else 4)
    print(result)
    sys.exit(bool(result.lost or result.dup))
