from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio import tfevents
from trackio.errors import ProtocolError
from trackio.tfevents import Event, Value

SAMPLES = Path(__file__).parent.parent / "samples" / "tensorboard"
START = 1_700_000_000


def read(*parts):
    (file,) = SAMPLES.joinpath(*parts).glob("events.out.tfevents.*")
    return list(tfevents.read(file))


def test_what_tensorboardx_wrote_is_read():
    events = read("older", "train")
    losses = [
        (event.step, event.time, value.value) for event in events for value in event.values if "loss" in value.tag
    ]
    assert losses == [(step, START + step, pytest.approx(1 / (step + 1))) for step in range(5)]
    rates = [(event.step, value.value) for event in events for value in event.values if value.tag == "lr"]
    assert [step for step, _ in rates] == [0, 2, 4, 6, 8]
    assert math.isnan(rates[3][1])
    others = {value.kind: (event.step, value) for event in events for value in event.values if value.kind != "scalar"}
    assert others["text"] == (1, Value("note/text_summary", "text", "# hello *you*"))
    step, picture = others["image"]
    assert (step, picture.tag, picture.value[:4]) == (2, "picture", b"\x89PNG")
    assert set(others) == {"text", "image"}


def test_steps_below_zero_and_infinite_values_are_read():
    assert read("older", "eval") == [Event(-1, START, [Value("loss/eval", "scalar", math.inf)])]


def test_hyperparameters_are_read():
    settings, result = read("older", "train", "trial")
    assert settings.values[0].value == {"lr": 0.1, "opt": "adam", "n": 3, "amp": True}
    assert result.values == [Value("hp/acc", "scalar", 0.5)]


def test_what_tensorboard_wrote_as_tensors_is_read():
    assert read("newer") == [
        Event(0, START, [Value("loss", "scalar", 0.0)]),
        Event(1, START + 1, [Value("loss", "scalar", 0.25)]),
        Event(2, START + 2, [Value("loss", "scalar", 0.5)]),
        Event(1, START + 9, [Value("note", "text", "hello")]),
    ]


@given(st.lists(st.tuples(st.text(), st.floats(width=32, allow_nan=False)), min_size=1, max_size=5), st.integers())
def test_what_is_written_is_read(tmp_path_factory, values, step):
    path = tmp_path_factory.mktemp("events") / "file"
    step %= 2**62
    path.write_bytes(
        tfevents.opening_event(1.5)
        + tfevents.text_event(0, 1.5, "config", "{}")
        + tfevents.scalar_event(step, 2.5, values)
    )
    assert list(tfevents.read(path)) == [
        Event(0, 1.5, [Value("config", "text", "{}")]),
        Event(step, 2.5, [Value(tag, "scalar", value) for tag, value in values]),
    ]


def test_the_checksum_is_castagnoli_s():
    assert tfevents.crc32c(b"123456789") == 0xE3069283


def test_a_record_that_is_still_being_written_is_left_out(tmp_path):
    whole = tfevents.opening_event(0) + tfevents.scalar_event(1, 1.0, [("a", 1.0)])
    for size in range(len(tfevents.opening_event(0)), len(whole)):
        (tmp_path / "file").write_bytes(whole[:size])
        assert list(tfevents.read(tmp_path / "file")) == []


@given(st.integers(0), st.integers(1, 255))
def test_a_damaged_byte_is_noticed_and_its_record_named(tmp_path_factory, at, change):
    data = bytearray(tfevents.opening_event(0) + tfevents.scalar_event(1, 1.0, [("a", 1.0)]))
    data[at % len(data)] ^= change
    path = tmp_path_factory.mktemp("events") / "file"
    path.write_bytes(data)
    with pytest.raises(ProtocolError, match=r"file: .*\(record at byte \d+\)"):
        list(tfevents.read(path))


def test_another_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("step,loss\n" * 10)
    with pytest.raises(ProtocolError, match="no event file"):
        list(tfevents.read(tmp_path / "file"))
