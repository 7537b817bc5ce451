from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from trackio import tfevents
from trackio.errors import ProtocolError
from trackio.past import PastRow
from trackio.sources import tensorboard

SAMPLES = Path(__file__).parents[2] / "samples" / "tensorboard"
START = 1_700_000_000


def test_each_folder_with_event_files_is_a_run():
    found = {run.name: run for run in tensorboard.runs(SAMPLES, "p")}
    assert list(found) == ["newer", "older/eval", "older/train", "older/train/trial"]
    assert found["older/train/trial"].config == {"lr": 0.1, "opt": "adam", "n": 3, "amp": True}
    assert found["newer"].started == START
    assert [(row.step, row.values["loss"]) for row in list(found["newer"].rows())[:3]] == [(0, 0), (1, 0.25), (2, 0.5)]


def test_texts_and_images_are_taken_as_such():
    (run,) = (run for run in tensorboard.runs(SAMPLES / "older" / "train", "p") if run.name == "main")
    values = {key: (row.step, value) for row in run.rows() for key, value in row.values.items()}
    assert (values["note"][0], values["note"][1].text) == (1, "# hello *you*")
    assert values["picture"][0] == 2
    assert values["picture"][1].TYPE == "trackio.image"
    assert "weights" not in values


def test_names_begin_with_a_prefix_and_the_outermost_folder_is_main():
    names = [run.name for run in tensorboard.runs(SAMPLES / "older" / "eval", "p", "mine")]
    assert names == ["mine_main"]


def test_files_of_one_folder_are_read_one_after_another(tmp_path):
    for number in (2, 1):
        events = b"".join(
            tfevents.scalar_event(step, START + step, [("a", step)]) for step in range(number * 10, number * 10 + 2)
        )
        (tmp_path / f"events.out.tfevents.{number}.h").write_bytes(tfevents.opening_event(START) + events)
    (run,) = tensorboard.runs(tmp_path, "p")
    assert [row.step for row in run.rows()] == [10, 11, 20, 21]


def test_values_of_one_moment_are_one_row(tmp_path):
    event = tfevents.scalar_event(1, START, [("a", 1), ("b", 2)]) + tfevents.scalar_event(1, START, [("c", 3)])
    (tmp_path / "events.out.tfevents.1").write_bytes(tfevents.opening_event(START) + event)
    (run,) = tensorboard.runs(tmp_path, "p")
    assert list(run.rows()) == [PastRow(1, START, {"a": 1, "b": 2, "c": 3})]


def test_nothing_to_read_is_said(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(tensorboard.runs(tmp_path / "none", "p"))
    (tmp_path / "events.out.tfevents.1").write_bytes(tfevents.opening_event(START))
    with pytest.raises(ValueError, match="holds no TensorBoard event file"):
        list(tensorboard.runs(tmp_path, "p"))


def test_a_damaged_file_is_named(tmp_path):
    shutil.copytree(SAMPLES / "newer", tmp_path, dirs_exist_ok=True)
    (file,) = tmp_path.glob("events*")
    file.write_bytes(file.read_bytes()[:-60] + b"x" * 60)
    with pytest.raises(ProtocolError, match=file.name):
        list(tensorboard.runs(tmp_path, "p"))
