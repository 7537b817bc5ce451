from __future__ import annotations

import math
import shutil
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trackio.sources import neptune

SAMPLES = Path(__file__).parents[2] / "samples" / "neptune"
START = 1_700_000_000


def test_a_run_is_read_whole_from_all_its_parts():
    run, _ = neptune.runs(SAMPLES / "data")
    assert (run.project, run.name, run.group, run.notes) == ("space/demo", "DEM-1", "an experiment", "a note")
    assert (run.tags, run.user, run.host, run.started) == (("a", "b"), "ada", "node-1", START)
    assert (run.status, run.error) == ("failed", "failed")
    assert run.config == {
        "parameters/lr": 0.1,
        "parameters/depth": 3,
        "parameters/amp": True,
        "parameters/when": "2023-11-14T22:13:21+00:00",
    }
    rows = list(run.rows())
    assert [(row.step, row.time, row.values) for row in rows[:2]] == [
        (0, START, {"metrics/loss": 1.0, "metrics/acc": 0.0}),
        (1, START + 1, {"metrics/loss": 0.5, "metrics/acc": 1.0}),
    ]
    assert math.isnan(rows[2].values["metrics/loss"])


def test_texts_histograms_and_pictures_are_taken_as_such():
    run, _ = neptune.runs(SAMPLES)
    values = {key: (row.step, value) for row in run.rows() for key, value in row.values.items()}
    assert values["logs/text"] == (1, "hello")
    assert (values["weights"][1].histogram, values["weights"][1].bins) == ([3.0, 1.0], [0.0, 1.0, 2.0])
    assert (values["pictures"][0], values["pictures"][1].TYPE) == (3, "trackio.image")


def test_a_picture_without_its_file_is_told(tmp_path):
    shutil.copytree(SAMPLES / "data", tmp_path / "data")
    run, _ = neptune.runs(tmp_path / "data")
    values = {key: value for row in run.rows() for key, value in row.values.items()}
    assert values["pictures"].startswith("file_series that cannot be read")


def test_steps_that_are_not_whole_are_multiplied_until_they_are():
    _, run = neptune.runs(SAMPLES)
    assert [row.step for row in run.rows()] == [25, 50, 200]
    assert run.notes == "steps are Neptune's × 100"


def test_parts_are_read_in_the_order_of_their_numbers(tmp_path):
    (first,) = SAMPLES.rglob("fractions*_part_0.parquet")
    table = pq.read_table(first).slice(0, 1)
    for number in (0, 2, 10):
        steps = pa.array([Decimal(number)], pa.decimal128(18, 6))
        pq.write_table(table.set_column(4, "step", steps), tmp_path / f"r_part_{number}.parquet")
    (run,) = neptune.runs(tmp_path)
    assert [row.step for row in run.rows()] == [0, 2, 10]


def test_what_is_no_export_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no exported run"):
        list(neptune.runs(tmp_path))
    file = tmp_path / "r_part_0.parquet"
    pq.write_table(pa.table({"a": [1]}), file)
    with pytest.raises(ValueError, match="has not the columns of neptune-exporter"):
        list(neptune.runs(tmp_path))
    file.write_text("text")
    with pytest.raises(ValueError, match=r"r_part_0\.parquet cannot be read as Parquet"):
        list(neptune.runs(tmp_path))
