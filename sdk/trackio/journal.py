"""The records of one writer that no daemon has stored yet: safe in files from the moment they are appended."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from trackio.places import media_room, system_room
from trackio.segment import Segment, Spare
from trackio.wire import FRAMING, SEGMENT_HEADER, framed

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    from trackio.places import Places
    from trackio.settings import Settings

#: After a segment could not be made, seconds until it is tried again.
_RETRY_SECONDS: Final = 1.0

#: The part of what a run may keep that is not for rows alone.
_FOR_ALL: Final = 15 / 16


class Full(Exception):
    """No room for a record; the message is the reason under which it is counted."""


class Folder:
    """A writer's folder under one root: claim() · release(). Its lock tells the daemon that this process lives."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path, self._lock = path, lock

    @classmethod
    def claim(cls, root: Path, writer: bytes) -> Folder:
        """Make the folder, or take the one that is there; nobody ever sees it without its lock held."""
        path = root / writer.hex()
        if path.exists():
            return cls(path, _locked(path / "lock"))
        building = root / f".{writer.hex()}.{os.getpid()}"
        try:
            (building / "media").mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = _locked(building / "lock")
        except OSError:
            shutil.rmtree(building, ignore_errors=True)
            raise
        building.rename(path)
        return cls(path, lock)

    def release(self, *, remove: bool) -> None:
        """Let go of the folder; what stays in it is the daemon's to take in."""
        if remove:
            shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)

    def abandon(self) -> None:
        """Close what a forked child inherited; its parent's lock stays as it is."""
        os.close(self._lock)


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # A record lock, not flock: a forked child does not keep it when we die.
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "host": os.uname().nodename}).encode(), 0)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


