from __future__ import annotations

import math

import pytest

from trackio.past import PastRow
from trackio.sources import csv_file


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "My run.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def rows(path):
    return list(csv_file.run(path, "p").rows())


def test_a_file_is_a_run_with_its_steps_times_and_whole_names(file):
    path = file(
        "\ufeffStep,timestamp,train/a very long metric name (%),epoch,note\n"
        "0,2023-11-14T22:13:20Z,0.5,1,a\n\n10,1700000001.5,nan,,b\n20,,inf,3\n"
    )
    run = csv_file.run(path, "p")
    assert (run.name, run.project, run.started, run.tool) == ("My run", "p", 1_700_000_000, "csv")
    name = "train/a very long metric name (%)"
    first, second, third = run.rows()
    assert first == PastRow(0, 1_700_000_000, {name: 0.5, "epoch": 1})
    assert (second.step, second.time) == (10, 1_700_000_001.5)
    assert math.isnan(second.values[name])
    assert (third.time, third.values) == (path.stat().st_mtime, {name: math.inf, "epoch": 3})
    assert csv_file.layout(path).left_out == ("note",)


def test_numbers_of_one_column_are_all_whole_or_all_not(file):
    (first, *_) = rows(file("step,a,b\n0,1,1\n1,2,2.5\n"))
    assert [type(first.values[name]) for name in ("a", "b")] == [int, float]


def test_a_row_without_values_is_none(file):
    assert [row.step for row in rows(file("step,a\n0,1\n1,\n2,3\n"))] == [0, 2]


def test_a_step_may_be_written_as_a_float_and_be_below_zero(file):
    assert [row.step for row in rows(file("step,a\n-1,1\n3.0,1\n1e3,1\n"))] == [-1, 3, 1000]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a column `step` is expected; there are none"),
        ("epoch,a\n1,2\n", "there are epoch, a"),
        ("step,a\n", "has no rows"),
        ("step,a\n1,x\n", "no column beside step"),
        ("step,a\n1,\n", "no column beside step"),
        ("step,a\n0,1\nx,2\n", "line 3: a step is a whole number; got 'x'"),
        ("step,a\n0,1\n0.5,2\n", "line 3: a step"),
        ("step,a\ninf,2\n", "line 2: a step"),
        ("step,timestamp,a\n0,noon,2\n", "line 2: a timestamp is ISO 8601"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(file, text, says):
    with pytest.raises(ValueError, match=r"My run\.csv") as caught:
        rows(file(text))
    assert says in str(caught.value)


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"step,a\n1,\xff\xfe\n")
    with pytest.raises(ValueError, match="line"):
        csv_file.run(tmp_path / "a.csv", "p")
    with pytest.raises(FileNotFoundError):
        csv_file.run(tmp_path / "none.csv", "p")
