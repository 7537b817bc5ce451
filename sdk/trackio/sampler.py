"""Looks at this machine's hardware every few seconds, once for all runs of this process that want to be told."""

from __future__ import annotations

import os
import threading
import time
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from trackio import cpu, gpu
from trackio.launch import is_first_here

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackio.run import Run

#: Of the time of one core, looks take this part at most: those that take long become rare.
_SHARE: Final = 0.001
#: Seconds that a fork waits for a look to end, at most; a driver may hang.
_FORK_SECONDS: Final = 0.1


class Wanted(NamedTuple):
    """Which hardware a run wants to be told of, and every how many seconds.

    None for `cpu` or `gpu`: if there is any, and this process is the first of its launch on this machine.
    """

    cpu: bool | None = None
    cpu_seconds: float = 10.0
    gpu: bool | None = None
    gpu_seconds: float = 10.0

    def intervals(self, environment: Mapping[str, str]) -> dict[str, float]:
        """Return the seconds between two looks by kind, without those that are not wanted."""
        first = is_first_here(environment)
        named = {"cpu": (self.cpu, self.cpu_seconds), "gpu": (self.gpu, self.gpu_seconds)}
        return {kind: seconds for kind, (on, seconds) in named.items() if on or (on is None and first)}


class _Watch:
    """What one run wants to be told of, and when next."""

    __slots__ = ("asked", "due", "energy", "kind", "run", "seconds")

    def __init__(self, run: Run, kind: str, seconds: float, *, asked: bool, due: float) -> None:
        self.run, self.kind, self.seconds, self.asked, self.due = run, kind, seconds, asked, due
        self.energy: dict[str, float] = {}


class Sampler:
    """Owns the thread that looks. watch() · forget(); it ends with the last run, and does not exist in a forked child.

    It has a thread of its own since a driver may take long to answer, and rows are not to wait for it meanwhile.
    """

    def __init__(self) -> None:
        self._watches: list[_Watch] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        #: Held during a look: nobody forks in the middle of one.
        self.looking = threading.Lock()
        self._readers: dict[str, Callable[[], dict[str, float]]] = {}

    def watch(self, run: Run, wanted: Wanted, intervals: Mapping[str, float]) -> None:
        """Tell a run of these kinds of hardware from now on, each every so many seconds."""
        asked, now = {"cpu": bool(wanted.cpu), "gpu": bool(wanted.gpu)}, time.monotonic()
        with self._changed:
            for kind, every in intervals.items():
                self._watches.append(_Watch(run, kind, every, asked=asked[kind], due=_next(now, every)))
            if self._thread is None and self._watches:
                # Without a thread, as when the interpreter ends, nobody looks.
                with suppress(RuntimeError):
                    thread = threading.Thread(target=self._run, name="trackio-sampler", daemon=True)
                    thread.start()
                    self._thread = thread
            self._changed.notify()

    def forget(self, run: Run) -> None:
        """Tell a run nothing more; returns at once."""
        with self._changed:
            self._watches = [watch for watch in self._watches if watch.run is not run]
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._watches:
                    self._thread, self._readers = None, {}
                    return
                fresh = {watch.kind for watch in self._watches} - self._readers.keys()
                wait = min(watch.due for watch in self._watches) - time.monotonic()
                if wait > 0 and not fresh:
                    self._changed.wait(wait)
                    continue
            with self.looking:
                for kind in fresh:
                    self._begin(kind)
            self._look()

    def _begin(self, kind: str) -> None:
        """Have a first look, with which the next one compares."""
        self._readers[kind] = _none
        with suppress(Exception):
            self._readers[kind] = _READERS[kind]()
            if self._readers[kind] is _none and any(watch.asked for watch in self._watches if watch.kind == kind):
                warnings.warn(f"trackio: auto_log_{kind}=True: there is none to look at", stacklevel=1)

    def _look(self) -> None:
        """Tell every run that is due what there is to be told."""
        now = time.monotonic()
        with self._changed:
            due = [watch for watch in self._watches if watch.due <= now]
        for kind in sorted({watch.kind for watch in due}):
            start = time.thread_time()
            with self.looking:
                found = self._readers[kind]()
            least = (time.thread_time() - start) / _SHARE
            for watch in due:
                if watch.kind == kind:
                    watch.due = _next(now, max(watch.seconds, least))
                    watch.run.observe(gpu.since(found, watch.energy))


def _next(now: float, seconds: float) -> float:
    """Return the next time of a grid that all runs with that interval share, so that one look serves them all."""
    return (now // seconds + 1) * seconds


def _none() -> dict[str, float]:
    return {}


#: What makes a reader of each kind; called on the sampler's thread, since importing and asking a driver takes time.
_READERS: Final[dict[str, Callable[[], Callable[[], dict[str, float]]]]] = {
    "cpu": lambda: cpu.Reader().read if cpu.available() else _none,
    "gpu": lambda: gpu.read_all if gpu.available() else _none,
}

_sampler = Sampler()
_prepared = _held = False


def watch(run: Run, wanted: Wanted) -> None:
    """Tell a run of the hardware that it wants to be told of, until it is forgotten."""
    intervals = wanted.intervals(os.environ)
    if intervals:
        _prepare()
        _sampler.watch(run, wanted, intervals)


def forget(run: Run) -> None:
    """Tell a run nothing more."""
    _sampler.forget(run)


def _prepare() -> None:
    global _prepared  # noqa: PLW0603 -- hooks are set once for a process
    if not _prepared:
        _prepared = True
        os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_in_child)


def _before_fork() -> None:
    global _held  # noqa: PLW0603 -- between the hooks of one fork
    _held = _sampler.looking.acquire(timeout=_FORK_SECONDS)


def _after_fork() -> None:
    if _held:
        _sampler.looking.release()


def _in_child() -> None:
    global _sampler  # noqa: PLW0603 -- the parent's thread does not exist here
    _sampler = Sampler()
