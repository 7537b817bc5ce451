"""Points: they arrive in a member's tail, become chunks in small slices, and read the same before, during and after."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from trackio.errors import ProtocolError
from trackio.wire import Row, Schema
from trackiod.store import bucket, chunk, keys, members, names, pyramid, records, summary, tail
from trackiod.store.chunk import CHUNK, Points
from trackiod.store.env import last, scan
from trackiod.store.members import Member
from trackiod.store.pyramid import ALL, MOST, SeriesId, Span
from trackiod.store.records import PackedRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from trackiod.store.bucket import Buckets
    from trackiod.store.env import Transaction
    from trackiod.store.names import Kind
    from trackiod.store.runs import WriterState
    from trackiod.store.summary import Entry
    from trackiod.store.tail import Batch, Columns, Piece

_NS_PER_MS: Final = 1_000_000
#: System metrics become chunks once so many rows of them wait: they are many series of few points.
SYSTEM_ROWS: Final = 64
#: One slice of a tail is at most this many bytes, or one batch.
SLICE_BYTES: Final = 4 * 2**20
#: A longer tail is made into chunks by whole slices, whoever waits: each reader of the member goes through all of it.
LONG_BYTES: Final = 16 * 2**20


# ------------------------------------------------------------------------------------------------------ arriving


def append(txn: Transaction, state: WriterState, first: int, body: bytes, kind: Kind = "scalar") -> bool:
    """Put the records of a writer, from number `first` on, behind everything that its member logged, as one kind.

    Returns whether a step went back, behind the largest one before it: who follows the series must read it again.
    Raises ProtocolError for rows of a schema that was not declared, or that has another number of keys.
    """
    member = members.get(txn, state.run, state.member)
    count, rows, back = 0, 0, False
    for item in records.scan(body):
        held = 1
        match item:
            case PackedRows(count=held):
                least, most, time = _ends(txn, state, item)
                back |= least < member.max_step
                member, rows = _grown(member, most, time), rows + held
            case Row():
                names.register(txn, state.project, state.run, kind, _scalars(item))
                step = tail.absolute_step(item, state.base_step)
                back |= step < member.max_step
                member, rows = _grown(member, step, item.time), rows + 1
            case Schema():
                tail.put_schema(txn, state.writer, item)
                names.register(txn, state.project, state.run, kind, item.keys)
        count += held
    if not rows:
        return False
    size = tail.put(txn, state.run, state.member, tail.Batch(state.writer, state.base_step, first, count, rows, body))
    grown = replace(
        member,
        rows=member.rows + rows,
        tail_rows=member.tail_rows + rows,
        tail_bytes=member.tail_bytes + size,
        tail_batches=member.tail_batches + 1,
    )
    members.put(txn, state.run, state.member, grown)
    return back


def _ends(txn: Transaction, state: WriterState, packed: PackedRows) -> tuple[int, int, int]:
    """Return least and largest step and the newest time of packed rows, which must be those of their schema."""
    schema = tail.schema_of(txn, state.writer, packed.schema_id)
    if packed.keys != len(schema.keys):
        raise ProtocolError(f"rows of {packed.keys} values; schema {schema.id} has {len(schema.keys)} keys")
    steps, times = packed.matrix()[:2]
    base = state.base_step if schema.relative else 0
    return int(steps.min()) + base, min(MOST, int(steps.max()) + base), int(times.max())


def _grown(member: Member, step: int, time_ns: int) -> Member:
    newest = min(MOST, max(member.last_time, time_ns // _NS_PER_MS))
    return replace(member, max_step=max(member.max_step, step), last_time=newest)


def _scalars(row: Row) -> list[str]:
    return [name for name, value in row.values.items() if isinstance(value, (int, float))]


# ---------------------------------------------------------------------------------------------- tails to chunks


def backlog(txn: Transaction) -> Iterator[tuple[bytes, int]]:
    """Yield each writer whose rows are not all in chunks, and how many are not."""
    waiting: Counter[bytes] = Counter()
    for _, value in scan(txn, keys.TAIL):
        batch = tail.decoded(value)
        waiting[batch.writer] += batch.rows
    yield from waiting.items()


@dataclass(frozen=True, slots=True)
class Slice:
    """The oldest batches of a member's tail on their way into chunks, and which metrics are not there yet.

    Without keys it is to be begun, and `rows` are all that the tail has.
    """

    member: int
    keys: tuple[bytes, ...] = ()
    rows: int = 0
    size: int = 0
    waiting: tuple[tuple[str, list[Piece]], ...] = ()


def compact(
    txn: Transaction, state: WriterState, begun: Slice | None = None, enough: Callable[[], bool] = lambda: False
) -> Slice | None:
    """Make the oldest part of what a writer's member has in tails into chunks, one metric after another until `enough`.

    Returns what to go on with once this transaction is committed, None if nothing is left.
    For readers nothing changes: a point in a chunk takes the place of the same one in the tail, and batches are removed
    in the transaction that has the last metric. Until then, whoever begins anew writes the same points once more.
    """
    run, part = state.run, begun or _due(txn, state)
    member = Member() if part is None else members.get(txn, run, part.member)
    if part is None or not member.tail_batches:
        return None
    part = part if part.keys else _slice(txn, run, part.member)
    entries, made = summary.get(txn, run, part.member), 0
    for metric, pieces in part.waiting:
        points = chunk.latest(arrived(pieces))
        entries[metric] = _extend(txn, SeriesId(run, part.member, metric), points, entries.get(metric))
        made += 1
        if member.tail_bytes <= LONG_BYTES and enough():
            break
    summary.put(txn, run, part.member, entries)
    if made < len(part.waiting):
        return replace(part, waiting=part.waiting[made:])
    for key in part.keys:
        txn.delete(key)
    left = replace(
        member,
        tail_rows=member.tail_rows - part.rows,
        tail_bytes=member.tail_bytes - part.size,
        tail_batches=member.tail_batches - len(part.keys),
    )
    members.put(txn, run, part.member, left)
    return _due(txn, state)


def _due(txn: Transaction, state: WriterState) -> Slice | None:
    """Return what is to be begun of a writer's member: its rows, then its system metrics if there are many of them."""
    for number in (state.member, state.member + members.SYSTEM):
        member = members.get(txn, state.run, number)
        few = number >= members.SYSTEM and state.state == "running" and member.tail_rows < SYSTEM_ROWS
        if member.tail_batches and not few:
            return Slice(number, rows=member.tail_rows)
    return None


