"""Raw frames and video files → an H.264 MP4 that every browser plays. Functions of their arguments."""

from __future__ import annotations

import errno
import heapq
import math
import os
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace

from trackio.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Frames = Iterator[tuple[NDArray[np.uint8], Fraction]]

#: Limits of what is decoded: longest side in pixels, duration in seconds, streams of a file.
MAX_SIDE: Final = 8192
MAX_SECONDS: Final = 6 * 3600
MAX_STREAMS: Final = 16
#: Codecs that every browser plays, by container, and the pixel format they must have.
_PLAYED: Final = {"mp4": {"h264", "av1"}, "webm": {"vp8", "vp9", "av1"}}
_PIXELS: Final = {"yuv420p", "yuvj420p"}
_SOUND: Final = {"aac", "mp3", "opus", "flac", "vorbis"}
_BT709: Final = 1
_CRF: Final = "18"
_MP4: Final = {"movflags": "+faststart"}


@dataclass(frozen=True, slots=True)
class Clip:
    """A playable video: whether it was written or the source is kept, what it is, and its first frame (h, w, 3)."""

    written: bool
    mime: str
    width: int
    height: int
    frames: int | None
    fps: float
    duration: float
    first: NDArray[np.uint8]


def from_array(file: Path, shape: tuple[int, ...], fps: float, target: Path) -> Clip:
    """Write raw uint8 frames (f, c, h, w) as MP4; a batch (b, f, c, h, w) is tiled into a near-square grid.

    Channels: 1 (grey), 3 (RGB) or 4 (RGBA, alpha left out). Odd sizes are padded by repeating edge pixels. Raises
    ProtocolError when the file is not what shape and fps say.
    """
    if len(shape) not in {4, 5} or min(shape, default=0) < 1 or shape[-3] not in {1, 3, 4}:
        raise ProtocolError(f"cannot make a video of shape {shape}")
    if not 0 < fps <= 1000:
        raise ProtocolError(f"cannot make a video of {fps} frames per second")
    size = math.prod(shape)
    if file.stat().st_size != size:
        raise ProtocolError(f"a video of shape {shape} has {size} bytes, the file has {file.stat().st_size}")
    batch = np.memmap(file, np.uint8, "r", shape=shape if len(shape) == 5 else (1, *shape))
    columns, lines = grid(batch.shape[0])
    height, width = lines * shape[-2], columns * shape[-1]
    if max(height, width) > MAX_SIDE:
        raise ProtocolError(f"a video of {width} × {height} pixels; at most {MAX_SIDE} on a side")
    rate = Fraction(fps).limit_denominator(1001)
    frames = ((tiled(batch[:, number], columns, lines), number / rate) for number in range(batch.shape[1]))
    first, count = _encode(frames, rate, 1 / rate, target)
    return Clip(True, "video/mp4", first.shape[1], first.shape[0], count, float(rate), float(count / rate), first)


