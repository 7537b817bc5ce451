"""Starts child processes, starts them again when they end, and ends them in order."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

log: Final = logging.getLogger(__name__)

#: Seconds before a child that ended is started again: first, and longest.
BACKOFF: Final = (0.5, 30.0)
#: A child that lived this many seconds starts afresh with the shortest wait.
STEADY: Final = 60.0


@dataclass(slots=True)
class _Child:
    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    descriptor: int = -1
    started: float = 0.0
    pause: float = BACKOFF[0]
    again: float = 0.0
    starts: int = 0


@dataclass(slots=True)
class Supervisor:
    """Owns the long-lived children. Every call is made by one thread; none waits, except stop()."""

    attend: Callable[[int], None]
    forget: Callable[[int], None]
    _children: list[_Child] = field(default_factory=list)

    def start(self, name: str, command: list[str], now: float) -> None:
        """Run `command` from now on. Its stdin is a pipe whose end tells it to end."""
        child = _Child(name, command)
        self._children.append(child)
        self._launch(child, now)

    def ended(self, descriptor: int, now: float) -> bool:
        """Take note of a child's end if `descriptor` stands for one; it is started again after a pause."""
        child = next((c for c in self._children if c.descriptor == descriptor), None)
        if child is None or child.process is None:
            return False
        self._reap(child)
        if now - child.started >= STEADY:
            child.pause = BACKOFF[0]
        _postpone(child, now)
        return True

    def tick(self, now: float) -> float | None:
        """Start the children whose pause is over; return the seconds until the next one's is, or None."""
        for child in self._children:
            if child.process is None and child.again <= now:
                self._launch(child, now)
        pauses = [child.again - now for child in self._children if child.process is None]
        return min(pauses, default=None)

    def status(self) -> dict[str, dict[str, int]]:
        """Return pid (0 while it is down) and number of starts of each child."""
        return {c.name: {"pid": c.process.pid if c.process else 0, "starts": c.starts} for c in self._children}

    def stop(self, seconds: float) -> None:
        """End all children: by the end of their stdin, then SIGTERM, then SIGKILL, within `seconds` in all."""
        living = [child for child in self._children if child.process is not None]
        deadline = time.monotonic() + seconds
        for share, step in ((0.5, _hang_up), (0.3, _terminate), (0.2, _kill)):
            for child in living:
                step(child)
            until = min(deadline, time.monotonic() + share * seconds)
            living = [child for child in living if not _gone(child, until)]
        for child in self._children:
            if child.process is not None:
                self._reap(child)
        self._children.clear()

    def _launch(self, child: _Child, now: float) -> None:
        try:
            child.process = subprocess.Popen(child.command, stdin=subprocess.PIPE)  # noqa: S603 -- our own command
        except OSError as error:
            # No memory, no descriptors, a program that is being replaced: it may pass, and storing goes on.
            log.warning("cannot start %s: %s", child.name, error)
            _postpone(child, now)
            return
        child.descriptor = os.pidfd_open(child.process.pid)
        child.started, child.starts = now, child.starts + 1
        self.attend(child.descriptor)

    def _reap(self, child: _Child) -> None:
        assert child.process is not None
        assert child.process.stdin is not None
        self.forget(child.descriptor)
        os.close(child.descriptor)
        child.process.wait()
        child.process.stdin.close()
        child.process, child.descriptor = None, -1


def _postpone(child: _Child, now: float) -> None:
    child.again = now + child.pause
    child.pause = min(2 * child.pause, BACKOFF[1])


def _hang_up(child: _Child) -> None:
    assert child.process is not None
    assert child.process.stdin is not None
    child.process.stdin.close()


def _terminate(child: _Child) -> None:
    os.kill(_pid(child), signal.SIGTERM)


def _kill(child: _Child) -> None:
    os.kill(_pid(child), signal.SIGKILL)


def _pid(child: _Child) -> int:
    assert child.process is not None
    return child.process.pid


def _gone(child: _Child, until: float) -> bool:
    assert child.process is not None
    try:
        child.process.wait(max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True
