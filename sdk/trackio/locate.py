"""Starts this user's daemon when there is none: by command, detached from the process that needs it."""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackio.places import Places

#: The shell ends at once and setsid's child lives on: no child, no zombie in a training process, no controlling
#: terminal, none of its open files.
_DETACH: Final = 'log=$1; shift; cd /; setsid "$@" </dev/null >>"$log" 2>&1 &'
#: Number under which the daemon inherits the start lock.
_INHERITED: Final = 3


def start(places: Places, environment: Mapping[str, str] | None = None) -> bool:
    """Start a daemon unless one runs or is starting; return whether one was started.

    Returns before the daemon answers. Raises OSError when no process can be made.
    """
    lock = os.open(places.start_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if is_running(places):
            return False
        command = [sys.executable, "-m", "trackiod", "run", "--data", str(places.data)]
        arguments = ["sh", "-c", _DETACH, "sh", str(places.daemon_log), *command]
        # The daemon inherits the lock and holds it as long as it lives, so that of many who find none one starts one.
        actions: list[tuple[int, ...]] = [(os.POSIX_SPAWN_DUP2, lock, _INHERITED)]
        # Of what this process itself inherited (pipes, a lock that a script holds), it must keep nothing open.
        actions += [(os.POSIX_SPAWN_CLOSE, number) for number in _descriptors() if number > _INHERITED]
        given = os.environ if environment is None else environment
        shell = os.posix_spawn("/bin/sh", arguments, given, file_actions=actions, setsigmask=[])
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    # Somebody who ignores SIGCHLD has no children to wait for.
    with suppress(ChildProcessError):
        os.waitpid(shell, 0)
    return True


def _descriptors() -> list[int]:
    return [int(entry.name) for entry in os.scandir("/proc/self/fd")]


def is_running(places: Places) -> bool:
    """Tell whether a daemon holds the data folder, however busy it is."""
    try:
        descriptor = os.open(places.daemon_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
