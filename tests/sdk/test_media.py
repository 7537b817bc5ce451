"""trackio/media.py: what may be logged is checked when it is made, and described and filed when it is logged."""

from __future__ import annotations

import errno
import math

import numpy as np
import pandas as pd
import pytest
from PIL import Image as Pictures

from trackio.media import Histogram, Image, Markdown, Table, Video
from trackio.values import plain
from trackio.wire import pack, unpack


class Files(dict):
    """Takes files as the journal does: by number, with their bytes."""

    def __init__(self, folder):
        super().__init__()
        self.folder = folder

    def __call__(self, fill, once=None):
        name = f"{len(self):032x}"
        fill(self.folder / name)
        self[name] = (self.folder / name).read_bytes()
        return name


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "media"
    folder.mkdir()
    return Files(folder)


def picture(path, **options):
    Pictures.fromarray(np.arange(48, dtype=np.uint8).reshape(4, 4, 3)).save(path, **options)
    return path


class Tensor:
    """What media need of another library's tensor."""

    def __init__(self, array):
        self._array = array

    def detach(self):
        return self

    cpu = detach

    def numpy(self):
        return self._array


# ------------------------------------------------------------------------------------------------- images


@pytest.mark.parametrize(
    ("shape", "mode"), [((4, 5), "L"), ((4, 5, 1), "L"), ((4, 5, 2), "LA"), ((4, 5, 3), "RGB"), ((1, 1, 4), "RGBA")]
)
@pytest.mark.parametrize("wrap", [lambda array: array, Tensor])
def test_an_array_is_kept_pixel_by_pixel(files, shape, mode, wrap):
    array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    found = Image(wrap(array), caption="step 1")._describe(files)
    assert found == {
        "_type": "trackio.image",
        "format": "raw",
        "caption": "step 1",
        "shape": [*shape[:2], array.size // (shape[0] * shape[1])],
        "mode": mode,
        "id": "0" * 32,
        "bytes": array.size,
    }
    assert files[found["id"]] == array.tobytes()


def test_the_pixels_of_a_view_are_in_order(files):
    array = np.arange(24, dtype=np.uint8).reshape(4, 6)[::-1, ::2]
    assert files[Image(array)._describe(files)["id"]] == array.tobytes()


@pytest.mark.parametrize(
    ("mode", "kept"),
    [("L", "L"), ("RGB", "RGB"), ("RGBA", "RGBA"), ("LA", "LA"), ("1", "L"), ("P", "RGB"), ("CMYK", "RGB")],
)
def test_a_pil_image_of_any_mode_is_kept_in_one_that_is_known(files, mode, kept):
    image = Pictures.new(mode, (3, 2))
    found = Image(image)._describe(files)
    assert (found["mode"], found["shape"]) == (kept, [2, 3, len(kept)])
    assert files[found["id"]] == image.convert(kept).tobytes()


def test_transparency_of_a_palette_is_kept(files):
    image = Pictures.new("P", (1, 1))
    image.info["transparency"] = 0
    assert Image(image)._describe(files)["mode"] == "RGBA"


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif", "bmp", "tiff"])
def test_a_file_is_kept_as_it_is_whatever_its_name_says(files, tmp_path, kind):
    path = picture(tmp_path / "picture.dat", format=kind)
    for given in (path, str(path)):
        found = Image(given)._describe(files)
        assert (found["format"], found["bytes"]) == (kind, path.stat().st_size)
        assert files[found["id"]] == path.read_bytes()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (np.zeros((2, 2), float), "uint8 with values 0 to 255; got float64"),
        (np.zeros((2, 2), bool), "got bool"),
        (np.zeros((2, 2, 5), np.uint8), r"got shape \(2, 2, 5\)"),
        (np.zeros(4, np.uint8), r"got shape \(4,\)"),
        (np.zeros((0, 2), np.uint8), r"got shape \(0, 2\)"),
        ("nowhere.png", "there is no file 'nowhere.png'"),
        (__file__, "is not a PNG, JPEG, WebP, GIF, BMP or TIFF file"),
        (3, "got int"),
        ([[1]], "got list"),
        (None, "got NoneType"),
    ],
)
def test_what_is_no_image_is_refused_when_it_is_made(given, says):
    with pytest.raises(ValueError, match=says):
        Image(given)


