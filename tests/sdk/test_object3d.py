"""trackio/object3d.py: points are checked when they are made, files kept as they are."""

from __future__ import annotations

import numpy as np
import pytest

from trackio import object3d
from trackio.object3d import Object3D


@pytest.fixture
def filed(tmp_path):
    def file(fill, once=None):
        fill(tmp_path / "filed")
        return "0" * 32

    file.read = (tmp_path / "filed").read_bytes
    return file


@pytest.mark.parametrize("width", [3, 4, 6])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.uint8])
def test_points_are_kept_as_32_bits(filed, width, dtype):
    points = np.arange(1, 1 + 2 * width).reshape(2, width).astype(dtype)
    for made in (Object3D(points, caption="a cloud"), Object3D.from_numpy(points, "a cloud")):
        assert made._describe(filed) == {
            "_type": "trackio.object3d",
            "format": "raw",
            "caption": "a cloud",
            "shape": [2, width],
            "points": 2,
            "id": "0" * 32,
            "bytes": 8 * width,
        }
        assert filed.read() == points.astype("<f4").tobytes()


def test_more_points_than_are_drawn_are_thinned_out_evenly(filed, monkeypatch):
    monkeypatch.setattr(object3d, "MAX_POINTS", 5)
    found = Object3D(np.arange(27).reshape(9, 3))._describe(filed)
    assert (found["shape"], found["points"]) == ([5, 3], 9)
    assert np.frombuffer(filed.read(), "<f4")[::3].tolist() == [0, 6, 12, 18, 24]


@pytest.mark.parametrize("name", ["a.glb", "a.GLTF", "a.obj", "a.stl", "a.ply", "a.splat"])
def test_a_file_is_kept_as_it_is(filed, tmp_path, name):
    (tmp_path / name).write_bytes(b"shape")
    for made in (Object3D(tmp_path / name), Object3D.from_file(str(tmp_path / name))):
        found = made._describe(filed)
        assert (found["format"], found["bytes"], filed.read()) == (name[2:].lower(), 5, b"shape")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (np.zeros((2, 2)), r"got shape \(2, 2\)"),
        (np.zeros(3), r"got shape \(3,\)"),
        (np.zeros((0, 3)), "got shape"),
        (np.zeros((1, 3), complex), "got complex128"),
        (np.zeros((1, 3), bool), "got bool"),
        (np.full((1, 3), np.nan), "finite"),
        (np.full((1, 3), 1e39), "finite"),
        (np.array([[0, 0, 0, 15]]), "a category is a whole number of 1 to 14"),
        (np.array([[0, 0, 0, 1.5]]), "a category"),
        (np.array([[0, 0, 0, 1, 2, 256]]), "a colour is a whole number of 0 to 255"),
        ([[0, 0, 0]], "got list"),
        ("gone.ply", "there is no file"),
        (__file__, r"ends in \.glb"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
def test_anything_else_is_refused_by_name(given, says):
    with pytest.raises(ValueError, match=says):
        Object3D(given)
