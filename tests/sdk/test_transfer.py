from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent.parent / "samples"

SCRIPT = """
import trackio
for name in ("a", "b"):
    with trackio.init(project="p", name=name, config={"lr": 0.1}) as run:
        run.log({"loss": 1.0})
"""


def command(*arguments):
    words = [sys.executable, "-m", "trackio.cli", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def filled(daemon):
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True, timeout=60)


def test_runs_are_exported_into_a_folder_or_one_into_a_file(filled, tmp_path):
    outcome = command("export", "--project", "p", "--format", "jsonl", tmp_path / "out")
    assert outcome.stdout.split() == [str(tmp_path / "out" / name) for name in ("b.jsonl", "a.jsonl", "runs.jsonl")]
    outcome = command("export", "--project", "p", "--run", "a", tmp_path / "one.csv")
    assert outcome.stdout == f"{tmp_path / 'one.csv'}\n"
    outcome = command("export", "--project", "p", "--run", "a", "--filter", "name = b", tmp_path / "none")
    assert outcome.stdout.split() == [str(tmp_path / "none/runs.jsonl")]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--project", "none"], "no such project"),
        (["--project", "p", "--run", "none"], "no such run"),
        (["--project", "p", "--filter", "lr > 3"], "column 1"),
    ],
)
def test_what_is_not_there_is_one_line(filled, tmp_path, arguments, says):
    outcome = command("export", *arguments, tmp_path / "out")
    assert (outcome.returncode, outcome.stdout, outcome.stderr.count("\n")) == (1, "", 1)
    assert says in outcome.stderr


def test_files_are_imported_and_said_so_line_by_line(daemon, tmp_path):
    (tmp_path / "one.csv").write_text("step,loss,note\n0,1,a\n1,0.5,b\n")
    outcome = command("import", "csv", "--project", "p", tmp_path / "one.csv")
    assert outcome.stdout == "run 'one' of project 'p': 2 new rows\n"
    assert outcome.stderr == "Not all numbers, left out: note\n"
    assert command("import", "csv", "--project", "p", tmp_path / "one.csv").stdout.endswith("nothing new\n")
    outcome = command("import", "tensorboard", "--project", "p", "--name", "tb", SAMPLES / "tensorboard" / "newer")
    assert outcome.stdout == "run 'tb_main' of project 'p': 4 new rows\n"
    outcome = command("import", "mlflow", SAMPLES / "mlflow")
    assert outcome.stdout.count("of project 'demo: one': 3 new rows\n") == 3
    outcome = command("import", "wandb", "--project", "mine", tmp_path)
    assert (outcome.returncode, outcome.stderr) == (1, f"Error: there is no .wandb file in {tmp_path}\n")
