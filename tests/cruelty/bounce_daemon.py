"""Restarts of the daemon under load: no log() takes over 1 ms beyond the same loop without a tracker.

python tests/cruelty/bounce_daemon.py [RESTARTS]
"""

from __future__ import annotations

import time

from beside import Pair
from yard import Tally, Yard, conclude


def main(restarts: int) -> Tally:
    """Stop the daemon in order and start it again, `restarts` times, while a job logs."""
    with Yard(web=True) as yard:
        yard.start_daemon()
        pair = Pair(yard)
        for _ in range(restarts):
            yard.stop_daemon()
            yard.start_daemon()
            time.sleep(1)
        tally = pair.ended()
        tally.seen["restarts"] = restarts
    return tally


if __name__ == "__main__":
    conclude(main, 10)
