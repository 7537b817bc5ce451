"""Takes in what dead processes left: finds journals whose lock is free and reads the rest of their records."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import select
import shutil
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from watchfiles import Change, watch

from trackio.errors import CorruptJournal, VersionMismatch
from trackio.wire import BATCH_BYTES, FRAMING, SEGMENT_HEADER, payloads, read_segment_header
from trackiod import exits
from trackiod.store.records import resumed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trackio.places import Places

log: Final = logging.getLogger(__name__)

#: Milliseconds that the rest of a process may take to end after its locks.
_MOMENT: Final = 20
#: Name of a writer's folder.
_WRITER: Final = re.compile(r"[0-9a-f]{32}")
_SEGMENT: Final = re.compile(r"\d{20}\.seg")
#: A folder that is still being built keeps a dot-name; one this old belongs to a process that died building it.
STALE_SECONDS: Final = 60.0
#: What taking up a journal counts for, in bytes, however little is in it.
LEAST: Final = 4096
#: The watch looks this often, in ms, whether something happened to the folders.
_WATCH_STEP: Final = 500


@dataclass(slots=True)
class Left:
    """What one dead writer left; reading it moves `end` and notes in `damage`, by file, what cannot be read."""

    writer: bytes
    #: Number of the first record that was not seen yet.
    end: int
    damage: dict[Path, str] = field(default_factory=dict)
    #: How its process ended, see `exits`, if anybody knows.
    exit: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Records of a journal: `count` of them from number `first` on, framed as they stand."""

    left: Left
    first: int
    count: int
    body: bytes


