"""One file of a journal, mapped into memory: records are written at its end, and read while it grows."""

from __future__ import annotations

import mmap
import os
from typing import TYPE_CHECKING

from trackio.wire import SEGMENT_HEADER, payloads, segment_header

if TYPE_CHECKING:
    from pathlib import Path


class Segment:
    """Written by whoever holds its writer's lock, read by the sender. create() · close(); move() puts it on disk.

    `mark` is `(end, count)`: the first free byte and the number of whole records, one value so that a reader without
    the lock never sees half of a change.
    """

    __slots__ = ("first", "map", "mark", "path", "size")

    def __init__(self, path: Path, first: int, size: int, memory: mmap.mmap) -> None:
        self.path, self.first, self.size = path, first, size
        self.map: mmap.mmap | None = memory
        self.mark = (SEGMENT_HEADER, 0)

    @classmethod
    def create(cls, folder: Path, writer: bytes, first: int, size: int) -> Segment:
        """Make a segment whose pages are all there; raises OSError when there is no room for it."""
        return Spare.create(folder, size).begin(writer, first)

    @property
    def end(self) -> int:
        """Number of the record that follows this segment's last one."""
        return self.first + self.mark[1]

    def read(self, start: int, end: int) -> bytes:
        """Return these bytes, wherever the segment is by now; raises OSError if its file is gone."""
        memory = self.map
        if memory is not None:
            return memory[start:end]
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(end - start)

    def offset(self, number: int) -> int:
        """Return where record `number` begins; it must be in this segment, or be the one after its last."""
        at = SEGMENT_HEADER
        if number == self.first:
            return at
        data = self.read(at, self.mark[0])
        for record, payload in enumerate(payloads(data), self.first):
            if record == number:
                return at
            at += len(payload) + 8
        return self.mark[0]

    def wipe(self) -> None:
        """Clear what a record left that failed or was interrupted (Ctrl-C), lest it be taken for a later one."""
        end = self.mark[0]
        if self.map is not None and self.map[end : end + 4] not in {b"", bytes(4)}:
            self.map[end:] = bytes(self.size - end)

    def save(self, folder: Path) -> None:
        """Put a segment that is written no more into a folder on disk, and take it out of memory; raises OSError."""
        data, path = self.read(0, self.mark[0]), folder / self.path.name
        unfinished = folder / f".{self.path.name}"
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        before, self.path, self.size = self.path, path, len(data)
        self.close()
        # A segment for which there was no room on tmpfs is in that folder already.
        if before != path:
            before.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the memory; the file stays."""
        memory, self.map = self.map, None
        if memory is not None:
            memory.close()


class Spare:
    """A file that is ready to become a segment, so that the thread that logs need not wait for one."""

    __slots__ = ("map", "path", "size")

    def __init__(self, path: Path, size: int, memory: mmap.mmap) -> None:
        self.path, self.size, self.map = path, size, memory

    @classmethod
    def create(cls, folder: Path, size: int) -> Spare:
        """Make the file; raises OSError when there is no room for it."""
        path = folder / f".{os.urandom(8).hex()}"
        return cls(path, size, allocate(path, size))

    def begin(self, writer: bytes, first: int) -> Segment:
        """Return it as the segment whose first record has number `first`; raises OSError if its folder is gone."""
        self.map[:SEGMENT_HEADER] = segment_header(writer, first)
        path = self.path.with_name(f"{first:020d}.seg")
        self.path.rename(path)
        return Segment(path, first, self.size, self.map)

    def discard(self) -> None:
        """Remove the file."""
        self.map.close()
        self.path.unlink(missing_ok=True)


def allocate(path: Path, size: int) -> mmap.mmap:
    """Return `size` zero bytes of a new file as memory that cannot run out of room later; raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        # Without it a full tmpfs would end the process with SIGBUS at some later write.
        os.posix_fallocate(descriptor, 0, size)
        return mmap.mmap(descriptor, size, flags=mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0))
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
