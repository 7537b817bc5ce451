"""The cruel scripts in their short form; each prints its figures, and its long form takes a count."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def figures(script: str, *arguments: str) -> dict[str, float]:
    outcome = subprocess.run(
        [sys.executable, str(HERE / script), *arguments], capture_output=True, text=True, timeout=110, check=False
    )
    print(outcome.stdout, outcome.stderr)
    assert outcome.stdout, outcome.stderr
    return {name: float(number) for name, number in re.findall(r"(\w+)=([\d.]+)", outcome.stdout)}


@pytest.mark.cruel
def test_a_trainer_killed_right_after_log_loses_nothing():
    counts = figures("kill_trainer.py", "8")
    assert (counts["lost"], counts["dup"]) == (0, 0)
    assert counts["rows"] > 0


@pytest.mark.cruel
def test_a_daemon_killed_under_load_loses_nothing():
    counts = figures("kill_daemon.py", "5", "3")
    assert (counts["lost"], counts["dup"]) == (0, 0)
    assert counts["rows"] > 0


@pytest.mark.cruel
def test_a_hung_daemon_loses_nothing():
    counts = figures("hung_daemon.py", "3")
    assert (counts["lost"], counts["dup"]) == (0, 0)
    assert counts["rows"] > 100
