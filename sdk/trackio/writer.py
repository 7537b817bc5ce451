"""One process's records of one run: turns each log() call into one record of the journal."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from trackio import values
from trackio.intake import Intake
from trackio.journal import Full, Journal
from trackio.losses import Losses
from trackio.shapes import Shapes
from trackio.values import LAST_STEP
from trackio.waiting import Waiting
from trackio.wire import (
    MAX_RECORD,
    Alert,
    Attach,
    ConfigUpdate,
    Finish,
    Report,
    Row,
    RunStart,
    System,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackio.places import Places
    from trackio.settings import Settings

#: Seconds between two looks at a device that is waited for.
_LOOK_EVERY: Final = 0.001
#: Rows are counted as refused for one of these, and the values of a row for what Refused says.
NOT_A_DICT: Final = "not a dict"


class Writer:
    """Owns a journal and the lock around it. log() · configure() · finish(); safe for threads and re-entrant.

    A call that interrupts another one on the same thread (a signal handler, a finalizer) is kept and written after it.
    A row with numbers that are still on a device waits for them, with the step and time that it was logged at, until
    the sender resolve()s it; last of all, finish() and close() do.
    """

    def __init__(
        self, places: Places, settings: Settings, opening: RunStart | Attach, *, first_step: int, relative: bool
    ) -> None:
        self.id = os.urandom(16)
        self.journal = Journal(places, self.id, settings)
        #: Rows that were journaled, and rows that could not be.
        self.rows = self.lost = 0
        self._losses = Losses()
        #: Rows and values that were not, by reason.
        self.refused = self._losses.refused
        self.finished = False
        #: The step of the next row that is given none; only the daemon knows what a relative one counts from.
        self.next_step = first_step
        self.relative = relative
        self._lock = threading.RLock()
        self._writing = False
        self._deferred: list[Callable[[], None]] = []
        #: Called when a row begins to wait for a device.
        self.awaits: Callable[[], None] = lambda: None
        self._waiting = Waiting()
        self._intake = Intake(self.journal, self._waiting, self._losses)
        self._shapes = Shapes(self.journal)
        self._timed = self._spent = self._reported = 0
        self._began = time.perf_counter_ns()
        try:
            self._begin(opening)
        except Full:
            self.journal.close(remove=True)
            raise

    def _begin(self, opening: RunStart | Attach) -> None:
        payload = encode(opening)
        if len(payload) > MAX_RECORD and isinstance(opening, RunStart):
            self._losses.refuse(
                "config too large", f"a configuration of {len(payload)} bytes; at most {MAX_RECORD} are kept"
            )
            payload = encode(opening._replace(config={}))
        self.journal.append(payload)

    # ------------------------------------------------------------------------------------------------- rows

    def log(self, metrics: Any, step: Any = None) -> bool:  # noqa: C901 -- the hot path; each call would cost
        """Journal one row; whatever is wrong with it is counted and warned of, never raised.

        Returns False, having done nothing, once the writer is finished.
        """
        with self._lock:
            if self._writing:
                return self._defer(metrics, step)
            self._writing = True
            try:
                pack, length, size = self._shapes.quick
                segment = self.journal.segments[-1]
                end, count = segment.mark
                after = end + size
                number = self.next_step
                if step is not None:
                    if (
                        type(step) is not int
                        or step > LAST_STEP
                        or self.relative
                        or (step < number and self._waiting.rows)
                    ):
                        raise KeyError  # noqa: TRY301 -- to the long way
                    number = step
                if (
                    type(metrics) is dict
                    and len(metrics) == length
                    and after <= segment.size
                    and pack(segment.map, end, number, time.time_ns(), metrics)
                ):
                    segment.mark = (after, count + 1)
                else:
                    self._shapes.repeat(metrics, number)
                if number >= self.next_step:
                    self.next_step = number + 1
                self.rows += 1
            except Exception:  # noqa: BLE001 -- whatever does not fit the short way takes the long one
                if self.finished:
                    return False
                self._general(metrics, step, time.time_ns())
            except BaseException:
                self.journal.segments[-1].wipe()
                raise
            finally:
                self._writing = False
                if self._deferred:
                    self._drain()
            return True

    def quicken(self) -> None:
        """Write rows like the last one faster from now on. Called once for many rows."""
        if not self._shapes.is_quick():
            self._in_turn(self._shapes.quicken)

    def _defer(self, metrics: Any, step: Any) -> bool:
        # A closure within log() would cost every call of it a tenth.
        now = time.time_ns()
        self._deferred.append(lambda: self._general(metrics, step, now))
        return True

    def _in_turn(self, act: Callable[[], None]) -> None:
        """Do something to the journal now, or after the call on this thread that it interrupts."""
        with self._lock:
            self._deferred.append(act)
            if not self._writing:
                self._drain()

    def _drain(self) -> None:
        # Twice, for what comes between the last look and the end of writing.
        while self._deferred:
            self._writing = True
            try:
                while self._deferred:
                    self._deferred.pop(0)()
            except BaseException:
                self.journal.segments[-1].wipe()
                raise
            finally:
                self._writing = False

    def _general(self, metrics: Any, step: Any, time_ns: int) -> None:
        """Journal a row of any kind; the long way, which also prepares the short one for rows like it."""
        self._counted(lambda: self._take_in(metrics, step, time_ns))

    def _counted(self, act: Callable[[], None]) -> None:
        """Do what may lose a row; a loss is counted, never raised."""
        try:
            self.journal.segments[-1].wipe()
            act()
        except Full as full:
            self.lost += 1
            self._losses.refuse(
                str(full), "rows are no longer kept: no daemon takes them and there is no room for more"
            )
        except Exception as error:  # noqa: BLE001 -- promise: log() never raises for the tracker's sake
            self.lost += 1
            self._losses.refuse("internal", f"a row could not be kept: {type(error).__name__}: {error}")
        except BaseException:
            self.journal.segments[-1].wipe()
            raise

    def _take_in(self, metrics: Any, step: Any, time_ns: int) -> None:
        if not isinstance(metrics, Mapping):
            self.lost += 1
            self._losses.refuse(
                NOT_A_DICT, f"log() takes a dict of metrics, got {type(metrics).__name__}: {metrics!r:.80}"
            )
            return
        number = self._step(step)
        row = Row(number, time_ns, self._intake.row(metrics), self.relative)
        if self._waiting.add(row):
            self.awaits()
        else:
            self._write(row, metrics)
            if number < self.next_step:
                self._waiting.overwrite(row)
        self.next_step = max(self.next_step, number + 1)
        while self._waiting.is_full():
            while not self._waiting.rows[0][1].ready():
                time.sleep(_LOOK_EVERY)
            self._settle()

    def _write(self, row: Row, metrics: Mapping[Any, Any] | None = None) -> None:
        """Journal a row of plain values; rows with the types of `metrics` may then go the short way. Raises Full."""
        if not self._shapes.write(row, metrics):
            self._append_row(row)
        self.rows += 1

    def _step(self, step: Any) -> int:
        if step is None:
            return self.next_step
        number = values.step(step)
        if number is None:
            text = f"a step is an integer up to 2⁶², got {step!r:.80}; the row has the next step, {self.next_step}"
            self._losses.warn(text, once="step")
            return self.next_step
        if self.relative:
            self.relative = False
            self._shapes.forget()
        return number

    def _append_row(self, row: Row) -> None:
        payload = encode(row)
        while len(payload) > MAX_RECORD:
            largest = max(row.values, key=lambda name: len(encode(Row(0, 0, {name: row.values[name]}))))
            self._losses.refuse(
                "value too large", f"{largest!r:.80} was not logged: a row holds at most {MAX_RECORD} bytes"
            )
            row = row._replace(values={name: value for name, value in row.values.items() if name != largest})
            payload = encode(row)
        self.journal.append(payload)

    # ------------------------------------------------------------------------------------- rows that wait

    def resolve(self) -> bool:
        """Journal the rows whose numbers have arrived; tell whether others wait. Called by the sender, often."""
        # Not under the lock: a device may take its time to answer.
        arrived, waiting = self._waiting.look()
        for _ in range(arrived):
            self._in_turn(self._settle)
        return arrived < waiting

    def settle(self, seconds: float) -> None:
        """Wait, at most so long, until the numbers of all rows have arrived."""
        end = time.monotonic() + seconds
        while self.resolve() and time.monotonic() < end:
            time.sleep(_LOOK_EVERY)

    def _settle(self) -> None:
        """Journal the row that waits longest, if it waits no more."""
        first = self._waiting.first()
        if first is not None:
            self._counted(lambda: self._write(self._intake.arrived(*first)))
            self._waiting.drop()

    def _settle_all(self) -> None:
        self._waiting.give_up()
        while self._waiting.rows:
            self._settle()

    # ------------------------------------------------------------------------------------- all other records

    @property
    def logged(self) -> int:
        """Rows that log() was given: journaled, waiting for a device, or lost."""
        return self.rows + len(self._waiting.rows) + self.lost

    def log_system(self, metrics: Any) -> bool:
        """Journal numbers that have a time and no step; what is wrong with them is counted and warned of, never raised.

        Returns False, having done nothing, once the writer is finished.
        """
        now = time.time_ns()
        with self._lock:
            if self.finished:
                return False
            self._in_turn(lambda: self._log_system(metrics, now))
            return True

    def _log_system(self, metrics: Any, time_ns: int) -> None:
        held: dict[str, Any] = {}
        try:
            self._intake.numbers(metrics, held)
        except Exception as error:  # noqa: BLE001 -- promise: log_system() never raises for the tracker's sake
            text = f"log_system() takes a dict of numbers, got {type(metrics).__name__} ({error})"
            self._losses.refuse(NOT_A_DICT, text)
        if held:
            self._record(System(time_ns, held))

    @property
    def last_step(self) -> int | None:
        """The largest step so far, None if there is none or only the daemon knows it."""
        return None if self.relative or not self.next_step else self.next_step - 1

    def alert(self, alert: Alert) -> bool:
        """Journal an alert, at the largest step so far if it has none; False, having done nothing, once finished."""
        with self._lock:
            if self.finished:
                return False
            if alert.step is None and self.next_step:
                alert = alert._replace(step=self.next_step - 1, relative=self.relative)
            self._in_turn(lambda: self._record(alert))
            return True

    def took(self, nanoseconds: int) -> None:
        """Note what one call took, of all those that could be timed."""
        self._timed += 1
        self._spent += nanoseconds

    def report(self) -> None:
        """Journal what was counted since the last report. Called by the sender, every few seconds."""
        if self.logged != self._reported and not self.finished:
            self._in_turn(lambda: self._record(Report(time.time_ns(), **self._counts())))

    def _counts(self) -> dict[str, Any]:
        self._reported = self.logged
        counts = {"logged": self.logged, "rows": self.rows, "timed": self._timed, "spent": self._spent}
        return {**counts, "refused": dict(self.refused), "wall": time.perf_counter_ns() - self._began}

    def configure(self, changed: dict[str, Any], removed: tuple[str, ...]) -> None:
        """Journal a change of the run's configuration."""
        names = tuple(map(values.text, removed))
        record = ConfigUpdate(time.time_ns(), {values.text(k): values.setting(v) for k, v in changed.items()}, names)
        self._in_turn(lambda: self._record(record))

    def finish(self, status: str, error: str | None, *, at_exit: bool = False) -> None:
        """Journal the end; nothing may be logged afterwards."""
        end = partial(Finish, status=status, error=error and values.text(error), at_exit=at_exit)
        self._in_turn(lambda: self._finish(end))

    def close(self, *, remove: bool) -> None:
        """Let go of the journal; with `remove`, since everything is stored. Called by the sender, or at exit."""
        self._in_turn(lambda: self._close(remove=remove))

    def rescue(self) -> None:
        """Go on in a journal on disk, since somebody removed the one on tmpfs. Called by the sender."""
        self._in_turn(self._move)

    def _record(self, record: ConfigUpdate | Report | Finish | System | Alert) -> None:
        payload = encode(record)
        if len(payload) > MAX_RECORD:
            self._losses.refuse("record too large", f"{len(payload)} bytes; at most {MAX_RECORD} are kept")
            return
        try:
            self.journal.segments[-1].wipe()
            append = self.journal.append_lesser if isinstance(record, System) else self.journal.append
            append(payload)
        except Full as full:
            # A report is no loss: the next one tells the same and more.
            if isinstance(record, System):
                self._losses.refuse(
                    f"{full} (system metrics)", "system metrics are not kept: there is no room for them"
                )
            elif not isinstance(record, Report):
                what = "an alert" if isinstance(record, Alert) else "a change of the run"
                self._losses.refuse(str(full), f"{what} was not kept: there is no room for it")

    def _finish(self, end: Callable[..., Finish]) -> None:
        if not self.finished:
            self._settle_all()
            self._record(end(time=time.time_ns(), **self._counts()))
            self._end()

    def _close(self, *, remove: bool) -> None:
        self._settle_all()
        self._end()
        self.journal.close(remove=remove)

    def _move(self) -> None:
        try:
            self.journal.move()
        except Full as full:
            self._losses.refuse(str(full), "the journal was removed and there is no room for another one")

    def orphan(self) -> None:
        """Forget the journal and what waits, in a forked child: its parent's. Some thread may have held the lock."""
        self._lock = threading.RLock()
        self._writing = False
        self._deferred = []
        self._waiting.leave()
        self._end()
        self.journal.abandon()

    def _end(self) -> None:
        self.finished = True
        self._shapes.forget()
