"""Batches as they came, until they become chunks: their bytes, and their rows as columns in order of arrival."""

from __future__ import annotations

import struct
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from trackio.errors import ProtocolError
from trackio.wire import Row, Schema, pack, unpack
from trackiod.store import keys, records, seal
from trackiod.store.chunk import Points
from trackiod.store.env import last, scan
from trackiod.store.records import PackedRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from trackiod.store.env import Transaction

#: writer, base step, number of the first record, records, rows
_BATCH: Final = struct.Struct("<16sqQII")
_NS_PER_MS: Final = 1_000_000
_LEAST, _MOST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one writer as they stood in its journal; relative steps count from `base_step`."""

    writer: bytes
    base_step: int
    first: int
    count: int
    rows: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Rows:
    """All packed rows of one schema: columns of equal length, in order of arrival.

    `order` numbers the rows of the whole tail. `values` has one row of 8-byte words per key.
    """

    schema: Schema
    steps: NDArray[np.int64]
    times: NDArray[np.int64]  # ms
    values: NDArray[np.int64]
    order: NDArray[np.int64]

    def column(self, at: int) -> Piece:
        """Return the points of the key at that place in the schema."""
        ints = self.schema.codes[at] == "q"
        values = np.ascontiguousarray(self.values[at])
        return Piece(Points(self.steps, self.times, values, np.full(len(values), ints)), self.order)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some points of one metric, in order of arrival, with the number of the row that each came in."""

    points: Points
    order: NDArray[np.int64]


def put(txn: Transaction, run: str, member: int, batch: Batch) -> int:
    """Put a batch behind all others of its member; return the bytes that it takes."""
    newest = last(txn, keys.tails(run, member))
    number = keys.number_of(newest[0]) + 1 if newest else 0
    head = _BATCH.pack(batch.writer, batch.base_step, batch.first, batch.count, batch.rows)
    txn.put(keys.tail(run, member, number), seal.sealed(head, batch.body))
    return len(batch.body)


def batches(txn: Transaction, run: str, member: int, damaged: list[bytes]) -> Iterator[tuple[bytes, Batch]]:
    """Yield a member's batches with their keys, in order of arrival; the keys of those that are damaged go there."""
    for key, value in scan(txn, keys.tails(run, member)):
        found = whole(value)
        if found is None:
            damaged.append(key)
        else:
            yield key, found


def whole(value: bytes) -> Batch | None:
    """Return the batch that a tail record holds, None if it is damaged."""
    try:
        return decoded(value)
    except ValueError:
        return None


def decoded(value: bytes) -> Batch:
    """Return the batch that a tail record holds; raises ValueError if it is damaged."""
    view = seal.opened(value)
    if len(view) < _BATCH.size:
        raise ValueError(f"a batch of {len(value)} bytes")
    writer, base_step, first, count, rows = _BATCH.unpack_from(view)
    return Batch(writer, base_step, first, count, rows, bytes(view[_BATCH.size :]))


# ------------------------------------------------------------------------------------------------------ schemas


def put_schema(txn: Transaction, writer: bytes, schema: Schema) -> None:
    """Keep a writer's schema; a later one of the same id would make stored rows unreadable and is refused.

    Raises ProtocolError for that, and for one whose codes do not fit its keys.
    """
    if len(schema.codes) != len(schema.keys) or not {"d", "q"}.issuperset(schema.codes):
        raise ProtocolError(f"schema {schema.id} has {len(schema.keys)} keys and the codes {schema.codes[:50]!r}")
    if not 0 <= schema.id < 2**16:
        raise ProtocolError(f"a schema has a number of 16 bits, got {schema.id}")
    key, value = keys.schema(writer, schema.id), pack([schema.keys, schema.codes, schema.relative])
    if (txn.get(key) or value) != value:
        raise ProtocolError(f"schema {schema.id} was declared before, with other keys")
    txn.put(key, value)


def schema_of(txn: Transaction, writer: bytes, number: int) -> Schema:
    """Return a writer's schema; raises ProtocolError if it never declared it."""
    found = txn.get(keys.schema(writer, number)) if 0 <= number < 2**16 else None
    if found is None:
        raise ProtocolError(f"rows of schema {number}, which was not declared")
    names, codes, relative = unpack(found)
    return Schema(number, tuple(names), codes, relative)


# --------------------------------------------------------------------------------------------------- as columns


