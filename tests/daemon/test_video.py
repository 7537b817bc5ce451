"""Frames come back from the MP4 in number, order, rate and nearly in colour; files are kept where they can be."""

from __future__ import annotations

import errno
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import ProtocolError
from trackiod import video


def raw(folder, frames):
    (folder / "raw").write_bytes(np.ascontiguousarray(frames).tobytes())
    return folder / "raw"


def decoded(file):
    with av.open(str(file)) as source:
        stream = source.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.pix_fmt == "yuv420p"
        return [frame.to_ndarray(format="rgb24") for frame in source.decode(stream)], stream.average_rate


def smooth(frames, channels, height, width):
    """Slowly changing frames: what is compared is the pipeline, not how well H.264 keeps noise."""
    f, c, y, x = np.ogrid[:frames, :channels, :height, :width]
    return (128 + 100 * np.sin(f / 3 + c) * np.cos(y / 20) * np.cos(x / 20)).astype(np.uint8)


def written(folder, codec, container, frames=5, size=(64, 48), pix_fmt="yuv420p", **options):
    file = folder / f"made.{container}"
    with av.open(str(file), "w", **options) as out:
        stream = out.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        for picture in smooth(frames, 3, size[1], size[0]).transpose(0, 2, 3, 1):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")))
        out.mux(stream.encode())
    return file


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_every_frame_comes_back_in_order_and_colour(tmp_path, channels):
    frames = smooth(10, channels, 64, 64)
    clip = video.from_array(raw(tmp_path, frames), frames.shape, 30.0, tmp_path / "made")
    pictures, rate = decoded(tmp_path / "made")
    assert (clip.frames, clip.fps, clip.width, clip.height, clip.mime) == (10, 30.0, 64, 64, "video/mp4")
    assert clip.duration == pytest.approx(1 / 3)
    assert len(pictures) == 10
    assert rate == 30
    colour = frames[:, :3] if channels > 1 else np.repeat(frames, 3, axis=1)
    for picture, frame in zip(pictures, colour.transpose(0, 2, 3, 1), strict=True):
        assert np.abs(picture.astype(int) - frame).mean() < 4


def test_colours_are_tagged_and_right(tmp_path):
    frames = np.zeros((3, 3, 64, 64), np.uint8)
    frames[:, 0] = 255
    video.from_array(raw(tmp_path, frames), frames.shape, 10, tmp_path / "made")
    pictures, _ = decoded(tmp_path / "made")
    assert np.abs(pictures[1].astype(int) - (255, 0, 0)).max() < 12
    with av.open(str(tmp_path / "made")) as made:
        assert made.streams.video[0].codec_context.colorspace == 1


def test_the_index_stands_before_the_data(tmp_path):
    frames = smooth(4, 3, 32, 32)
    video.from_array(raw(tmp_path, frames), frames.shape, 10, tmp_path / "made")
    assert (tmp_path / "made").read_bytes().index(b"moov") < (tmp_path / "made").read_bytes().index(b"mdat")


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 2), (7, 5), (33, 64), (64, 33)])
def test_odd_sizes_are_padded_by_their_edge(tmp_path, height, width):
    frames = np.full((3, 3, height, width), 200, np.uint8)
    clip = video.from_array(raw(tmp_path, frames), frames.shape, 5, tmp_path / "made")
    pictures, _ = decoded(tmp_path / "made")
    assert pictures[0].shape == (height + height % 2, width + width % 2, 3) == (clip.height, clip.width, 3)
    assert np.abs(pictures[0].astype(int) - 200).max() < 8


