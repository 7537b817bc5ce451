"""Pixels and image files → what a browser shows, lossless; and their thumbnails. Functions of their arguments."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from trackio.errors import ProtocolError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

#: Most pixels of an image that is decoded.
MAX_PIXELS: Final = 2**28
#: Longest side of a WebP file.
MAX_WEBP: Final = 16383
#: Longest side of a thumbnail, and of a video's poster, in pixels.
THUMB: Final = 256
POSTER: Final = 1280
#: Formats that are opened at all, and those of them that every browser shows as they are.
READ: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
SHOWN: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
_CHANNELS: Final = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as it is kept: encoded bytes, or None when the file itself is kept; its size; and a thumbnail."""

    data: bytes | None
    mime: str
    width: int
    height: int
    frames: int
    thumb: bytes


def from_array(file: Path, shape: tuple[int, ...], mode: str) -> Picture:
    """Encode raw uint8 pixels (h, w, c) in C order, without loss: as WebP, or as PNG where WebP cannot hold them.

    Raises ProtocolError when the file is not what shape and mode say.
    """
    if len(shape) != 3 or min(shape) < 1 or _CHANNELS.get(mode) != shape[2] or shape[0] * shape[1] > MAX_PIXELS:
        raise ProtocolError(f"cannot make an image of shape {shape} and mode {mode!r}")
    pixels = np.fromfile(file, np.uint8)
    if pixels.size != shape[0] * shape[1] * shape[2]:
        raise ProtocolError(f"an image of shape {shape} has {np.prod(shape)} bytes, the file has {pixels.size}")
    height, width, _ = shape
    image = Image.fromarray(pixels.reshape(shape[:2] if mode == "L" else shape), mode)
    if max(width, height) > MAX_WEBP:
        data, mime = _encoded(image, "PNG"), "image/png"
    else:
        # `exact` keeps the colour under transparent pixels: lossless means every byte.
        data, mime = _encoded(image, "WEBP", lossless=True, quality=50, method=3, exact=True), "image/webp"
    return Picture(data, mime, width, height, 1, small(image, THUMB))


def from_file(file: Path) -> Picture:
    """Check an image file by decoding it, and keep it if browsers show its format; others become PNG.

    Width and height are those that a browser shows, rotated as the file asks. Raises ProtocolError for a file that
    is damaged, too large, or none of the formats that are read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=READ) as image:
                frames = int(getattr(image, "n_frames", 1))
                kind = image.format or ""
                image.load()
                upright = ImageOps.exif_transpose(image)
                thumb = small(upright, THUMB)
                data = None if kind in SHOWN else _encoded(_plain(upright), "PNG")
    except MemoryError:
        raise
    except UnidentifiedImageError as error:
        raise ProtocolError(f"not an image of the formats {', '.join(READ)}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ProtocolError(f"an image may have {MAX_PIXELS} pixels: {error}") from error
    except Exception as error:
        # Pillow reports damaged files with whatever it stumbles over in them.
        raise ProtocolError(f"the image is damaged: {error}") from error
    return Picture(data, SHOWN.get(kind, "image/png"), upright.width, upright.height, frames, thumb)


def poster(frame: NDArray[np.uint8]) -> bytes:
    """Return a WebP picture of a video frame (h, w, 3), at most POSTER pixels wide and high."""
    return small(Image.fromarray(frame, "RGB"), POSTER)


def small(image: Image.Image, side: int) -> bytes:
    """Return a WebP copy of an image whose longer side has at most `side` pixels."""
    copy = _plain(image)
    if copy.mode not in {"RGB", "RGBA"}:
        copy = copy.convert("RGBA" if copy.mode == "LA" else "RGB")
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _encoded(copy, "WEBP", quality=80, method=3)


def _plain(image: Image.Image) -> Image.Image:
    """Return an image in a mode that PNG and WebP know; a palette's transparency is kept."""
    if image.mode in {"L", "LA", "RGB", "RGBA"}:
        return image.copy()
    if image.mode.startswith(("I", "F")):
        # Deeper than 8 bits: stretched to what can be shown.
        values = np.asarray(image, np.float64)
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        return Image.fromarray(np.nan_to_num((values - low) * (255 / max(high - low, 1e-300))).astype(np.uint8), "L")
    return image.convert("RGBA" if image.mode in {"P", "PA"} and "transparency" in image.info else "RGB")


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
