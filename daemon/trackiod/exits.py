"""How a process ended, asked of the kernel while it still knows."""

from __future__ import annotations

import fcntl
import os
import signal
import struct
from contextlib import suppress
from pathlib import Path
from typing import Final

#: `struct pidfd_info` of <linux/pidfd.h>: what is asked for and told, then numbers, the exit status last.
_INFO: Final = struct.Struct("<Q52xi")
#: PIDFD_GET_INFO and PIDFD_INFO_EXIT: since Linux 6.15, for processes that their parent has seen to.
_GET_INFO: Final = 0xC000FF0B | _INFO.size << 16
_EXIT: Final = 1 << 3


def status(descriptor: int, pid: int) -> int | None:
    """Return the exit status, or the signal as a negative number, of an ended process; None if nobody knows any more.

    `descriptor` is its pidfd.
    """
    found = _of_reaped(descriptor)
    if found is None:
        found = _of_zombie(pid)
    if found is None:  # its parent may have seen to it just now, between the two questions
        found = _of_reaped(descriptor)
    return None if found is None else os.waitstatus_to_exitcode(found)


def told(status: int | None) -> str:
    """Say how a process ended that did not tell so itself."""
    if status is None:
        return "ended without finishing the run"
    if status >= 0:
        return f"ended with exit status {status} without finishing the run"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"


def _of_zombie(pid: int) -> int | None:
    """Return the wait status of a process that its parent has not seen to yet."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        # Other users' processes show no exit status, but 0: the kernel hides it where it hides addresses.
        if fields[0] == "Z" and Path(f"/proc/{pid}").stat().st_uid == os.getuid():
            return int(fields[49])
    return None


def _of_reaped(descriptor: int) -> int | None:
    buffer = bytearray(_INFO.size)
    _INFO.pack_into(buffer, 0, _EXIT, 0)
    with suppress(OSError):
        fcntl.ioctl(descriptor, _GET_INFO, buffer)
        mask, found = _INFO.unpack(buffer)
        return int(found) if mask & _EXIT else None
    return None
