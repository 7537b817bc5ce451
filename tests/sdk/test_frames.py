from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import ProtocolError
from trackio.frames import decode

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.mark.parametrize("name", ["frame_raw", "frame_bucketed"])
def test_a_golden_frame_is_read(name):
    said = json.loads((GOLDEN / f"{name}.json").read_text())
    (frame,) = decode((GOLDEN / f"{name}.bin").read_bytes())
    assert (frame.metric, frame.raw) == (said["header"]["metric"], said["header"]["raw"])
    assert list(frame.extent) == said["header"]["extent"]
    for column, values in said["columns"].items():
        np.testing.assert_array_equal(frame.columns[column], [float(value) for value in values])


def test_frames_follow_one_another():
    one, two = ((GOLDEN / f"{name}.bin").read_bytes() for name in ("frame_raw", "frame_bucketed"))
    assert [frame.raw for frame in decode(one + two + one)] == [True, False, True]
    assert list(decode(b"")) == []


@given(st.integers(1, 335))
def test_a_frame_that_was_cut_off_is_refused(size):
    data = (GOLDEN / "frame_raw.bin").read_bytes()
    with pytest.raises(ProtocolError):
        list(decode(data[:size]))


def test_what_cannot_be_read_any_more_is_warned_of():
    header = {"metric": "loss", "raw": True, "n": 0, "extent": None, "columns": []}
    text = json.dumps(header | {"missing": [[None, None], [5, 9], [20, None]]}).encode()
    with pytest.warns(
        UserWarning, match="loss at unknown steps and at steps 5 to 9 and from step 20 on cannot be read"
    ):
        list(decode(len(text).to_bytes(4, "little") + text))
