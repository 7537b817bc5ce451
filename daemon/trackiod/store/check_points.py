"""Checks of points: batches that can be read, chunks in order, pyramids and summaries that agree with them."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple, replace
from itertools import count, groupby
from math import isclose, isfinite
from typing import TYPE_CHECKING, Final

from trackio.errors import ProtocolError
from trackio.wire import Row, pack
from trackiod.store import aside, bucket, chunk, chunks, keys, members, names, pyramid, records, summary, tail
from trackiod.store import series as points_of
from trackiod.store import stamps as stamps_
from trackiod.store.chunk import CHUNK, LARGEST
from trackiod.store.env import scan
from trackiod.store.levels import CHUNKS, LEAST, Levels, SeriesId
from trackiod.store.records import PackedRows
from trackiod.store.stamps import Stamps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trackiod.store.chunk import Points
    from trackiod.store.env import Transaction
    from trackiod.store.runs import Run
    from trackiod.store.summary import Entry

#: Records that are read here alone.
LETTERS: Final = (keys.CHUNK, keys.LEVEL, keys.STAMPS, keys.TAIL, keys.ASIDE)
#: A thing and what is wrong with it.
Fault = tuple[str, str]


def faults(txn: Transaction, runs: Iterable[Run]) -> Iterator[Fault]:
    """Yield everything that is wrong with the points of all runs."""
    known: dict[bytes, SeriesId] = {}
    for run in runs:
        yield from _batches(txn, run)
        known |= _series(txn, run)
    uses: Counter[bytes] = Counter()
    seen: set[bytes] = set()
    stamps = Stamps(txn, "", 0)
    for part, chunks_ in groupby(scan(txn, keys.CHUNK), key=lambda item: keys.series_of(item[0])):
        uses.update(_uses(chunks_))
        series = known.get(part)
        if series is not None:
            seen.add(part)
            stamps = stamps.of(series.run, series.member)
            yield from _whole(Levels(txn, series, stamps))
        elif not _goes(txn, part[:16]):
            yield f"chunks {part.hex()}", "belong to no metric of any run"
    yield from _stamps(txn, uses)
    yield from _laid_aside(txn, known)
    for part in known.keys() - seen:
        yield from _unless_aside(txn, known[part])


def _whole(levels: Levels) -> Iterator[Fault]:
    wrong = list(_chunks(levels))
    if not wrong:
        wrong = list(_nodes(levels))
    yield from wrong
    if not wrong and not chunks.laid_aside(levels):
        yield from _summary(levels)


def _unless_aside(txn: Transaction, series: SeriesId) -> Iterator[Fault]:
    if series.metric in summary.get(txn, series.run, series.member) and not chunks.laid_aside(Levels.of(txn, series)):
        yield _called(series), "has a summary and no chunks"


def _uses(chunks_: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """Yield the key of the steps and times of each chunk that has them elsewhere."""
    for key, value in chunks_:
        name = chunk.stamps_of(value) if chunk.length(value) else None
        if name is not None:
            yield keys.stamps_of(key, name)


def _goes(txn: Transaction, run: bytes) -> bool:
    return txn.get(keys.REMAINS + run) is not None


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


# --------------------------------------------------------------------------------------- steps and times, laid aside


def _stamps(txn: Transaction, uses: Counter[bytes]) -> Iterator[Fault]:
    """Steps and times can be read, and are counted by the chunks that have them."""
    for key, value in scan(txn, keys.STAMPS):
        where = f"run {key[1:17].hex()} member {keys.member_of(key)} steps and times {key[21:].hex()}"
        try:
            counted, _ = stamps_.decode(value)
        except ValueError as error:
            yield where, f"are damaged: {error}"
            continue
        exact = not aside.below(txn, keys.CHUNK + key[1:21]) and not _goes(txn, key[1:17])
        if counted < uses[key] or (exact and counted != uses[key]):
            yield where, f"count {counted} chunks, {uses[key]} have them"


def _laid_aside(txn: Transaction, known: dict[bytes, SeriesId]) -> Iterator[Fault]:
    """Nothing was found damaged before."""
    for key in aside.below(txn, b""):
        series = known.get(keys.series_of(key)) if key[:1] == keys.CHUNK else None
        where = f"{_called(series)} chunk {keys.step_of(key)}" if series else f"record {key.hex()}"
        yield where, "was found damaged, and laid aside"


# ------------------------------------------------------------------------------------------------------- batches


def _batches(txn: Transaction, run: Run) -> Iterator[Fault]:
    """Every batch that waits to become chunks holds what its head says, of schemas that were declared."""
    for number, _ in members.every(txn, run.id):
        damaged: list[bytes] = []
        for key, batch in tail.batches(txn, run.id, number, damaged):
            where = f"run {run.id} member {number} batch {keys.number_of(key)}"
            try:
                text = _batch_fault(txn, batch)
            except ProtocolError as error:
                text = str(error)
            if text is not None:
                yield where, text
        for key in damaged:
            yield (
                f"run {run.id} member {number} batch {keys.number_of(key)}",
                "is damaged",
            )


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


def _chunks(levels: Levels) -> Iterator[Fault]:
    """A series' chunks can be read, are full enough, and each begins at the step in its key, behind the one before."""
    where, before, newest = _called(levels.series), None, levels.newest(CHUNKS)
    for key, value in levels.behind(CHUNKS):
        first = keys.step_of(key)
        try:
            points = chunks.opened(levels, key, value)
        except ValueError as error:
            yield f"{where} chunk {first}", f"is damaged: {error}"
            continue
        may_be_small = newest is None or key == newest[0] or bool(chunks.laid_aside(levels))
        text = _chunk_fault(points, first, before, least=1 if may_be_small else CHUNK // 2)
        if text is not None:
            yield f"{where} chunk {first}", text
        before = int(points.steps[-1])


def _chunk_fault(points: Points, first: int, before: int | None, *, least: int) -> str | None:
    steps = points.steps
    if int(steps[0]) != first:
        return f"begins with step {int(steps[0])}"
    if before is not None and first <= before:
        return f"overlaps the chunk before it, which ends with step {before}"
    if not (steps[1:] > steps[:-1]).all():
        return "has steps out of order"
    if not least <= len(steps) <= LARGEST:
        return f"has {len(steps)} points"
    return None


# ------------------------------------------------------------------------------------------ pyramid and summaries


def _nodes(levels: Levels) -> Iterator[Fault]:
    """Every node is what the records under it make, and there are as many as there are records to fill them."""
    for level in count(1):
        where, reached = f"{_called(levels.series)} level {level}", LEAST - 1
        for key, value in levels.behind(level):
            try:
                reached = bucket.told(value)[1]
                text = _node_fault(levels, level, key, value)
            except ValueError as error:
                yield f"{where} node {keys.step_of(key)}", f"is damaged: {error}"
                return  # what lies above cannot be judged
            if text is not None:
                yield f"{where} node {keys.step_of(key)}", text
        waiting = pyramid.settled(levels, level - 1, reached)
        if sum(pyramid.buckets_over(level, value) for _, value in waiting) >= pyramid.NODE:
            yield where, "lacks nodes that there are records for"
        if reached < LEAST:
            return


def _node_fault(levels: Levels, level: int, key: bytes, value: bytes) -> str | None:
    made, kept = pyramid.node(levels, level, list(pyramid.under(levels, level, key, value))), bucket.decode(value)
    # The same numbers may have been packed in another way by an older version.
    if bucket.encode(made) != bucket.encode(kept) or keys.step_of(key) != int(made.step_first[0]):
        return "is not what the records under it make"
    return f"has {len(made)} buckets" if len(made) > 2 * pyramid.NODE else None


def _summary(levels: Levels) -> Iterator[Fault]:
    """The summary of a series is that of its chunks; totals were added up in another order."""
    series = levels.series
    kept = summary.get(levels.txn, series.run, series.member).get(series.metric)
    real = points_of.whole(levels, chunk.empty())
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
