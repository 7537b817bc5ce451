from __future__ import annotations

import json
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import ProtocolError
from trackiod import model


@pytest.fixture
def file(tmp_path):
    def make(content):
        (tmp_path / "file").write_bytes(content)
        return tmp_path / "file"

    return make


def document(**more):
    held = {
        "asset": {"version": "2.0"},
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}, {"attributes": {"POSITION": 0}, "mode": 0}]}
        ],
        "accessors": [{"count": 4}, {"count": 6}],
        "buffers": [{"byteLength": 1}],
    }
    return json.dumps(held | more).encode()


def glb(body=None, size=None):
    body = document() if body is None else body
    return struct.pack("<4sIIII", b"glTF", 2, size or 20 + len(body), len(body), 0x4E4F534A) + body


STL = bytes(80) + struct.pack("<I", 2) + bytes(100)
SOLID = (
    b"solid a\n" + b"facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n" * 3
)
PLY = (
    b"ply\r\nformat ascii 1.0\r\nelement vertex 3\r\nproperty float x\r\nelement face 1\r\nend_header\r\n"
    b"0\n1\n2\n3 0 1 2\n"
)


@pytest.mark.parametrize(
    ("form", "content", "vertices", "faces"),
    [
        ("glb", glb(), 8, 2),
        ("gltf", document(buffers=[{"uri": "data:;base64,"}]), 8, 2),
        ("obj", b"# a\nv 0 0 0\nv 1 0 0\nvn 0 0 1\nf 1 2 1\n", 2, 1),
        ("stl", STL, 6, 2),
        ("stl", SOLID, 9, 3),
        ("ply", PLY, 3, 1),
        ("splat", bytes(96), 3, 0),
    ],
)
def test_a_file_tells_how_much_there_is_in_it(file, form, content, vertices, faces):
    found = model.from_file(file(content), form)
    assert (found.format, found.vertices, found.faces) == (form, vertices, faces)


@pytest.mark.parametrize(
    ("form", "content", "says"),
    [
        ("fbx", b"", "not a shape of the formats glb"),
        ("ply", b"plx", "begins with a header"),
        ("ply", PLY.replace(b"ascii", b"morse"), "ASCII or binary"),
        ("ply", PLY.replace(b"vertex 3", b"vertex 300"), "ends before"),
        ("ply", PLY.replace(b"vertex 3", b"vertex 0"), "nothing in the file"),
        ("stl", STL[:-1], "neither facets as text"),
        ("stl", SOLID[:-20], "ends within a facet"),
        ("obj", b"v 0 0 0\0", "text"),
        ("obj", b"# empty", "nothing in the file"),
        ("splat", bytes(33), "a splat has 32 bytes"),
        ("splat", b"", "nothing in the file"),
        ("glb", b"glTF", "begins with its size"),
        ("glb", glb().replace(b"glTF", b"glTX"), "version 2"),
        ("glb", glb() + b"more", "header tells of"),
        ("glb", glb(document(meshes=[{"primitives": [{"attributes": {}}]}])), "KeyError"),
        ("gltf", b"{", "cannot be read"),
        ("gltf", b"[]", "cannot be read"),
        ("gltf", document(buffers=[{"uri": "a.bin"}]), "must be inside it, as in a GLB; 'a.bin' is not"),
    ],
)
def test_a_file_that_is_none_says_why(file, form, content, says):
    with pytest.raises(ProtocolError, match=says):
        model.from_file(file(content), form)


@given(st.sampled_from(sorted(model.MIMES)), st.binary(max_size=300))
def test_any_bytes_are_a_shape_or_an_error_of_ours(tmp_path_factory, form, content):
    path = tmp_path_factory.mktemp("model") / "file"
    path.write_bytes(content)
    with suppress(ProtocolError):
        model.from_file(path, form)


def test_a_file_that_is_too_large_is_refused(file, monkeypatch):
    monkeypatch.setattr(model, "MAX_BYTES", 10)
    with pytest.raises(ProtocolError, match="of 11 bytes; at most 10"):
        model.from_file(file(bytes(11)), "stl")


@pytest.mark.parametrize("width", [3, 4, 6])
def test_points_become_a_binary_ply(file, tmp_path, width):
    points = np.array([[1, 2, 3, 1, 20, 255], [-1, -2, -3, 14, 30, 0]], "<f4")[:, :width]
    found = model.from_array(file(points.tobytes()), points.shape, tmp_path / "made")
    assert (found.format, found.vertices, found.faces) == ("ply", 2, 0)
    assert model.from_file(tmp_path / "made", "ply").vertices == 2
    head, body = (tmp_path / "made").read_bytes().split(b"end_header\n")
    kind = [("at", "<f4", 3), ("colour", "u1", 3), ("category", "u1")][: {3: 1, 6: 2, 4: 3}[width]]
    records = np.frombuffer(body, kind)
    assert records["at"].tolist() == points[:, :3].tolist()
    if width == 4:
        assert records["category"].tolist() == [1, 14]
        assert records["colour"][0].tolist() == [31, 119, 180]
    if width == 6:
        assert records["colour"].tolist() == [[1, 20, 255], [14, 30, 0]]
    assert head.count(b"property") == {3: 3, 4: 7, 6: 6}[width]


def test_points_that_are_none_are_refused(file, tmp_path):
    with pytest.raises(ProtocolError, match="cannot make a cloud"):
        model.from_array(file(bytes(8)), (1, 2), tmp_path / "made")
    with pytest.raises(ProtocolError, match="has 12 bytes, the file has 8"):
        model.from_array(file(bytes(8)), (1, 3), tmp_path / "made")
    strange = np.array([[0, 0, 0, np.nan], [0, 0, 0, 99]], "<f4")
    assert model.from_array(file(strange.tobytes()), (2, 4), tmp_path / "made").vertices == 2
