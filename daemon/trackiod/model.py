"""Points → a PLY file; files of shapes are looked through, and kept as they came. Functions of their arguments."""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trackio.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Largest file of a shape, in bytes.
MAX_BYTES: Final = 256 * 2**20
#: Format → what it is called.
MIMES: Final = {
    "glb": "model/gltf-binary",
    "gltf": "model/gltf+json",
    "obj": "model/obj",
    "stl": "model/stl",
    "ply": "model/ply",
    "splat": "model/splat",
}
_SPLAT_BYTES: Final = 32
_STL_HEAD: Final = 84
_STL_FACET: Final = 50
_GLB: Final = struct.Struct("<4sII")
_CHUNK: Final = struct.Struct("<II")
_JSON: Final = 0x4E4F534A
_ELEMENT: Final = re.compile(rb"^element +(\w+) +([0-9]{1,10})\s*$", re.MULTILINE)
#: Colours of the categories 1 to 14, as they are widely used for kinds of things.
_CATEGORIES: Final = np.array(
    [
        *(
            (31, 119, 180),
            (255, 127, 14),
            (44, 160, 44),
            (214, 39, 40),
            (148, 103, 189),
            (140, 86, 75),
            (227, 119, 194),
        ),
        *((127, 127, 127), (188, 189, 34), (23, 190, 207), (57, 59, 121), (82, 84, 163), (107, 110, 207)),
        (156, 158, 222),
    ],
    np.uint8,
)


@dataclass(frozen=True, slots=True)
class Model:
    """How much there is of a shape; None where that takes more than a look."""

    format: str
    vertices: int | None
    faces: int | None


def from_array(file: Path, shape: tuple[int, ...], target: Path) -> Model:
    """Write raw float32 points (n, 3, 4 or 6) as a binary PLY, with colours if they have any.

    Raises ProtocolError when the file is not what shape says.
    """
    if len(shape) != 2 or shape[0] < 1 or shape[1] not in {3, 4, 6}:
        raise ProtocolError(f"cannot make a cloud of shape {shape}")
    size = shape[0] * shape[1] * 4
    if file.stat().st_size != size:
        raise ProtocolError(f"a cloud of shape {shape} has {size} bytes, the file has {file.stat().st_size}")
    points = np.fromfile(file, "<f4").reshape(shape)
    fields: list[tuple[str, str, tuple[int, ...]]] = [("at", "<f4", (3,))]
    head = [f"element vertex {shape[0]}", *(f"property float {axis}" for axis in "xyz")]
    if shape[1] > 3:
        fields.append(("colour", "u1", (3,)))
        head += [f"property uchar {name}" for name in ("red", "green", "blue")]
    if shape[1] == 4:
        fields.append(("category", "u1", ()))
        head.append("property uchar category")
    records = np.empty(shape[0], np.dtype(fields))
    records["at"] = points[:, :3]
    if shape[1] == 4:
        records["category"] = category = np.clip(np.nan_to_num(points[:, 3]), 1, 14)
        records["colour"] = _CATEGORIES[category.astype(int) - 1]
    elif shape[1] == 6:
        records["colour"] = np.clip(np.nan_to_num(points[:, 3:]), 0, 255)
    lines = ["ply", "format binary_little_endian 1.0", *head, "end_header", ""]
    target.write_bytes("\n".join(lines).encode() + records.tobytes())
    return Model("ply", shape[0], 0)


def from_file(file: Path, form: str) -> Model:
    """Look through a file of this format; raises ProtocolError for one that is another, damaged, or not whole."""
    look = _LOOKS.get(form)
    if look is None:
        raise ProtocolError(f"not a shape of the formats {', '.join(MIMES)}")
    size = file.stat().st_size
    if size > MAX_BYTES:
        raise ProtocolError(f"a shape of {size} bytes; at most {MAX_BYTES} are taken")
    vertices, faces = look(file.read_bytes())
    if vertices == 0:
        raise ProtocolError("there is nothing in the file to be drawn")
    return Model(form, vertices, faces)


