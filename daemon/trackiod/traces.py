"""Traces of a project, as pages read them: listed by step or time, searched, and one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import BadRequest, NotFound, ProtocolError
from trackiod import transcript
from trackiod.gallery import ObjectsRequest, sources_of, visible
from trackiod.recent import Recent
from trackiod.store import objects, runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackiod.store.env import Transaction
    from trackiod.transcript import Trace

#: Most bytes that one search reads.
MAX_SEARCHED: Final = 2 * 2**30


@dataclass(frozen=True, slots=True)
class TracesRequest:
    """Which traces: of a project, perhaps of some runs, one key, one step, with a text in them; in which order."""

    project: str
    runs: tuple[str, ...] | None = None
    key: str | None = None
    step: int | None = None
    search: str | None = None
    by_time: bool = False
    descending: bool = True
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True)
class TracesPage:
    """Some traces in short, from number `offset` on, of `total`; see docs/HTTP.md."""

    traces: list[dict[str, Any]]
    total: int
    offset: int


@dataclass(frozen=True, slots=True)
class TraceSteps:
    """At which steps traces were logged, and how many, by step."""

    total: int
    steps: list[dict[str, int]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The traces that were logged together: a file. `blob` is None while it is not ready."""

    run: str
    key: str
    step: int
    time: float
    id: str
    state: str
    error: str | None
    count: int
    blob: str | None

    @property
    def entries(self) -> int:
        """How many lines of a list it fills: what is not ready, or is lost, fills one."""
        return 1 if self.blob is None else self.count


def shelves(txn: Transaction, request: TracesRequest) -> list[Shelf]:
    """Return the files that hold traces which are asked for, in order; raises NotFound for an unknown project."""
    if runs.project(txn, request.project) is None:
        raise NotFound(f"project {request.project!r}: there is no such project")
    asked = ObjectsRequest(request.project, request.runs, frozenset({"trace"}), request.key, 1, None)
    found = [shelf for source in sources_of(txn, asked) for shelf in _of(txn, *source, request.step)]
    key = (lambda shelf: (shelf.time, shelf.step)) if request.by_time else (lambda shelf: (shelf.step, shelf.time))
    return sorted(found, key=key, reverse=request.descending)


def _of(txn: Transaction, run: str, name: str, step: int | None) -> Iterator[Shelf]:
    start = None if step is None or step + 1 >= 2**63 else (step + 1, 0)
    for found in objects.back(txn, run, name, start):
        if step is not None and found.step < step:
            return
        if step is not None and found.step > step:
            continue
        for reference in objects.media_maps(found.value):
            record = objects.media(txn, reference["id"])
            if reference["_type"] != "trackio.trace" or record is None:
                continue
            made = record.ready
            count, blob = (0, None) if made is None else (made.rows or 0, made.blob)
            yield Shelf(run, name, found.step, found.time / 1000, record.id, record.state, record.error, count, blob)


def steps(found: list[Shelf]) -> TraceSteps:
    """Return at which steps there are traces, ready ones only."""
    counts: Counter[int] = Counter()
    for shelf in found:
        counts[shelf.step] += shelf.count
    return TraceSteps(counts.total(), [{"step": step, "count": counts[step]} for step in sorted(counts)])


class Traces:
    """Reads traces and keeps those that were read last. Safe for threads."""

    def __init__(self, blobs: Path) -> None:
        self._recent: Recent[list[Trace]] = Recent(blobs)

    def page(self, found: list[Shelf], request: TracesRequest) -> TracesPage:
        """Return a page of what is on these shelves; raises BadRequest for a search through too much."""
        if request.search:
            listed = self._searched(found, request.search.lower())
            total = len(listed)
            chosen = listed[request.offset : request.offset + request.limit]
        else:
            total = sum(shelf.entries for shelf in found)
            chosen = list(islice(_numbered(found, request.offset), request.limit))
        return TracesPage([self._head(shelf, index) for shelf, index in chosen], total, request.offset)

    def one(self, blob: str, index: int) -> Trace:
        """Return a trace, media still as they were logged; raises NotFound for an index beyond the last."""
        traces = self._read(blob)
        if not 0 <= index < len(traces):
            raise NotFound(f"trace {index}: there are {len(traces)}")
        return traces[index]

    def _read(self, blob: str) -> list[Trace]:
        try:
            return self._recent.get(blob, blob, transcript.read)
        except ProtocolError as error:
            raise NotFound(f"the file of these traces is damaged: {error}") from error

    def _searched(self, found: list[Shelf], needle: str) -> list[tuple[Shelf, int]]:
        listed: list[tuple[Shelf, int]] = []
        searched = 0
        for shelf in found:
            if shelf.blob is None:
                continue
            try:
                data = self._recent.read(shelf.blob)
                traces = transcript.read(data) if transcript.may_hold(data, needle) else []
            except (NotFound, ProtocolError):
                continue
            listed += [(shelf, index) for index, trace in enumerate(traces) if transcript.holds(trace, needle)]
            searched += len(data)
            if searched > MAX_SEARCHED:
                raise BadRequest(f"search: there are more than {MAX_SEARCHED} bytes; ask for a step, a key or runs")
        return listed

    def _head(self, shelf: Shelf, index: int) -> dict[str, Any]:
        place = {"id": shelf.id, "index": index, "run": shelf.run, "key": shelf.key}
        told = {**place, "step": shelf.step, "time": shelf.time, "state": shelf.state, "error": shelf.error}
        if shelf.blob is None:
            return told
        try:
            return {**told, **transcript.head(self.one(shelf.blob, index))}
        except NotFound as error:
            return {**told, "state": "failed", "error": str(error)}


def _numbered(found: list[Shelf], offset: int) -> Iterator[tuple[Shelf, int]]:
    """Yield each entry from number `offset` on, with its place on its shelf."""
    for shelf in found:
        yield from ((shelf, index) for index in range(min(offset, shelf.entries), shelf.entries))
        offset = max(0, offset - shelf.entries)


def blob_of(txn: Transaction, media_id: str) -> str:
    """Return the blob that holds the traces of an item; raises NotFound while there is none."""
    record = visible(txn, media_id)
    made = None if record is None or record.kind != "trace" else record.ready
    if made is None:
        raise NotFound(f"trace {media_id[:100]!r}: is not there, or not yet")
    return made.blob
