"""The commands that change what is stored do what they say, and ask before they delete."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from trackio import cli

SCRIPT = """
import trackio
for name in ("a", "b"):
    trackio.init(project="p", name=name, tags=["old"])
    trackio.log({"loss": 1.0})
    trackio.finish()
"""


def trackio(*arguments, answer=None):
    """Run a command in this process, since that is quick."""
    return CliRunner().invoke(cli.main, list(map(str, arguments)), input=answer)


def apart(*arguments):
    """Run a command that becomes another program."""
    command = [sys.executable, "-m", "trackio.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def printed(*arguments):
    outcome = trackio(*arguments, "--json")
    assert outcome.exit_code == 0, outcome.output
    return json.loads(outcome.stdout)


def names(project="p"):
    return printed("list", "runs", "--project", project)["runs"]


@pytest.fixture
def filled(daemon):
    """A running daemon that has stored project p with runs a and b."""
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True, timeout=60)
    return daemon


def test_a_run_is_deleted_after_a_question_and_restored_by_its_id(filled):
    for answer in ("n\n", ""):
        outcome = trackio("delete", "run", "a", "--project", "p", answer=answer)
        assert (outcome.exit_code, names()) == (1, ["b", "a"])
    outcome = trackio("delete", "run", "a", "--project", "p", answer="y\n")
    assert "trackio restore" in outcome.stdout
    assert names() == ["b"]
    (deleted,) = printed("list", "deleted")["runs"]
    assert (deleted["name"], deleted["project"]) == ("a", "p")
    assert f"{deleted['id']}  a in p" in trackio("list", "deleted").stdout
    assert printed("restore", deleted["id"])["name"] == "a"
    assert names() == ["b", "a"]
    assert printed("delete", "run", deleted["id"], "--yes")["run"] == deleted["id"]


def test_a_project_is_renamed_and_deleted(filled):
    assert printed("rename", "project", "p", "q") == {"done": True}
    assert names("q") == ["b", "a"]
    assert trackio("delete", "project", "q", answer="n\n").exit_code == 1
    assert trackio("delete", "project", "q", "--yes").stdout == "Deleted.\n"
    assert printed("list", "projects") == {"projects": []}


def test_a_run_is_renamed_moved_and_tagged(filled):
    assert printed("rename", "run", "a", "better", "--project", "p")["name"] == "better"
    moved = printed("move", "better", "q", "--project", "p")
    assert (moved["project"], names("q"), names()) == ("q", ["better"], ["b"])
    assert printed("tag", moved["run"], "x", "y", "x")["tags"] == ["old", "x", "y"]
    assert printed("tag", "better", "--project", "q", "--remove", "old", "x")["tags"] == ["y"]
    assert trackio("tag", moved["run"]).stdout == "y\n"


def test_what_is_not_there_is_one_line_and_exit_status_1(filled):
    for command in (
        ("delete", "run", "none", "--yes"),
        ("delete", "project", "none", "--yes"),
        ("rename", "run", "none", "x", "--project", "p"),
        ("move", "none", "q"),
        ("restore", "none"),
    ):
        outcome = trackio(*command)
        assert (outcome.exit_code, outcome.stdout) == (1, "")
        assert outcome.stderr.startswith("Error: ")
        assert "none" in outcome.stderr


def test_what_was_deleted_goes_for_good_when_that_is_asked_for(filled):
    trackio("delete", "project", "p", "--yes")
    assert "Deleted runs: 2" in apart("gc", "--dry-run").stdout
    assert json.loads(apart("gc", "--dry-run", "--json").stdout)["deleted"]["runs"] == 2
    assert printed("gc")["runs_removed"] == 2
    assert printed("list", "deleted") == {"runs": []}
    assert trackio("gc").stdout.startswith("Removed 0 runs")
    assert "runs_removed 2" in trackio("status").stdout


def test_a_copy_is_made_while_the_daemon_runs_and_verifies(filled, tmp_path):
    outcome = apart("backup", tmp_path / "copy")
    assert outcome.stdout.endswith(f"copied to {tmp_path / 'copy'}\n")
    assert apart("verify", "--data", tmp_path / "copy").stdout == f"{tmp_path / 'copy'}: 0 findings\n"
    assert apart("verify").returncode == 0
