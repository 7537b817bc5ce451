"""Clocks that jump back and forth, of writers and of the daemon: rows are counted by steps, and none is lost.

python tests/cruelty/wrong_clock.py [ROWS]
"""

from __future__ import annotations

import time

from yard import Tally, Yard, conclude, until

#: Every process has a wall clock of its own, which jumps by up to a year, back and forth, at every tenth look.
JUMPING = """
import random, time
_time, _time_ns, _random, _off = time.time, time.time_ns, random.Random({seed}), [0, 0]
def _jump():
    _off[1] += 1
    if _off[1] % 10 == 0:
        _off[0] = _random.choice((-1, 1)) * _random.randrange(365 * 86_400)
    return _off[0]
time.time = lambda: _time() + _jump()
time.time_ns = lambda: max(0, _time_ns() + _jump() * 10**9)
"""
WRITER = (
    JUMPING.format(seed=1)
    + """
import os, signal, sys, trackio
from ledger import Ledger
name, rows = sys.argv[1], int(sys.argv[2])
run = trackio.init(project="clocks", name=name)
ledger = Ledger(name)
for row in range(rows):
    ledger.log(trackio, beside=0.5)
    row % 100 or time.sleep(0.01)
if name.startswith("killed"):
    os.kill(os.getpid(), signal.SIGKILL)
trackio.finish()
"""
)


def main(rows: int) -> Tally:
    """Let four writers log, and restart the daemon meanwhile; every clock jumps."""
    with Yard() as yard:
        yard.start_daemon(prelude=JUMPING.format(seed=2))
        names = ("killed-0", "killed-1", "finished-0", "finished-1")
        writers = [yard.python(WRITER, name, rows) for name in names]
        until(lambda: yard.began(*names), 30, "the writers", yard.printed)
        for seed in (3, 4):
            time.sleep(0.3)
            yard.kill_daemon()
            yard.start_daemon(prelude=JUMPING.format(seed=seed))
        for writer in writers:
            writer.wait(60)
        yard.settle()
        tally = yard.audit()
        tally.claim(tally.seen["runs_crashed"] == tally.seen["runs_finished"] == 2, "every run ends as it did")
        tally.claim("Traceback" not in yard.places.daemon_log.read_text(), "no error that nobody foresaw")
    return tally


if __name__ == "__main__":
    conclude(main, 100_000)
