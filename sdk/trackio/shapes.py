"""The shapes of a run's rows of numbers: of a row whose shape is known, one call makes a packed row of the journal."""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING, Any, Final

from trackio import packer
from trackio.wire import MAX_PACKED_KEYS, MAX_RECORD, MAX_SCHEMAS, Row, Schema, encode, row_struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackio.journal import Journal
    from trackio.packer import Pack

    #: How rows of one set of keys and types are written by one call: pack_into, their size, head and commit word.
    #: A plain tuple, since these are what is taken apart fastest.
    Shape = tuple[Callable[..., None], int, bytes, int]

#: Shapes of rows that are remembered; scripts that log ever new keys must not fill the memory.
_MAX_SHAPES: Final = 4096
#: No row has so many keys.
_NO_PACK: Final[tuple[Pack, int, int]] = (lambda *_: False), -1, 0
#: No row is like this one: of keys and types there is always an even number.
_NO_SHAPE: Final[tuple[tuple[Any, ...], Shape]] = (None,), (struct.pack_into, 0, b"", 0)


class Shapes:
    """Learns how rows are packed. write() · repeat() · quicken() · forget(), under the lock of the journal's writer."""

    __slots__ = ("_journal", "_known", "_last", "_quick_shape", "_schemas", "quick")

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        #: By schema, for this journal; and by what log() was given, keys and types, for rows that go the short way.
        self._schemas: dict[tuple[tuple[str, ...], str, bool], Shape] = {}
        self._known: dict[tuple[Any, ...], Shape] = {}
        #: Keys and types of the last row, with their shape: most rows are like it, and comparing is less than a hash.
        self._last: tuple[tuple[Any, ...], Shape] = _NO_SHAPE
        #: What writes most rows, if they have so many keys, and the size of such a row; and of which shape it is.
        self.quick: tuple[Pack, int, int] = _NO_PACK
        self._quick_shape = _NO_SHAPE[1]

    def repeat(self, metrics: Any, step: int) -> None:
        """Journal what log() was given if its shape is known; raises KeyError if it is not, and Full."""
        values = metrics.values()
        signature = (*metrics, *map(type, values))
        last, shape = self._last
        if last != signature:
            shape = self._known[signature]
            self._last = signature, shape
        pack_into, size, head, commit = shape
        segment = self._journal.segments[-1]
        if segment.mark[0] + size > segment.size:
            segment = self._journal.room(size)
        end, count = segment.mark
        pack_into(segment.map, end, head, step, time.time_ns(), *values, commit)
        segment.mark = (end + size, count + 1)

    def write(self, row: Row, metrics: Mapping[Any, Any] | None) -> bool:
        """Journal a row of plain numbers; False if it is none, or fits no schema. Raises Full.

        What log() is given later may be repeated if it has the keys and types of `metrics`, of which the row was made.
        """
        numbers = row.values.values()
        if len(numbers) > MAX_PACKED_KEYS or not all(type(value) in {int, float, bool} for value in numbers):
            return False
        codes = "".join("d" if type(value) is float else "q" for value in numbers)
        shape = self._shape(tuple(row.values), codes, row.relative)
        if shape is None or not self._pack(row, shape):
            return False
        if metrics is not None and tuple(metrics) == tuple(row.values):
            self._learn(metrics, numbers, shape)
        return True

    def quicken(self) -> None:
        """Write rows like the last one by a function of theirs from now on, if that is faster."""
        signature, shape = self._last
        keys = len(signature) // 2
        if 1 <= keys <= packer.MAX_KEYS:
            pack_into, size, head, commit = self._quick_shape = shape
            self.quick = packer.packer(signature[:keys], signature[keys:], pack_into, head, commit), keys, size

    def is_quick(self) -> bool:
        """Tell whether there is nothing to quicken()."""
        return self._last[1] is self._quick_shape

    def forget(self) -> None:
        """Send rows of every kind the long way again."""
        self._known.clear()
        self._last, self.quick, self._quick_shape = _NO_SHAPE, _NO_PACK, _NO_SHAPE[1]

    def _shape(self, keys: tuple[str, ...], codes: str, relative: bool) -> Shape | None:  # noqa: FBT001 -- as in Row
        known = self._schemas.get((keys, codes, relative))
        if known is not None:
            return known
        number = len(self._schemas) + 1
        if number > min(MAX_SCHEMAS, _MAX_SHAPES):
            return None
        payload = encode(Schema(number, keys, codes, relative))
        if len(payload) > MAX_RECORD:
            return None
        self._journal.append(payload)
        packing, head, commit = row_struct(number, codes)
        shape = packing.pack_into, packing.size, head, commit
        self._schemas[(keys, codes, relative)] = shape
        return shape

    def _pack(self, row: Row, shape: Shape) -> bool:
        pack_into, size, head, commit = shape
        segment = self._journal.room(size)
        end, count = segment.mark
        try:
            pack_into(segment.map, end, head, row.step, row.time, *row.values.values(), commit)
        except struct.error:
            segment.wipe()
            return False
        segment.mark = (end + size, count + 1)
        return True

    def _learn(self, metrics: Mapping[Any, Any], numbers: Any, shape: Shape) -> None:
        if all(map(_packs_itself, metrics.values(), numbers)):
            if len(self._known) >= _MAX_SHAPES:
                self.forget()
            signature = (*metrics, *map(type, metrics.values()))
            self._known[signature] = shape


def _packs_itself(given: Any, plain: float) -> bool:
    """Tell whether `struct` makes the same bytes of a value as of its plain form, for every value of its type."""
    if type(given) is type(plain):
        return True
    # An integer too large for 64 bits became a float; others of its type do not.
    if isinstance(given, int) and type(plain) is float:
        return False
    # Arrays and tensors have one type for all kinds of numbers, and reading them may wait for a device.
    if not isinstance(given, (int, float)) and (type(given).__module__ != "numpy" or type(given).__name__ == "ndarray"):
        return False
    code = "d" if type(plain) is float else "q"
    try:
        return struct.pack(code, given) == struct.pack(code, plain)
    except (struct.error, TypeError):
        return False
