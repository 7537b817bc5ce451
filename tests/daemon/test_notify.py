"""systemd is told what it asks for, through a real datagram socket; nobody else is told anything."""

from __future__ import annotations

import os
import socket
import uuid

import pytest

from trackiod.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    """A service manager that listens, and the address that it gives its services."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@trackio-{uuid.uuid4().hex}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name.replace("@", "\0"))
        listening.setblocking(False)
        yield listening, name


def heard(listening):
    messages = []
    while True:
        try:
            messages.append(listening.recv(1000).decode())
        except BlockingIOError:
            return messages


def test_the_service_manager_hears_of_each_stage_in_order(manager):
    listening, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name})
    notifier.ready("storing in /data")
    notifier.alive()
    notifier.stopping()
    assert heard(listening) == ["READY=1\nSTATUS=storing in /data", "WATCHDOG=1", "STOPPING=1"]


def test_signs_of_life_come_twice_as_often_as_is_asked_for():
    assert Notifier({"WATCHDOG_USEC": "30000000"}).interval == 15.0


@pytest.mark.parametrize("asked", [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "often"}, {"WATCHDOG_USEC": "-3"}])
def test_no_signs_of_life_are_given_unless_asked_for(asked):
    assert Notifier(asked).interval is None


def test_what_is_meant_for_another_process_is_not_heeded(manager):
    listening, name = manager
    us, other = str(os.getpid()), str(os.getpid() + 1)
    inherited = Notifier({"NOTIFY_SOCKET": name, "SYSTEMD_EXEC_PID": other})
    inherited.ready("")
    assert heard(listening) == []
    assert Notifier({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": other}).interval is None
    ours = {"NOTIFY_SOCKET": name, "SYSTEMD_EXEC_PID": us, "WATCHDOG_PID": us, "WATCHDOG_USEC": "2000000"}
    Notifier(ours).alive()
    assert heard(listening) == ["WATCHDOG=1"]
    assert Notifier(ours).interval == 1.0


@pytest.mark.parametrize("address", ["", "/nowhere/at/all", "@nobody-listens-here", "/" + "long" * 50])
def test_without_a_listener_nothing_happens(address):
    notifier = Notifier({"NOTIFY_SOCKET": address})
    notifier.ready("storing")
    notifier.alive()
    notifier.stopping()


def test_a_service_manager_that_does_not_read_is_not_waited_for(manager):
    _, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name})
    for _ in range(10_000):
        notifier.alive()
