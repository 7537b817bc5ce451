"""Writes runs of the past into journals, with their own times and steps, for the daemon to take in; twice is once."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from trackio import values
from trackio.errors import DaemonUnavailable, NotFound
from trackio.files import described
from trackio.frames import decode
from trackio.journal import Journal
from trackio.past import PastAlert
from trackio.settings import Settings
from trackio.values import LAST_STEP, Refused
from trackio.version import VERSION
from trackio.wire import MAX_PACKED_KEYS, MAX_RECORD, Alert, Finish, Row, RunStart, Schema, System, encode, row_struct

if TYPE_CHECKING:
    import struct
    from collections.abc import Iterable, Iterator

    from trackio.api import Server
    from trackio.past import Past, PastRow, PastSystem
    from trackio.places import Places

#: An import is as large as it is: nothing of it is refused for its size.
_SETTINGS: Final = Settings(mode="offline", disk_bytes=2**62)
#: Journals that wait for the daemon, at most.
_MAX_PENDING: Final = 8
_MAX_SCHEMAS: Final = 4_096
#: Series that are asked for at once.
_TOGETHER: Final = 1_000
#: Seconds by which times may differ that are the same: some are kept in ms.
_CLOSE: Final = 0.001
_LEAST_STEP: Final = -(2**63)


@dataclass(frozen=True, slots=True)
class Imported:
    """One run that was taken in: how many of its rows are new here, and what could not be kept, by reason."""

    id: str
    project: str
    name: str
    rows: int
    refused: dict[str, int]


def imported(server: Server, places: Places, runs: Iterable[Past], seconds: float = 600.0) -> Iterator[Imported]:
    """Yield each run once its rows are safe in a journal; ends when all of it is stored.

    What is here already is not written again. Raises DaemonUnavailable if the daemon takes nothing in for `seconds`;
    what was written is safe all the same.
    """
    pending: list[Path] = []
    for past in runs:
        with tempfile.TemporaryDirectory(prefix="import-", dir=places.data) as folder:
            replay = Replay(places._replace(data=Path(folder)), past, _known(server, past))
            replay.write()
            if replay.folder is not None:
                target = places.spilled / replay.folder.name
                _wait([target], 0, seconds, places)  # the same rows, from another import
                replay.folder.rename(target)
                pending.append(target)
        _wait(pending, _MAX_PENDING, seconds, places)
        yield Imported(past.id, past.project, past.name, replay.rows, dict(replay.refused))
    _wait(pending, 0, seconds, places)


class Known(NamedTuple):
    """What is stored of a run: how many rows, and when the last of what is beside them was (None without any)."""

    rows: int = 0
    until: float | None = None


class Replay:
    """Writes one run, or what is new of it beside what is `known` of it; None: it is not stored.

    It writes where no daemon looks, so that one sees all of it or nothing.
    """

    def __init__(self, places: Places, past: Past, known: Known | None) -> None:
        self._places, self._past = places, past
        self._is_new, self._known = known is None, known or Known()
        self._journal: Journal | None = None
        self._schemas: dict[tuple[tuple[str, ...], str], tuple[struct.Struct, bytes, int]] = {}
        #: The journal's folder, None if there is nothing new.
        self.folder: Path | None = None
        self.rows = 0
        self.refused: Counter[str] = Counter()

    def write(self) -> None:
        """Write the start, the rows and the end; nothing at all of a run that is known and has nothing new."""
        try:
            self._all()
        finally:
            if self._journal is not None:
                self._journal.close(remove=False)
        if self._journal is not None:
            self.folder = self._places.spilled / self._journal.writer.hex()

    def _all(self) -> None:
        past, last = self._past, self._past.started
        if self._is_new:
            self._begin()
        for number, row in enumerate(past.rows()):
            last = max(last, row.time)
            if number >= self._known.rows:
                self._row(self._journal or self._begin(), row)
        until = self._known.until
        if any(until is None or item.time > until + _CLOSE for item in past.beside()):
            # All of it, since what is there already is known again; it may have come in any order.
            for item in past.beside():
                self._beside(self._journal or self._begin(), item)
        if self._journal is not None:
            ended = last if past.ended is None else past.ended
            finish = Finish(_ns(ended), past.status, past.error, rows=self.rows, refused=dict(self.refused))
            self._journal.append(encode(finish))

    def _begin(self) -> Journal:
        # The same rows always have the same writer: the daemon knows them again, whoever brings them first.
        known = f"{self._known.rows}" if self._known.until is None else f"{self._known.rows} and {self._known.until}"
        writer = hashlib.sha256(f"{self._past.id} from {known}".encode()).digest()[:16]
        self._journal = Journal(self._places, writer, _SETTINGS)
        self._journal.append(encode(_start(self._past)))
        return self._journal

    def _row(self, journal: Journal, row: PastRow) -> None:
        step, when = max(_LEAST_STEP, min(LAST_STEP, row.step)), _ns(row.time)
        held = self._plain(row.values, journal)
        payload = self._packed(journal, step, when, held) or encode(Row(step, when, held))
        if len(payload) > MAX_RECORD:
            numbers = {key: value for key, value in held.items() if isinstance(value, (int, float))}
            self.refused["value too large"] += len(held) - len(numbers)
            payload = encode(Row(step, when, numbers))
        _append(journal, payload)
        self.rows += 1

    def _beside(self, journal: Journal, item: PastSystem | PastAlert) -> None:
        when = _ns(item.time)
        if isinstance(item, PastAlert):
            text = None if item.text is None else values.text(item.text)
            record: System | Alert = Alert(when, values.text(item.title), text, item.level, item.step)
        else:
            held = {values.key(name): value for name, value in item.values.items() if isinstance(value, (int, float))}
            self.refused.update({"value": len(item.values) - len(held)} if len(held) < len(item.values) else {})
            record = System(when, held)
        payload = encode(record)
        if len(payload) <= MAX_RECORD:
            _append(journal, payload)
        else:
            self.refused["value too large"] += 1

    def _plain(self, given: dict[str, Any], journal: Journal) -> dict[str, Any]:
        held: dict[str, Any] = {}
        # In one order always: each order of names would be a shape of its own.
        for name, value in sorted(given.items()):
            try:
                held[values.key(name)] = values.plain(value, lambda media: described(media, journal.file))
            except (Refused, OSError, ValueError):  # noqa: PERF203 -- each value on its own
                self.refused["value"] += 1
        return held

    def _packed(self, journal: Journal, step: int, when: int, held: dict[str, Any]) -> bytes | None:
        """Return a row of plain numbers as the payload of a packed row; None if it does not fit one."""
        if len(held) > MAX_PACKED_KEYS or any(type(value) not in {int, float, bool} for value in held.values()):
            return None
        if any(isinstance(value, int) and not -(2**63) <= value < 2**63 for value in held.values()):
            return None
        shape = tuple(held), "".join("d" if type(value) is float else "q" for value in held.values())
        if shape not in self._schemas:
            if len(self._schemas) >= _MAX_SCHEMAS:
                return None
            number = len(self._schemas) + 1
            journal.append(encode(Schema(number, *shape)))
            self._schemas[shape] = row_struct(number, shape[1])
        packing, head, commit = self._schemas[shape]
        return packing.pack(head, step, when, *held.values(), commit)[4:-4]


def _append(journal: Journal, payload: bytes) -> None:
    journal.append(payload)
    # What is written already needs no memory.
    for segment in journal.segments[:-1]:
        segment.close()


def _start(past: Past) -> RunStart:
    return RunStart(
        run=past.id,
        project=past.project,
        name=past.name,
        group=past.group,
        config={str(key): values.setting(value) for key, value in past.config.items()},
        resume="never",
        time=_ns(past.started),
        host=past.host,
        user=past.user,
        command=past.command,
        version=f"{VERSION}, imported from {past.tool}",
        tags=past.tags,
        notes=past.notes,
    )


def _ns(seconds: float) -> int:
    # By way of microseconds: in nanoseconds, a float is a few hundred off, and 0.25 s would become 249 ms.
    return round(seconds * 1e6) * 1_000


def _known(server: Server, past: Past) -> Known | None:
    """Return what is stored of the run, None if it is not."""
    try:
        run = server.get("/api/v1/run", {"id": past.id})
    except NotFound:
        return None
    about = {"project": run["project"], "run": past.id}
    times = [alert["time"] for alert in server.get("/api/v1/alerts", about | {"limit": 1})["alerts"]]
    metrics = server.get("/api/v1/metrics", about)["metrics"]
    named = [metric["name"] for metric in metrics if metric["kind"] == "system"]
    for at in range(0, len(named), _TOGETHER):
        asked = [{"run": past.id, "metric": name, "kind": "system"} for name in named[at : at + _TOGETHER]]
        frames = decode(server.read("/api/v1/series", {"x": "time", "width": 1, "series": asked}))
        times += [frame.extent[1] for frame in frames if frame.extent is not None]
    return Known(int(run["rows"]), max(times, default=None))


def _wait(pending: list[Path], most: int, seconds: float, places: Places) -> None:
    """Wait until the daemon has taken in all but so many of these folders, and forget those that it has."""
    end = time.monotonic() + seconds
    while True:
        left = [folder for folder in pending if folder.exists()]
        if len(left) < len(pending):
            end = time.monotonic() + seconds
        pending[:] = left
        if len(left) <= most:
            return
        if time.monotonic() > end:
            raise DaemonUnavailable(f"the daemon does not take in what is imported; see {places.daemon_log}")
        time.sleep(0.02)
