"""trackiod/exits.py: how a process ended, as long as the kernel knows."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from trackiod import exits


@contextmanager
def ended(code):
    """A Python process that has run `code`, which its parent has not seen to, and its pidfd."""
    process = subprocess.Popen([sys.executable, "-c", f"import os\n{code}"], stderr=subprocess.DEVNULL)
    descriptor = os.pidfd_open(process.pid)
    select.select([descriptor], [], [])
    yield process, descriptor
    process.wait()
    os.close(descriptor)


@pytest.mark.parametrize(
    ("code", "status"), [("", 0), ("os._exit(3)", 3), ("os.kill(os.getpid(), 9)", -9), ("os.abort()", -signal.SIGABRT)]
)
def test_the_status_of_an_ended_process_is_told_while_its_parent_has_not_seen_to_it(code, status):
    with ended(code) as (process, descriptor):
        assert exits.status(descriptor, process.pid) == status


def test_afterwards_it_is_told_or_unknown_but_never_wrong():
    with ended("os._exit(3)") as (process, descriptor):
        process.wait()
        assert exits.status(descriptor, process.pid) in {3, None}


def test_what_is_known_afterwards_is_known_of_one_that_its_parent_sees_to_meanwhile(monkeypatch):
    with ended("os._exit(3)") as (process, descriptor):
        real = exits._of_zombie
        monkeypatch.setattr(exits, "_of_zombie", lambda pid: process.wait() and real(pid))
        found = exits.status(descriptor, process.pid)
        assert found == exits.status(descriptor, process.pid)


def test_of_a_living_process_nothing_is_known():
    descriptor = os.pidfd_open(os.getpid())
    assert exits.status(descriptor, os.getpid()) is None
    os.close(descriptor)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (None, "ended without finishing the run"),
        (0, "ended with exit status 0 without finishing the run"),
        (-9, "was killed by SIGKILL"),
        (-1000, "was killed by signal 1000"),
    ],
)
def test_a_status_is_told_in_words(status, words):
    assert exits.told(status) == words
