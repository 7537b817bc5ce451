"""One encoder process: takes jobs from a pipe, makes blobs, yields to everything else on the machine."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil

from trackio.errors import ProtocolError
from trackio.places import media_room
from trackiod import model, page, picture, sound, tables, transcript, video
from trackiod.jobs import Job, Made, Outcome, framed, job, unframed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Most address space of a worker, in bytes; raw frames are mapped, not read.
MAX_MEMORY: Final = 16 * 2**30
#: Most processor time of one job, in seconds.
MAX_CPU: Final = 1800
_PR_SET_PDEATHSIG: Final = 1


def work(jobs: int, outcomes: int) -> None:
    """Do the jobs that come from descriptor `jobs`, one after another, until it ends; each outcome is written."""
    yield_to_everybody()
    # Whatever a library prints must not get between the outcomes.
    answers = os.dup(outcomes)
    os.dup2(2, outcomes)
    for task in _arriving(jobs):
        _allow_cpu(MAX_CPU)
        os.write(answers, framed(done(task)))


def done(task: Job) -> Outcome:
    """Return what became of a job; only an error of ours is raised, not one of the file."""
    spare = Path(task.blobs) / f".{task.id}.{os.getpid()}"
    try:
        return Outcome(task.id, made=_make(task, spare))
    except ProtocolError as error:
        return Outcome(task.id, error=str(error))
    except FileNotFoundError:
        return Outcome(task.id, error="the file was gone before it could be encoded (was the machine switched off?)")
    except MemoryError:
        return Outcome(task.id, error="too large for the memory that an encoder may use")
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        return Outcome(task.id, error=str(error), again=full)
    finally:
        for file in spare.parent.glob(f"{spare.name}*"):
            file.unlink()


def yield_to_everybody() -> None:
    """Run only when nothing else wants the processor or the disk, be the first to go when memory ends.

    What a sandbox does not allow of this is left out: files are to be encoded all the same.
    """
    with suppress(OSError):
        os.nice(19)
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with suppress(OSError, psutil.Error):
        psutil.Process().ionice(psutil.IOPRIO_CLASS_IDLE)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800")
    _limit(resource.RLIMIT_AS, MAX_MEMORY)
    # The daemon ends us by the end of our pipe; if it is killed in the middle of a job, the kernel does.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _allow_cpu(seconds: int) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    _limit(resource.RLIMIT_CPU, used + seconds)


def _limit(kind: int, value: int) -> None:
    """Set a limit of this process, no higher than whoever started the daemon allows."""
    _, allowed = resource.getrlimit(kind)
    resource.setrlimit(kind, (value if allowed == resource.RLIM_INFINITY else min(value, allowed), allowed))


def _arriving(descriptor: int) -> Iterator[Job]:
    buffer = bytearray()
    while data := os.read(descriptor, 65536):
        buffer += data
        yield from map(job, unframed(buffer))


def _make(task: Job, spare: Path) -> Made:
    source, blobs = Path(task.source), Path(task.blobs)
    source.stat()  # else the libraries call a file that is gone a damaged one
    make = _MAKERS.get(task.kind)
    if make is None:
        raise ProtocolError(f"cannot encode a {task.kind!r}")
    return make(task, source, blobs, spare)


def _image(task: Job, source: Path, blobs: Path, _spare: Path) -> Made:
    raw = task.format == "raw"
    made = picture.from_array(source, task.shape, task.mode) if raw else picture.from_file(source)
    blob = keep_copy(blobs, source) if made.data is None else keep(blobs, made.data)
    size = source.stat().st_size if made.data is None else len(made.data)
    frames = made.frames if made.frames > 1 else None
    return Made(blob, made.mime, size, made.width, made.height, frames, thumb=keep(blobs, made.thumb))


def _video(task: Job, source: Path, blobs: Path, spare: Path) -> Made:
    raw = task.format == "raw"
    clip = video.from_array(source, task.shape, task.fps, spare) if raw else video.from_file(source, spare)
    kept = spare if clip.written else source
    return Made(
        keep_copy(blobs, kept),
        clip.mime,
        kept.stat().st_size,
        clip.width,
        clip.height,
        clip.frames,
        clip.fps,
        clip.duration,
        poster=keep(blobs, picture.poster(clip.first)),
        thumb=None,
    )


def _audio(task: Job, source: Path, blobs: Path, spare: Path) -> Made:
    raw = task.format == "raw"
    made = sound.from_array(source, task.shape, task.mode, task.fps, spare) if raw else sound.from_file(source, spare)
    about = {"duration": made.duration, "channels": made.channels, "rate": made.rate, "peaks": keep(blobs, made.peaks)}
    return _as_it_came(spare if made.written else source, blobs, made.mime, **about)


def _object3d(task: Job, source: Path, blobs: Path, spare: Path) -> Made:
    raw = task.format == "raw"
    made = model.from_array(source, task.shape, spare) if raw else model.from_file(source, task.format)
    about = {"vertices": made.vertices, "faces": made.faces}
    return _as_it_came(spare if raw else source, blobs, model.MIMES[made.format], **about)


def _table(_task: Job, source: Path, blobs: Path, _spare: Path) -> Made:
    return _as_it_came(source, blobs, "application/msgpack", rows=tables.rows(source))


def _trace(_task: Job, source: Path, blobs: Path, _spare: Path) -> Made:
    return _as_it_came(source, blobs, "application/msgpack", rows=transcript.count(source))


def _html(task: Job, source: Path, blobs: Path, _spare: Path) -> Made:
    if task.format == "plotly":
        page.figure(source)
        return _as_it_came(source, blobs, "application/vnd.plotly.v1+json")
    return _as_it_came(source, blobs, "text/html", scripts=page.scripts(source))


def _library(_task: Job, source: Path, blobs: Path, _spare: Path) -> Made:
    page.library(source)
    return _as_it_came(source, blobs, "text/javascript")


def _as_it_came(source: Path, blobs: Path, mime: str, **told: Any) -> Made:
    return Made(keep_copy(blobs, source), mime, source.stat().st_size, **told)


_MAKERS: Final[dict[str, Callable[[Job, Path, Path, Path], Made]]] = {
    "image": _image,
    "video": _video,
    "table": _table,
    "trace": _trace,
    "html": _html,
    "library": _library,
    "audio": _audio,
    "object3d": _object3d,
}


def keep(blobs: Path, data: bytes) -> str:
    """Put bytes into the blobs under their sha256, which is returned; on disk when this returns."""
    return _keep(blobs, lambda: iter((data,)))


def keep_copy(blobs: Path, file: Path) -> str:
    """Put a file's content into the blobs, as `keep` does."""
    return _keep(blobs, lambda: _pieces(file))


def _keep(blobs: Path, content: Callable[[], Iterator[bytes]]) -> str:
    digest = hashlib.sha256()
    for piece in content():
        digest.update(piece)
    name = digest.hexdigest()
    folder = blobs / name[:2]
    if (folder / name).exists():
        return name
    folder.mkdir(mode=0o700, exist_ok=True)
    fresh = folder / f".{name}.{os.getpid()}"
    try:
        with fresh.open("wb") as opened:
            for piece in content():
                opened.write(piece)
            opened.flush()
            os.fsync(opened.fileno())
        if media_room(folder) < 0:
            raise OSError(errno.ENOSPC, "what is left of the disk is kept for rows")
        fresh.replace(folder / name)
    finally:
        fresh.unlink(missing_ok=True)
    for changed in (folder, blobs):
        _sync_folder(changed)
    return name


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(2**20):
            yield piece


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
