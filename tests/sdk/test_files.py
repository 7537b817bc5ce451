from __future__ import annotations

import errno

import numpy as np
import pytest

from trackio import files


@pytest.fixture
def filed(tmp_path):
    def file(fill, once=None):
        fill(tmp_path / "file")
        return "0" * 32

    return file


@pytest.mark.parametrize(("given", "caption"), [(None, None), ("", ""), ("a cat", "a cat"), (7, "7")])
def test_a_caption_is_text(given, caption):
    assert files.caption_of(given) == caption


def test_a_path_names_a_file_that_is_there(tmp_path):
    (tmp_path / "a").write_bytes(b"a")
    assert files.path_of(tmp_path / "a") == files.path_of(str(tmp_path / "a")) == tmp_path / "a"
    assert files.path_of(np.zeros(1)) is None
    for wrong in ("nowhere", tmp_path):
        with pytest.raises(ValueError, match="there is no file"):
            files.path_of(wrong)


def test_bytes_arrays_and_files_are_written_as_they_are(filed, tmp_path):
    assert files.kept_bytes(filed, b"abc") == {"id": "0" * 32, "bytes": 3}
    assert (tmp_path / "file").read_bytes() == b"abc"
    backwards = np.arange(4, dtype=np.int16)[::-1]
    assert files.written(filed, backwards)["bytes"] == 8
    assert (tmp_path / "file").read_bytes() == backwards.tobytes()
    (tmp_path / "given").write_bytes(b"given")
    assert files.kept_file(filed, tmp_path / "given")["bytes"] == 5
    assert (tmp_path / "file").read_bytes() == b"given"


def test_a_file_that_cannot_be_read_is_no_want_of_room(filed, tmp_path):
    with pytest.raises(OSError) as error:
        files.kept_file(filed, tmp_path / "gone")
    assert error.value.errno == errno.ENOENT


def test_media_inside_a_file_are_named_in_it_and_told_of_in_the_row(filed):
    class Media:
        def _describe(self, _filed):
            return {"_type": "trackio.image", "id": "1" * 32, "caption": None, "bytes": 3}

    class Plain:
        def _describe(self, _filed):
            return {"_type": "trackio.markdown", "_value": "x"}

    file, told = files.inside(filed)
    assert file(Media()) == {"_type": "trackio.image", "id": "1" * 32, "caption": None}
    assert file(Plain()) == {"_type": "trackio.markdown", "_value": "x"}
    assert told == [Media()._describe(filed)]