def test_a_batch_becomes_a_grid(tmp_path):
    batch = np.stack([np.full((10, 3, 64, 64), shade, np.uint8) for shade in (40, 120, 200)])
    clip = video.from_array(raw(tmp_path, batch), batch.shape, 15, tmp_path / "made")
    pictures, rate = decoded(tmp_path / "made")
    assert (clip.width, clip.height, clip.frames, rate) == (128, 128, 10, 15)
    assert [int(pictures[4][y, x].mean()) // 10 for y, x in ((32, 32), (32, 96), (96, 32), (96, 96))] == [
        pytest.approx(shade // 10, abs=1) for shade in (40, 120, 200, 0)
    ]


@given(st.integers(1, 10_000))
def test_a_grid_holds_its_tiles_and_is_nearly_square(count):
    columns, lines = video.grid(count)
    assert columns * lines >= count > columns * (lines - 1)
    assert 0 <= columns - lines <= 1


@pytest.mark.parametrize("fps", [0.5, 1, 23.976, 24, 60, 240])
def test_any_rate_is_kept(tmp_path, fps):
    frames = smooth(4, 3, 16, 16)
    clip = video.from_array(raw(tmp_path, frames), frames.shape, fps, tmp_path / "made")
    pictures, rate = decoded(tmp_path / "made")
    assert len(pictures) == 4
    assert clip.fps == pytest.approx(fps, rel=1e-4)
    assert float(rate) == pytest.approx(fps, rel=1e-2)


def test_one_frame_is_a_video(tmp_path):
    frames = smooth(1, 3, 16, 16)
    assert video.from_array(raw(tmp_path, frames), frames.shape, 10, tmp_path / "made").frames == 1
    assert len(decoded(tmp_path / "made")[0]) == 1


@pytest.mark.parametrize(
    ("shape", "fps"),
    [
        ((3, 4, 4), 10),
        ((2, 2, 4, 4), 10),
        ((0, 3, 4, 4), 10),
        ((2, 3, 4, 4), 0),
        ((2, 3, 4, 4), -1),
        ((2, 3, 4, 4), float("nan")),
        ((2, 3, 5, 5), 10),
        ((1, 3, 1, video.MAX_SIDE + 1), 10),
    ],
)
def test_frames_that_are_not_what_they_say_are_refused(tmp_path, shape, fps):
    with pytest.raises(ProtocolError):
        video.from_array(raw(tmp_path, np.zeros(96, np.uint8)), shape, fps, tmp_path / "made")


def test_a_fast_starting_mp4_is_kept(tmp_path):
    file = written(tmp_path, "libx264", "mp4", options={"movflags": "+faststart"})
    clip = video.from_file(file, tmp_path / "made")
    assert not clip.written
    assert (clip.mime, clip.width, clip.height, clip.frames, clip.fps) == ("video/mp4", 64, 48, 5, 10)
    assert clip.duration == pytest.approx(0.5)
    assert clip.first.shape == (48, 64, 3)


def packets(file):
    with av.open(str(file)) as source:
        return [bytes(packet) for packet in source.demux(source.streams.video[0]) if packet.size]


@pytest.mark.parametrize("container", ["mp4", "mov", "mkv"])
def test_h264_elsewhere_is_moved_into_a_fast_starting_mp4(tmp_path, container):
    file = written(tmp_path, "libx264", container)
    clip = video.from_file(file, tmp_path / "made")
    assert clip.written
    assert clip.mime == "video/mp4"
    made = (tmp_path / "made").read_bytes()
    assert made.index(b"moov") < made.index(b"mdat")
    assert [len(packet) for packet in packets(tmp_path / "made")] == [len(packet) for packet in packets(file)]


def test_a_webm_is_kept(tmp_path):
    clip = video.from_file(written(tmp_path, "libvpx-vp9", "webm"), tmp_path / "made")
    assert (clip.written, clip.mime) == (False, "video/webm")


@pytest.mark.parametrize(
    ("codec", "container", "pix_fmt"),
    [
        ("mpeg4", "avi", "yuv420p"),
        ("mjpeg", "avi", "yuvj420p"),
        ("mpeg4", "mp4", "yuv420p"),
        ("libx264", "mp4", "yuv444p"),
    ],
)
def test_what_browsers_do_not_play_is_encoded_anew(tmp_path, codec, container, pix_fmt):
    clip = video.from_file(written(tmp_path, codec, container, pix_fmt=pix_fmt), tmp_path / "made")
    assert (clip.written, clip.mime, clip.frames) == (True, "video/mp4", 5)
    pictures, rate = decoded(tmp_path / "made")
    assert rate == 10
    for picture, frame in zip(pictures, smooth(5, 3, 48, 64).transpose(0, 2, 3, 1), strict=True):
        assert np.abs(picture.astype(int) - frame).mean() < 8


def test_an_odd_sized_gif_becomes_an_mp4_with_its_frames(tmp_path):
    clip = video.from_file(written(tmp_path, "gif", "gif", size=(33, 21), pix_fmt="rgb8"), tmp_path / "made")
    pictures, _ = decoded(tmp_path / "made")
    assert (clip.mime, clip.width, clip.height) == ("video/mp4", 34, 22)
    assert len(pictures) == 5


@pytest.mark.parametrize("codec", ["aac", "pcm_s16le"])
def test_known_sound_goes_along(tmp_path, codec):
    file = tmp_path / "made.mkv"
    with av.open(str(file), "w") as out:
        stream, sound = out.add_stream("mpeg4", rate=10), out.add_stream(codec, rate=48000)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for picture in smooth(10, 3, 32, 32).transpose(0, 2, 3, 1):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")))
        out.mux(stream.encode())
        layout = "fltp" if codec == "aac" else "s16"
        for number in range(46):
            shape = (1, 1024)
            samples = np.zeros(shape, np.float32 if codec == "aac" else np.int16)
            frame = av.AudioFrame.from_ndarray(samples, format=layout, layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 48000, number * 1024, Fraction(1, 48000)
            out.mux(sound.encode(frame))
        out.mux(sound.encode())
    video.from_file(file, tmp_path / "made")
    with av.open(str(tmp_path / "made")) as made:
        assert len(made.streams.audio) == (codec == "aac")
        assert made.streams.video[0].frames == 10


def test_a_full_disk_is_no_fault_of_the_file(tmp_path):
    file = written(tmp_path, "libx264", "mkv")
    with pytest.raises(OSError, match="space") as caught:
        video.from_file(file, Path("/dev/full"))
    assert caught.value.errno == errno.ENOSPC


def test_files_that_are_no_videos_are_refused_by_name(tmp_path):
    file = tmp_path / "file"
    for content in (
        b"",
        b"hello",
        b"#EXTM3U\n/etc/passwd",
        b"GIF89a",
        b"\0\0\0\x18ftypmp42" + b"\0" * 50,
        b"\x1a\x45\xdf\xa3" * 9,
    ):
        file.write_bytes(content)
        with pytest.raises(ProtocolError):
            video.from_file(file, tmp_path / "made")


def test_damaged_videos_are_refused_or_shown_as_far_as_they_go(tmp_path):
    file = written(tmp_path, "libx264", "mp4", options={"movflags": "+faststart"})
    whole, random = file.read_bytes(), np.random.default_rng(3)
    for _ in range(40):
        broken = bytearray(whole[: random.integers(8, len(whole))])
        for at in random.integers(0, len(broken), 5):
            broken[at] ^= 1 << int(random.integers(0, 8))
        file.write_bytes(broken)
        try:
            clip = video.from_file(file, tmp_path / "made")
        except ProtocolError:
            continue
        assert clip.width
