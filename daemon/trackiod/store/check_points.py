"""Checks of points: batches that can be read, chunks in order, pyramids and summaries that agree with them."""

from __future__ import annotations

from dataclasses import astuple, replace
from itertools import count, groupby, islice
from math import isclose, isfinite
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import ProtocolError
from trackio.wire import Row, pack
from trackiod.store import bucket, chunk, keys, members, names, pyramid, records, summary, tail
from trackiod.store import series as points
from trackiod.store.chunk import CHUNK
from trackiod.store.env import scan
from trackiod.store.pyramid import SeriesId
from trackiod.store.records import PackedRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from trackiod.store.chunk import Points
    from trackiod.store.env import Transaction
    from trackiod.store.runs import Run
    from trackiod.store.summary import Entry

#: A thing and what is wrong with it.
Fault = tuple[str, str]


def faults(txn: Transaction, runs: Iterable[Run]) -> Iterator[Fault]:
    """Yield everything that is wrong with the points of all runs."""
    known: dict[bytes, SeriesId] = {}
    for run in runs:
        yield from _batches(txn, run)
        known |= _series(txn, run)
    for _, chunks in groupby(scan(txn, keys.CHUNK), key=lambda item: keys.series_of(item[0])):
        found = list(chunks)
        series = known.pop(keys.series_of(found[0][0]), None)
        if series is None and txn.get(keys.REMAINS + found[0][0][1:17]) is not None:
            continue
        if series is None:
            yield f"chunks {keys.series_of(found[0][0]).hex()}", "belong to no metric of any run"
            continue
        wrong = list(_chunks(_called(series), found))
        yield from wrong or [*_nodes(txn, series), *_summary(txn, series)]
    for series in known.values():
        if series.metric in summary.get(txn, series.run, series.member):
            yield _called(series), "has a summary and no chunks"


def _called(series: SeriesId) -> str:
    return f"run {series.run} member {series.member} metric {series.metric}"


def _series(txn: Transaction, run: Run) -> dict[bytes, SeriesId]:
    """Return the series that a run may have, by the part of their keys that says which one it is."""
    logged = list(names.of_run(txn, run.id))
    return {
        keys.series_of(keys.chunks(run.id, number, name)): SeriesId(run.id, number, name)
        for number, _ in members.every(txn, run.id)
        for name, kind in logged
        if kind == ("scalar" if number < members.SYSTEM else "system")
    }


# ------------------------------------------------------------------------------------------------------- batches


def _batches(txn: Transaction, run: Run) -> Iterator[Fault]:
    """Every batch that waits to become chunks holds what its head says, of schemas that were declared."""
    for number, _ in members.every(txn, run.id):
        for key, batch in tail.batches(txn, run.id, number):
            where = f"run {run.id} member {number} batch {keys.number_of(key)}"
            try:
                text = _batch_fault(txn, batch)
            except ProtocolError as error:
                text = str(error)
            if text is not None:
                yield where, text


def _batch_fault(txn: Transaction, batch: tail.Batch) -> str | None:
    found = rows = 0
    for item in records.scan(batch.body):
        if isinstance(item, PackedRows):
            schema = tail.schema_of(txn, batch.writer, item.schema_id)
            if item.keys != len(schema.keys):
                return f"rows of {item.keys} values, schema {schema.id} has {len(schema.keys)} keys"
        held = item.count if isinstance(item, PackedRows) else 1
        found += held
        rows += held if isinstance(item, (PackedRows, Row)) else 0
    if (found, rows) != (batch.count, batch.rows):
        return f"says {batch.count} records and {batch.rows} rows, holds {found} and {rows}"
    return None


# -------------------------------------------------------------------------------------------------------- chunks


def _chunks(where: str, stored: list[tuple[bytes, bytes]]) -> Iterator[Fault]:
    """A series' chunks are full but the last, and each begins at the step in its key, behind the one before."""
    before: int | None = None
    for at, (key, value) in enumerate(stored):
        points, first = chunk.decode(value), keys.step_of(key)
        text = _chunk_fault(points, first, before, final=at == len(stored) - 1)
        if text is not None:
            yield f"{where} chunk {first}", text
        before = int(points.steps[-1]) if len(points) else before


def _chunk_fault(points: Points, first: int, before: int | None, *, final: bool) -> str | None:
    steps = points.steps
    if int(steps[0]) != first:
        return f"begins with step {int(steps[0])}"
    if before is not None and first <= before:
        return f"overlaps the chunk before it, which ends with step {before}"
    if not (steps[1:] > steps[:-1]).all():
        return "has steps out of order"
    if len(steps) > CHUNK or (len(steps) < CHUNK and not final):
        return f"has {len(steps)} points"
    return None


# ------------------------------------------------------------------------------------------ pyramid and summaries


def _nodes(txn: Transaction, series: SeriesId) -> Iterator[Fault]:
    """Every node is what the records under it make, and there are as many as there are records to fill them."""
    for level in count(1):
        stored = scan(txn, series.level(level))
        below = (value for _, value in scan(txn, series.level(level - 1)))
        if level == 1:
            below = (value for value in below if chunk.length(value) == CHUNK)
        found = 0
        while len(made_of := list(islice(below, pyramid.children(level)))) == pyramid.children(level):
            node, (key, value) = pyramid.node(level, made_of), next(stored, (b"", b""))
            found += 1
            if value != bucket.encode(node) or keys.step_of(key) != int(node.step_first[0]):
                yield f"{_called(series)} level {level}", f"node {found} is not what the records under it make"
        if next(stored, None) is not None:
            yield f"{_called(series)} level {level}", f"has more than the {found} nodes that there are records for"
        if not found:
            return


def _summary(txn: Transaction, series: SeriesId) -> Iterator[Fault]:
    """The summary of a series is that of its chunks; totals were added up in another order."""
    kept = summary.get(txn, series.run, series.member).get(series.metric)
    real = points.whole(txn, series, chunk.empty())
    if kept is None:
        yield _called(series), "has chunks and no summary"
    elif pack(astuple(replace(kept, total=real.total))) != pack(astuple(real)):
        yield _called(series), f"has the summary {kept}, its chunks {real}"
    elif (
        isfinite(kept.total)
        and isfinite(real.total)
        and not isclose(kept.total, real.total, rel_tol=1e-6, abs_tol=1e-6 * _largest(real))
    ):
        yield _called(series), f"has the total {kept.total}, its chunks {real.total}"


def _largest(entry: Entry) -> float:
    return max(abs(entry.least or 0.0), abs(entry.most or 0.0)) * entry.finite


#: First letter of a key → what its record is called, and what reads it.
DECODERS: Final[dict[bytes, tuple[str, Callable[[bytes, bytes], Any]]]] = {
    keys.CHUNK: ("chunk", lambda _, value: chunk.decode(value)),
    keys.LEVEL: ("level", lambda _, value: bucket.decode(value)),
    keys.SUMMARY: ("summary", lambda _, value: summary.decoded(value)),
}
