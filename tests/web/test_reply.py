from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from trackio_web.reply import frame, json_reply, json_text
from trackiod.store.levels import Gap

GOLDEN = Path(__file__).parent.parent / "golden"


def decode(data: bytes):
    """A second reading of docs/HTTP.md, apart from the code that writes."""
    size = int.from_bytes(data[:4], "little")
    header, at, columns = json.loads(data[4 : 4 + size]), 4 + size, {}
    assert at % 8 == 0
    for name, code in header["columns"]:
        column = np.frombuffer(data, "<" + code, header["n"], at)
        columns[name] = column
        at += -(-column.nbytes // 8) * 8
    return header, columns, data[at:]


def series(columns, **fields):
    about = {
        "run": "r",
        "metric": "m",
        "kind": "scalar",
        "member": 0,
        "raw": True,
        "total": 1,
        "extent": None,
        "bucket": None,
    }
    about |= {"last_step": None, "odd": None, "before": None, "missing": ()}
    return SimpleNamespace(**(about | fields), columns=columns)


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    inner: object = None


def test_a_dataclass_becomes_an_object_at_any_depth():
    assert json.loads(json_text({"a": [Point(1.5, Point(2.0))]})) == {
        "a": [{"x": 1.5, "inner": {"x": 2.0, "inner": None}}]
    }


def test_numbers_that_are_not_finite_become_null():
    value = {"a": [math.nan, Point(math.inf, (-math.inf, 1)), {"b": np.float64("nan")}], "c": "NaN", "d": True}
    assert json.loads(json_text(value)) == {
        "a": [None, {"x": None, "inner": [None, 1]}, {"b": None}],
        "c": "NaN",
        "d": True,
    }


def test_numpy_scalars_are_plain_numbers():
    assert json_text([np.int64(3), np.float32(0.5), np.bool_(1)]) == "[3,0.5,true]"


def test_what_has_no_form_in_json_is_refused_by_name():
    with pytest.raises(TypeError, match="object"):
        json_text({"a": object()})


def test_no_cache_keeps_json():
    reply = json_reply({"a": 1}, status=404)
    assert (reply.status, reply.headers["Cache-Control"], reply.content_type) == (404, "no-store", "application/json")


@pytest.mark.parametrize("name", ["frame_raw", "frame_bucketed"])
def test_the_golden_frames_decode_to_what_is_written_beside_them(name):
    data, said = (GOLDEN / f"{name}.bin").read_bytes(), json.loads((GOLDEN / f"{name}.json").read_text())
    header, columns, rest = decode(data)
    assert rest == b""
    assert len(data) == said["bytes"]
    assert header == said["header"]
    for key, expected in said["columns"].items():
        np.testing.assert_array_equal(columns[key], np.array(expected, dtype=float))


@pytest.mark.parametrize("name", ["frame_raw", "frame_bucketed"])
def test_the_golden_frames_are_written_again_byte_for_byte(name):
    header, columns, _ = decode((GOLDEN / f"{name}.bin").read_bytes())
    fields = {key: value for key, value in header.items() if key not in {"n", "columns"}}
    assert frame(series(columns, **fields)) == (GOLDEN / f"{name}.bin").read_bytes()


@given(
    hnp.arrays("f8", st.integers(0, 20), elements=st.floats(width=64)),
    st.text(max_size=30).filter(lambda text: text.isprintable()),
)
def test_a_frame_keeps_every_bit_and_frames_stand_one_after_another(values, metric):
    columns = {"step": np.arange(len(values), dtype="f8"), "value": values, "count": np.arange(len(values), dtype="u4")}
    one = frame(series(columns, metric=metric))
    assert len(one) % 8 == 0
    header, found, rest = decode(one + one)
    assert rest == one
    assert header["metric"] == metric
    assert header["n"] == len(values)
    assert found["value"].tobytes() == values.tobytes()
    assert found["count"].tolist() == list(range(len(values)))


def test_a_frame_says_what_is_missing_only_where_something_is():
    columns = {"step": np.arange(2.0)}
    assert "missing" not in decode(frame(series(columns)))[0]
    lacking = decode(frame(series(columns, missing=(Gap(None, None), Gap(5, 9), Gap(20, None)))))[0]
    assert lacking["missing"] == [[None, None], [5, 9], [20, None]]
