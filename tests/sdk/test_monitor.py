"""trackio/monitor.py: alerts and system metrics on the command line, in the shapes that scripts rely on."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import trackio as package
from trackio.errors import NotFound

SCRIPT = """
import trackio
for name in ("a", "b"):
    trackio.init(project="p", name=name, auto_log_cpu=False)
    trackio.log_system({"gpu/0/temp": 40, "gpu/0/power": 99.5})
    for step in range(5):
        trackio.log({"loss": step})
    trackio.alert(f"{name} is careful", text="why", level="error")
    trackio.alert(f"{name} is fine", level=trackio.AlertLevel.INFO)
    trackio.finish()
"""


def trackio(*arguments):
    command = [sys.executable, "-m", "trackio.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def printed(*arguments):
    outcome = trackio(*arguments, "--json")
    assert outcome.returncode == 0, outcome.stderr
    return json.loads(outcome.stdout)


@pytest.fixture
def filled(daemon):
    """A running daemon that has stored runs a and b of project p, each with two alerts and two system metrics."""
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True, timeout=60)
    return daemon


def test_system_metrics_are_listed_and_read_by_time(filled):
    about = ("--project", "p", "--run", "a")
    names = ["gpu/0/power", "gpu/0/temp"]
    assert printed("list", "system-metrics", *about) == {"project": "p", "run": "a", "system_metrics": names}
    found = printed("get", "system-metric", *about)
    (row,) = found["system_metrics"]
    assert (row["gpu/0/temp"], row["gpu/0/power"], found["run"]) == (40, 99.5, "a")
    one = printed("get", "system-metric", *about, "--metric", "gpu/0/temp")
    assert (one["metric"], one["values"]) == ("gpu/0/temp", [{"timestamp": row["timestamp"], "gpu/0/temp": 40}])
    assert "  gpu/0/temp: 40.0\n" in trackio("get", "system-metric", *about).stdout
    outcome = trackio("get", "system-metric", *about, "--metric", "loss")
    assert (outcome.returncode, outcome.stderr.startswith("Error: system metric 'loss'")) == (1, True)


@pytest.mark.parametrize("verb", ["list", "get"])
def test_alerts_are_listed_newest_first_by_run_level_and_time(filled, verb):
    found = printed(verb, "alerts", "--project", "p")
    assert {name: found[name] for name in ("project", "run", "level", "since")} == {
        "project": "p",
        "run": None,
        "level": None,
        "since": None,
    }
    assert [alert["title"] for alert in found["alerts"]] == ["b is fine", "b is careful", "a is fine", "a is careful"]
    careful = found["alerts"][3]
    assert careful == {
        "timestamp": careful["timestamp"],
        "run": "a",
        "title": "a is careful",
        "text": "why",
        "level": "error",
        "step": 4,
    }
    of_run = printed(verb, "alerts", "--project", "p", "--run", "a", "--level", "error")
    assert [alert["title"] for alert in of_run["alerts"]] == ["a is careful"]
    newer = printed(verb, "alerts", "--project", "p", "--since", found["alerts"][1]["timestamp"])
    assert [alert["title"] for alert in newer["alerts"]] == ["b is fine"]


def test_alerts_are_told_in_a_table_and_what_is_not_there_is_named(filled):
    lines = trackio("list", "alerts", "--project", "p").stdout.splitlines()
    assert lines[0].split() == ["Timestamp", "Run", "Level", "Title", "Text", "Step"]
    assert lines[2].split()[1:] == ["b", "ERROR", "b", "is", "careful", "why", "4"]
    nothing = trackio("get", "alerts", "--project", "p", "--level", "warn")
    assert (nothing.returncode, nothing.stdout) == (0, "No alerts.\n")
    for about in (("--project", "none"), ("--project", "p", "--run", "none")):
        outcome = trackio("list", "alerts", *about)
        assert (outcome.returncode, "no such" in outcome.stderr) == (1, True)


def test_alerts_are_read_from_python(filled):
    api = package.Api()
    assert [alert["title"] for alert in api.alerts("p", level="info")] == ["b is fine", "a is fine"]
    assert [alert["title"] for alert in api.alerts("p", run="a")] == ["a is fine", "a is careful"]
    run = api.run("p", "b")
    assert [alert["title"] for alert in run.alerts()] == ["b is fine", "b is careful"]
    assert run.alerts(since=run.alerts()[0]["timestamp"]) == []
    with pytest.raises(NotFound):
        api.alerts("none")
    run.delete()
    assert [alert["run"] for alert in api.alerts("p")] == ["a", "a"]