def _slice(txn: Transaction, run: str, number: int) -> Slice:
    batches = list(_oldest(tail.batches(txn, run, number)))
    pieces = tail.columns(txn, [batch for _, batch in batches]).pieces()
    rows, size = sum(batch.rows for _, batch in batches), sum(len(batch.body) for _, batch in batches)
    return Slice(number, tuple(key for key, _ in batches), rows, size, tuple(pieces.items()))


def _oldest(batches: Iterable[tuple[bytes, Batch]]) -> Iterator[tuple[bytes, Batch]]:
    size = 0
    for key, batch in batches:
        size += len(batch.body)
        if size > SLICE_BYTES and size > len(batch.body):
            return
        yield key, batch


def arrived(pieces: list[Piece]) -> Points:
    """Return the points of all pieces in order of arrival."""
    if len(pieces) == 1:
        return pieces[0].points
    order = np.concatenate([piece.order for piece in pieces])
    return chunk.joined([piece.points for piece in pieces])[np.argsort(order, kind="stable")]


def _extend(txn: Transaction, series: SeriesId, points: Points, known: Entry | None) -> Entry:
    """Put points, sorted by step, into a series' chunks, in the place of what is there of the same steps."""
    if known is None or int(points.steps[0]) > known.last_step:
        _append(txn, series, points)
        added = summary.of_points(points)
        return added if known is None else known.followed(added)
    if not _overwrite(txn, series, points):
        _insert(txn, series, points)
    return whole(txn, series, chunk.empty())


def _append(txn: Transaction, series: SeriesId, points: Points) -> None:
    newest = last(txn, series.chunks())
    if newest is not None and chunk.length(newest[1]) < CHUNK:
        txn.delete(newest[0])
        points = chunk.joined([chunk.decode(newest[1]), points])
    _put(txn, series, points)
    pyramid.build(txn, series)


def _overwrite(txn: Transaction, series: SeriesId, points: Points) -> bool:
    """Change the values of steps that are all there already; False, with nothing done, if some are not."""
    first, end = int(points.steps[0]), int(points.steps[-1])
    held = list(pyramid.covering(txn, series.chunks(), first, end))
    before = chunk.joined([chunk.decode(value) for _, value in held])
    after = chunk.latest(chunk.joined([before, points]))
    if len(after) != len(before):
        return False
    at = 0
    for key, value in held:
        size = chunk.length(value)
        txn.put(key, chunk.encode(after[at : at + size]))
        at += size
    pyramid.renew(txn, series, first, end)
    return True


def _insert(txn: Transaction, series: SeriesId, points: Points) -> None:
    """Put points among others: all chunks from their first step on are made anew."""
    held = list(pyramid.covering(txn, series.chunks(), int(points.steps[0]), MOST))
    before = chunk.joined([chunk.decode(value) for _, value in held])
    if held:
        pyramid.cut(txn, series, keys.step_of(held[0][0]))
    for key, _ in held:
        txn.delete(key)
    _put(txn, series, chunk.latest(chunk.joined([before, points])))
    pyramid.build(txn, series)


