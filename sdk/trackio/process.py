"""What this process has one of: its open runs, its sender, and how it ends, forks or fails."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from trackio.sender import Sender

if TYPE_CHECKING:
    from types import TracebackType

    from trackio.places import Places
    from trackio.run import Run
    from trackio.settings import Settings
    from trackio.writer import Writer

#: Held while a run opens a writer anew, so that two threads do not open two.
opening = threading.RLock()

#: Letters of an exception's text that are kept.
_LONGEST: Final = 10_000
#: Seconds between two looks whether numbers have arrived from a device, in offline mode.
_LOOK_EVERY: Final = 0.02
_runs: Final[dict[int, Run]] = {}
_senders: Final[dict[str, Sender]] = {}
_failure: str | None = None
_prepared = False
_watches_worker = False


def keep(run: Run, writer: Writer, places: Places, settings: Settings) -> None:
    """Ship a writer's records from now on, and end its run when this process ends."""
    _prepare()
    _runs[id(run)] = run
    if settings.mode == "offline":
        writer.awaits = lambda: _look_after(writer)
        return
    place = str(places.data)
    try:
        if place not in _senders:
            _senders[place] = Sender(places, settings)
        _senders[place].add(writer)
    except RuntimeError:
        # No thread can be started, for one because the interpreter ends: the daemon reads the journal later.
        return


def _look_after(writer: Writer) -> None:
    """Journal what arrives from devices from now on, where no sender does; the thread ends with the writer."""

    def look() -> None:
        while not writer.finished:
            time.sleep(_LOOK_EVERY)
            writer.resolve()

    writer.awaits = lambda: None
    # Without a thread the rows wait for the end of the run.
    with suppress(RuntimeError):
        threading.Thread(target=look, name="trackio-arrivals", daemon=True).start()


def release(run: Run) -> None:
    """Forget a run that has ended; what is not handed over yet still is."""
    _runs.pop(id(run), None)


def flush(seconds: float) -> bool:
    """Wait at most so long until the daemon has stored what was logged; tell whether it has."""
    flushed = [sender.flush(seconds) for sender in list(_senders.values())]
    return all(flushed)


def failure(error: BaseException | None) -> str | None:
    """Return what to say of an exception that ends a run, None if it means no harm."""
    if error is None or (isinstance(error, SystemExit) and not error.code):
        return None
    try:
        text = str(error)[:_LONGEST]
    except Exception:  # noqa: BLE001 -- foreign exceptions may do anything when asked for their text
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _prepare() -> None:
    global _prepared  # noqa: PLW0603 -- hooks are set once for a process
    if not _prepared:
        _prepared = True
        atexit.register(_end)
        os.register_at_fork(after_in_child=_forked)
        _watch_failures()
    _watch_worker()


def _end() -> None:
    """Finish whatever is open: the process ends. Runs end as failed if it ends by an exception."""
    runs = list(_runs.values())
    for run in runs:
        run.end("failed" if _failure else "finished", _failure, wait=run is runs[-1], at_exit=True)
    for sender in _senders.values():
        sender.close()


def _forked() -> None:
    """Forget, in a forked child, what is the parent's; what it logs from now on gets a writer of its own."""
    global opening, _watches_worker
    opening, _watches_worker = threading.RLock(), False
    for run in _runs.values():
        run.abandon()
    for sender in _senders.values():
        sender.abandon()
    _senders.clear()
    _runs.clear()


def _watch_failures() -> None:
    before = sys.excepthook

    def note(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Any:
        global _failure  # noqa: PLW0603 -- a process fails once
        _failure = failure(error)
        return before(kind, error, trace)

    sys.excepthook = note


def _watch_worker() -> None:
    """End runs with a worker of multiprocessing, too: it calls neither what atexit does nor sys.excepthook."""
    global _watches_worker  # noqa: PLW0603 -- once for a process
    multiprocessing = sys.modules.get("multiprocessing")
    if _watches_worker or multiprocessing is None or multiprocessing.parent_process() is None:
        return
    _watches_worker = True
    from multiprocessing.util import Finalize  # noqa: PLC0415 -- only where it is loaded already

    Finalize(None, _end_worker, exitpriority=-100)


def _end_worker() -> None:
    global _failure  # noqa: PLW0603 -- a process fails once
    _failure = failure(sys.exc_info()[1])
    _end()
