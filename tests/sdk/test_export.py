from __future__ import annotations

import csv
import json
import math
import subprocess
import sys

import pytest

import trackio
from trackio import tfevents

SCRIPT = """
import numpy as np, trackio
for name in ("a/b", "a b"):
    config = {"lr": 0.1, "n": float("nan")}
    with trackio.init(project="p", name=name, auto_log_cpu=False, config=config, tags=["t"]) as run:
        for step in range(5):
            run.log({"loss": float("nan") if step == 3 else step / 8} | ({"val, acc": step} if step % 2 else {}))
with trackio.init(project="p", name="rich", auto_log_cpu=False) as run:
    run.log_system({"gpu/0/temp": 40})
    run.alert("careful", "why", "error")
    picture = trackio.Image(np.zeros((4, 4, 3), np.uint8), caption="c")
    table = trackio.Table(columns=["x", "y"], data=[[1, picture], ["two", {"z": [None]}]])
    run.log({"pic": picture, "table": table, "text": "hi", "nested": [picture, {"inf": float("inf")}]}, step=7)
"""


@pytest.fixture
def reader(daemon, until):
    """Reads project p: two runs of numbers, whose names are alike as names of files, and one of everything else."""
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True, timeout=60)
    reader = trackio.Api()
    rich = reader.run("p", "rich")
    until(lambda: all(media.state == "ready" for media in [*rich.media(), *rich.tables()]), "the media")
    return reader


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_run_becomes_a_csv_file_that_tells_missing_from_nan(reader, tmp_path):
    path = reader.run("p", "a b").export(tmp_path / "one.csv")
    with path.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["step", "timestamp", "loss", "val, acc"]
    assert [row[:1] + row[2:] for row in rows] == [
        ["0", "0.0", ""],
        ["1", "0.125", "1.0"],
        ["2", "0.25", ""],
        ["3", "nan", "3.0"],
        ["4", "0.5", ""],
    ]
    assert rows[0][1].endswith("+00:00")


def test_json_lines_leave_out_what_is_missing_and_spell_what_is_not_finite(reader, tmp_path):
    rows = lines(reader.run("p", "a b").export(tmp_path, "jsonl"))
    assert [set(row) - {"step", "timestamp"} for row in rows][:2] == [{"loss"}, {"loss", "val, acc"}]
    assert [row["loss"] for row in rows] == [0.0, 0.125, 0.25, "NaN", 0.5]


def test_a_parquet_file_has_nulls_and_times(reader, tmp_path):
    import pyarrow.parquet as pq

    run = reader.run("p", "a b")
    table = pq.read_table(run.export(tmp_path, "parquet")).to_pydict()
    assert table["step"] == [0, 1, 2, 3, 4]
    assert math.isnan(table["loss"][3])
    assert table["val, acc"] == [None, 1.0, None, 3.0, None]
    assert [when.timestamp() for when in table["timestamp"]] == pytest.approx(run.history()["time"].tolist(), abs=1e-6)


def test_a_tensorboard_folder_holds_scalars_and_the_configuration(reader, tmp_path):
    folder = reader.run("p", "a b").export(tmp_path / "tb", "tensorboard")
    (file,) = folder.glob("events.out.tfevents.*")
    opening, *events = tfevents.read(file)
    assert opening.values[0].kind == "text"
    assert '"lr": 0.1' in opening.values[0].value
    assert [(event.step, [(value.tag, value.value) for value in event.values]) for event in events[:2]] == [
        (0, [("loss", 0.0)]),
        (1, [("loss", 0.125), ("val, acc", 1.0)]),
    ]


@pytest.mark.parametrize(("form", "suffix"), [("csv", ".csv"), ("tensorboard", "")])
def test_a_project_becomes_a_file_for_each_run_and_a_list_of_them(reader, tmp_path, form, suffix):
    paths = reader.export("p", tmp_path / "out", form, filter="tags = t")
    names = {path.name for path in paths}
    runs = lines(tmp_path / "out" / "runs.jsonl")
    assert names == {"runs.jsonl", *(run["file"] for run in runs)}
    assert all(path.exists() for path in paths)
    assert [run["name"] for run in runs] == ["a b", "a/b"]
    assert [run["file"] for run in runs] == [f"a_b{suffix}", f"a_b-{runs[1]['id'][:8]}{suffix}"]
    assert runs[0]["config"] == {"lr": 0.1, "n": None}
    assert runs[0]["summary"]["val, acc"]["max"] == 3
    assert not any(path.name.startswith(".") for path in (tmp_path / "out").rglob("*"))


def test_what_is_no_number_is_told_with_its_files(reader, tmp_path):
    reader.export("p", tmp_path, "jsonl", filter="name = rich", media=True)
    values = {row["key"]: row for row in lines(tmp_path / "rich.values.jsonl")}
    assert set(values) == {"pic", "table", "text", "nested"}
    assert (values["text"]["value"], values["text"]["step"]) == ("hi", 7)
    picture = values["pic"]["value"]
    assert (picture["_type"], picture["caption"]) == ("trackio.image", "c")
    assert (tmp_path / picture["file"]).suffix == ".webp"
    nested = values["nested"]["value"][0]
    assert nested["file"] == f"rich/nested_7_{nested['id'][:8]}.webp"
    assert (tmp_path / values["table"]["value"]["file"]).read_text().splitlines()[0] == "x,y"


def test_an_unknown_format_is_refused_before_anything_is_written(reader, tmp_path):
    with pytest.raises(ValueError, match="csv, jsonl, parquet, tensorboard"):
        reader.export("p", tmp_path / "out", "xlsx")
    assert not (tmp_path / "out").exists()


def test_system_metrics_and_alerts_have_files_of_their_own(reader, tmp_path):
    paths = reader.export("p", tmp_path, "jsonl", filter="name = rich")
    assert {path.name for path in paths} == {
        *("rich.jsonl", "rich.system.jsonl", "rich.values.jsonl", "rich.alerts.jsonl", "runs.jsonl"),
    }
    (row,) = lines(tmp_path / "rich.system.jsonl")
    assert (row["gpu/0/temp"], row["step"] > 10**12) == (40, True)
    (alert,) = lines(tmp_path / "rich.alerts.jsonl")
    assert (alert["title"], alert["text"], alert["level"], alert["run"]) == ("careful", "why", "error", "rich")
    reader.export("p", tmp_path / "tb", "tensorboard", filter="name = rich")
    (file,) = (tmp_path / "tb" / "rich.system").glob("events.out.tfevents.*")
    assert [value.tag for event in tfevents.read(file) for value in event.values] == ["config", "gpu/0/temp"]
