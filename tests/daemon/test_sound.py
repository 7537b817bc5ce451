from __future__ import annotations

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackio.errors import ProtocolError
from trackiod import sound

RATE = 16_000


@pytest.fixture
def raw(tmp_path):
    """Sound made of these samples (n, channels)."""

    def make(samples, rate=RATE):
        (tmp_path / "raw").write_bytes(np.ascontiguousarray(samples).tobytes())
        return sound.from_array(tmp_path / "raw", samples.shape, samples.dtype.name, rate, tmp_path / "made")

    return make


def decoded(file):
    """The samples (n, channels) of a file."""
    with av.open(str(file)) as opened:
        return np.concatenate(
            [frame.to_ndarray().reshape(-1, frame.layout.nb_channels) for frame in opened.decode(audio=0)]
        )


def tone(seconds=1.0, channels=1):
    at = np.arange(int(RATE * seconds)) / RATE
    return np.stack([np.sin(2 * np.pi * 440 * at) / (1 + n) for n in range(channels)], axis=1)


def written(path, codec, form, seconds=1.0, rate=RATE, layout="mono"):
    """A file of another make."""
    samples = (tone(seconds, 2 if layout == "stereo" else 1) * 20_000).astype(np.int16)
    with av.open(str(path), "w", format=form) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), "s16", layout)
        frame.sample_rate, frame.pts = RATE, 0
        resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate)
        for made in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(made))
        out.mux(stream.encode())
    return path


@pytest.mark.parametrize("channels", [1, 2])
def test_samples_of_16_bits_are_kept_without_loss(raw, tmp_path, channels):
    samples = np.random.default_rng(0).integers(-(2**15), 2**15, (100_000, channels), np.int16)
    made = raw(samples)
    assert (made.mime, made.channels, made.rate, made.duration) == ("audio/flac", channels, RATE, 100_000 / RATE)
    assert np.array_equal(decoded(tmp_path / "made"), samples)


@pytest.mark.parametrize(
    ("samples", "kept"),
    [
        (np.array([-1, 0, 0.5, 1], np.float32), [-32767, 0, 16384, 32767]),
        (np.array([-2, 0, 1, np.nan], np.float64), [-32767, 0, 16384, 0]),
        (np.array([np.inf, -np.inf, 1], np.float16), [32767, -32767, 32767]),
        (np.array([-128, 0, 127], np.int8), [-32768, 0, 32512]),
        (np.array([0, 128, 255], np.uint8), [-32768, 0, 32512]),
        (np.array([0, 32768, 65535], np.uint16), [-32768, 0, 32767]),
        (np.array([-(2**31), 0, 2**31 - 1], np.int32), [-32768, 0, 32767]),
    ],
)
def test_other_samples_are_brought_to_16_bits(raw, tmp_path, samples, kept):
    raw(samples[:, None])
    assert decoded(tmp_path / "made")[:, 0].tolist() == kept


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3_000), st.integers(0, 2**31))
def test_an_outline_holds_the_extremes_of_any_length(tmp_path_factory, length, seed):
    folder = tmp_path_factory.mktemp("sound")
    samples = np.random.default_rng(seed).integers(-(2**15), 2**15, (length, 1), np.int16)
    (folder / "raw").write_bytes(samples.tobytes())
    made = sound.from_array(folder / "raw", samples.shape, "int16", RATE, folder / "made")
    pairs = np.frombuffer(made.peaks, np.int8).reshape(-1, 2)
    assert 1 <= len(pairs) <= sound.PEAKS
    assert (pairs[:, 0].min(), pairs[:, 1].max()) == (samples.min() >> 8, samples.max() >> 8)


@pytest.mark.parametrize(
    ("codec", "form", "mime"),
    [
        ("pcm_s16le", "wav", "audio/wav"),
        ("pcm_f32le", "wav", "audio/wav"),
        ("flac", "flac", "audio/flac"),
        ("libmp3lame", "mp3", "audio/mpeg"),
        ("libopus", "ogg", "audio/ogg"),
        ("aac", "ipod", "audio/mp4"),
        ("aac", "adts", "audio/aac"),
        ("libopus", "webm", "audio/webm"),
    ],
)
@pytest.mark.parametrize("layout", ["mono", "stereo"])
def test_what_browsers_play_is_kept_as_it_is(tmp_path, codec, form, mime, layout):
    made = sound.from_file(written(tmp_path / "file", codec, form, layout=layout), tmp_path / "made")
    assert (made.written, made.mime, made.channels) == (False, mime, 1 if layout == "mono" else 2)
    assert abs(made.duration - 1) < 0.1
    assert not (tmp_path / "made").exists()
    pairs = np.frombuffer(made.peaks, np.int8)
    assert 70 < pairs.max() <= 90


@pytest.mark.parametrize(("codec", "form"), [("pcm_s16be", "aiff"), ("pcm_mulaw", "wav"), ("pcm_s32le", "wav")])
def test_what_some_browsers_do_not_play_becomes_flac(tmp_path, codec, form):
    made = sound.from_file(written(tmp_path / "file", codec, form), tmp_path / "made")
    assert (made.written, made.mime, made.duration) == (True, "audio/flac", 1)
    assert abs(int(decoded(tmp_path / "made").max()) - 20_000) < 500


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not sound of the formats"),
        (b"#EXTM3U\nhttp://example.org/", "not sound of the formats"),
        (b"RIFF\0\0\0\0WAVE", "cannot be read"),
        (b"fLaC" + b"\0" * 100, "cannot be read|codec or a rate"),
        (b"OggS" + b"\xff" * 100, "cannot be read|one of them sound"),
        (b"ID3" + b"\0" * 500, "cannot be read|one of them sound|codec or a rate"),
    ],
)
def test_what_is_no_sound_says_so(tmp_path, content, says):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ProtocolError, match=says):
        sound.from_file(tmp_path / "file", tmp_path / "made")


def test_a_file_that_is_too_long_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sound, "MAX_SECONDS", 0.5)
    for codec, form in (("pcm_s16le", "wav"), ("libopus", "ogg")):
        with pytest.raises(ProtocolError, match=r"at most 0\.5|more than 0\.5"):
            sound.from_file(written(tmp_path / "file", codec, form), tmp_path / "made")


@pytest.mark.parametrize(
    ("shape", "dtype", "rate"),
    [
        ((2,), "int16", RATE),
        ((2, 3), "int16", RATE),
        ((2, 1), "object", RATE),
        ((2, 1), "int16", 10),
        ((0, 1), "int8", RATE),
    ],
)
def test_samples_that_are_none_are_refused(tmp_path, shape, dtype, rate):
    (tmp_path / "raw").write_bytes(b"1234")
    with pytest.raises(ProtocolError, match="cannot make sound"):
        sound.from_array(tmp_path / "raw", shape, dtype, rate, tmp_path / "made")
    with pytest.raises(ProtocolError, match="has 6 bytes, the file has 4"):
        sound.from_array(tmp_path / "raw", (3, 1), "int16", RATE, tmp_path / "made")
