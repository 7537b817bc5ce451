from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCRIPT = """
import trackio
for name in ("a", "b"):
    trackio.init(project="p", name=name, config={"lr": 0.1})
    for step in range(30):
        trackio.log({"loss": step / 2, "acc": 1.0} if step % 10 == 0 else {"loss": step / 2})
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
    """A running daemon that has stored project p with runs a and b."""
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True, timeout=60)
    return daemon


def test_the_version_is_the_package_s():
    import trackio as package

    assert trackio("--version").stdout.strip() == f"trackio, version {package.__version__}"


def test_importing_trackio_does_not_import_the_command():
    code = "import sys, trackio; print(*{'click', 'rich', 'aiohttp', 'trackio.cli', 'trackio.api'} & set(sys.modules))"
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert outcome.stdout.strip() == ""


def test_lists_have_the_shapes_that_scripts_rely_on(filled):
    assert printed("list", "projects") == {"projects": ["p"]}
    assert printed("list", "runs", "--project", "p") == {"project": "p", "runs": ["b", "a"]}
    found = printed("list", "metrics", "--project", "p", "--run", "a")
    assert found == {"project": "p", "run": "a", "metrics": ["acc", "loss"]}
    assert trackio("list", "runs", "--project", "p").stdout == "Runs in 'p':\n  - b\n  - a\n"


def test_runs_are_listed_by_a_filter_and_in_an_order(filled):
    about = ("list", "runs", "--project", "p")
    assert printed(*about, "--filter", "name = a and summary.loss.max > 14")["runs"] == ["a"]
    assert printed(*about, "--sort", "name", "--limit", "1")["runs"] == ["a"]
    assert printed(*about, "--sort", "name", "--descending")["runs"] == ["b", "a"]
    outcome = trackio(*about, "--filter", "config.lr <")
    assert (outcome.returncode, outcome.stderr) == (
        1,
        "Error: filter: column 12: expected a value after <; found the end\n",
    )


def test_a_project_and_a_run_are_summed_up(filled):
    assert printed("get", "project", "--project", "p")["num_runs"] == 2
    run = printed("get", "run", "--project", "p", "--run", "a")
    assert (run["num_logs"], run["last_step"], run["metrics"]) == (30, 29, ["acc", "loss"])
    assert run["config"]["lr"] == 0.1
    text = trackio("get", "run", "--project", "p", "--run", "a").stdout
    assert "Logs: 30" in text
    assert "lr: 0.1" in text


def test_a_metric_is_read_whole_at_a_step_and_around_one(filled):
    about = ("get", "metric", "--project", "p", "--run", "a", "--metric", "loss")
    found = printed(*about)
    assert (found["project"], found["run"], found["metric"]) == ("p", "a", "loss")
    assert [value["step"] for value in found["values"]] == list(range(30))
    assert set(found["values"][0]) == {"timestamp", "step", "value"}
    assert [value["value"] for value in printed(*about, "--step", "7")["values"]] == [3.5]
    assert [value["step"] for value in printed(*about, "--around", "5", "--window", "1")["values"]] == [4, 5, 6]
    when = found["values"][3]["timestamp"]
    assert 3 in [value["step"] for value in printed(*about, "--at-time", when, "--window", "1")["values"]]
    lines = trackio(*about, "--step", "7").stdout.splitlines()
    assert lines[0].split() == ["Step", "Timestamp", "Value"]
    assert lines[1].split()[::2] == ["7", "3.5"]


def test_a_snapshot_holds_every_metric_there(filled):
    found = printed("get", "snapshot", "--project", "p", "--run", "a", "--around", "10", "--window", "1")
    assert {name: [v["step"] for v in values] for name, values in found["metrics"].items()} == {
        "loss": [9, 10, 11],
        "acc": [10],
    }


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("list", "runs", "--project", "none"), "none"),
        (("get", "run", "--project", "p", "--run", "none"), "none"),
        (("get", "metric", "--project", "p", "--run", "a", "--metric", "none"), "none"),
        (("get", "metric", "--project", "p", "--run", "a", "--metric", "loss", "--at-time", "noon"), "at_time"),
    ],
)
def test_what_does_not_exist_is_one_line_and_exit_status_1(filled, arguments, says):
    outcome = trackio(*arguments)
    assert outcome.returncode == 1
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("Error: ")
    assert says in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_show_prints_where_the_dashboard_is(filled):
    outcome = trackio("show", "--project", "p", "--no-browser")
    assert outcome.stdout == f"trackio dashboard: {filled.url}/?project=p\n"


def test_status_tells_of_the_daemon_with_and_without_one(filled):
    found = printed("status")
    assert found["ingest"]["up"] is True
    assert found["pid"]
    assert "running, pid" in trackio("status").stdout
    assert trackio("daemon", "stop").stdout == "The daemon has stopped.\n"
    assert printed("status")["ingest"]["up"] is False
    assert "not running" in trackio("status").stdout
    outcome = trackio("daemon", "status")
    assert (outcome.returncode, outcome.stderr) == (1, "")
    assert trackio("daemon", "stop").stdout == "No daemon runs.\n"


def test_a_daemon_is_started_once_and_by_whoever_asks(data_dir):
    first = trackio("daemon", "start")
    assert first.returncode == 0, first.stderr
    assert trackio("daemon", "start").stdout == first.stdout
    assert trackio("daemon", "stop").returncode == 0
    assert printed("list", "projects") == {"projects": []}
    assert printed("status")["ingest"]["up"] is True


def test_verify_finds_nothing_wrong_with_what_was_just_stored(filled):
    outcome = trackio("verify")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert printed("verify") == []


def test_what_a_run_logged_is_compared_with_what_is_stored(filled):
    outcome = trackio("verify", "a", "--project", "p")
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert "p/a: 30 logged, 30 journaled, 30 stored" in outcome.stdout
    found = printed("verify", "a", "--project", "p")
    assert (found["logged"], found["journaled"], found["stored"], found["waiting"]) == (30, 30, 30, 0)
    assert printed("verify", found["run"]) == found
    assert trackio("verify", "none", "--project", "p").returncode == 1


def test_rows_that_were_refused_fail_the_comparison_and_are_named(daemon):
    script = (
        "import trackio; trackio.init(project='p', name='r'); trackio.log({'a': 1}); trackio.log(7); trackio.finish()"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True, capture_output=True, timeout=60)
    outcome = trackio("verify", "r", "--project", "p")
    assert outcome.returncode == 1
    assert "2 logged, 1 journaled, 1 stored, 1 refused (not a dict)" in outcome.stdout


def test_status_tells_what_waits_with_the_daemon_and_without_it(daemon):
    assert "0 rows wait to be stored" in trackio("status").stdout
    daemon.stop()
    script = "import trackio; trackio.init(project='p', mode='offline'); trackio.log({'a': 1}); trackio.log({'a': 2})"
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=60)
    assert "up to 2 rows of 1 processes wait for a daemon" in trackio("status").stdout