def test_a_file_that_is_gone_is_not_taken_for_a_full_disk(files, tmp_path):
    path = picture(tmp_path / "picture.png")
    image = Image(path)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        image._describe(lambda _: pytest.fail("a file was made for nothing"))


# ------------------------------------------------------------------------------------------------- videos


@pytest.mark.parametrize("shape", [(5, 3, 8, 6), (5, 1, 1, 1), (2, 5, 4, 8, 6)])
def test_frames_are_kept_as_they_are(files, shape):
    array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    found = Video(array, fps=12)._describe(files)
    assert (found["format"], found["shape"], found["fps"], found["bytes"]) == ("raw", list(shape), 12.0, array.size)
    assert files[found["id"]] == array.tobytes()
    assert Video(Tensor(array), format="gif")._describe(files)["fps"] == 24.0


def test_a_video_file_is_kept_as_it_is(files, tmp_path):
    path = tmp_path / "clip.MOV"
    path.write_bytes(b"frames")
    found = Video(path, "a clip")._describe(files)
    assert (found["format"], found["caption"], files[found["id"]]) == ("mov", "a clip", b"frames")


@pytest.mark.parametrize(
    ("given", "options", "says"),
    [
        (np.zeros((5, 2, 8, 6), np.uint8), {}, r"with 1, 3 or 4 channels; got shape \(5, 2, 8, 6\)"),
        (np.zeros((3, 8, 6), np.uint8), {}, "got shape"),
        (np.zeros((0, 3, 8, 6), np.uint8), {}, "got shape"),
        (np.zeros((5, 3, 8, 6)), {}, "got float64"),
        (np.zeros((5, 3, 8, 6), np.uint8), {"fps": 0}, "more than 0 and at most 1000; got 0"),
        (np.zeros((5, 3, 8, 6), np.uint8), {"fps": math.nan}, "got nan"),
        (np.zeros((5, 3, 8, 6), np.uint8), {"format": "avi"}, "one of gif, mp4, webm; got 'avi'"),
        (__file__, {}, "a video file ends in .*; got 'test_media.py'"),
        ("nowhere.mp4", {}, "there is no file"),
    ],
)
def test_what_is_no_video_is_refused_when_it_is_made(given, options, says):
    with pytest.raises(ValueError, match=says):
        Video(given, **options)


# ------------------------------------------------------------------------------------------------- tables


def stored(table, files):
    """Return a table's description and what its file holds."""
    found = table._describe(files)
    return found, unpack(files[found["id"]])


ROWS = [[1, "a"], [2.5, None]]


@pytest.mark.parametrize(
    "table",
    [
        Table(["n", "t"], ROWS),
        Table(columns=["n", "t"], rows=ROWS),
        Table(["n", "t"], data=(tuple(row) for row in ROWS)),
        Table(data=[{"n": 1, "t": "a"}, {"n": 2.5}]),
        Table(["n", "t"], [{"t": "a", "n": 1, "more": 0}, {"n": 2.5}]),
        Table(dataframe=pd.DataFrame({"n": [1, 2.5], "t": pd.Series(["a", None], dtype=object)})),
        Table(data=pd.DataFrame({"n": [1, 2.5], "t": pd.Series(["a", None], dtype=object)}), log_mode="MUTABLE"),
    ],
)
def test_a_table_is_the_same_however_it_was_given(table, files):
    found, (columns, cells) = stored(table, files)
    assert (columns, cells) == (["n", "t"], ROWS)
    assert (found["columns"], found["rows"], found["media"], found["bytes"]) == (
        columns,
        2,
        [],
        len(files[found["id"]]),
    )
    assert len(table) == 2