def _put(txn: Transaction, series: SeriesId, points: Points) -> None:
    for at in range(0, len(points), CHUNK):
        part = points[at : at + CHUNK]
        txn.put(series.chunks() + keys.step_bytes(int(part.steps[0])), chunk.encode(part))


# ------------------------------------------------------------------------------------------------------- reading


def whole(txn: Transaction, series: SeriesId, tail_: Points) -> Entry:
    """Return the summary of all points of a series, of which there is at least one; `tail_` as for `read`."""
    buckets = bucket.of(read(txn, series, tail_, ALL, 1))
    ends, _ = extent(txn, series, tail_)
    return summary.of_buckets(buckets, ends.value(len(ends) - 1))


def waiting(txn: Transaction, run: str, member: int) -> Columns:
    """Return all rows of a member that are not in chunks."""
    return tail.columns(txn, (batch for _, batch in tail.batches(txn, run, member)))


def waiting_of(txn: Transaction, series: SeriesId) -> Points:
    """Return the points of a series that are not in chunks, sorted by step, of each step the last."""
    batches = (batch for _, batch in tail.batches(txn, series.run, series.member))
    return newest_of(tail.columns(txn, batches, series.metric).of(series.metric))


def newest_of(pieces: list[Piece]) -> Points:
    """Return the points of pieces, sorted by step, of each step the one that arrived last."""
    return chunk.latest(arrived(pieces)) if pieces else chunk.empty()


def read(txn: Transaction, series: SeriesId, tail_: Points, span: Span, enough: int) -> Buckets | Points:
    """Return what a series holds in a span: the points themselves, or at least `enough` buckets of them, by step.

    `tail_` is what `waiting_of` returns. Where it repeats steps that are in chunks, points are read one by one.
    """
    newest = last(txn, series.chunks())
    if newest is None:
        return span.of(tail_)
    if not len(tail_) or int(tail_.steps[0]) > _last_step(newest[1]):
        return _together([pyramid.read(txn, series, span, enough), span.of(tail_)])
    first, end = int(tail_.steps[0]), int(tail_.steps[-1])
    between = chunk.latest(chunk.joined([pyramid.points(txn, series, first, end), tail_]))
    parts: list[Buckets | Points] = [span.of(between)]
    if first > pyramid.LEAST:
        parts.insert(0, pyramid.read(txn, series, span, enough, until=first - 1))
    if end < MOST:
        parts.append(pyramid.read(txn, series, span, enough, since=end + 1))
    return _together(parts)


def points_after(txn: Transaction, series: SeriesId, tail_: Points, after: int, limit: int) -> Points:
    """Return the first `limit` points with steps greater than `after`, sorted by step."""
    if after >= MOST:
        return chunk.empty()
    found, count = [], 0
    for _, value in pyramid.covering(txn, series.chunks(), after + 1, MOST):
        part = chunk.within(chunk.decode(value), after + 1, MOST)
        found.append(part)
        count += len(part)
        if count >= limit:
            break
    return chunk.latest(chunk.joined([*found, chunk.within(tail_, after + 1, MOST)]))[:limit]


def extent(txn: Transaction, series: SeriesId, tail_: Points) -> tuple[Points, int]:
    """Return the outermost points of a series, two or three of them (none if it has none), and how many it has."""
    newest = last(txn, series.chunks())
    if newest is None:
        return _outermost([tail_]), len(tail_)
    oldest = next(scan(txn, series.chunks()))
    chunks = [chunk.decode(oldest[1]), chunk.decode(newest[1])]
    total = pyramid.count(txn, series) + len(tail_)
    if len(tail_) and int(tail_.steps[0]) <= int(chunks[1].steps[-1]):
        total -= _repeated(txn, series, tail_)
    return _outermost([*chunks, tail_]), total


def _repeated(txn: Transaction, series: SeriesId, tail_: Points) -> int:
    held = pyramid.points(txn, series, int(tail_.steps[0]), int(tail_.steps[-1]))
    return int(np.isin(tail_.steps, held.steps, assume_unique=True).sum())


def _outermost(parts: list[Points]) -> Points:
    ends = [part[at] for part in parts if len(part) for at in (slice(0, 1), slice(len(part) - 1, None))]
    return chunk.latest(chunk.joined(ends))


def _last_step(data: bytes) -> int:
    return int(chunk.decode(data).steps[-1])


def _together(parts: Sequence[Buckets | Points]) -> Buckets | Points:
    points = [part for part in parts if isinstance(part, Points)]
    if len(points) == len(parts):
        return chunk.joined([part for part in points if len(part)])
    return bucket.joined([bucket.of(part) for part in parts])