def grid(count: int) -> tuple[int, int]:
    """Return `(columns, lines)` of the near-square grid that holds `count` tiles."""
    columns = math.isqrt(count - 1) + 1
    return columns, -(-count // columns)


def tiled(frame: NDArray[np.uint8], columns: int, lines: int) -> NDArray[np.uint8]:
    """Return the frames (b, c, h, w) of one moment as one picture (h, w, 3), left to right, then down."""
    count, channels, height, width = frame.shape
    picture = np.zeros((lines * height, columns * width, 3), np.uint8)
    for number in range(count):
        top, left = number // columns * height, number % columns * width
        picture[top : top + height, left : left + width] = frame[number, : 3 if channels > 1 else 1].transpose(1, 2, 0)
    return picture


def from_file(file: Path, target: Path) -> Clip:
    """Make a video file playable in every browser, keeping its streams as they are where browsers know them.

    An MP4 that starts fast and a WebM are kept; known codecs in another container (mov, mkv) are moved into an MP4;
    all else (gif, avi, other codecs) is encoded anew, with its sound if browsers know that. Raises ProtocolError for
    a file that is none of these, is damaged, or exceeds the limits, OSError when there is no room for what is made.
    """
    container, fast = _sniffed(file)
    try:
        with _opened(file, container) as source:
            stream = _checked(source)
            played = _is_played(source, stream, container)
            first = _first(source, stream)
        if played and (container == "webm" or (container == "mp4" and fast)):
            return _described(file, container, first, written=False)
        if played:
            with _opened(file, container) as source:
                _move([(source, [source.streams.video[0], *source.streams.audio])], target)
        else:
            _transcode(file, container, target)
        return _described(target, "mp4", first, written=True)
    except (FFmpegError, ValueError) as error:
        number = getattr(error, "errno", 0)
        if number in {errno.ENOSPC, errno.EDQUOT}:
            raise OSError(number, os.strerror(number), str(target)) from error  # the file is not to blame
        # PyAV reports what FFmpeg cannot do with both.
        raise ProtocolError(f"the video cannot be read: {error}") from error


def _opened(file: Path, container: str) -> Any:
    """Open a file as exactly this container: guessing would let a text file name other files as a playlist."""
    return av.open(str(file), format=_DEMUXER[container], options={"protocol_whitelist": "file"})


_DEMUXER: Final = {"mp4": "mov", "mov": "mov", "webm": "matroska", "mkv": "matroska", "avi": "avi", "gif": "gif"}


def _sniffed(file: Path) -> tuple[str, bool]:
    """Return the container by its first bytes, and whether its index stands before its data."""
    with file.open("rb") as opened:
        head = opened.read(4096)
    if head[:4] == b"GIF8":
        return "gif", False
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi", False
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return ("webm" if b"webm" in head[:64] else "mkv"), False
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}:
        return ("mov" if head[8:10] == b"qt" or head[4:8] != b"ftyp" else "mp4"), _starts_fast(file)
    raise ProtocolError("not a video of the formats mp4, webm, mov, mkv, avi, gif")


def _starts_fast(file: Path) -> bool:
    with file.open("rb") as opened:
        at, end = 0, file.stat().st_size
        while at + 8 <= end:
            opened.seek(at)
            head = opened.read(16)
            size, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if kind in {b"moov", b"mdat"}:
                return kind == b"moov"
            size = int.from_bytes(head[8:16], "big") if size == 1 else size
            if size < 8:
                return False
            at += size
    return False


def _checked(source: Any) -> Any:
    """Return the video stream of an opened file; raises ProtocolError before anything of it is decoded."""
    if len(source.streams) > MAX_STREAMS or not source.streams.video:
        raise ProtocolError(f"a video file has 1 to {MAX_STREAMS} streams, one of them moving pictures")
    stream = source.streams.video[0]
    if stream.codec_context is None:
        raise ProtocolError("a video of a codec that is not known")
    width, height = stream.codec_context.width, stream.codec_context.height
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise ProtocolError(f"a video of {width} × {height} pixels; at most {MAX_SIDE} on a side")
    seconds = (source.duration or 0) / av.time_base
    if seconds > MAX_SECONDS:
        raise ProtocolError(f"a video of {seconds:.0f} seconds; at most {MAX_SECONDS}")
    return stream


def _is_played(source: Any, stream: Any, container: str) -> bool:
    codecs = _PLAYED["webm" if container == "webm" else "mp4"]
    sounds = all(sound.codec_context.name in _SOUND for sound in source.streams.audio)
    codec = stream.codec_context.codec.canonical_name
    return container in {"mp4", "webm", "mov", "mkv"} and codec in codecs and stream.pix_fmt in _PIXELS and sounds


def _first(source: Any, stream: Any) -> NDArray[np.uint8]:
    for frame in source.decode(stream):
        return _rgb(frame)
    raise ProtocolError("the video has no frames")


def _rgb(frame: Any) -> NDArray[np.uint8]:
    """Return a decoded frame as pixels (h, w, 3), turned upright."""
    pixels: NDArray[np.uint8] = frame.to_ndarray(format="rgb24")
    return np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90)))


