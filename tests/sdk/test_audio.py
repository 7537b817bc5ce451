"""trackio/audio.py: sound is checked when it is made, and filed as it is."""

from __future__ import annotations

import numpy as np
import pytest

from trackio.audio import Audio


@pytest.fixture
def filed(tmp_path):
    def file(fill, once=None):
        fill(tmp_path / "filed")
        return "0" * 32

    file.read = (tmp_path / "filed").read_bytes
    return file


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int16", "int32", "uint8", "uint16"])
@pytest.mark.parametrize(("shape", "kept"), [((8,), [8, 1]), ((8, 1), [8, 1]), ((4, 2), [4, 2])])
def test_samples_are_kept_as_they_are(filed, dtype, shape, kept):
    samples = np.arange(8).astype(dtype).reshape(shape)
    found = Audio(samples, caption="a tone", sample_rate=np.int64(16_000))._describe(filed)
    assert found == {
        "_type": "trackio.audio",
        "format": "raw",
        "caption": "a tone",
        "shape": kept,
        "dtype": dtype,
        "rate": 16_000,
        "id": "0" * 32,
        "bytes": samples.nbytes,
    }
    assert filed.read() == samples.tobytes()


def test_views_and_foreign_byte_orders_are_kept_in_order(filed):
    samples = np.arange(8, dtype=">i2")[::-2]
    assert Audio(samples, sample_rate=8_000)._describe(filed)["dtype"] == "int16"
    assert filed.read() == samples.astype("<i2").tobytes()


def test_a_tensor_of_another_library_is_read(filed):
    class Tensor:
        def detach(self):
            return self

        cpu = detach

        def numpy(self):
            return np.zeros(3, np.float32)

    assert Audio(Tensor(), sample_rate=8_000)._describe(filed)["shape"] == [3, 1]


@pytest.mark.parametrize(
    ("name", "form"), [("a.wav", "wav"), ("a.MP3", "mp3"), ("a.opus", "ogg"), ("a.m4a", "m4a"), ("a.aif", "aiff")]
)
def test_a_file_is_kept_as_it_is(filed, tmp_path, name, form):
    (tmp_path / name).write_bytes(b"sound")
    for given in (tmp_path / name, str(tmp_path / name)):
        found = Audio(given)._describe(filed)
        assert (found["format"], found["bytes"], filed.read()) == (form, 5, b"sound")
        assert "rate" not in found


@pytest.mark.parametrize(
    ("given", "rate", "says"),
    [
        (np.zeros(3), None, "needs a sample_rate"),
        (np.zeros(3), 100, "3000 to 384000 Hz; got 100"),
        (np.zeros(3), 8000.5, "got 8000.5"),
        (np.zeros((2, 3)), 8_000, r"got shape \(2, 3\)"),
        (np.zeros((2, 2, 2)), 8_000, "got shape"),
        (np.zeros(0), 8_000, r"got shape \(0,\)"),
        (np.zeros(3, bool), 8_000, "got bool"),
        (np.zeros(3, np.int64), 8_000, "got int64"),
        (np.zeros(3, complex), 8_000, "got complex128"),
        ([0.0, 1.0], 8_000, "got list"),
        ("gone.wav", None, "there is no file"),
        (__file__, None, "an audio file ends in .wav"),
    ],
)
def test_anything_else_is_refused_by_name(given, rate, says):
    with pytest.raises(ValueError, match=says):
        Audio(given, sample_rate=rate)


def test_only_formats_that_are_known_may_be_asked_for():
    with pytest.raises(ValueError, match="one of wav, mp3; got 'ogg'"):
        Audio(np.zeros(3), sample_rate=8_000, format="ogg")
    assert Audio(np.zeros(3), sample_rate=8_000, format="mp3")