@dataclass(slots=True)
class Columns:
    """The rows of some batches, in order of arrival: packed ones by schema, the numbers of all others by name."""

    packed: list[Rows] = field(default_factory=list)
    loose: dict[str, Piece] = field(default_factory=dict)
    #: Whether there were batches beside these that cannot be read.
    lacking: bool = False

    def pieces(self) -> dict[str, list[Piece]]:
        """Return each metric's points; those of one metric may lie in several pieces."""
        found: dict[str, list[Piece]] = defaultdict(list)
        for rows in self.packed:
            # Transposed at once: column by column would touch every row again for each key.
            whole = replace(rows, values=np.ascontiguousarray(rows.values))
            for at, name in enumerate(rows.schema.keys):
                found[name].append(whole.column(at))
        for name, piece in self.loose.items():
            found[name].append(piece)
        return dict(found)

    def of(self, metric: str) -> list[Piece]:
        """Return the points of one metric."""
        found = [rows.column(at) for rows in self.packed for at, name in enumerate(rows.schema.keys) if name == metric]
        return [*found, self.loose[metric]] if metric in self.loose else found


@dataclass(slots=True)
class _Block:
    schema: Schema
    base_step: int
    parts: list[PackedRows] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)


def columns(txn: Transaction, tail: Iterable[Batch], metric: str | None = None) -> Columns:
    """Return the rows of batches as columns; with `metric`, only those that may have that name."""
    blocks: dict[tuple[bytes, int], _Block] = {}
    loose: list[tuple[int, int, Row]] = []
    wanted = None if metric is None else metric.encode()
    at = 0
    for writer, base_step, body in _bodies(tail):
        for item in records.rows(body, wanted):
            if isinstance(item, PackedRows):
                key = writer, item.schema_id
                if key not in blocks:
                    blocks[key] = _Block(schema_of(txn, *key), base_step)
                blocks[key].parts.append(item)
                blocks[key].starts.append(at)
                at += item.count
            else:
                loose.append((at, base_step, item))
                at += 1
    packed = [_joined(b) for b in blocks.values() if metric is None or metric in b.schema.keys]
    return Columns(packed, _loose(loose, metric))


def _bodies(tail: Iterable[Batch]) -> Iterator[tuple[bytes, int, bytes]]:
    """Yield `(writer, base step, records)`, neighbouring batches of one writer as one: fewer, longer blocks."""
    bodies: list[bytes] = []
    current: tuple[bytes, int] | None = None
    for batch in tail:
        if (batch.writer, batch.base_step) != current:
            if current is not None:
                yield *current, b"".join(bodies)
            current, bodies = (batch.writer, batch.base_step), []
        bodies.append(batch.body)
    if current is not None:
        yield *current, b"".join(bodies)


def _joined(block: _Block) -> Rows:
    counts = np.array([part.count for part in block.parts])
    data = block.parts[0].data if len(counts) == 1 else memoryview(b"".join([part.data for part in block.parts]))
    size, total = block.parts[0].size, int(counts.sum())
    matrix = PackedRows(block.schema.id, total, size, data).matrix()
    before = np.cumsum(counts) - counts
    order = np.repeat(np.array(block.starts) - before, counts) + np.arange(total)
    steps = relative(matrix[0], block.base_step) if block.schema.relative else matrix[0].copy()
    return Rows(block.schema, steps, matrix[1] // _NS_PER_MS, matrix[2:], order)


def relative(steps: NDArray[np.int64], base: int) -> NDArray[np.int64]:
    """Return relative steps as readers see them; beyond 64 bits they stay at the largest or the least."""
    return (np.minimum(steps, _MOST - base) if base >= 0 else np.maximum(steps, _LEAST - base)) + base


def _loose(rows: list[tuple[int, int, Row]], metric: str | None) -> dict[str, Piece]:
    found: dict[str, list[tuple[int, int, int, int | float]]] = defaultdict(list)
    for at, base_step, row in rows:
        step, time = absolute_step(row, base_step), _within(row.time // _NS_PER_MS)
        for name, value in row.values.items():
            if isinstance(value, (int, float)) and metric in {None, name}:
                found[name].append((step, time, at, value))
    return {name: _piece(numbers) for name, numbers in found.items()}


def _piece(numbers: list[tuple[int, int, int, int | float]]) -> Piece:
    steps, times, order, values = zip(*numbers, strict=True)
    # What does not fit 64 bits is a float, as it would be in any other tracker.
    ints = np.array([isinstance(value, int) and _LEAST <= value <= _MOST for value in values])
    words = np.where(
        ints,
        np.array([value if keep else 0 for value, keep in zip(values, ints, strict=True)], np.int64),
        np.array([0.0 if keep else float(value) for value, keep in zip(values, ints, strict=True)]).view(np.int64),
    )
    points = Points(np.array(steps, np.int64), np.array(times, np.int64), words, ints)
    return Piece(points, np.array(order, np.int64))


def absolute_step(row: Row, base_step: int) -> int:
    """Return the step of a row as readers see it; beyond 64 bits it stays at the largest."""
    return _within(row.step + base_step if row.relative else row.step)


def _within(value: int) -> int:
    return max(_LEAST, min(_MOST, value))
