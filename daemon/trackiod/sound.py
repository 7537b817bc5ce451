"""Samples and sound files → what every browser plays, and the outline of it that is drawn. Functions of arguments."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
from av.error import FFmpegError

from trackio.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    #: Samples (n, channels), int16.
    Samples = NDArray[np.int16]

#: Limits of what is decoded: duration in seconds, and streams of a file.
MAX_SECONDS: Final = 12 * 3600
MAX_STREAMS: Final = 16
#: Most pairs of least and greatest value in an outline.
PEAKS: Final = 400
_RATES: Final = range(3_000, 384_001)
#: Samples that are worked on at once, and those of one pair of a fine outline.
_PIECE: Final = 2**16
_FINE: Final = 64
_FULL: Final = 32_767
_DTYPES: Final = frozenset({"float16", "float32", "float64", "int8", "int16", "int32", "uint8", "uint16"})
#: Container → how FFmpeg calls it, what browsers call it, and the codecs in it that all of them play.
_PLAYED: Final[dict[str, tuple[str, str, frozenset[str]]]] = {
    "wav": ("wav", "audio/wav", frozenset({"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le"})),
    "mp3": ("mp3", "audio/mpeg", frozenset({"mp3"})),
    "flac": ("flac", "audio/flac", frozenset({"flac"})),
    "ogg": ("ogg", "audio/ogg", frozenset({"opus", "vorbis"})),
    "m4a": ("mov", "audio/mp4", frozenset({"aac", "mp3", "flac", "opus"})),
    "aac": ("aac", "audio/aac", frozenset({"aac"})),
    "webm": ("matroska", "audio/webm", frozenset({"opus", "vorbis"})),
    "aiff": ("aiff", "", frozenset()),
}


@dataclass(frozen=True, slots=True)
class Sound:
    """Sound that can be played: whether it was written or the source is kept, what it is, and its outline.

    `peaks` are pairs of int8, the least and the greatest value of equal parts of it.
    """

    written: bool
    mime: str
    channels: int
    rate: int
    duration: float
    peaks: bytes


def from_array(file: Path, shape: tuple[int, ...], dtype: str, rate: float, target: Path) -> Sound:
    """Write raw samples (n, channels) as FLAC of 16 bits; floats beyond -1 to 1 are all made quieter.

    Raises ProtocolError when the file is not what shape and dtype say.
    """
    if len(shape) != 2 or shape[0] < 1 or shape[1] not in {1, 2} or dtype not in _DTYPES or int(rate) not in _RATES:
        raise ProtocolError(f"cannot make sound of shape {shape}, {dtype!r} and {rate} Hz")
    kind = np.dtype(dtype).newbyteorder("<")
    size = shape[0] * shape[1] * kind.itemsize
    if file.stat().st_size != size:
        raise ProtocolError(f"sound of shape {shape} has {size} bytes, the file has {file.stat().st_size}")
    samples = np.memmap(file, kind, "r", shape=shape)
    loudest = _loudest(samples) if kind.kind == "f" else 1.0
    outline = _Outline()
    _write(outline.of(_as_int16(piece, loudest) for piece in _pieces(samples)), int(rate), shape[1], target)
    return Sound(True, "audio/flac", shape[1], int(rate), shape[0] / int(rate), outline.peaks())


def from_file(file: Path, target: Path) -> Sound:
    """Check a sound file by decoding all of it, and keep it where every browser plays it; others become FLAC.

    Raises ProtocolError for a file that is damaged, too long, or none of the formats, OSError when there is no room.
    """
    container = _sniffed(file)
    demuxer, mime, codecs = _PLAYED[container]
    outline = _Outline()
    try:
        with av.open(str(file), format=demuxer, options={"protocol_whitelist": "file"}) as source:
            stream = _checked(source)
            rate, channels = stream.codec_context.sample_rate, min(2, stream.codec_context.channels)
            played = stream.codec_context.codec.canonical_name in codecs
            pieces = outline.of(_decoded(source, stream, rate, channels))
            if played:
                for _ in pieces:
                    pass
            else:
                _write(pieces, rate, channels, target)
    except (FFmpegError, ValueError) as error:
        number = getattr(error, "errno", 0)
        if number in {errno.ENOSPC, errno.EDQUOT}:
            raise OSError(number, os.strerror(number), str(target)) from error  # the file is not to blame
        # PyAV reports what FFmpeg cannot do with both.
        raise ProtocolError(f"the sound cannot be read: {error}") from error
    if outline.samples == 0:
        raise ProtocolError("there is no sound in the file")
    seconds = outline.samples / rate
    return Sound(not played, mime if played else "audio/flac", channels, rate, seconds, outline.peaks())


def _sniffed(file: Path) -> str:
    """Return the container by its first bytes."""
    with file.open("rb") as opened:
        head = opened.read(64)
    signs = {
        "wav": head[:4] == b"RIFF" and head[8:12] == b"WAVE",
        "flac": head[:4] == b"fLaC",
        "ogg": head[:4] == b"OggS",
        "m4a": head[4:8] == b"ftyp",
        "webm": head[:4] == b"\x1a\x45\xdf\xa3",
        "aiff": head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"},
        # Both begin with eleven set bits; the layer tells them apart.
        "aac": head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xF6 == 0xF0,
        "mp3": head[:3] == b"ID3" or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0),
    }
    for name, there in signs.items():
        if there:
            return name
    raise ProtocolError(f"not sound of the formats {', '.join(_PLAYED)}")


def _checked(source: Any) -> Any:
    """Return the sound of an opened file; raises ProtocolError before anything of it is decoded."""
    if len(source.streams) > MAX_STREAMS or not source.streams.audio:
        raise ProtocolError(f"a sound file has 1 to {MAX_STREAMS} streams, one of them sound")
    stream = source.streams.audio[0]
    if stream.codec_context is None or stream.codec_context.sample_rate not in _RATES:
        raise ProtocolError("sound of a codec or a rate that is not known")
    seconds = (source.duration or 0) / av.time_base
    if seconds > MAX_SECONDS:
        raise ProtocolError(f"sound of {seconds:.0f} seconds; at most {MAX_SECONDS}")
    return stream


def _decoded(source: Any, stream: Any, rate: int, channels: int) -> Iterator[Samples]:
    resampler = av.AudioResampler(format="s16", layout="mono" if channels == 1 else "stereo", rate=rate)
    left = MAX_SECONDS * rate
    for frame in _frames(source, stream):
        for made in resampler.resample(frame):
            samples = np.asarray(made.to_ndarray(), np.int16).reshape(-1, channels)
            left -= len(samples)
            if left < 0:
                raise ProtocolError(f"sound of more than {MAX_SECONDS} seconds")
            yield samples


def _frames(source: Any, stream: Any) -> Iterator[Any]:
    """Yield the frames of a stream, and None, which has the resampler give what it kept."""
    yield from source.decode(stream)
    yield None


def _pieces(samples: NDArray[Any]) -> Iterator[NDArray[Any]]:
    for first in range(0, len(samples), _PIECE):
        yield np.asarray(samples[first : first + _PIECE])


def _loudest(samples: NDArray[Any]) -> float:
    """Return the largest finite size of a sample, 1 if none is larger."""
    finite = (np.abs(piece[np.isfinite(piece)], dtype=np.float64) for piece in _pieces(samples))
    return max(1.0, max((float(piece.max(initial=0.0)) for piece in finite), default=1.0))


def _as_int16(piece: NDArray[Any], loudest: float) -> Samples:
    kind = piece.dtype
    if kind.kind == "f":
        scaled = np.nan_to_num(piece.astype(np.float64), posinf=loudest, neginf=-loudest) / loudest
        return np.asarray(np.rint(scaled * _FULL), np.int16)
    if kind.kind == "u":
        half = 1 << (8 * kind.itemsize - 1)
        return ((piece.astype(np.int32) - half) * (32_768 // half)).astype(np.int16)
    bits = 8 * kind.itemsize
    if bits <= 16:
        return (piece.astype(np.int32) << (16 - bits)).astype(np.int16)
    return np.asarray(piece >> (bits - 16), np.int16)


def _write(pieces: Iterable[Samples], rate: int, channels: int, target: Path) -> None:
    layout = "mono" if channels == 1 else "stereo"
    with av.open(str(target), "w", format="flac") as out:
        stream: Any = out.add_stream("flac", rate=rate, layout=layout)
        stream.codec_context.format = "s16"
        done = 0
        for piece in pieces:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece).reshape(1, -1), "s16", layout)
            frame.sample_rate, frame.pts = rate, done
            done += len(piece)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


class _Outline:
    """Takes down the least and the greatest value of equal parts of what passes through it, whatever its length."""

    def __init__(self) -> None:
        self.samples = 0
        self._pairs: list[Samples] = []
        self._rest: Samples = np.zeros((0, 2), np.int16)

    def of(self, pieces: Iterable[Samples]) -> Iterator[Samples]:
        """Yield the pieces as they are."""
        for piece in pieces:
            self.samples += len(piece)
            waiting = np.concatenate([self._rest, np.stack([piece.min(axis=1), piece.max(axis=1)], axis=1)])
            whole = len(waiting) // _FINE * _FINE
            self._pairs.append(_reduced(waiting[:whole].reshape(-1, _FINE, 2)))
            self._rest = waiting[whole:]
            yield piece

    def peaks(self) -> bytes:
        """Return at most PEAKS pairs."""
        rest = [_reduced(self._rest[None])] if len(self._rest) else []
        pairs = np.concatenate([*self._pairs, *rest])
        edges = np.linspace(0, len(pairs), min(PEAKS, len(pairs)) + 1).astype(int)
        parts = [_reduced(pairs[None, first:end]) for first, end in pairwise(edges)]
        return (np.concatenate(parts) >> 8).astype(np.int8).tobytes()


def _reduced(pairs: Samples) -> Samples:
    """Return the least and greatest of each group of pairs (groups, pairs, 2)."""
    return np.asarray(np.stack([pairs[..., 0].min(axis=1), pairs[..., 1].max(axis=1)], axis=1), np.int16)
