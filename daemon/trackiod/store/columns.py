"""One column of numbers ↔ bytes: strides, offsets and differences in few bytes, floats as what they fit; pure."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = bytes | memoryview

# The first byte of a column is its coding; DEFLATED is added where the words after its head are compressed, PLANES
# where the first bytes of all words stand before all second bytes, and so on: jitter with a few outliers is then small.
_STRIDE, _OFFSETS, _DELTAS = 1, 2, 3
_CONSTANT, _INTEGRAL, _FLOAT32, _FLOAT64 = 16, 17, 18, 19
_DEFLATED: Final = 0x80
_PLANES: Final = 0x40

#: first, stride | least, bytes per number | first, least difference, bytes per number
_STRIDE_HEAD: Final = struct.Struct("<Bqq")
_OFFSETS_HEAD: Final = struct.Struct("<BqB")
_DELTAS_HEAD: Final = struct.Struct("<BqqB")
_WIDTHS: Final = {1: "<u1", 2: "<u2", 4: "<u4", 8: "<u8"}
#: Fewer bytes than this are not worth compressing, and a result must be smaller by this factor. Columns of nodes, which
#: charts read, are too short for planes.
_WORTH_BYTES: Final = 128
_WORTH_PLANES: Final = 2048
_WORTH: Final = 0.9
#: Incompressible numbers are told by this many of their first bytes.
_SAMPLE: Final = 512


def pack_ints(numbers: NDArray[np.int64]) -> bytes:
    """Return one or more integers as a column; differences are taken modulo 2**64, so any values will do."""
    if len(numbers) == 1:
        return _STRIDE_HEAD.pack(_STRIDE, int(numbers[0]), 0)
    deltas = numbers[1:] - numbers[:-1]
    least_delta = int(deltas.min())
    words = (deltas - least_delta).view(np.uint64)
    most_delta = int(words.max())
    first = int(numbers[0])
    if most_delta == 0:
        return _STRIDE_HEAD.pack(_STRIDE, first, least_delta)
    least = int(numbers.min())
    offsets = (numbers - least).view(np.uint64)
    most = int(offsets.max())
    if most.bit_length() <= most_delta.bit_length():
        return _planes(_OFFSETS_HEAD.pack(_OFFSETS, least, _width(most)), offsets, _width(most))
    return _planes(_DELTAS_HEAD.pack(_DELTAS, first, least_delta, _width(most_delta)), words, _width(most_delta))


def unpack_ints(data: Bytes, count: int) -> NDArray[np.int64]:
    """Return the `count` integers of a column; raises ValueError for bytes that are none."""
    coding = _coding(data, count)
    try:
        if coding == _STRIDE:
            _, first, stride = _STRIDE_HEAD.unpack_from(data)
            return _stepping(first, stride, count)
        if coding == _OFFSETS:
            _, least, width = _OFFSETS_HEAD.unpack_from(data)
            offsets = _unpacked(data, _OFFSETS_HEAD.size, width, count)
            shifted: NDArray[np.int64] = offsets.astype(np.int64) + least
            return shifted
        if coding == _DELTAS:
            _, first, least, width = _DELTAS_HEAD.unpack_from(data)
            deltas = _unpacked(data, _DELTAS_HEAD.size, width, count - 1)
            numbers = np.empty(count, np.int64)
            numbers[0] = first
            np.add(deltas.astype(np.int64), least, out=numbers[1:])
            return np.add.accumulate(numbers, out=numbers)
    except (struct.error, KeyError, zlib.error) as error:
        raise ValueError(f"a damaged column of integers: {error}") from error
    raise ValueError(f"coding {coding} of integers")


def pack_floats(numbers: NDArray[np.float64], worth: float = _WORTH) -> bytes:
    """Return one or more floats as a column that gives back every bit of them; compressed if that is `worth` it."""
    words = numbers.view(np.int64)
    if (words == words[0]).all():
        return bytes([_CONSTANT]) + words[:1].tobytes()
    integral = _as_integral(numbers, words)
    packed = b"" if integral is None else bytes([_INTEGRAL]) + pack_ints(integral)
    if packed and len(packed) <= 2 * len(numbers):
        return packed
    single = _as_single(numbers, words)
    if single is not None and not (packed and len(packed) <= 4 * len(numbers)):
        return _sampled(_FLOAT32, single.tobytes(), worth)
    return packed or _sampled(_FLOAT64, numbers.tobytes(), worth)


def unpack_floats(data: Bytes, count: int) -> NDArray[np.float64]:
    """Return the `count` floats of a column; raises ValueError for bytes that are none."""
    coding = _coding(data, count)
    try:
        if coding == _CONSTANT:
            return np.full(count, np.frombuffer(data[1:], "<i8", 1)[0]).view(np.float64)
        if coding == _INTEGRAL:
            return unpack_ints(data[1:], count).astype(np.float64)
        if coding == _FLOAT32:
            return np.frombuffer(_inflated(data, 1), "<f4", count).astype(np.float64)
        if coding == _FLOAT64:
            return np.frombuffer(_inflated(data, 1), "<f8", count)
    except zlib.error as error:
        raise ValueError(f"a damaged column of floats: {error}") from error
    raise ValueError(f"coding {coding} of floats")


def _coding(data: Bytes, count: int) -> int:
    if not len(data) or count < 1:
        raise ValueError(f"a column of {count} numbers in {len(data)} bytes")
    return data[0] & ~(_DEFLATED | _PLANES)


def _stepping(first: int, stride: int, count: int) -> NDArray[np.int64]:
    if stride == 0:
        return np.full(count, first, np.int64)
    numbers = np.arange(count, dtype=np.int64)
    numbers *= stride
    numbers += first
    return numbers


def _width(most: int) -> int:
    return 1 if most < 1 << 8 else 2 if most < 1 << 16 else 4 if most < 1 << 32 else 8


def _as_integral(numbers: NDArray[np.float64], words: NDArray[np.int64]) -> NDArray[np.int64] | None:
    for part in (slice(8), slice(None)):  # a few tell most columns at once
        with np.errstate(invalid="ignore"):
            found = numbers[part].astype(np.int64)
        if not (found.astype(np.float64).view(np.int64) == words[part]).all():
            return None
    return found


def _as_single(numbers: NDArray[np.float64], words: NDArray[np.int64]) -> NDArray[np.float32] | None:
    for part in (slice(8), slice(None)):
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            found = numbers[part].astype(np.float32)
            back = found.astype(np.float64)
        if not (back.view(np.int64) == words[part]).all():
            return None
    return found


def _planes(head: bytes, numbers: NDArray[np.uint64], width: int) -> bytes:
    words = numbers.astype(_WIDTHS[width])
    if words.nbytes >= _WORTH_PLANES:
        planes = words.view(np.uint8).reshape(-1, width).T.tobytes()
        # Runs and frequencies are what there is in one plane; looking for more takes longer than it saves.
        deflate = zlib.compressobj(1, strategy=zlib.Z_RLE)
        smaller = deflate.compress(planes) + deflate.flush()
        if len(smaller) < _WORTH * len(planes):
            return bytes([head[0] | _DEFLATED | _PLANES]) + head[1:] + smaller
    return head + words.tobytes()


def _unpacked(data: Bytes, at: int, width: int, count: int) -> NDArray[np.unsignedinteger[Any]]:
    words, form = _inflated(data, at), _WIDTHS[width]
    if data[0] & _PLANES:
        planes = np.frombuffer(words, np.uint8, count * width).reshape(width, count)
        return np.ascontiguousarray(planes.T).view(form).reshape(count)
    return np.frombuffer(words, form, count)


def _sampled(coding: int, words: bytes, worth: float) -> bytes:
    sample = words[:_SAMPLE]
    if len(words) >= _WORTH_BYTES and len(zlib.compress(sample, 1)) < _WORTH * len(sample):
        smaller = zlib.compress(words, 1)
        if len(smaller) < worth * len(words):
            return bytes([coding | _DEFLATED]) + smaller
    return bytes([coding]) + words


def _inflated(data: Bytes, at: int) -> Bytes:
    return zlib.decompress(data[at:]) if data[0] & _DEFLATED else data[at:]
