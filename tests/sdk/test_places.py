"""trackio/places.py: everybody who opens a data folder meets in one private place."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from trackio import places


@pytest.fixture
def shared_memory(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    return {"XDG_RUNTIME_DIR": str(folder)}


def test_the_named_folder_is_the_data_folder(tmp_path):
    assert places.data_folder({"TRACKIO_DIR": str(tmp_path / "here")}) == tmp_path / "here"


def test_without_a_name_the_data_folder_is_the_users_own():
    assert places.data_folder({}).name == "trackio"


def test_everybody_meets_in_the_folder_of_whoever_came_first(tmp_path, shared_memory):
    first = places.meet(tmp_path / "data", shared_memory)
    second = places.meet(tmp_path / "data", {})
    assert first == second
    assert first.runtime.is_relative_to(shared_memory["XDG_RUNTIME_DIR"])


def test_two_data_folders_do_not_meet(tmp_path, shared_memory):
    one, other = (places.meet(tmp_path / name, shared_memory) for name in ("one", "other"))
    assert one.runtime != other.runtime


def test_a_meeting_folder_that_vanished_is_made_again(tmp_path, shared_memory):
    before = places.meet(tmp_path / "data", shared_memory)
    shutil.rmtree(before.runtime)
    after = places.meet(tmp_path / "data", shared_memory)
    assert after.journals.is_dir()


def test_a_runtime_folder_with_too_long_a_path_is_not_used(tmp_path):
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    met = places.meet(tmp_path / "data", {"XDG_RUNTIME_DIR": str(deep)})
    assert not met.runtime.is_relative_to(deep)
    assert len(os.fsencode(met.ingest_socket)) <= 107
    if met.runtime.is_relative_to("/dev/shm"):
        shutil.rmtree(met.runtime)


def test_an_open_runtime_folder_is_not_used(tmp_path, shared_memory):
    met = places.meet(tmp_path / "data", shared_memory)
    parent = met.runtime.parent
    (tmp_path / "data" / "runtime").unlink()
    met.runtime.chmod(0o755)
    again = places.meet(tmp_path / "data", shared_memory)
    assert not again.runtime.is_relative_to(parent)
    if again.runtime.is_relative_to("/dev/shm"):
        shutil.rmtree(again.runtime)


def test_the_folders_are_private(tmp_path, shared_memory):
    met = places.meet(tmp_path / "data", shared_memory)
    for folder in (met.data, met.runtime, met.journals, met.spilled, met.blobs):
        assert Path(folder).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("blocks", "kept"), [(16 * 2**10, 2**22), (2**22, 2**28)])
def test_the_last_part_of_a_disk_is_not_for_media(tmp_path, monkeypatch, blocks, kept):
    disk = SimpleNamespace(f_blocks=blocks, f_frsize=4096, f_bavail=blocks // 2)
    monkeypatch.setattr(os, "statvfs", lambda _: disk)
    assert places.media_room(tmp_path) == blocks // 2 * 4096 - kept
    disk.f_bavail = 0
    assert places.media_room(tmp_path) == -kept
