"""What the user holds: a run, into which metrics are logged and whose configuration may change."""

from __future__ import annotations

import getpass
import os
import sys
import time
import warnings
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from trackio import process, sampler, values
from trackio.alerts import NOBODY, AlertLevel, Webhook, level_of, tell
from trackio.journal import Full
from trackio.launch import ALONE, Launch
from trackio.losses import callers_level
from trackio.runconfig import RunConfig
from trackio.version import VERSION
from trackio.wire import Alert, Attach, RunStart
from trackio.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from typing_extensions import Self

    from trackio.places import Places
    from trackio.sampler import Wanted
    from trackio.settings import Settings


#: One call of 64 is timed, so that a run can tell what its tracker costs.
TIMED_EVERY: Final = 63


#: After a journal could not be made, seconds until it is tried again.
_RETRY_SECONDS: Final = 1.0


class Beginning(NamedTuple):
    """What a run begins with. `first_step` counts from the end of an earlier run of that name if `relative`.

    `hardware` says of which it is told while it runs, None: of none; `webhook` who is told of its alerts.
    """

    id: str
    project: str
    name: str
    group: str | None = None
    config: Mapping[str, Any] = MappingProxyType({})
    resume: str = "never"
    first_step: int = 0
    relative: bool = False
    tags: tuple[str, ...] = ()
    notes: str | None = None
    launch: Launch = ALONE
    hardware: Wanted | None = None
    webhook: Webhook = NOBODY