class Journal:
    """Made by the process that writes it. append(), room(), file() under its writer's lock; the rest by the sender."""

    def __init__(self, places: Places, writer: bytes, settings: Settings) -> None:
        self.writer = writer
        self._settings = settings
        self._disk_only = settings.mode == "offline"
        self._roots: tuple[Path, ...] = (places.spilled,) if self._disk_only else (places.journals, places.spilled)
        self._folders: dict[Path, Folder] = {}
        self._spare: Spare | None = None
        self._retry_at = 0.0
        self._media_bytes = 0
        self._filed_once: dict[Hashable, str] = {}
        #: Called when a segment is full, so that somebody sends it and makes the next spare one.
        self.rolled: Callable[[], None] = lambda: None
        #: Segments with records that are not stored yet, oldest first; the last one is written to.
        self.segments: list[Segment] = []
        try:
            self.segments.append(self._create(0, settings.segment_bytes))
        except OSError:
            self.close(remove=True)
            raise

    # ------------------------------------------------------------------------------------- the writing side

    @property
    def current(self) -> Segment:
        """The segment that is written to."""
        return self.segments[-1]

    def append(self, payload: bytes) -> None:
        """Append one record; it is safe when this returns. Raises Full."""
        segment, record = self.room(len(payload) + FRAMING), framed(payload)
        end, count = segment.mark
        memory = segment.map
        assert memory is not None
        # The commit word goes last: a record without it does not exist.
        memory[end : end + len(record) - 4] = record[:-4]
        memory[end + len(record) - 4 : end + len(record)] = record[-4:]
        segment.mark = (end + len(record), count + 1)

    def append_lesser(self, payload: bytes) -> None:
        """Append one record that gives way to rows; raises Full, too, while there is room for these."""
        if not self._is_within_limits(_FOR_ALL):
            raise Full("journal limit")
        if not any(self._has_room(root) for root in self._roots):
            raise Full("disk full")
        self.append(payload)

    def room(self, size: int) -> Segment:
        """Return the segment that has room for `size` more bytes, a new one if need be; raises Full."""
        segment = self.segments[-1]
        if segment.mark[0] + size <= segment.size:
            return segment
        if not self._is_within_limits():
            raise Full("journal limit")
        try:
            spare = self._spare
            if spare is not None and SEGMENT_HEADER + size <= spare.size and spare.path.exists():
                fresh, self._spare = spare.begin(self.writer, segment.end), None
            elif time.monotonic() < self._retry_at:
                raise Full("disk full")
            else:
                fresh = self._create(segment.end, max(self._settings.segment_bytes, SEGMENT_HEADER + size))
        except OSError as error:
            self._retry_at = time.monotonic() + _RETRY_SECONDS
            raise Full("disk full") from error
        self.segments.append(fresh)
        self.rolled()
        return fresh

    def file(self, fill: Callable[[Path], int], once: Hashable = None) -> str:
        """Return the id of a file beside the records, which `fill` writes, returning its size; raises Full.

        What is filed with the same `once` is filed one time, and its id returned from then on.
        """
        if once is not None and once in self._filed_once:
            return self._filed_once[once]
        name = self._file(fill)
        if once is not None:
            self._filed_once[once] = name
        return name

    def _file(self, fill: Callable[[Path], int]) -> str:
        name = os.urandom(16).hex()
        roots = self._roots
        if not self._disk_only and self._media_bytes > self._settings.media_bytes:
            self._media_bytes = _size(self._folder(roots[0]) / "media")
            roots = roots[-1:] if self._media_bytes > self._settings.media_bytes else roots
        for root in roots:
            target = self._folder(root) / "media" / name
            try:
                self._media_bytes += _filled(target, fill)
            except OSError as error:
                target.unlink(missing_ok=True)
                if root is roots[-1]:
                    raise Full("disk full") from error
            else:
                break
        return name

    def _is_within_limits(self, part: float = 1.0) -> bool:
        held = sum(segment.size for segment in self.segments)
        return held <= part * (self._settings.memory_bytes + self._settings.disk_bytes)

    def _has_room(self, root: Path) -> bool:
        """Tell whether there is room for another segment, and for more than rows in it."""
        try:
            return system_room(self._folder(root)) >= self._settings.segment_bytes
        except OSError:
            return False

    def _create(self, first: int, size: int) -> Segment:
        for root in self._roots:
            try:
                return Segment.create(self._folder(root), self.writer, first, size)
            except OSError:  # noqa: PERF203 -- the next root is the reason for the loop
                if root is self._roots[-1]:
                    raise
        raise AssertionError  # unreachable: there is always a last root

    def _folder(self, root: Path) -> Path:
        folder = self._folders.get(root)
        if folder is None or not folder.path.exists():
            fresh = Folder.claim(root, self.writer)
            if folder is not None:
                folder.abandon()
                # The daemon may not have taken them yet when they were removed.
                self._filed_once.clear()
            folder = self._folders[root] = fresh
        return folder.path

    # ------------------------------------------------------------------------------------- the sending side

    @property
    def end(self) -> int:
        """Number of the next record."""
        return self.segments[-1].end

    @property
    def memory_bytes(self) -> int:
        """Bytes of sealed segments that are still in memory."""
        return sum(segment.size for segment in self.segments[:-1] if segment.map is not None)

    def prepare(self) -> None:
        """Make a spare segment as soon as the first one is half full; without room the writer looks elsewhere."""
        current = self.segments[-1]
        if self._spare is None and (current.first or current.mark[0] > current.size // 2) and not self._disk_only:
            with suppress(OSError):
                self._spare = Spare.create(self._folder(self._roots[0]), self._settings.segment_bytes)

    def forget(self, stored: int) -> None:
        """Remove the segments all of whose records are stored; the one that is written to stays."""
        while len(self.segments) > 1 and self.segments[0].end <= stored:
            segment = self.segments.pop(0)
            segment.close()
            segment.path.unlink(missing_ok=True)

    def relieve(self) -> bool:
        """Move the oldest sealed segment in memory to disk; return False if there is none or no room."""
        for segment in self.segments[:-1]:
            if segment.map is not None:
                try:
                    segment.save(self._folder(self._roots[-1]))
                except OSError:
                    return False
                return True
        return False

    def is_cut_off(self) -> bool:
        """Tell whether somebody removed the file that is written to (a cleaned tmpfs)."""
        return not self.segments[-1].path.exists()

    def move(self) -> None:
        """Begin a new segment on disk, under the writer's lock; those before it are relieve()d next. Raises Full."""
        self._roots = self._roots[-1:]
        if self._spare is not None:
            self._spare.discard()
            self._spare = None
        segment = self.segments[-1]
        try:
            self.segments.append(self._create(segment.end, self._settings.segment_bytes))
        except OSError as error:
            raise Full("disk full") from error

    def close(self, *, remove: bool) -> None:
        """Let go of every file; with `remove` they are deleted, else the daemon takes them in."""
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.discard()
        for segment in self.segments:
            segment.close()
        for folder in self._folders.values():
            folder.release(remove=remove and not _size(folder.path / "media"))
        self._folders.clear()

    def abandon(self) -> None:
        """Forget every file without touching it, in a forked child."""
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.map.close()
        for segment in self.segments:
            segment.close()
        for folder in self._folders.values():
            folder.abandon()
        self._folders.clear()


def _filled(target: Path, fill: Callable[[Path], int]) -> int:
    """Return the size of a file that `fill` writes; raises OSError where media would take the room of rows."""
    if media_room(target.parent) > 0:
        size = fill(target)
        if media_room(target.parent) >= 0:
            return size
    raise OSError(errno.ENOSPC, "what is left is kept for rows")


def _size(folder: Path) -> int:
    try:
        return sum(entry.stat().st_size for entry in os.scandir(folder))
    except FileNotFoundError:
        return 0
