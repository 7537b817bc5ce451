"""The cruel scripts in their short form; each prints its figures, and its long form takes a count."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

pytestmark = pytest.mark.cruel


def survives(script: str, *arguments: int) -> dict[str, float]:
    """Run a script in its short form; return its figures, in which nothing is lost, stored twice or claimed in vain."""
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            told, wrong = running.communicate(timeout=100)
        except subprocess.TimeoutExpired:
            running.terminate()
            raise
    print(told, wrong)
    if told.startswith("skipped"):
        pytest.skip(told)
    assert running.returncode == 0
    counts = {name: float(number) for name, number in re.findall(r"(\w+)=([\d.]+)", told)}
    assert (counts["lost"], counts["dup"], counts["broken"]) == (0, 0, 0)
    assert counts["rows"] > 100
    return counts


def test_a_trainer_killed_right_after_log_loses_nothing():
    assert survives("kill_trainer.py", 6)["runs_crashed"] == 6


def test_a_daemon_killed_under_load_loses_nothing():
    survives("kill_daemon.py", 4, 3)


def test_whoever_is_killed_at_any_moment_nothing_is_lost():
    survives("random_kills.py", 9)


def test_however_a_process_begins_and_ends_nothing_is_lost():
    survives("endings.py", 1, 500)


def test_a_hung_daemon_slows_no_log_and_loses_nothing():
    survives("hung_daemon.py", 2)


def test_a_slow_disk_slows_no_log_and_loses_nothing():
    survives("slow_disk.py", 2, 500)


def test_a_restarted_daemon_slows_no_log_and_loses_nothing():
    survives("bounce_daemon.py", 2)


def test_without_a_daemon_what_finds_room_is_kept_and_the_rest_is_counted():
    assert survives("absent_daemon.py", 5000)["refused_journal_limit"]


def test_full_disks_pass_with_media_put_off_before_rows():
    assert survives("full_disks.py", 1000)["refused_disk_full"]


def test_damaged_journals_are_named_and_counted_and_what_is_whole_is_stored():
    assert survives("corrupt_journal.py", 1)["damaged_rows"]


def test_damaged_messages_are_refused_by_name_and_harm_no_writer():
    assert survives("corrupt_wire.py", 3000)["refused_as_malformed"]


def test_whatever_bytes_come_they_are_read_or_refused_by_name():
    assert survives("fuzz.py", 1)["image"]


def test_a_daemon_of_another_version_refuses_by_name_and_the_next_one_gets_every_row():
    survives("wrong_version.py", 1000)


def test_clocks_that_jump_lose_nothing():
    survives("wrong_clock.py", 5000)


def test_of_many_writers_at_once_none_is_lost():
    assert survives("many_writers.py", 64, 200)["runs_finished"] == 64


def test_power_that_fails_takes_nothing_that_was_acknowledged():
    assert survives("power_loss.py", 60, 3)["syncs"]
