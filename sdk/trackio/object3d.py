"""Object3D: a point cloud or the file of a model; checked when it is made, and filed as it is when it is logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from trackio.files import caption_of, kept_file, path_of, written

if TYPE_CHECKING:
    import os

    from trackio.files import Filed

_FILES: Final = ("glb", "gltf", "obj", "stl", "ply", "splat")
#: More points than this are thinned out.
MAX_POINTS: Final = 300_000
#: What stands behind x, y and z, by the width of an array: its name, and the bounds of its whole numbers.
_BEHIND: Final = {4: ("a category", 1, 14), 6: ("a colour", 0, 255)}


class Object3D:
    """A shape in space to log: `trackio.log({"scan": trackio.Object3D(points)})`.

    `path_or_array`: the path of a glb, gltf (with its buffers inside), obj, stl, ply or splat file, or an array
    (points, 3) of x, y, z; (points, 4) with a category of 1 to 14; or (points, 6) with red, green, blue of 0 to 255.
    Of more than 300,000 points so many are kept, evenly spread. Raises ValueError naming what was given and what is
    accepted.
    """

    TYPE: ClassVar[str] = "trackio.object3d"

    def __init__(self, path_or_array: Any, caption: str | None = None) -> None:
        self.caption = caption_of(caption)
        self._path = path_of(path_or_array)
        if self._path is not None:
            self._format = self._path.suffix[1:].lower()
            if self._format not in _FILES:
                raise ValueError(f"a file of a shape ends in .{', .'.join(_FILES)}; got {self._path.name!r}")
        else:
            self._format = "raw"
            self._value, self._points = _points(path_or_array)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], caption: str | None = None) -> Object3D:
        """Return the shape in a file."""
        return cls(path, caption)

    @classmethod
    def from_numpy(cls, array: Any, caption: str | None = None) -> Object3D:
        """Return a cloud of points."""
        return cls(array, caption)

    def __repr__(self) -> str:
        return f"trackio.Object3D({self._path or tuple(self._value.shape)}, caption={self.caption!r})"

    def _describe(self, filed: Filed) -> dict[str, Any]:
        described: dict[str, Any] = {"_type": self.TYPE, "format": self._format, "caption": self.caption}
        if self._path is not None:
            return described | kept_file(filed, self._path)
        about = {"shape": list(self._value.shape), "points": self._points}
        return described | about | written(filed, self._value)


def _points(value: Any) -> tuple[Any, int]:
    """Return points as little-endian float32 (n, 3, 4 or 6), and how many there were before they were thinned out."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if not hasattr(value, "dtype") or not hasattr(value, "__array__"):
        raise ValueError(f"a shape is made of a path or an array of points; got {type(value).__name__}")
    import numpy as np  # noqa: PLC0415 -- the SDK's import stays light; whoever has an array has numpy

    array = np.asarray(value)
    if array.ndim != 2 or array.shape[1] not in {3, 4, 6} or len(array) == 0:
        raise ValueError(f"an array of points is (points, 3), (points, 4) or (points, 6); got shape {array.shape}")
    if array.dtype.kind not in "fiu":
        raise ValueError(f"points are numbers; got {array.dtype}")
    kept = array
    if len(array) > MAX_POINTS:
        kept = array[np.linspace(0, len(array) - 1, MAX_POINTS).astype(np.int64)]
    points = kept.astype("<f4")
    if not np.isfinite(points).all():
        raise ValueError("points are finite numbers, as large as 32 bits hold")
    kind = _BEHIND.get(points.shape[1])
    if kind is not None and not _whole(points[:, 3:], *kind[1:]):
        raise ValueError(f"{kind[0]} is a whole number of {kind[1]} to {kind[2]}")
    return points, len(array)


def _whole(values: Any, least: int, most: int) -> bool:
    """Tell whether all values are whole numbers in a range within that of a byte."""
    import numpy as np  # noqa: PLC0415 -- the SDK's import stays light

    with np.errstate(invalid="ignore"):
        as_bytes = values.astype(np.uint8)
    return bool((as_bytes == values).all() and as_bytes.min() >= least and as_bytes.max() <= most)