class Run:
    """A run of this process; made by `trackio.init`. log() · finish(); safe for threads and forks.

    `id` (32 hex digits, or as given), `name`, `project`, `group` and `config` (a dict whose changes are stored) may be
    read; `url` is None, since a run has no address outside this machine. As a context manager it finishes on leaving,
    as failed if an exception leaves it.
    """

    def __init__(self, beginning: Beginning, places: Places | None, settings: Settings) -> None:
        self.id, self.project, self.name = beginning.id, beginning.project, beginning.name
        self.group = beginning.group
        self.url: str | None = None
        self._webhook = beginning.webhook
        self.config = RunConfig(beginning.config, self._configured)
        self._space_id: str | None = None
        self._is_local = True
        self._places, self._settings = places, settings
        self._writer: Writer | None = None
        self._pid = os.getpid()
        #: What the run begins with as soon as there is room for a journal, and what was not kept for want of one.
        self._beginning, self._unkept, self._warned, self._retry_at = beginning, 0, False, 0.0
        if places is not None and self._reopened(None) is None:
            self._unkept = 0
        #: Energy in J that each GPU had taken when log_gpu() first saw it.
        self.energy: dict[str, float] = {}
        if places is not None and beginning.hardware is not None:
            sampler.watch(self, beginning.hardware)

    def __repr__(self) -> str:
        return f"<trackio.Run {self.name!r} in project {self.project!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, trace
        failure = process.failure(error)
        self.end("failed" if failure else "finished", failure)

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Log one row of metrics; it is safe from any crash of this process when this returns.

        `metrics`: names with numbers, text, lists, dicts, or media (trackio.Image, Video, Table, …). `step`: an integer
        from -2⁶³ to 2⁶², default the one after the largest so far; a step may be repeated, the last value of each
        counts. Never raises and never waits for the tracker; what cannot be kept is counted, warned of once, and shown
        on the run's page. After finish() it still works, and continues the run.

        A torch CUDA or JAX scalar, also of one element, is a number as it is, and may be overwritten at once: it is
        copied without waiting for its device, and a row with a number that is still on a GPU is safe once the copy has
        arrived, a moment later. A step, and what stands inside a list or dict, is read on the spot.
        """
        writer = self._writer
        if writer is not None and writer.rows & TIMED_EVERY and writer.log(metrics, step):
            return
        self._log_timed(writer, metrics, step)

    def _log_timed(self, writer: Writer | None, metrics: Mapping[str, Any], step: int | None) -> None:
        # The first row makes ready what all others use: it would tell nothing of them.
        counts = writer is not None and writer.rows > 0
        start = time.perf_counter_ns()
        if writer is None and self._places is not None:
            writer = self._reopened(None)
        while writer is not None and not writer.log(metrics, step):
            writer = self._reopened(writer)
        if writer is not None and counts:
            writer.took(time.perf_counter_ns() - start)
            writer.quicken()

    def log_system(self, metrics: Mapping[str, float]) -> None:
        """Log numbers about the machine: kept by time, apart from the run's metrics and steps.

        `metrics`: names with numbers; anything else is counted as refused and warned of once. Of two numbers of one
        name and millisecond the later one counts. Never raises; after finish() it still works, and continues the run.
        """
        writer = self._writer
        if writer is None and self._places is not None:
            writer = self._reopened(None)
        while writer is not None and not writer.log_system(metrics):
            writer = self._reopened(writer)

    def alert(
        self,
        title: str,
        text: str | None = None,
        level: AlertLevel | str = AlertLevel.WARN,
        step: int | None = None,
        webhook_url: str | None = None,
    ) -> None:
        """Print an alert, keep it with the run, and have the run's webhook told of it, or the one at `webhook_url`.

        `level`: "info", "warn" or "error". `step`: default the largest so far. The daemon tells the webhook, so this
        does not wait, and a process may end at once. Raises ValueError for a level or an address that is none.
        """
        known = level_of(level)
        url, number = self._webhook.of(known, webhook_url), None if step is None else values.step(step)
        about = (values.text(title), None if text is None else values.text(text))
        writer = self._writer
        if writer is None and self._places is not None:
            writer = self._reopened(None)
        tell(known, *about, writer.last_step if number is None and writer is not None else number)
        told = Alert(time.time_ns(), *about, known.value, number, webhook=url)
        while writer is not None and not writer.alert(told):
            writer = self._reopened(writer)

    def observe(self, metrics: Mapping[str, float]) -> None:
        """Log what the sampler saw; nothing once the run is finished, or while there is no room for its journal."""
        writer = self._writer
        if writer is not None and metrics:
            writer.log_system(metrics)

    def finish(self) -> None:
        """Mark the run finished; waits until its rows are handed over, a few seconds at most, none without a daemon.

        What is not handed over by then is safe all the same. A second call does nothing.
        """
        self.end("finished", None)

    def end(self, status: str, error: str | None, *, wait: bool = True, at_exit: bool = False) -> None:
        """Mark the run as "finished" or "failed", `at_exit` if only its process is over; else as finish()."""
        sampler.forget(self)
        writer = self._writer
        if writer is None and self._unkept:
            self._retry_at = 0.0
            writer = self._reopened(None)
        if writer is None or writer.finished:
            return
        writer.settle(self._settings.finish_seconds)
        writer.finish(status, error, at_exit=at_exit)
        process.release(self)
        if self._settings.mode == "offline":
            writer.close(remove=False)
        elif wait:
            process.flush(self._settings.finish_seconds)

    def abandon(self) -> None:
        """Leave the journal to the parent, in a forked child; the next log() begins one of this process."""
        if self._writer is not None:
            self._writer.orphan()

    def _configured(self, changed: dict[str, Any], removed: tuple[str, ...]) -> None:
        writer = self._writer
        if writer is not None and writer.finished:
            writer = self._reopened(writer)
        if writer is not None:
            writer.configure(changed, removed)

    def _open(self, opening: RunStart | Attach, *, first_step: int, relative: bool) -> Writer:
        assert self._places is not None
        writer = Writer(self._places, self._settings, opening, first_step=first_step, relative=relative)
        if self._unkept:
            writer.refused["disk full"], self._unkept = self._unkept, 0
        self._writer, self._warned = writer, False
        process.keep(self, writer, self._places, self._settings)
        return writer

    def _reopened(self, writer: Writer | None) -> Writer | None:
        """Return the run's first writer, or that which follows a finished one, or one that a child left to its parent.

        None, counted and warned of, if there is no room for its journal.
        """
        with process.opening:
            if self._writer is not None and not self._writer.finished:
                return self._writer
            if time.monotonic() < self._retry_at:
                self._unkept += 1
                return None
            try:
                return self._begun() if writer is None else self._continued(writer)
            except (OSError, Full) as error:
                self._unkept += 1
                self._retry_at = time.monotonic() + _RETRY_SECONDS
                if not self._warned:
                    self._warned = True
                    with suppress(Exception):
                        text = f"trackio: rows of {self!r} are not kept: no room for a journal ({error})"
                        warnings.warn(text, stacklevel=callers_level())
                return None

    def _begun(self) -> Writer:
        begins = self._beginning._replace(config=dict(self.config))
        return self._open(self._opening(begins), first_step=begins.first_step, relative=begins.relative)

    def _continued(self, writer: Writer) -> Writer:
        again = Beginning(self.id, self.project, self.name, launch=self._beginning.launch)
        if os.getpid() == self._pid:
            counts_anew = writer.relative and not again.launch.rank
            first_step = 0 if counts_anew else writer.next_step
            return self._open(self._opening(again), first_step=first_step, relative=writer.relative)
        opened = self._open(_attach(again, None), first_step=writer.next_step, relative=writer.relative)
        self._pid = os.getpid()
        return opened

    def _opening(self, beginning: Beginning) -> RunStart | Attach:
        """Return the first record of a writer: rank 0, as whoever is no rank, begins a run that other ranks join."""
        rank = beginning.launch.rank
        return _attach(beginning, rank) if rank else _start(beginning, self._settings.plot_order)


def _attach(beginning: Beginning, rank: int | None) -> Attach:
    return Attach(
        run=beginning.id,
        project=beginning.project,
        name=beginning.name,
        time=time.time_ns(),
        host=os.uname().nodename,
        pid=os.getpid(),
        config=_settings(beginning),
        rank=rank,
        world=beginning.launch.world,
        attempt=beginning.launch.attempt,
    )


def _start(beginning: Beginning, plot_order: tuple[str, ...]) -> RunStart:
    return RunStart(
        run=beginning.id,
        project=beginning.project,
        name=beginning.name,
        group=beginning.group,
        config=_settings(beginning),
        resume=beginning.resume,
        time=time.time_ns(),
        host=os.uname().nodename,
        pid=os.getpid(),
        user=_user(),
        command=tuple(values.plain(argument) for argument in sys.argv),
        version=VERSION,
        tags=beginning.tags,
        notes=beginning.notes,
        plot_order=plot_order,
        world=beginning.launch.world,
        attempt=beginning.launch.attempt,
    )


def _settings(beginning: Beginning) -> dict[str, Any]:
    return {values.text(name): values.setting(value) for name, value in beginning.config.items()}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