def _ply(data: bytes) -> tuple[int | None, int | None]:
    end = data.find(b"end_header", 0, 2**18)
    if not data.startswith(b"ply") or end < 0:
        raise ProtocolError("a PLY file begins with a header")
    header = data[:end].replace(b"\r", b"")
    if re.search(rb"^format (ascii|binary_little_endian|binary_big_endian) 1\.0", header, re.MULTILINE) is None:
        raise ProtocolError("a PLY file is ASCII or binary, of version 1.0")
    counts = {name: int(count) for name, count in _ELEMENT.findall(header)}
    if len(data) - end < sum(counts.values()):
        raise ProtocolError("the PLY file ends before all that its header tells of")
    return counts.get(b"vertex", 0), counts.get(b"face", 0)


def _stl(data: bytes) -> tuple[int | None, int | None]:
    if len(data) >= _STL_HEAD:
        (facets,) = struct.unpack_from("<I", data, 80)
        if len(data) == _STL_HEAD + facets * _STL_FACET:
            return facets * 3, facets
    if not data.lstrip().startswith(b"solid"):
        raise ProtocolError("the STL file has neither facets as text nor as many as it tells of")
    facets = data.count(b"endfacet")
    if facets != data.count(b"facet normal") or data.count(b"vertex") != 3 * facets:
        raise ProtocolError("the STL file ends within a facet")
    return facets * 3, facets


def _obj(data: bytes) -> tuple[int | None, int | None]:
    if b"\0" in data:
        raise ProtocolError("an OBJ file is text")
    return len(re.findall(rb"^v\s", data, re.MULTILINE)), len(re.findall(rb"^f\s", data, re.MULTILINE))


def _splat(data: bytes) -> tuple[int | None, int | None]:
    if len(data) % _SPLAT_BYTES:
        raise ProtocolError(f"a splat has {_SPLAT_BYTES} bytes; the file has {len(data)}")
    return len(data) // _SPLAT_BYTES, 0


def _glb(data: bytes) -> tuple[int | None, int | None]:
    if len(data) < _GLB.size + _CHUNK.size:
        raise ProtocolError("a GLB file begins with its size")
    magic, version, size = _GLB.unpack_from(data)
    if magic != b"glTF" or version != 2:
        raise ProtocolError("a GLB file is glTF of version 2")
    length, kind = _CHUNK.unpack_from(data, _GLB.size)
    start = _GLB.size + _CHUNK.size
    if size != len(data) or kind != _JSON or start + length > len(data):
        raise ProtocolError(f"the GLB file has {len(data)} bytes, its header tells of {size}")
    return _gltf(data[start : start + length])


def _gltf(data: bytes) -> tuple[int | None, int | None]:
    """Count what the primitives of a glTF document use."""
    try:
        document = json.loads(data)
        outside = [held["uri"] for held in document.get("buffers", []) if not _inside(held)]
        accessors = document.get("accessors", [])
        primitives = [primitive for mesh in document.get("meshes", []) for primitive in mesh["primitives"]]
        vertices = sum(int(accessors[primitive["attributes"]["POSITION"]]["count"]) for primitive in primitives)
        faces = sum(_corners(primitive, accessors) // 3 for primitive in primitives if primitive.get("mode", 4) >= 4)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise ProtocolError(f"the glTF document cannot be read: {type(error).__name__}: {error}") from error
    if outside:
        raise ProtocolError(f"the buffers of a glTF file must be inside it, as in a GLB; {outside[0][:80]!r} is not")
    return vertices, faces


def _inside(held: dict[str, Any]) -> bool:
    return "uri" not in held or str(held["uri"]).startswith("data:")


def _corners(primitive: dict[str, Any], accessors: list[dict[str, Any]]) -> int:
    return int(accessors[primitive.get("indices", primitive["attributes"]["POSITION"])]["count"])


_LOOKS: Final[dict[str, Callable[[bytes], tuple[int | None, int | None]]]] = {
    "glb": _glb,
    "gltf": _gltf,
    "obj": _obj,
    "stl": _stl,
    "ply": _ply,
    "splat": _splat,
}
