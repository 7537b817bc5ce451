"""Images stay what they were, bit for bit; what is not an image is refused by name."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from trackio.errors import ProtocolError
from trackiod import picture


def decoded(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("LA", 2), ("RGB", 3), ("RGBA", 4)])
def test_an_array_is_kept_without_loss(tmp_path, mode, channels):
    pixels = np.random.default_rng(0).integers(0, 256, (33, 57, channels), np.uint8)
    (tmp_path / "raw").write_bytes(pixels.tobytes())
    made = picture.from_array(tmp_path / "raw", pixels.shape, mode)
    assert (made.mime, made.width, made.height) == ("image/webp", 57, 33)
    back = np.asarray(decoded(made.data).convert("RGBA" if channels in (2, 4) else "RGB"))
    colour = pixels[..., :3] if channels > 2 else np.repeat(pixels[..., :1], 3, axis=2)
    assert np.array_equal(back[..., :3], colour)
    if channels in (2, 4):
        assert np.array_equal(back[..., 3], pixels[..., -1])


def test_an_image_too_long_for_webp_becomes_a_png(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (2, picture.MAX_WEBP + 1, 3), np.uint8)
    (tmp_path / "raw").write_bytes(pixels.tobytes())
    made = picture.from_array(tmp_path / "raw", pixels.shape, "RGB")
    assert made.mime == "image/png"
    assert np.array_equal(np.asarray(decoded(made.data)), pixels)


@pytest.mark.parametrize("shape", [(4, 4), (0, 4, 3), (4, 4, 5), (4, 4, 3)])
def test_an_array_that_is_not_what_it_says_is_refused(tmp_path, shape):
    (tmp_path / "raw").write_bytes(b"12345")
    with pytest.raises(ProtocolError):
        picture.from_array(tmp_path / "raw", shape, "RGB")


def test_a_thumbnail_keeps_the_proportions(tmp_path):
    Image.new("RGB", (1000, 500), "red").save(tmp_path / "wide.png")
    made = picture.from_file(tmp_path / "wide.png")
    assert decoded(made.thumb).size == (picture.THUMB, picture.THUMB // 2)
    assert decoded(made.thumb).format == "WEBP"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_file_that_browsers_show_is_kept(tmp_path, kind):
    Image.new("RGB", (40, 30), "blue").save(tmp_path / "file", kind)
    made = picture.from_file(tmp_path / "file")
    assert made.data is None
    assert (made.mime, made.width, made.height) == (f"image/{kind.lower()}", 40, 30)


@pytest.mark.parametrize("kind", ["BMP", "TIFF"])
def test_a_file_that_browsers_do_not_show_becomes_a_png_without_loss(tmp_path, kind):
    pixels = np.random.default_rng(1).integers(0, 256, (9, 7, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "file", kind)
    made = picture.from_file(tmp_path / "file")
    assert made.mime == "image/png"
    assert np.array_equal(np.asarray(decoded(made.data)), pixels)


def test_frames_of_an_animation_are_counted(tmp_path):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    frames[0].save(tmp_path / "file", "GIF", save_all=True, append_images=frames[1:])
    assert picture.from_file(tmp_path / "file").frames == 3


def test_a_rotated_photograph_has_the_size_that_is_shown(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 30)).save(tmp_path / "file", "JPEG", exif=exif)
    made = picture.from_file(tmp_path / "file")
    assert (made.width, made.height) == (30, 40)


@pytest.mark.parametrize("mode", ["1", "P", "CMYK", "I;16", "F", "I"])
def test_every_mode_of_a_tiff_can_be_shown(tmp_path, mode):
    image = Image.new("L", (12, 10), 7)
    image = Image.fromarray(np.arange(120, dtype=np.uint16).reshape(10, 12)) if mode == "I;16" else image.convert(mode)
    image.save(tmp_path / "file", "TIFF")
    made = picture.from_file(tmp_path / "file")
    assert decoded(made.data).size == (12, 10)
    assert decoded(made.thumb).size == (12, 10)


def test_damaged_files_are_refused_by_name(tmp_path):
    Image.fromarray(np.random.default_rng(2).integers(0, 256, (64, 64, 3), np.uint8)).save(tmp_path / "file", "PNG")
    whole = (tmp_path / "file").read_bytes()
    for cut in (0, 1, 10, 40, len(whole) // 2, len(whole) - 2000):
        (tmp_path / "file").write_bytes(whole[:cut])
        with pytest.raises(ProtocolError):
            picture.from_file(tmp_path / "file")


def test_a_file_that_pillow_stumbles_over_is_a_damaged_one(tmp_path):
    Image.new("L", (4, 4)).save(tmp_path / "file", "TIFF")
    content = bytearray((tmp_path / "file").read_bytes())
    directory = int.from_bytes(content[4:8], "little")
    following = directory + 2 + 12 * int.from_bytes(content[directory : directory + 2], "little")
    content[following : following + 4] = (2**24).to_bytes(4, "little")
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ProtocolError, match="damaged"):
        picture.from_file(tmp_path / "file")


def test_an_image_for_which_memory_is_wanting_is_not_called_damaged(tmp_path, monkeypatch):
    def exhausted(*_):
        raise MemoryError

    Image.new("L", (4, 4)).save(tmp_path / "file", "PNG")
    monkeypatch.setattr(picture, "small", exhausted)
    with pytest.raises(MemoryError):
        picture.from_file(tmp_path / "file")


def test_a_decompression_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    Image.new("RGB", (11, 10)).save(tmp_path / "file", "PNG")
    with pytest.raises(ProtocolError, match="pixels"):
        picture.from_file(tmp_path / "file")


def test_formats_that_are_not_listed_are_not_opened(tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "file", "PPM")
    with pytest.raises(ProtocolError, match="not an image"):
        picture.from_file(tmp_path / "file")