def test_a_table_may_grow_by_rows_and_columns(files):
    table = Table(["a"])
    table.add_data(1)
    table.add_data(2)
    table.add_column("b", ["x", "y"])
    assert stored(table, files)[1] == [["a", "b"], [[1, "x"], [2, "y"]]]
    assert table.get_dataframe().to_dict("list") == {"a": [1, 2], "b": ["x", "y"]}
    table = Table()
    table.add_column("only", [1, 2])
    assert stored(table, files)[1] == [["only"], [[1], [2]]]


def test_a_table_without_names_has_numbers(files):
    assert stored(Table(data=[[1, 2]]), files)[1] == [["0", "1"], [[1, 2]]]
    assert stored(Table(), files)[1] == [[], []]


def test_cells_may_be_anything_media_too(files):
    image = Image(np.zeros((2, 2), np.uint8), caption="dark")
    table = Table(["a", "b"], [[image, [image, 1]], [np.float32(0.5), object], [1j, Markdown("*x*")]])
    found, (_, cells) = stored(table, files)
    names = {"_type": "trackio.image", "id": "0" * 32, "caption": "dark"}
    assert cells[0] == [names, [names | {"id": "0" * 31 + "1"}, 1]]
    assert cells[1] == [0.5, "<class 'object'>"]
    assert cells[2] == ["1j", {"_type": "trackio.markdown", "_value": "*x*"}]
    assert [(media["id"], media["format"], media["shape"]) for media in found["media"]] == [
        ("0" * 32, "raw", [2, 2, 1]),
        ("0" * 31 + "1", "raw", [2, 2, 1]),
    ]


def test_a_row_or_column_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="a row has 1 cells, the table 2 columns"):
        Table(["a", "b"], [[1]])
    with pytest.raises(ValueError, match="column 'b' has 1 cells, the table 2 rows"):
        Table(["a"], [[1], [2]]).add_column("b", [1])


@pytest.mark.parametrize("given", [{"dataframe": [[1]]}, {"data": "text"}])
def test_what_is_no_dataframe_is_refused(given):
    with pytest.raises(TypeError, match="to_dict"):
        Table(**given)


# ------------------------------------------------------------------------------------------------- without files


def test_a_histogram_counts_what_is_finite(files):
    found = Histogram([1, 2, 2, 3, math.nan, math.inf], num_bins=2)._describe(files)
    assert found == {"_type": "trackio.histogram", "bins": [1.0, 2.0, 3.0], "values": [1.0, 3.0]}
    assert sum(Histogram([])._describe(files)["values"]) == 0
    assert Histogram(np_histogram=np.histogram([1, 2], bins=3)).histogram == [1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "not of both"),
        ({"sequence": [1], "np_histogram": ([1], [0, 1])}, "not of both"),
        ({"sequence": [1], "num_bins": 513}, "1 to 512; got 513"),
        ({"np_histogram": ([1], [0])}, "one edge more"),
        ({"np_histogram": ([0] * 513, [0] * 514)}, "at most 512"),
    ],
)
def test_what_is_no_histogram_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        Histogram(**given)


def test_markdown_is_text_and_nothing_else(files):
    assert Markdown("# a")._describe(files) == {"_type": "trackio.markdown", "_value": "# a"}
    with pytest.raises(ValueError, match="takes text, got int"):
        Markdown(3)


@pytest.mark.parametrize(
    "media", [Image(np.zeros((2, 2), np.uint8), caption=3), Table(data=[[1]]), Histogram([1]), Markdown("x")]
)
def test_every_description_is_a_plain_value_with_its_type(media, files):
    found = media._describe(files)
    assert found["_type"] == media.TYPE
    assert found == plain(found) == unpack(pack(found))


def test_what_finds_no_room_is_not_hidden(tmp_path):
    def full(_fill):
        raise OSError(errno.ENOSPC, "no space left")

    with pytest.raises(OSError, match="no space left"):
        Table(data=[[Image(np.zeros((2, 2), np.uint8))]])._describe(full)
