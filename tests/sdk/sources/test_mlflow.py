from __future__ import annotations

import math
from pathlib import Path

import pytest

from trackio.sources import mlflow

SAMPLES = Path(__file__).parents[2] / "samples" / "mlflow"
START = 1_700_000_000


@pytest.mark.parametrize("place", ["mlflow.db", "mlruns"])
def test_runs_of_either_store_are_the_same(place):
    found = {run.name: run for run in mlflow.runs(SAMPLES / place)}
    assert set(found) == {"run 0", "run 1", "run 2"}
    first, second, third = (found[f"run {number}"] for number in range(3))
    assert (first.project, first.started, first.ended) == ("demo: one", START, START + 5)
    assert first.config == {"lr": 0.1, "name": "adam\nw", "layers": [1, 2], "amp": True}
    assert (first.tags, first.notes, first.user) == (("team=a",), "a note", "unknown")
    assert (first.group, second.group) == (None, "run 0")
    assert [(run.status, run.error) for run in (first, second, third)] == [
        ("finished", None),
        ("failed", "failed"),
        ("failed", "it never ended"),
    ]
    one, two, three = first.rows()
    assert (one.step, one.time, one.values) == (0, START, {"val/loss": 1.0})
    assert two.values["val/loss"] == 0.5
    assert math.isnan(two.values["acc"])
    assert three.values == {"val/loss": 1 / 3, "acc": math.inf}


def test_a_project_may_be_named():
    assert {run.project for run in mlflow.runs(SAMPLES / "mlflow.db", "mine")} == {"mine"}


def test_a_folder_with_a_database_is_that():
    assert len(list(mlflow.runs(SAMPLES))) == 3


@pytest.fixture
def folder(tmp_path):
    """One run of one experiment, as files."""
    run = tmp_path / "1" / "r"
    (run / "metrics").mkdir(parents=True)
    (run / "meta.yaml").write_text(
        "run_id: r\nrun_name: 'it''s\n  long'\nstart_time: 1000\nend_time: null\nstatus: 3\n"
    )
    (tmp_path / "1" / "meta.yaml").write_text('name: "a\\tb"\n')
    return tmp_path


def test_long_and_quoted_names_are_read(folder):
    (run,) = mlflow.runs(folder)
    assert (run.name, run.project, run.started, run.ended) == ("it's long", "a\tb", 1.0, None)


def test_metrics_are_merged_by_time_from_files_of_any_length(folder):
    for name, first in (("a", 0), ("b", 5)):
        lines = "".join(f"{first + 10 * step} {step} {step}\n" for step in range(5_000))
        (folder / "1/r/metrics" / name).write_text(lines)
    (run,) = mlflow.runs(folder)
    rows = list(run.rows())
    assert [row.time for row in rows] == sorted(row.time for row in rows)
    assert [next(iter(row.values)) for row in rows[:4]] == ["a", "b", "a", "b"]
    assert len(rows) == 10_000


def test_a_line_without_a_step_is_of_step_0_and_a_senseless_one_is_named(folder):
    file = folder / "1/r/metrics/a"
    file.write_text("1000 0.5")
    (run,) = mlflow.runs(folder)
    assert [(row.step, row.values) for row in run.rows()] == [(0, {"a": 0.5})]
    file.write_text("1000 low 3\n")
    with pytest.raises(ValueError, match="metrics/a"):
        list(run.rows())


def test_what_is_no_store_is_named(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(mlflow.runs(tmp_path / "none"))
    with pytest.raises(ValueError, match="neither"):
        list(mlflow.runs(tmp_path))
    (tmp_path / "a.db").write_text("no database" * 100)
    with pytest.raises(ValueError, match=r"a\.db: cannot be read"):
        list(mlflow.runs(tmp_path / "a.db"))
