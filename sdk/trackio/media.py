"""Image, Video and Table: what may be logged beside numbers is checked and described; nothing is encoded here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from trackio import values
from trackio.files import caption_of, inside, kept_bytes, kept_file, path_of, written
from trackio.wire import pack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trackio.files import Filed

_IMAGES: Final = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"BM": "bmp",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
}
_VIDEOS: Final = {
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".webm": "webm",
    ".gif": "gif",
    ".mov": "mov",
    ".mkv": "mkv",
    ".avi": "avi",
}
_MODES: Final = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_VIDEO_FORMATS: Final = ("gif", "mp4", "webm")
_DEFAULT_FPS: Final = 24


class Image:
    """A picture to log: `trackio.log({"sample": trackio.Image(array, caption="step 10")})`.

    `value`: the path of a PNG, JPEG, WebP, GIF, BMP or TIFF file, a PIL image, or a uint8 array (height, width) or
    (height, width, channels) with 1 to 4 channels (grey, grey and alpha, RGB, RGBA). Pixels are kept without loss, and
    read when the image is logged. Raises ValueError for anything else, naming what was given.
    """

    TYPE: ClassVar[str] = "trackio.image"

    def __init__(self, value: Any, caption: str | None = None) -> None:
        self.caption = caption_of(caption)
        self._path = path_of(value)
        self._mode = ""
        if self._path is not None:
            self._format = _image_format(self._path)
        elif hasattr(value, "tobytes") and hasattr(value, "getbands"):
            self._format, value = "raw", _in_known_mode(value)
            self._mode, self._shape = value.mode, (value.height, value.width, len(value.getbands()))
        else:
            value, self._format = _array(value, "an image"), "raw"
            shape = (*value.shape, 1) if value.ndim == 2 else tuple(value.shape)
            if len(shape) != 3 or shape[2] not in _MODES or min(shape) < 1:
                raise ValueError(
                    f"an image array is (height, width) or (height, width, channels) with 1 to 4 channels; "
                    f"got shape {tuple(value.shape)}"
                )
            self._mode, self._shape = _MODES[shape[2]], shape
        self._value = value

    def __repr__(self) -> str:
        return f"trackio.Image({self._path or self._shape}, caption={self.caption!r})"

    def _describe(self, filed: Filed) -> dict[str, Any]:
        described = {"_type": self.TYPE, "format": self._format, "caption": self.caption}
        if self._path is not None:
            return described | kept_file(filed, self._path)
        return described | {"shape": list(self._shape), "mode": self._mode} | written(filed, self._value)


class Video:
    """A clip to log; it becomes an MP4 (H.264) that every browser plays.

    `value`: the path of an mp4, webm, gif, mov, mkv or avi file, or a uint8 array (frames, channels, height, width) or
    (batch, frames, channels, height, width) with 1, 3 or 4 channels; a batch is shown side by side in a grid. `fps` is
    the frames per second of an array (default 24). `format` may say "gif", "mp4" or "webm"; the clip is an MP4 all the
    same. Raises ValueError naming what was given and what is accepted.
    """

    TYPE: ClassVar[str] = "trackio.video"

    def __init__(
        self, value: Any, caption: str | None = None, fps: float | None = None, format: str | None = None
    ) -> None:
        self.caption = caption_of(caption)
        if format is not None and format not in _VIDEO_FORMATS:
            raise ValueError(f"a video format is one of {', '.join(_VIDEO_FORMATS)}; got {format!r}")
        self._fps = float(_DEFAULT_FPS if fps is None else fps)
        if not 0 < self._fps <= 1000:
            raise ValueError(f"fps is more than 0 and at most 1000; got {fps!r}")
        self._path = path_of(value)
        if self._path is not None:
            self._format = _video_format(self._path)
        else:
            value, self._format = _array(value, "a video"), "raw"
            self._shape = tuple(value.shape)
            if len(self._shape) not in {4, 5} or self._shape[-3] not in {1, 3, 4} or min(self._shape) < 1:
                raise ValueError(
                    "a video array is (frames, channels, height, width) or (batch, frames, channels, height, width) "
                    f"with 1, 3 or 4 channels; got shape {self._shape}"
                )
        self._value = value

    def __repr__(self) -> str:
        return f"trackio.Video({self._path or self._shape}, caption={self.caption!r})"

    def _describe(self, filed: Filed) -> dict[str, Any]:
        described = {"_type": self.TYPE, "format": self._format, "caption": self.caption}
        if self._path is not None:
            return described | kept_file(filed, self._path)
        return described | {"shape": list(self._shape), "fps": self._fps} | written(filed, self._value)


class Table:
    """Rows to log under named columns; cells may be anything that can be logged, images, videos and lists included.

    Give `dataframe` (pandas, or anything with `columns` and `to_dict(orient="records")`), or `data`, a list of rows
    that are lists (in the order of `columns`) or dicts; `rows` is another name for `data`. `optional`,
    `allow_mixed_types` and `log_mode` are accepted for callers that know another tracker's tables: cells may always be
    missing and mixed, and a table is stored as it is when it is logged. Raises TypeError for a dataframe without
    to_dict, ValueError for a row of the wrong length.
    """

    TYPE: ClassVar[str] = "trackio.table"

    def __init__(
        self,
        columns: Sequence[str] | None = None,
        data: Any = None,
        dataframe: Any = None,
        rows: Any = None,
        optional: Any = True,
        allow_mixed_types: bool = False,
        log_mode: str = "IMMUTABLE",
    ) -> None:
        del optional, allow_mixed_types, log_mode
        given = dataframe if dataframe is not None else data if data is not None else rows
        records, own = _records(given, required=dataframe is not None)
        self.columns = [str(name) for name in (columns if columns is not None else own)]
        if columns is None and not own and records:
            self.columns = [str(number) for number in range(len(records[0]))]
        self.data = [self._cells(record) for record in records]

    def __repr__(self) -> str:
        return f"trackio.Table(columns={self.columns!r}, {len(self.data)} rows)"

    def __len__(self) -> int:
        return len(self.data)

    def add_data(self, *cells: Any) -> None:
        """Add one row, its cells in the order of the columns; raises ValueError for another number of cells."""
        self.data.append(self._cells(list(cells)))

    def add_column(self, name: str, data: Sequence[Any]) -> None:
        """Add a column with one cell for each row; raises ValueError for another number of cells."""
        if self.columns and len(data) != len(self.data):
            raise ValueError(f"column {name!r} has {len(data)} cells, the table {len(self.data)} rows")
        if not self.columns:
            self.data = [[] for _ in data]
        self.columns.append(str(name))
        for row, cell in zip(self.data, data, strict=True):
            row.append(cell)

    def get_dataframe(self) -> Any:
        """Return the table as a pandas DataFrame; raises ImportError without pandas."""
        import pandas as pd  # noqa: PLC0415 -- only callers that have it call this

        return pd.DataFrame(self.data, columns=self.columns)

    def _cells(self, record: Any) -> list[Any]:
        if isinstance(record, dict):
            by_text = {str(name): cell for name, cell in record.items()}
            return [by_text.get(name) for name in self.columns]
        cells = list(record)
        if len(cells) != len(self.columns):
            raise ValueError(f"a row has {len(cells)} cells, the table {len(self.columns)} columns: {self.columns}")
        return cells

    def _describe(self, filed: Filed) -> dict[str, Any]:
        file, media = inside(filed)
        cells = [[values.cell(value, file) for value in row] for row in self.data]
        described = kept_bytes(filed, pack([self.columns, cells]))
        return {"_type": self.TYPE, "columns": self.columns, "rows": len(cells), "media": media} | described


class Histogram:
    """A distribution to log: of a `sequence` of numbers over `num_bins` bins, or an (counts, edges) `np_histogram`.

    At most 512 bins; values that are not finite are left out. Raises ValueError unless exactly one is given.
    """

    TYPE: ClassVar[str] = "trackio.histogram"

    def __init__(self, sequence: Any = None, np_histogram: Any = None, num_bins: int = 64) -> None:
        if (sequence is None) == (np_histogram is None):
            raise ValueError("a histogram is made of a sequence or of an np_histogram, and not of both")
        if not 1 <= num_bins <= 512:
            raise ValueError(f"num_bins is 1 to 512; got {num_bins!r}")
        if np_histogram is None:
            import numpy as np  # noqa: PLC0415 -- the SDK's import stays light

            numbers = np.asarray(sequence, np.float64).ravel()
            np_histogram = np.histogram(numbers[np.isfinite(numbers)], bins=num_bins)
        counts, edges = np_histogram
        if len(edges) != len(counts) + 1 or len(counts) > 512:
            raise ValueError(f"a histogram has one edge more than counts, and at most 512; got {len(counts)} counts")
        self.histogram = [float(count) for count in counts]
        self.bins = [float(edge) for edge in edges]

    def _describe(self, _filed: Filed) -> dict[str, Any]:
        return {"_type": self.TYPE, "bins": self.bins, "values": self.histogram}


class Markdown:
    """Formatted text to log. Raises ValueError for anything but text."""

    TYPE: ClassVar[str] = "trackio.markdown"

    def __init__(self, text: str = "") -> None:
        if not isinstance(text, str):
            raise ValueError(f"Markdown takes text, got {type(text).__name__}")  # noqa: TRY004 -- as in trackio
        self.text = text

    def _describe(self, _filed: Filed) -> dict[str, Any]:
        return {"_type": self.TYPE, "_value": self.text}


# ----------------------------------------------------------------------------------------------- what was given


def _image_format(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"RIFF" and head[8:] == b"WEBP":
        return "webp"
    for magic, name in _IMAGES.items():
        if head.startswith(magic):
            return name
    raise ValueError(f"{str(path)!r} is not a PNG, JPEG, WebP, GIF, BMP or TIFF file")


def _video_format(path: Path) -> str:
    found = _VIDEOS.get(path.suffix.lower())
    if found is None:
        raise ValueError(f"a video file ends in {', '.join(_VIDEOS)}; got {path.name!r}")
    return found


def _array(value: Any, what: str) -> Any:
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if not hasattr(value, "dtype") or not hasattr(value, "__array__"):
        raise ValueError(f"{what} is made of a path or a uint8 array; got {type(value).__name__}")
    import numpy as np  # noqa: PLC0415 -- the SDK's import stays light; whoever has an array has numpy

    array = np.asarray(value)
    if array.dtype != np.uint8:
        raise ValueError(f"{what} array is uint8 with values 0 to 255; got {array.dtype}")
    return array


def _in_known_mode(image: Any) -> Any:
    if image.mode in _MODES.values():
        return image
    transparent = image.mode in {"PA", "La", "RGBa"} or "transparency" in getattr(image, "info", {})
    return image.convert("RGBA" if transparent else "L" if image.mode in {"1", "I;16", "I", "F"} else "RGB")


def _records(given: Any, *, required: bool) -> tuple[list[Any], list[Any]]:
    if given is None:
        return [], []
    if hasattr(given, "to_dict") and hasattr(given, "columns"):
        return list(given.to_dict(orient="records")), list(given.columns)
    if required or isinstance(given, (str, bytes)):
        raise TypeError(f"a dataframe has to_dict(orient='records'); got {type(given).__name__}")
    records = list(given)
    names: dict[Any, None] = {}
    for record in records:
        if isinstance(record, dict):
            names |= dict.fromkeys(record)
    return records, list(names)
