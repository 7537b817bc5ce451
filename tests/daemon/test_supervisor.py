"""Real children are started again when they end, ever later while they keep ending, and ended in order."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

import pytest

from trackiod.supervisor import BACKOFF, STEADY, Supervisor

PATIENCE = 30


class Loop:
    """The part of the daemon's loop that waits for children."""

    def __init__(self):
        self.attended = set()
        self.supervisor = Supervisor(self.attended.add, self.attended.remove)

    def end(self, now):
        """Wait for the end of a child, and tell the supervisor; return its descriptor."""
        poll = select.poll()
        for descriptor in self.attended:
            poll.register(descriptor, select.POLLIN)
        ((descriptor, _), *_) = poll.poll(PATIENCE * 1000)
        assert self.supervisor.ended(descriptor, now)
        return descriptor


@pytest.fixture
def loop():
    made = Loop()
    yield made
    made.supervisor.stop(PATIENCE)


def pid(loop, name="child"):
    return loop.supervisor.status()[name]["pid"]


def shell(script):
    return ["/bin/sh", "-c", script]


STAYS = ["/bin/cat"]


def test_a_child_runs_from_the_start_and_its_pid_is_told(loop, until):
    loop.supervisor.start("child", STAYS, 0.0)
    assert loop.supervisor.status() == {"child": {"pid": pid(loop), "starts": 1}}
    until(lambda: Path(f"/proc/{pid(loop)}/comm").read_text() == "cat\n", "the program")
    assert loop.supervisor.tick(0.0) is None


def test_a_child_that_was_killed_is_started_again_after_a_pause(loop):
    loop.supervisor.start("child", STAYS, 0.0)
    loop.supervisor.start("other", STAYS, 0.0)
    first, other = pid(loop), pid(loop, "other")
    os.kill(first, signal.SIGKILL)
    loop.end(10.0)
    assert loop.supervisor.status()["child"] == {"pid": 0, "starts": 1}
    assert loop.supervisor.tick(10.0) == BACKOFF[0]
    assert loop.supervisor.tick(10.0 + BACKOFF[0]) is None
    assert pid(loop) not in {0, first}
    assert loop.supervisor.status()["child"]["starts"] == 2
    assert pid(loop, "other") == other


def test_pauses_grow_while_it_keeps_ending_and_are_short_again_once_it_stays(loop):
    loop.supervisor.start("child", shell("exit 1"), 0.0)
    now, pauses = 0.0, []
    for _ in range(9):
        loop.end(now)
        pauses.append(loop.supervisor.tick(now))
        now += pauses[-1]
        assert loop.supervisor.tick(now) is None
    assert pauses == [min(BACKOFF[0] * 2**n, BACKOFF[1]) for n in range(9)]
    loop.end(now + STEADY)
    assert loop.supervisor.tick(now + STEADY) == BACKOFF[0]


def test_a_program_that_cannot_be_started_is_tried_again(loop, tmp_path):
    program = tmp_path / "program"
    loop.supervisor.start("child", [str(program)], 0.0)
    assert pid(loop) == 0
    assert loop.supervisor.tick(0.0) == BACKOFF[0]
    program.symlink_to("/bin/cat")
    assert loop.supervisor.tick(BACKOFF[0]) is None
    assert pid(loop) != 0


def test_what_is_no_child_is_somebody_elses(loop):
    loop.supervisor.start("child", STAYS, 0.0)
    assert not loop.supervisor.ended(0, 0.0)
    assert not loop.supervisor.ended(-1, 0.0)


@pytest.fixture
def ending(loop, tmp_path, until):
    """What a child said until it ended, stopped as soon as it said something; `$1` is where, `$2` never opens."""
    said, never = tmp_path / "said", tmp_path / "never"
    os.mkfifo(never)

    def end(script, seconds):
        loop.supervisor.start("child", ["/bin/sh", "-c", script, "sh", str(said), str(never)], 0.0)
        number = pid(loop)
        until(said.exists, "the child")
        loop.supervisor.stop(seconds)
        assert not Path(f"/proc/{number}").exists()
        assert not loop.attended
        assert loop.supervisor.status() == {}
        return said.read_text().split()

    return end


def test_the_end_of_its_stdin_tells_a_child_to_end(ending):
    assert ending('echo up >> "$1"; cat; echo hung-up >> "$1"', PATIENCE) == ["up", "hung-up"]


def test_who_does_not_heed_its_stdin_is_terminated(ending):
    assert ending('trap \'echo told >> "$1"; exit\' TERM; echo up >> "$1"; read x < "$2"', 1.0) == ["up", "told"]


def test_who_heeds_nothing_is_killed(ending):
    assert ending('trap \'\' TERM; echo up >> "$1"; read x < "$2"', 1.0) == ["up"]


def test_stopping_ends_all_at_once_also_those_that_ended_or_pause(loop):
    for name in ("one", "two", "three"):
        loop.supervisor.start(name, STAYS, 0.0)
    os.kill(pid(loop, "one"), signal.SIGKILL)
    loop.end(0.0)
    os.kill(pid(loop, "two"), signal.SIGKILL)
    loop.supervisor.stop(PATIENCE)
    assert not loop.attended
    assert loop.supervisor.tick(100.0) is None