def _described(file: Path, container: str, first: NDArray[np.uint8], *, written: bool) -> Clip:
    with _opened(file, container) as made:
        stream = made.streams.video[0]
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        seconds = (made.duration or 0) / av.time_base
    height, width = (size + written * (size % 2) for size in first.shape[:2])
    return Clip(written, f"video/{container}", width, height, stream.frames or None, rate, seconds, first)


def _move(sources: list[tuple[Any, list[Any]]], target: Path) -> None:
    """Write streams of opened files into one MP4 as they are, packets in the order of their times."""
    with av.open(str(target), "w", format="mp4", options=_MP4) as out:
        lines = []
        for source, streams in sources:
            outs = {stream.index: out.add_stream_from_template(stream) for stream in streams}
            lines.append(_packets(source, streams, outs))
        for packet, stream in heapq.merge(*lines, key=lambda item: item[0].dts * item[0].time_base):
            packet.stream = stream
            out.mux(packet)


def _packets(source: Any, streams: list[Any], outs: dict[int, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield each packet with where it goes. Matroska does not say when the first ones are decoded, and MP4 must."""
    waiting: dict[int, list[Any]] = {index: [] for index in outs}
    for packet in source.demux(streams):
        if not packet.size:
            continue
        untimed = waiting[packet.stream.index]
        untimed.append(packet)
        if packet.dts is None:
            continue
        for before, early in enumerate(reversed(untimed)):
            early.dts = packet.dts - before * (packet.duration or 1)
            early.pts = early.dts if early.pts is None else early.pts
        yield from ((early, outs[early.stream.index]) for early in untimed)
        untimed.clear()


def _transcode(file: Path, container: str, target: Path) -> None:
    with _opened(file, container) as source:
        stream = source.streams.video[0]
        rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        frames = ((_rgb(frame), (frame.pts or 0) * frame.time_base) for frame in source.decode(stream))
        silent = target.with_name(f"{target.name}.silent")
        _encode(frames, min(Fraction(rate), Fraction(1000)), Fraction(1, 90_000), silent)
    with _opened(file, container) as source, _opened(silent, "mp4") as pictures:
        sounds = [sound for sound in source.streams.audio if sound.codec_context.name in _SOUND]
        if sounds:
            _move([(pictures, [pictures.streams.video[0]]), (source, sounds)], target)
    if sounds:
        silent.unlink()
    else:
        silent.replace(target)


def _encode(frames: Frames, rate: Fraction, tick: Fraction, target: Path) -> tuple[NDArray[np.uint8], int]:
    """Write frames (h, w, 3) with their times in seconds as MP4; return the first as written, and their number."""
    first, count, last = None, 0, -1
    with av.open(str(target), "w", format="mp4", options=_MP4) as out:
        stream: Any = out.add_stream("libx264", rate=rate, options={"crf": _CRF, "preset": "veryfast", "threads": "1"})
        for picture, seconds in frames:
            even = _even(picture)
            if first is None:
                first = even
                _set_up(stream.codec_context, even.shape, tick)
            last = max(last + 1, round(seconds / tick))
            out.mux(stream.encode(_yuv(even, first.shape, last, tick)))
            count += 1
        if first is None:
            raise ProtocolError("the video has no frames")
        out.mux(stream.encode())
    return first, count


def _set_up(context: Any, shape: tuple[int, ...], tick: Fraction) -> None:
    context.height, context.width = shape[:2]
    context.pix_fmt, context.time_base = "yuv420p", tick
    # Said in the file, so that no player has to guess it from the size.
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = ColorRange.MPEG


def _yuv(pixels: NDArray[np.uint8], shape: tuple[int, ...], number: int, tick: Fraction) -> Any:
    frame = av.VideoFrame.from_ndarray(pixels, "rgb24").reformat(
        width=shape[1],
        height=shape[0],
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
    )
    frame.pts, frame.time_base = number, tick
    return frame


def _even(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return pixels with even sides, the last line or column repeated where needed: 4:2:0 halves both."""
    height, width = pixels.shape[:2]
    if not (height % 2 or width % 2):
        return pixels
    return np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
