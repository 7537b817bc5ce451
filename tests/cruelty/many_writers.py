"""Many processes at once on one daemon, none lost.

python tests/cruelty/many_writers.py [WRITERS [ROWS]]
"""

from __future__ import annotations

import time

from yard import Tally, Yard, conclude

#: Forks all writers of one process that has imported everything; each has a run of its own.
WRITERS = """
import os, sys, time, trackio, trackio.sender
from ledger import Ledger
writers, rows = int(sys.argv[1]), int(sys.argv[2])
def write(name):
    trackio.init(project="many", name=name)
    ledger = Ledger(name)
    for row in range(rows):
        ledger.log(trackio, loss=0.5, rate=0.25)
        row % 20 or time.sleep(0.01)
    trackio.finish()
children = []
for number in range(writers):
    child = os.fork()
    if not child:
        try:
            write(f"writer-{number}")
        finally:
            os._exit(0)
    children.append(child)
sys.exit(any(os.waitpid(child, 0)[1] for child in children))
"""


def main(writers: int, rows: int) -> Tally:
    """Let so many processes log so many rows each, all at once."""
    with Yard() as yard:
        yard.start_daemon()
        start = time.monotonic()
        process = yard.python(WRITERS, writers, rows)
        ended = process.wait(500)
        yard.settle(120)
        seconds = time.monotonic() - start
        tally = yard.audit()
        tally.claim(not ended, yard.printed.read_text()[-2000:])
        tally.claim(tally.seen["runs_finished"] == writers, "every run has finished")
        tally.seen["seconds"] = round(seconds)
    return tally


if __name__ == "__main__":
    conclude(main, 256, 2000)
