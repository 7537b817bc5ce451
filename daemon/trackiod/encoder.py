"""Hands raw media to worker processes at idle priority, and brings back what they made; survives each of them."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from trackio.errors import ProtocolError
from trackio.places import media_room
from trackiod.jobs import Job, Media, Outcome, framed, outcome, unframed
from trackiod.store.objects import PARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from trackio.places import Places

log: Final = logging.getLogger(__name__)

#: A worker without work ends after this many seconds.
IDLE_SECONDS: Final = 60.0
#: A job may take this long. It runs only when nothing else wants the processor, so this is generous.
JOB_SECONDS: Final = 3600.0
#: A job that found no room on the disk is tried again after this many seconds.
AGAIN_SECONDS: Final = 30.0
#: A job whose worker dies is given to this many workers.
TRIES: Final = 2
#: Raw files on tmpfs that wait to be encoded take at most this many bytes; more go to disk.
WAITING_BYTES: Final = 256 * 2**20


@dataclass(slots=True)
class _Task:
    job: Job
    tries: int = 0
    not_before: float = 0.0


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    descriptor: int
    since: float
    task: _Task | None = None
    #: Told to end, or killed: it gets no job, and its end is about to be heard.
    ending: bool = False
    buffer: bytearray = field(default_factory=bytearray)

    @property
    def idle(self) -> bool:
        """Whether it waits for a job."""
        return self.task is None and not self.ending

    @property
    def patience(self) -> float:
        """Seconds that it may stay at what it does."""
        return IDLE_SECONDS if self.task is None else JOB_SECONDS

    def end(self) -> None:
        """Let it go: by the end of its stdin if it is idle, by force if it is at work."""
        if self.idle and self.process.stdin is not None:
            self.process.stdin.close()
        else:
            self.process.kill()
        self.ending = True


class Incoming:
    """Owns the raw files between a writer's journal and the blobs."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._folders = (places.runtime / "media", places.data / "media")
        for folder in self._folders:
            folder.mkdir(mode=0o700, exist_ok=True)
        self._waiting = sum(file.stat().st_size for file in self._folders[0].iterdir())

    def claim(self, media: Media) -> None:
        """Take a file out of its writer's journal; it survives the journal's end. Does nothing the second time."""
        for root, folder in zip((self._places.journals, self._places.spilled), self._folders, strict=True):
            with suppress(FileNotFoundError):
                self._take(root / media.writer.hex() / "media" / media.id, folder)

    def path(self, media_id: str) -> Path:
        """Return where a claimed file is, or would be."""
        return next((p for folder in self._folders if (p := folder / media_id).exists()), self._folders[1] / media_id)

    def discard(self, media: Media) -> None:
        """Remove a file from its writer's journal: its row was dropped."""
        for root in (self._places.journals, self._places.spilled):
            (root / media.writer.hex() / "media" / media.id).unlink(missing_ok=True)

    def release(self, media_id: str) -> None:
        """Remove a file whose blob is stored."""
        source = self.path(media_id)
        self._uncount(source)
        source.unlink(missing_ok=True)

    def set_aside(self, media_id: str) -> None:
        """Keep a file that could not be encoded in `<data>/damaged/media/`: it may be all that is left of it."""
        source, keep = self.path(media_id), self._places.data / "damaged" / "media"
        if not source.exists():
            return
        self._uncount(source)
        try:
            keep.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(source, keep / media_id)
        except OSError as error:
            log.warning("%s stays where it is: %s", source, error)

    def _take(self, source: Path, folder: Path) -> None:
        size = source.stat().st_size
        crowded = folder == self._folders[0] and self._waiting + size > WAITING_BYTES
        # A file that stays on tmpfs takes nothing more of it; one that finds no room on disk would hold up all rows.
        if crowded and media_room(self._folders[1]) > size:
            folder = self._folders[1]
        shutil.move(source, folder / source.name)
        if folder == self._folders[0]:
            self._waiting += size

    def _uncount(self, claimed: Path) -> None:
        if claimed.parent == self._folders[0]:
            self._waiting -= claimed.stat().st_size


