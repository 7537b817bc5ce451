"""Points: they arrive in a member's tail, become chunks in small slices, and read the same before, during and after."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from trackio.errors import ProtocolError
from trackio.wire import Row, Schema
from trackiod.store import aside, bucket, chunk, chunks, keys, members, names, pyramid, records, summary, tail
from trackiod.store.chunk import Points
from trackiod.store.env import scan
from trackiod.store.levels import LEAST, MOST, Gap, Levels, SeriesId
from trackiod.store.members import Member
from trackiod.store.pyramid import ALL
from trackiod.store.records import PackedRows
from trackiod.store.stamps import Stamps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from trackiod.store.bucket import Buckets
    from trackiod.store.env import Transaction
    from trackiod.store.names import Kind
    from trackiod.store.pyramid import Span
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

    Returns whether a point comes before the largest step, or takes the place of one at it: who follows the series must
    read it again. Raises ProtocolError for rows of a schema that was not declared, or that has another number of keys.
    """
    before = member = members.get(txn, state.run, state.member)
    count, rows, back, again = 0, 0, False, set[str]()
    for item in records.scan(body):
        held = 1
        match item:
            case PackedRows(count=held):
                schema, steps, time = _stamped(txn, state, item)
                again.update(schema.keys if (steps == before.max_step).any() else ())
                back |= int(steps.min()) < member.max_step
                member, rows = _grown(member, int(steps.max()), time), rows + held
            case Row():
                names.register(txn, state.project, state.run, kind, _scalars(item))
                step = tail.absolute_step(item, state.base_step)
                again.update(_scalars(item) if step == before.max_step else ())
                back |= step < member.max_step
                member, rows = _grown(member, step, item.time), rows + 1
            case Schema():
                tail.put_schema(txn, state.writer, item)
                names.register(txn, state.project, state.run, kind, item.keys)
        count += held
    if not rows:
        return False
    back = back or _repeats(txn, state, before, again)
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


def _repeats(txn: Transaction, state: WriterState, member: Member, metrics: set[str]) -> bool:
    """Tell whether one of these metrics has a point at the largest step already."""
    if not metrics or not member.rows:
        return False
    kept = summary.get(txn, state.run, state.member)
    if any(kept[metric].last_step == member.max_step for metric in metrics & kept.keys()):
        return True
    pieces = waiting(txn, state.run, state.member)
    return any((piece.points.steps == member.max_step).any() for metric in metrics for piece in pieces.of(metric))


def _stamped(txn: Transaction, state: WriterState, packed: PackedRows) -> tuple[Schema, NDArray[np.int64], int]:
    """Return schema, steps and the newest time of packed rows, which must be those of their schema."""
    schema = tail.schema_of(txn, state.writer, packed.schema_id)
    if packed.keys != len(schema.keys):
        raise ProtocolError(f"rows of {packed.keys} values; schema {schema.id} has {len(schema.keys)} keys")
    steps, times = packed.matrix()[:2]
    return schema, tail.relative(steps, state.base_step) if schema.relative else steps, int(times.max())


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
        batch = tail.whole(value)
        if batch is not None:  # it is found again when the others become chunks
            waiting[batch.writer] += batch.rows
    yield from waiting.items()


@dataclass(frozen=True, slots=True)
class Slice:
    """The oldest batches of a member's tail on their way into chunks, and which metrics are not there yet.

    Without keys it is to be begun, and `rows` are all that the tail has. `damaged` are batches that cannot be read.
    """

    member: int
    keys: tuple[bytes, ...] = ()
    rows: int = 0
    size: int = 0
    waiting: tuple[tuple[str, list[Piece]], ...] = ()
    damaged: tuple[bytes, ...] = ()
    #: Metrics whose steps and times no other one has.
    alone: frozenset[str] = frozenset()