class Journals:
    """Knows every journal folder of one data folder, whose writer lives, and whose died. Ingest thread only."""

    def __init__(self, places: Places, attend: Callable[[int], None], forget: Callable[[int], None]) -> None:
        self._places, self._attend, self._forget = places, attend, forget
        self._lives: dict[int, tuple[bytes, int]] = {}  # pidfd -> writer, pid
        self._exits: dict[bytes, int] = {}
        self._known: dict[bytes, int] = {}
        self._queue: deque[bytes] = deque()
        self._taken: set[bytes] = set()
        self._reading: tuple[Left, Iterator[Part]] | None = None
        #: Writers whose journal cannot be taken in, and why; they are left alone until the next start.
        self.refused: dict[bytes, str] = {}

    def scan(self, now: float) -> None:
        """Look at every folder: queue those of dead writers, attend to the ends of the living ones."""
        for root in self._roots():
            for folder in _entries(root):
                if _WRITER.fullmatch(folder.name):
                    self.check(bytes.fromhex(folder.name))
                elif folder.name.startswith(".") and now - _changed(folder) > STALE_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)

    def check(self, writer: bytes) -> None:
        """Queue a writer if its folder is there and its lock is free; else attend to its process."""
        folders = self.folders(writer)
        if writer in self.refused or writer in self._taken or not folders:
            return
        locks = [folder / "lock" for folder in folders if (folder / "lock").exists()]
        if not any(map(_is_held, locks)) and (locks or writer not in self._known):
            self._ask(writer)
            self._queue.append(writer)
            self._taken.add(writer)
        elif locks:
            self.greet(writer, _pid(locks[0]))

    def greet(self, writer: bytes, pid: int) -> None:
        """Attend to the end of a living writer's process. A number that means nothing here leaves it to the scan."""
        if writer in self._known or pid <= 0:
            return
        try:
            descriptor = os.pidfd_open(pid)
        except (OSError, OverflowError):
            return
        self._lives[descriptor], self._known[writer] = (writer, pid), descriptor
        self._attend(descriptor)

    def ended(self, descriptor: int) -> bytes | None:
        """Return the writer whose process a readable descriptor says is over, its journal queued if there is one."""
        if descriptor not in self._lives:
            return None
        writer, _ = self._lives[descriptor]
        self._ask(writer)
        # Known until here, so that a lock that somebody else holds does not attend to the same ended process again.
        self.check(writer)
        del self._lives[descriptor], self._known[writer]
        self._forget(descriptor)
        os.close(descriptor)
        return writer

    def _ask(self, writer: bytes) -> None:
        """Note how a writer's process ended, if it has, or does so at this moment: its locks are the first to go."""
        descriptor = self._known.get(writer)
        if descriptor is None or not _is_over(descriptor):
            return
        status = exits.status(descriptor, self._lives[descriptor][1])
        if status is not None:
            self._exits[writer] = status

    @property
    def living(self) -> int:
        """Number of processes whose end is attended to."""
        return len(self._lives)

    @property
    def busy(self) -> bool:
        """Whether there are journals of dead writers to read."""
        return self._reading is not None or bool(self._queue)

    def left(self, writer: bytes, end: int) -> Left:
        """Return what a dead writer left, with how its process ended."""
        return Left(writer, end, exit=self._exits.pop(writer, None))

    def read(self, budget: int, stored: Callable[[bytes], int]) -> Iterator[Part | Left]:
        """Yield about `budget` bytes of dead writers' records, each writer's from `stored` on; its Left ends them.

        A writer comes again only after remove(): what was yielded before must be stored, or be kept to be stored.
        """
        while budget > 0 and self.busy:
            if self._reading is None:
                writer = self._queue.popleft()
                left = self.left(writer, stored(writer))
                self._reading = left, self.parts(left)
            left, parts = self._reading
            try:
                part = next(parts, None)
            except VersionMismatch as error:
                log.warning("the journal of writer %s is left where it is: %s", left.writer.hex(), error)
                self.refused[left.writer] = str(error)
                self._reading = None
                continue
            if part is None:
                self._reading = None
            budget -= LEAST + (len(part.body) if part else 0)
            yield part or left

    def folders(self, writer: bytes) -> list[Path]:
        """Return the folders of a writer that exist, the one on tmpfs first."""
        return [folder for root in self._roots() if (folder := root / writer.hex()).is_dir()]

    def parts(self, left: Left) -> Iterator[Part]:
        """Yield the records from `left.end` on, in order; damage is noted in `left` and passed over.

        Raises VersionMismatch for a journal of another version, which is left as it is.
        """
        segments = self._segments(left.writer)
        for file, following in zip_longest(segments, segments[1:]):
            if following is not None and int(following.stem) <= left.end:
                continue
            if int(file.stem) > left.end:
                left.damage.setdefault(file, f"records {left.end} to {int(file.stem) - 1} are missing before it")
            yield from _read(file, left, int(following.stem) if following is not None else None)

    def remove(self, left: Left) -> None:
        """Remove a writer's folders; of a damaged journal, keep the damaged segments and what media no row names.

        They go to `<data>/damaged/<writer>/`. Where there is no room for them, everything stays until the next start.
        """
        try:
            self._keep_damaged(left)
        except OSError as error:
            log.warning("the journal of writer %s is left where it is: %s", left.writer.hex(), error)
            self.refused[left.writer] = str(error)
            return
        for folder in self.folders(left.writer):
            shutil.rmtree(folder, ignore_errors=True)
        self._taken.discard(left.writer)

    def blame(self, left: Left, number: int, text: str) -> None:
        """Note that record `number` makes no sense, by the segment that holds it."""
        holding = [file for file in self._segments(left.writer) if int(file.stem) <= number]
        if holding:
            left.damage.setdefault(holding[-1], f"record {number}: {text}")

    def set_aside(self, left: Left, reason: str) -> None:
        """Keep everything that a writer left in `<data>/damaged/`, since it cannot be told what it belongs to."""
        if self._reading and self._reading[0] is left:
            self._reading = None
        for file in self._segments(left.writer):
            left.damage.setdefault(file, reason)
        self.remove(left)

    def close(self) -> None:
        """Forget every process."""
        for descriptor in self._lives:
            self._forget(descriptor)
            os.close(descriptor)
        self._lives.clear()
        self._known.clear()

    def _keep_damaged(self, left: Left) -> None:
        keep = self._places.data / "damaged" / left.writer.hex()
        for file, text in left.damage.items():
            (keep / "media").mkdir(parents=True, exist_ok=True, mode=0o700)
            if file.exists():
                shutil.move(file, keep / file.name)
            (keep / f"{file.name}.txt").write_text(f"{text}\n")
        for folder in self.folders(left.writer) if left.damage else ():
            for file in _entries(folder / "media"):
                shutil.move(file, keep / "media" / file.name)

    def _segments(self, writer: bytes) -> list[Path]:
        files = [file for folder in self.folders(writer) for file in _entries(folder)]
        return sorted((file for file in files if _SEGMENT.fullmatch(file.name)), key=lambda file: file.name)

    def _roots(self) -> tuple[Path, Path]:
        return self._places.journals, self._places.spilled


