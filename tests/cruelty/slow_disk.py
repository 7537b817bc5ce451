"""A disk that takes half a second for each fsync: log() costs what it always costs, and nothing is lost.

python tests/cruelty/slow_disk.py [SECONDS [MILLISECONDS]]
"""

from __future__ import annotations

import shutil
import time

from beside import Pair
from yard import Skip, Tally, Yard, conclude


def main(seconds: int, milliseconds: int) -> Tally:
    """Delay every sync of the daemon by so many milliseconds, while a job logs for so many seconds."""
    if shutil.which("strace") is None:
        raise Skip("there is no strace")
    slow = f"inject=fsync,fdatasync:delay_exit={milliseconds * 1000}"
    with Yard() as yard:
        yard.start_daemon("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", slow)
        pair = Pair(yard)
        time.sleep(seconds)
        return pair.ended()


if __name__ == "__main__":
    conclude(main, 20, 500)
