"""Copies of a data folder that can be put in its place: one snapshot of the store, and the files that it refers to."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from trackio.errors import StoreError
from trackiod.store import keys, objects
from trackiod.store.env import scan

if TYPE_CHECKING:
    from pathlib import Path

    from trackio.places import Places
    from trackiod.store.env import Store, Transaction

#: A snapshot whose files went before they were copied is given up for a newer one, so many times.
TRIES: Final = 20


def backup(store: Store, places: Places, target: Path) -> list[str]:
    """Copy a data folder, while it is written, to `target`, which must not be there yet.

    The copy is made aside and renamed: it is there whole or not at all. Files are linked where the file system can.
    Returns the names of files that the store refers to and that are lost. Raises StoreError if the copy cannot be made,
    OSError as the file system does.
    """
    if target.exists() or target.is_symlink():
        raise StoreError(f"{target} is there already; a copy is made in a new folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        lost = _fill(store, places, aside)
        _sync(aside)
        aside.rename(target)
        _sync_one(target.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return lost


def _fill(store: Store, places: Places, aside: Path) -> list[str]:
    for folder in ("store", "blobs", "media"):
        (aside / folder).mkdir(parents=True, mode=0o700)
    before: set[str] = set()
    for _ in range(TRIES):
        # What waits to be encoded is taken before the snapshot, too: it goes as soon as it is done.
        _take_waiting(places, aside)
        with store.read() as txn:
            _take_waiting(places, aside)
            missing = _missing(txn, places, aside)
            # A file that went since is referred to by no later snapshot; one that was missing before is lost.
            if missing <= before:
                _leave_out(txn, aside)
                store.copy(aside / "store", txn)
                return sorted(missing)
        before |= missing
    raise StoreError("files go faster than they can be copied; try again when less is deleted")


def _take_waiting(places: Places, aside: Path) -> None:
    for folder in (places.runtime / "media", places.data / "media"):
        for file in folder.iterdir() if folder.is_dir() else ():
            _take(file, aside / "media" / file.name)


def _missing(txn: Transaction, places: Places, aside: Path) -> set[str]:
    """Take the blobs of a snapshot; return which of its files were not to be had."""
    missing = {spec.id for spec in objects.pending(txn) if not (aside / "media" / spec.id).exists()}
    for key, _ in scan(txn, keys.BLOB):
        name = key[1:].hex()
        path = objects.blob_path(aside / "blobs", name)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if not _take(objects.blob_path(places.blobs, name), path):
            missing.add(name)
    return missing


def _leave_out(txn: Transaction, aside: Path) -> None:
    """Remove what an earlier snapshot referred to and this one does not."""
    waiting = {spec.id for spec in objects.pending(txn)}
    for file in (aside / "media").iterdir():
        if file.name not in waiting:
            file.unlink()
    for file in (aside / "blobs").glob("*/*"):
        if not objects.references(txn, file.name):
            file.unlink()


def _take(file: Path, to: Path) -> bool:
    """Link or copy a file unless it was taken before; tell whether it is there."""
    if to.exists():
        return True
    with suppress(FileNotFoundError):
        try:
            os.link(file, to)
        except FileNotFoundError:
            raise
        except OSError:  # another file system, or one that has no links
            shutil.copy2(file, to)
        return True
    return False


def _sync(folder: Path) -> None:
    for path, _, files in os.walk(folder):
        for file in files:
            _sync_one(os.path.join(path, file))  # noqa: PTH118 -- many files
        _sync_one(path)


def _sync_one(path: str | Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
