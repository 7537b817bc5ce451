"""SIGSTOP of the daemon while a job logs 100 rows/s: log() costs what it always costs, and nothing is lost.

python tests/cruelty/hung_daemon.py [SECONDS]
"""

from __future__ import annotations

import signal
import time

from beside import Pair
from yard import Tally, Yard, conclude


def main(seconds: int) -> Tally:
    """Hold the daemon still for `seconds` in the middle of a loop."""
    with Yard() as yard:
        yard.start_daemon()
        pair = Pair(yard)
        yard.daemon.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        yard.daemon.send_signal(signal.SIGCONT)
        return pair.ended()


if __name__ == "__main__":
    conclude(main, 10)
