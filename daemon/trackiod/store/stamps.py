"""Steps and times of chunks: kept once for all metrics of a member that were logged in the same rows."""

from __future__ import annotations

import hashlib
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias

from trackiod.store import keys, seal
from trackiod.store.columns import pack_ints, unpack_ints
from trackiod.store.held import Held

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trackiod.store.env import Transaction

    Columns: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]

#: points, bytes of the steps; steps and times follow. Before it stands how many chunks have these.
_HEAD: Final = struct.Struct("<HI")
NAME_SIZE: Final = 8
#: So many are remembered at once, in one transaction: those of the chunks under a node, and of the one that is filled.
_REMEMBERED: Final = 16
_READ: Final = _REMEMBERED * 4096
#: What is damaged counts as used by so many, and is never removed before its run.
_UNKNOWN: Final = 2**31


def of_columns(count: int, steps: bytes, times: bytes) -> bytes:
    """Return packed steps and times as the bytes that their name stands for."""
    return _HEAD.pack(count, len(steps)) + steps + times


def packed(steps: NDArray[np.int64], times: NDArray[np.int64]) -> bytes:
    """Return one or more steps and times as the bytes that their name stands for."""
    return of_columns(len(steps), pack_ints(steps), pack_ints(times))


def name_of(body: bytes) -> bytes:
    """Return the name of steps and times: 8 bytes that stand for their content."""
    return hashlib.blake2b(body, digest_size=NAME_SIZE).digest()


def columns(body: bytes | memoryview) -> Columns:
    """Return the steps and times that bytes hold; raises ValueError for bytes that are none."""
    if len(body) < _HEAD.size:
        raise ValueError(f"steps and times in {len(body)} bytes")
    count, size = _HEAD.unpack_from(body)
    view = memoryview(body)[_HEAD.size :]
    return unpack_ints(view[:size], count), unpack_ints(view[size:], count)


def record(uses: int, body: bytes) -> bytes:
    """Return steps and times that so many chunks have as a record."""
    return seal.sealed(uses.to_bytes(4, "little"), body)


def decode(record: bytes) -> tuple[int, Columns]:
    """Return how many chunks have these steps and times, and the columns; raises ValueError for damaged bytes."""
    view = seal.opened(record)
    return int.from_bytes(view[:4], "little"), columns(view[4:])


class Stamps:
    """Those of one member in one transaction; who adds or drops any settles them before the commit.

    `held` are those that were read, of other members too. get() · add() · drop() · settle()
    """

    def __init__(self, txn: Transaction, run: str, member: int, held: Held | None = None) -> None:
        self._txn, self._run, self._member = txn, run, member
        self._uses: dict[bytes, int] = {}
        self._bodies: dict[bytes, bytes] = {}
        self._held = held or Held(_READ)
        self._names: dict[tuple[bytes, bytes], bytes] = {}

    def of(self, run: str, member: int) -> Stamps:
        """Return these if they are those of that member, else its own."""
        return self if (run, member) == (self._run, self._member) else Stamps(self._txn, run, member)

    def get(self, first: int, name: bytes) -> Columns:
        """Return steps and times by the first step and the name; raises ValueError if they cannot be read."""
        key = self._key(first, name)
        found: Columns | None = self._held.get(key)
        if found is None:
            found = self._found(key)
            self._held.put(key, found, len(found[0]))
        return found

    def add(self, steps: NDArray[np.int64], times: NDArray[np.int64]) -> bytes:
        """Count one chunk more that has these steps and times; return their name."""
        plain = steps.tobytes(), times.tobytes()
        first = int(steps[0])
        name = self._names.get(plain)
        if name is None:
            body = packed(steps, times)
            name = name_of(body)
            if len(self._names) >= _REMEMBERED:
                self._names.clear()
            self._names[plain] = name
            self._bodies[self._key(first, name)] = body
        key = self._key(first, name)
        try:
            self._uses[key] = self._used(key) + 1
        except ValueError:
            self._uses[key] = _UNKNOWN
        return name

    def drop(self, first: int, name: bytes) -> None:
        """Count one chunk fewer that has these; what is damaged keeps its count."""
        key = self._key(first, name)
        with suppress(ValueError):
            self._uses[key] = self._used(key) - 1

    def settle(self) -> None:
        """Write what was added and remove what no chunk has any more."""
        # Removed first: what is larger now finds room on the page of what it follows.
        for key in [key for key, uses in self._uses.items() if uses <= 0]:
            self._txn.delete(key)
        for key, uses in self._uses.items():
            if uses > 0:
                body = self._bodies.get(key) or bytes(seal.opened(self._txn.get(key, b""))[4:])
                self._txn.put(key, record(uses, body))
        self._uses.clear()
        self._bodies.clear()

    def _key(self, first: int, name: bytes) -> bytes:
        return keys.stamps(self._run, self._member, first, name)

    def _found(self, key: bytes) -> Columns:
        body, held = self._bodies.get(key), self._txn.get(key)
        if body is not None:
            return columns(body)
        if held is None:
            raise ValueError("its steps and times are not there")
        return decode(held)[1]

    def _used(self, key: bytes) -> int:
        if key not in self._uses:
            held = self._txn.get(key)
            self._uses[key] = 0 if held is None else decode(held)[0]
        return self._uses[key]