class Encoders:
    """Owns the worker processes. Used by the ingest thread alone; no call waits, except close()."""

    def __init__(
        self, places: Places, count: int, attend: Callable[[int], None], forget: Callable[[int], None]
    ) -> None:
        self._places, self._count = places, count
        self._attend, self._forget = attend, forget
        self._incoming = Incoming(places)
        self._tasks: deque[_Task] = deque()
        self._workers: dict[int, _Worker] = {}
        self._outcomes: list[tuple[_Task, Outcome]] = []
        self._ids: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._launch_at = 0.0

    def claim(self, media: Iterable[Media]) -> None:
        """Take the files of rows that are about to be committed out of their writers' journals."""
        for item in media:
            self._incoming.claim(item)

    def discard(self, media: Iterable[Media]) -> None:
        """Remove the files of rows that were dropped."""
        for item in media:
            self._incoming.discard(item)

    def add(self, media: Iterable[Media]) -> None:
        """Queue files that were claimed and whose rows are committed."""
        for item in media:
            if item.id not in self._ids:
                self._ids.add(item.id)
                self._tasks.append(_Task(self._job(item)))

    def outcomes(self) -> list[Outcome]:
        """Return the jobs that ended since the last call; each is to be stored and then given to settled().

        A blob that nothing referred to may have been unlinked while a job found it there: that job is done again.
        """
        ended, self._outcomes = self._outcomes, []
        lost = [task for task, done in ended if not self._is_kept(done)]
        for task in lost:
            task.tries = 0
            self._tasks.append(task)
        return [done for task, done in ended if task not in lost]

    def settled(self, done: Outcome) -> None:
        """Let go of a file whose outcome is stored."""
        self._ids.discard(done.id)
        if done.made is None:
            self._counts["failed"] += 1
            self._incoming.set_aside(done.id)
        else:
            self._counts["made"] += 1
            self._incoming.release(done.id)

    def heard(self, descriptor: int, now: float) -> bool:
        """Read what a worker said if `descriptor` is its pipe; notices when it died."""
        worker = self._workers.get(descriptor)
        if worker is None:
            return False
        data = os.read(descriptor, 65536)
        if not data:
            self._bury(worker, now)
            return True
        worker.buffer += data
        try:
            for fields in unframed(worker.buffer):
                self._ended(worker, outcome(fields), now)
        except (ProtocolError, KeyError, TypeError):
            log.exception("encoder %d speaks nonsense", worker.process.pid)
            worker.process.kill()
            worker.ending = True
        return True

    def tick(self, now: float) -> None:
        """Give out jobs, stop workers that take too long, and end those without work."""
        for worker in self._workers.values():
            if not worker.ending and now - worker.since >= worker.patience:
                worker.end()
        idle = [worker for worker in self._workers.values() if worker.idle]
        for task in [task for task in self._tasks if task.not_before <= now][: self._count]:
            if not idle and (len(self._workers) >= self._count or now < self._launch_at):
                return
            free = idle.pop() if idle else self._launch(now)
            if free is not None:
                self._give(free, task, now)

    def wait(self, now: float) -> float | None:
        """Return the seconds until tick() has something to do, or None."""
        waits = [w.since + w.patience - now for w in self._workers.values() if not w.ending]
        if any(worker.idle for worker in self._workers.values()):
            waits += [task.not_before - now for task in self._tasks]
        elif len(self._workers) < self._count:
            waits += [max(task.not_before, self._launch_at) - now for task in self._tasks]
        return min(waits, default=None)

    def status(self) -> dict[str, int]:
        """Return how many files wait, are worked on, were made and failed since the start."""
        working = sum(worker.task is not None for worker in self._workers.values())
        counts = {"made": self._counts["made"], "failed": self._counts["failed"]}
        return {"pending": len(self._tasks) + working, "working": working, **counts}

    def close(self) -> None:
        """End the workers at once; what they were at is pending in the store and begins anew at the next start."""
        for worker in list(self._workers.values()):
            worker.process.kill()
            self._part(worker)

    def _job(self, media: Media) -> Job:
        fields = media.fields
        shape, fps = fields.get("shape"), fields.get("fps", fields.get("rate"))
        return Job(
            id=media.id,
            kind=str(fields.get("_type", "")).removeprefix("trackio."),
            source=str(self._incoming.path(media.id)),
            blobs=str(self._places.blobs),
            format=str(fields.get("format", ""))[:16],
            shape=tuple(n for n in shape if isinstance(n, int))[:8] if isinstance(shape, list) else (),
            mode=str(fields.get("mode", fields.get("dtype")) or "")[:8],
            fps=float(fps) if isinstance(fps, (int, float)) else 0.0,
        )

    def _is_kept(self, done: Outcome) -> bool:
        names = [] if done.made is None else [done.made.blob, *(getattr(done.made, part) for part in PARTS)]
        return all((self._places.blobs / name[:2] / name).exists() for name in names if name is not None)

    def _launch(self, now: float) -> _Worker | None:
        command = [sys.executable, "-m", "trackiod", "encode"]
        try:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 -- our own
        except OSError as error:
            log.warning("cannot start an encoder: %s", error)
            self._launch_at = now + AGAIN_SECONDS
            return None
        assert process.stdout is not None
        worker = _Worker(process, process.stdout.fileno(), now)
        self._workers[worker.descriptor] = worker
        self._attend(worker.descriptor)
        return worker

    def _give(self, worker: _Worker, task: _Task, now: float) -> None:
        assert worker.process.stdin is not None
        self._tasks.remove(task)
        worker.task, worker.since, task.tries = task, now, task.tries + 1
        try:
            # A job is shorter than a pipe's buffer and the worker has taken the one before: this cannot block.
            os.write(worker.process.stdin.fileno(), framed(task.job))
        except BrokenPipeError:
            return  # its end is about to be heard

    def _ended(self, worker: _Worker, done: Outcome, now: float) -> None:
        task = worker.task
        if task is None or task.job.id != done.id:
            raise ProtocolError(f"an outcome of {done.id}, which was not asked for")
        worker.task, worker.since = None, now
        if done.again:
            task.tries, task.not_before = 0, now + AGAIN_SECONDS
            self._tasks.append(task)
        else:
            self._outcomes.append((task, done))

    def _bury(self, worker: _Worker, now: float) -> None:
        task, code = worker.task, self._part(worker)
        if task is None:
            return
        how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
        late = " after its time was up" if now - worker.since >= JOB_SECONDS else ""
        if task.tries < TRIES:
            log.warning("encoder %s on %s%s; trying again", how, task.job.id, late)
            self._tasks.appendleft(task)
        else:
            self._outcomes.append((task, Outcome(task.job.id, error=f"the encoder {how}{late}, {TRIES} times")))

    def _part(self, worker: _Worker) -> int:
        del self._workers[worker.descriptor]
        self._forget(worker.descriptor)
        code = worker.process.wait()
        for pipe in (worker.process.stdin, worker.process.stdout):
            if pipe is not None:
                pipe.close()
        return code
