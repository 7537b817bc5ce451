from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import ProtocolError
from trackio.sources import wandb

SAMPLES = Path(__file__).parents[2] / "samples" / "wandb"
FIRST = SAMPLES / "first.wandb"


def test_a_run_is_read_whole():
    (run,) = wandb.runs(FIRST)
    assert (run.key, run.project, run.name, run.group, run.notes) == ("first001", "demo", "first run", "g", "a note")
    assert (run.tags, run.host, run.status, run.error) == (("a", "b"), "node-1", "finished", None)
    assert run.config == {"lr": 0.1, "net": {"depth": 3}, "late": 1}
    rows = list(run.rows())
    assert [row.step for row in rows] == [0, 1, 2, 3, 10, 15, 20]
    assert rows[1].values == {"loss": 0.5, "train/acc": 1, "big": math.inf}
    assert math.isnan(rows[2].values["loss"])
    assert rows[6].values == {"late": 3, "flag": True}
    assert all(row.time >= run.started > 1_700_000_000 for row in rows)


def test_what_is_no_number_is_taken_from_its_files():
    (run,) = wandb.runs(FIRST)
    values = {key: value for row in run.rows() for key, value in row.values.items()}
    assert (values["text"], values["nested.a"], values["nested.b"]) == ("hello", 1.5, [1, 2])
    assert sum(values["hist"].histogram) == 3
    assert (values["picture"].TYPE, values["picture"].caption) == ("trackio.image", "no 1")
    assert [picture.caption for picture in values["pictures"]] == ["no 2", "no 3"]
    assert (values["table"].columns, values["table"].data) == (["n", "word"], [[1, "a"], [2, None]])


def test_without_the_files_their_place_is_told(tmp_path):
    shutil.copy(FIRST, tmp_path)
    (run,) = wandb.runs(tmp_path)
    values = {key: value for row in run.rows() for key, value in row.values.items()}
    assert values["picture"].startswith("image-file that cannot be read")


def test_what_the_summary_alone_holds_comes_last_at_the_last_step():
    *rows, last = next(wandb.runs(SAMPLES / "summed.wandb")).rows()
    assert [row.values for row in rows] == [{"loss": 1 / (step + 1), "acc": 1 - step} for step in range(3)]
    assert (last.step, last.time) == (rows[-1].step, rows[-1].time)
    assert last.values == {"best/acc": 0.93, "report.words": 12, "report.text": "fine", "acc.max": 1}


def test_a_run_that_goes_on_has_no_summary_yet(tmp_path):
    (tmp_path / "a.wandb").write_bytes((SAMPLES / "summed.wandb").read_bytes()[:-60])
    (run,) = wandb.runs(tmp_path)
    assert (run.error, len(list(run.rows()))) == ("it never ended", 3)


def test_records_that_cross_blocks_are_whole():
    (run,) = wandb.runs(SAMPLES / "long.wandb")
    assert (run.name, run.status, run.error) == ("long", "failed", "exit code 3")
    rows = list(run.rows())
    assert [row.values["step2"] for row in rows] == [step * step for step in range(16)]
    assert {row.values["text"] for row in rows} == {"x" * 1_000}


@given(st.integers(7, FIRST.stat().st_size - 1))
def test_a_file_that_is_still_being_written_ends_with_its_last_whole_record(tmp_path_factory, size):
    file = tmp_path_factory.mktemp("run") / "a.wandb"
    file.write_bytes(FIRST.read_bytes()[:size])
    whole = [(number, bytes(record)) for number, record in wandb.records(FIRST)]
    found = [(number, bytes(record)) for number, record in wandb.records(file)]
    assert found == whole[: len(found)]
    (run,) = wandb.runs(file)
    assert len(list(run.rows())) <= 7
    assert run.status == "failed" or len(found) == len(whole) or run.error is None


@given(st.integers(0, FIRST.stat().st_size - 1), st.integers(1, 255))
def test_damage_is_noticed_and_named(tmp_path_factory, at, change):
    file = tmp_path_factory.mktemp("run") / "a.wandb"
    data = bytearray(FIRST.read_bytes())
    data[at] ^= change
    file.write_bytes(data)
    try:
        found = [(number, bytes(record)) for number, record in wandb.records(file)]
    except ProtocolError as error:
        assert str(error).startswith(str(file))
    else:
        # A length that reaches beyond the end looks like a record that is still being written.
        whole = [(number, bytes(record)) for number, record in wandb.records(FIRST)]
        assert found == whole[: len(found)]


def test_nothing_to_read_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no \.wandb file"):
        list(wandb.runs(tmp_path))
    (tmp_path / "a.wandb").write_text("text" * 10)
    with pytest.raises(ProtocolError, match=r"a\.wandb: this is no \.wandb file"):
        list(wandb.runs(tmp_path))
