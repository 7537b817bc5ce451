"""Tells systemd that the daemon is ready, alive or stopping; without systemd, says nothing."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Notifier:
    """Speaks to the service manager that the environment names, if any; never raises.

    What the environment says to another process, a service that started this one, is not heeded.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        me = str(os.getpid())
        address = environment.get("NOTIFY_SOCKET", "") if environment.get("SYSTEMD_EXEC_PID", me) == me else ""
        self._address = "\0" + address[1:] if address.startswith("@") else address
        watchdog = environment.get("WATCHDOG_USEC", "") if environment.get("WATCHDOG_PID", me) == me else ""
        #: Seconds between two signs of life that the service manager asks for; None if it asks for none.
        self.interval = int(watchdog) / 2e6 if watchdog.isdigit() and int(watchdog) else None

    def ready(self, status: str) -> None:
        """Tell that the daemon serves."""
        self._tell(f"READY=1\nSTATUS={status}")

    def alive(self) -> None:
        """Give a sign of life."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """Tell that the daemon is ending by its own will."""
        self._tell("STOPPING=1")

    def _tell(self, text: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.setblocking(False)
                line.sendto(text.encode(), self._address)
        except OSError:
            # A service manager that does not listen is no reason to stop serving.
            return