def compact(
    txn: Transaction, state: WriterState, begun: Slice | None = None, enough: Callable[[], bool] = lambda: False
) -> Slice | None:
    """Make the oldest part of what a writer's member has in tails into chunks, one metric after another until `enough`.

    Returns what to go on with once this transaction is committed, None if nothing is left.
    For readers nothing changes: a point in a chunk takes the place of the same one in the tail, and batches are removed
    in the transaction that has the last metric. Until then, whoever begins anew writes the same points once more.
    Batches that are damaged are laid aside.
    """
    run, part = state.run, begun or _due(txn, state)
    member = Member() if part is None else members.get(txn, run, part.member)
    if part is None or not member.tail_batches:
        return None
    part = part if part.keys else _slice(txn, run, part.member)
    entries, stamps, made = summary.get(txn, run, part.member), Stamps(txn, run, part.member), 0
    for metric, pieces in part.waiting:
        levels = Levels(txn, SeriesId(run, part.member, metric), stamps, metric in part.alone)
        entries[metric] = _extend(levels, newest_of(pieces), entries.get(metric))
        made += 1
        if member.tail_bytes <= LONG_BYTES and enough():
            break
    stamps.settle()
    summary.put(txn, run, part.member, entries)
    if made < len(part.waiting):
        return replace(part, waiting=part.waiting[made:])
    members.put(txn, run, part.member, _without(txn, run, member, part))
    return _due(txn, state)


def _due(txn: Transaction, state: WriterState) -> Slice | None:
    """Return what is to be begun of a writer's member: its rows, then its system metrics if there are many of them."""
    for number in (state.member, state.member + members.SYSTEM):
        member = members.get(txn, state.run, number)
        few = number >= members.SYSTEM and state.state == "running" and member.tail_rows < SYSTEM_ROWS
        if member.tail_batches and not few:
            return Slice(number, rows=member.tail_rows)
    return None


def _without(txn: Transaction, run: str, member: Member, part: Slice) -> Member:
    """Remove the batches of a slice from the tail, and return the counters of what is left there."""
    for key in part.keys:
        txn.delete(key)
    for key in part.damaged:
        aside.lay(txn, key)
    rows, size, batches = member.tail_rows - part.rows, member.tail_bytes - part.size, len(part.keys)
    if part.damaged:  # nobody knows what they held
        found = [batch for _, batch in tail.batches(txn, run, part.member, [])]
        rows, size = sum(batch.rows for batch in found), sum(len(batch.body) for batch in found)
    left = member.tail_batches - batches - len(part.damaged)
    return replace(member, tail_rows=rows, tail_bytes=size, tail_batches=left)


def _slice(txn: Transaction, run: str, number: int) -> Slice:
    damaged: list[bytes] = []
    batches = list(_oldest(tail.batches(txn, run, number, damaged)))
    pieces = tail.columns(txn, [batch for _, batch in batches]).pieces()
    rows, size = sum(batch.rows for _, batch in batches), sum(len(batch.body) for _, batch in batches)
    taken = tuple(key for key, _ in batches)
    return Slice(number, taken, rows, size, tuple(pieces.items()), tuple(damaged), _alone(pieces))


def _alone(pieces: dict[str, list[Piece]]) -> frozenset[str]:
    """Return the metrics whose pieces begin and end with other rows than those of all others."""
    outlines = {metric: tuple(_outline(piece.points) for piece in found) for metric, found in pieces.items()}
    counts = Counter(outlines.values())
    return frozenset(metric for metric, outline in outlines.items() if counts[outline] == 1)


def _outline(points: Points) -> tuple[int, ...]:
    ends = (points.steps[0], points.steps[-1], points.times[0], points.times[-1])
    return len(points), *map(int, ends)


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


def _extend(levels: Levels, points: Points, known: Entry | None) -> Entry:
    """Put points, sorted by step, into a series' chunks, in the place of what is there of the same steps."""
    if known is None or int(points.steps[0]) > known.last_step:
        chunks.append(levels, points)
        pyramid.build(levels)
        added = summary.of_points(points)
        return added if known is None else known.followed(added)
    pyramid.renew(levels, chunks.merge(levels, points))
    return whole(levels, chunk.empty())


# ------------------------------------------------------------------------------------------------------- reading


