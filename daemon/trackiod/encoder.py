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
from trackiod.jobs import Job, Media, Outcome, framed, outcome, unframed

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
    buffer: bytearray = field(default_factory=bytearray)


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
                (root / media.writer.hex() / "media" / media.id).rename(folder / media.id)

    def path(self, media_id: str) -> Path:
        """Return where a claimed file is, or would be."""
        return next((p for folder in self._folders if (p := folder / media_id).exists()), self._folders[1] / media_id)

    def release(self, media_id: str) -> None:
        """Remove a file whose blob is stored."""
        self.path(media_id).unlink(missing_ok=True)

    def set_aside(self, media_id: str) -> None:
        """Keep a file that could not be encoded in `<data>/damaged/media/`: it may be all that is left of it."""
        keep = self._places.data / "damaged" / "media"
        keep.mkdir(parents=True, exist_ok=True, mode=0o700)
        source = self.path(media_id)
        if source.exists():
            shutil.move(source, keep / media_id)


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
        self._outcomes: list[Outcome] = []
        self._ids: set[str] = set()
        self._counts: Counter[str] = Counter()

    def claim(self, media: Iterable[Media]) -> None:
        """Take the files of rows that are about to be committed out of their writers' journals."""
        for item in media:
            self._incoming.claim(item)

    def add(self, media: Iterable[Media]) -> None:
        """Queue files that were claimed and whose rows are committed."""
        for item in media:
            if item.id not in self._ids:
                self._ids.add(item.id)
                self._tasks.append(_Task(self._job(item)))

    def outcomes(self) -> list[Outcome]:
        """Return the jobs that ended since the last call; each is to be stored and then given to settled()."""
        ended, self._outcomes = self._outcomes, []
        return ended

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
        return True

    def tick(self, now: float) -> None:
        """Give out jobs, stop workers that take too long, and end those without work."""
        for worker in list(self._workers.values()):
            if worker.task and now - worker.since > JOB_SECONDS:
                worker.process.kill()
            elif worker.task is None and now - worker.since > IDLE_SECONDS and worker.process.stdin:
                worker.process.stdin.close()
        idle = [w for w in self._workers.values() if w.task is None and w.process.stdin and not w.process.stdin.closed]
        for task in [task for task in self._tasks if task.not_before <= now][: self._count]:
            if not idle and len(self._workers) >= self._count:
                return
            self._give(idle.pop() if idle else self._launch(now), task, now)

    def wait(self, now: float) -> float | None:
        """Return the seconds until tick() has something to do, or None."""
        waits = [w.since + (JOB_SECONDS if w.task else IDLE_SECONDS) - now for w in self._workers.values()]
        if len(self._workers) < self._count or any(w.task is None for w in self._workers.values()):
            waits += [task.not_before - now for task in self._tasks]
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
        return Job(
            id=media.id,
            kind=str(fields.get("_type", "")).removeprefix("trackio."),
            source=str(self._incoming.path(media.id)),
            blobs=str(self._places.blobs),
            format=str(fields.get("format", ""))[:16],
            shape=tuple(n for n in fields.get("shape") or () if isinstance(n, int))[:8],
            mode=str(fields.get("mode") or "")[:8],
            fps=float(fields.get("fps") or 0),
        )

    def _launch(self, now: float) -> _Worker:
        command = [sys.executable, "-m", "trackiod", "encode"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 -- our own
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
        task, worker.task, worker.since = worker.task, None, now
        if task is None or task.job.id != done.id:
            raise ProtocolError(f"an outcome of {done.id}, which was not asked for")
        if done.again:
            task.tries, task.not_before = 0, now + AGAIN_SECONDS
            self._tasks.append(task)
        else:
            self._outcomes.append(done)

    def _bury(self, worker: _Worker, now: float) -> None:
        task, code = worker.task, self._part(worker)
        if task is None:
            return
        how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
        late = " after its time was up" if now - worker.since > JOB_SECONDS else ""
        if task.tries < TRIES:
            log.warning("encoder %s on %s%s; trying again", how, task.job.id, late)
            self._tasks.appendleft(task)
        else:
            self._outcomes.append(Outcome(task.job.id, error=f"the encoder {how}{late}, {TRIES} times"))

    def _part(self, worker: _Worker) -> int:
        del self._workers[worker.descriptor]
        self._forget(worker.descriptor)
        code = worker.process.wait()
        for pipe in (worker.process.stdin, worker.process.stdout):
            if pipe is not None:
                pipe.close()
        return code