class Watch:
    """Owns the thread that pokes the loop when journal folders come or go. start() · close()."""

    def __init__(self, places: Places, poke: Callable[[], None]) -> None:
        self._folders = (places.journals, places.spilled)
        self._poke, self._stop = poke, threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread still watches: it ends when a folder that it watches is removed."""
        return self._thread.is_alive()

    def close(self) -> None:
        """End the thread within a second."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(2 * _WATCH_STEP / 1000)

    def _run(self) -> None:
        gone = {(Change.deleted, str(folder)) for folder in self._folders}
        changes = watch(
            *self._folders,
            stop_event=self._stop,
            step=_WATCH_STEP,
            debounce=_WATCH_STEP,
            recursive=False,
            raise_interrupt=False,
        )
        # Once a folder went away, the loop sees that nobody watches, makes the folder again and starts anew.
        with suppress(OSError):
            for change in changes:
                self._poke()
                if change & gone:
                    break


def _read(file: Path, left: Left, following: int | None) -> Iterator[Part]:
    """Yield a segment's records that `left` does not have yet; the next segment begins with record `following`."""
    try:
        data = memoryview(file.read_bytes())
        if not any(data[:SEGMENT_HEADER]):
            return  # its writer died between making the file and its first record
        writer, first = read_segment_header(data)
    except (CorruptJournal, OSError) as error:
        left.damage[file] = str(error)
        return
    if writer != left.writer or first != int(file.stem):
        left.damage[file] = f"the header is that of record {first} of writer {writer.hex()}"
        return
    yield from _cut(file, data[SEGMENT_HEADER:], left, following)


def _cut(file: Path, records: memoryview, left: Left, following: int | None) -> Iterator[Part]:
    number, stretches = int(file.stem), list(_stretches(records))
    later = sum(len(stretch.sizes) for stretch in stretches[1:])
    for stretch in stretches:
        if following is not None:
            del stretch.sizes[max(0, following - number) :]
        yield from _parts(records, stretch, number, left)
        number += len(stretch.sizes)
        if stretch.fault is not None:
            left.damage.setdefault(file, f"{stretch.fault}, from record {number} on")
            # How many records the damage took, the following segment tells; without one, it was one at least.
            number = number + 1 if following is None else max(number + 1, following - later)
            later = 0
    if following is None:
        left.end = max(left.end, number)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Whole records one after another, from byte `at` on, their sizes with framing, and what is wrong behind them."""

    at: int
    sizes: list[int]
    fault: str | None


def _stretches(records: memoryview) -> Iterator[_Stretch]:
    """Yield whatever whole records there are; damage is between two stretches, or behind the last one."""
    at: int | None = 0
    while at is not None:
        sizes, fault, start = [], None, at
        try:
            for payload in payloads(records[start:]):
                sizes.append(FRAMING + len(payload))  # noqa: PERF401 -- what was found before an error counts
        except CorruptJournal as error:
            fault = f"{error.reason} at byte {SEGMENT_HEADER + start + error.offset}"
        end = start + sum(sizes)
        at = resumed(records, end) if bytes(records[end:]).strip(b"\0") else None
        yield _Stretch(start, sizes, fault if at is None else fault or "the journal ends, and goes on later")


def _parts(records: memoryview, stretch: _Stretch, number: int, left: Left) -> Iterator[Part]:
    """Yield what of a stretch, which begins with record `number`, `left` does not have yet."""
    start = at = stretch.at
    first = number
    for size in stretch.sizes:
        if number < left.end:
            start, first = at + size, number + 1
        elif at + size - start > BATCH_BYTES and number > first:
            yield _part(left, first, number, records[start:at])
            start, first = at, number
        at += size
        number += 1
    if number > first:
        yield _part(left, first, number, records[start:at])


def _part(left: Left, first: int, end: int, body: memoryview) -> Part:
    left.end = end
    return Part(left, first, end - first, bytes(body))


def halves(part: Part) -> tuple[Part, Part]:
    """Return a part of two or more records as two parts."""
    middle, at = part.count // 2, 0
    for number, payload in enumerate(payloads(part.body)):
        if number == middle:
            break
        at += FRAMING + len(payload)
    front = Part(part.left, part.first, middle, part.body[:at])
    return front, Part(part.left, part.first + middle, part.count - middle, part.body[at:])


def _is_over(descriptor: int) -> bool:
    """Tell whether the process of a pidfd ends within a moment."""
    end = select.poll()
    end.register(descriptor, select.POLLIN)
    return bool(end.poll(_MOMENT))


def _is_held(lock: Path) -> bool:
    """Tell whether a living process holds this record lock; its death releases it."""
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return True
    finally:
        os.close(descriptor)
    return False


def _pid(lock: Path) -> int:
    try:
        value = json.loads(lock.read_text())
        return int(value["pid"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return 0


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def _changed(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return time.time()