def whole(levels: Levels, tail_: Points) -> Entry:
    """Return the summary of all points of a series, of which there is at least one; `tail_` as for `read`."""
    buckets = bucket.of(read(levels, tail_, ALL, 1))
    ends, _ = extent(levels, tail_)
    return summary.of_buckets(buckets, ends.value(len(ends) - 1))


def waiting(txn: Transaction, run: str, member: int, metric: str | None = None) -> Columns:
    """Return the rows of a member that are not in chunks; with `metric`, only those that may have that name."""
    damaged: list[bytes] = []
    found = tail.columns(txn, (batch for _, batch in tail.batches(txn, run, member, damaged)), metric)
    found.lacking = bool(damaged or aside.below(txn, keys.tails(run, member)))
    return found


def waiting_of(levels: Levels, held: Columns | None = None) -> Points:
    """Return the points of a series that are not in chunks, sorted by step, of each step the last.

    `held` is what `waiting` returned for its member, if that was asked before. What cannot be read is noted as missing,
    the chunks that were laid aside too.
    """
    held = held or waiting(levels.txn, *levels.series)
    levels.missing.extend([*chunks.laid_aside(levels), *[Gap(None, None)] * held.lacking])
    return newest_of(held.of(levels.series.metric))


def newest_of(pieces: list[Piece]) -> Points:
    """Return the points of pieces, sorted by step, of each step the one that arrived last."""
    return chunk.latest(arrived(pieces)) if pieces else chunk.empty()


def read(levels: Levels, tail_: Points, span: Span, enough: int) -> Buckets | Points:
    """Return what a series holds in a span: the points themselves, or at least `enough` buckets of them, by step.

    `tail_` is what `waiting_of` returns. Where it repeats steps that are in chunks, points are read one by one.
    """
    if not len(tail_):
        return pyramid.read(levels, span, enough)
    newest = chunks.last_step(levels)
    if newest is None or int(tail_.steps[0]) > newest:
        return _together([pyramid.read(levels, span, enough), span.of(tail_)])
    first, end = int(tail_.steps[0]), int(tail_.steps[-1])
    between = chunk.latest(chunk.joined([chunks.points(levels, first, end), tail_]))
    parts: list[Buckets | Points] = [span.of(between)]
    if first > LEAST:
        parts.insert(0, pyramid.read(levels, span, enough, until=first - 1))
    if end < MOST:
        parts.append(pyramid.read(levels, span, enough, since=end + 1))
    return _together(parts)


def points_after(levels: Levels, tail_: Points, after: int, limit: int) -> Points:
    """Return the first `limit` points with steps greater than `after`, sorted by step."""
    if after >= MOST:
        return chunk.empty()
    found, count = [], 0
    for points in chunks.each(levels, after + 1, MOST):
        found.append(chunk.within(points, after + 1, MOST))
        count += len(found[-1])
        if count >= limit:
            break
    return chunk.latest(chunk.joined([*found, chunk.within(tail_, after + 1, MOST)]))[:limit]


def extent(levels: Levels, tail_: Points) -> tuple[Points, int]:
    """Return the outermost points of a series, two or three of them (none if it has none), and how many it has."""
    ends, total = chunks.ends(levels), pyramid.count(levels)
    if not len(tail_):
        return chunk.latest(ends), total
    total += len(tail_)
    if len(ends) and int(tail_.steps[0]) <= int(ends.steps[-1]):
        total -= _repeated(levels, tail_)
    return _outermost([ends, tail_]), total


def _repeated(levels: Levels, tail_: Points) -> int:
    held = chunks.points(levels, int(tail_.steps[0]), int(tail_.steps[-1]))
    return int(np.isin(tail_.steps, held.steps, assume_unique=True).sum())


def _outermost(parts: list[Points]) -> Points:
    ends = [part[at] for part in parts if len(part) for at in (slice(0, 1), slice(len(part) - 1, None))]
    return chunk.latest(chunk.joined(ends))


def _together(parts: Sequence[Buckets | Points]) -> Buckets | Points:
    points = [part for part in parts if isinstance(part, Points)]
    if len(points) == len(parts):
        return chunk.joined([part for part in points if len(part)])
    return bucket.joined([bucket.of(part) for part in parts])
