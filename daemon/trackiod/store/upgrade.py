"""Makes the store of an older version one that this program reads: step by step, in one transaction."""

from __future__ import annotations

import logging
import struct
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from trackio.errors import VersionMismatch
from trackiod.store import aside, bucket, chunk, keys, seal, stamps
from trackiod.store.columns import unpack_ints
from trackiod.store.env import FIRST_MAP, STORE_VERSION, Store, put_version, scan, version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trackiod.store.env import Transaction

log = logging.getLogger(__name__)

#: Head of a chunk of version 1: points, kind of values, bytes of the steps, bytes of the times; all three follow.
_CHUNK_1: Final = struct.Struct("<HBII")
#: Head of a node of version 1: buckets, the bytes of each column; and which columns are the last steps and the counts.
_NODE_1: Final = struct.Struct("<13I")
_LAST_STEPS_1, _COUNTS_1 = 1, 4
#: A transaction that writes everything anew leaves the old pages as they are: the map is this much larger.
_ROOM: Final = 3


def opened(folder: Path) -> Store:
    """Open the store in `folder` to write, as Store.open does, upgraded before if it is of an older version."""
    try:
        return Store.open(folder)
    except VersionMismatch:
        before, after = upgrade(folder)
        log.info("%s: store version %d, now %d", folder, before, after)
        return Store.open(folder)


def upgrade(folder: Path) -> tuple[int, int]:
    """Upgrade a store and return the versions before and after; a crash leaves it as it was.

    Raises VersionMismatch for a version that nothing leads from, and as Store.open does.
    """
    if not (folder / "data.mdb").exists():
        raise VersionMismatch(f"there is no store in {folder} to upgrade")
    size = (folder / "data.mdb").stat().st_size
    store = Store.open(folder, first_map=max(FIRST_MAP, _ROOM * size), any_version=True)
    try:
        with store.write() as txn:
            before = version(txn, folder)
            for number in range(before, STORE_VERSION):
                if number not in STEPS:
                    raise VersionMismatch(f"{folder} has store version {before}; nothing leads from there to here")
                STEPS[number](txn)
            if before > STORE_VERSION:
                raise VersionMismatch(f"{folder} has store version {before}; this program knows {STORE_VERSION}")
            put_version(txn)
    finally:
        store.close()
    return before, STORE_VERSION


def _to_2(txn: Transaction) -> None:
    """Chunks share their steps and times, and whatever holds points has a checksum."""
    for key, value in _one_by_one(txn, keys.TAIL):
        txn.put(key, seal.sealed(value))
    for key, value in _one_by_one(txn, keys.LEVEL):
        txn.put(key, _told(value))
    for key, value in _one_by_one(txn, keys.CHUNK):
        try:
            body, made = _parted(value)
        except (struct.error, ValueError):
            aside.lay(txn, key)
            continue
        shared = keys.stamps_of(key, stamps.name_of(body))
        held = txn.get(shared)
        uses = 1 + (0 if held is None else stamps.decode(held)[0])
        txn.put(shared, stamps.record(uses, body))
        txn.put(key, made)


def _told(value: bytes) -> bytes:
    """Return a node of version 1 as one that says of how many points it tells; a damaged one stays as it is."""
    try:
        count, *sizes = _NODE_1.unpack_from(value)
        columns = [value[at:end] for at, end in pairwise(accumulate(sizes, initial=_NODE_1.size))]
        points, steps = (unpack_ints(columns[at], count) for at in (_COUNTS_1, _LAST_STEPS_1))
        made = bucket.of_columns(count, int(points.sum()), int(steps[-1]), columns)
        bucket.decode(made)
    except (struct.error, ValueError):
        return value
    return made


def _parted(value: bytes) -> tuple[bytes, bytes]:
    """Return the steps and times of a chunk of version 1, and the chunk without them."""
    count, kind, steps, times = _CHUNK_1.unpack_from(value)
    columns = value[_CHUNK_1.size : _CHUNK_1.size + steps + times]
    body = stamps.of_columns(count, columns[:steps], columns[steps:])
    made = chunk.of_values(count, kind, value[_CHUNK_1.size + steps + times :], stamps.name_of(body))
    chunk.decode(made, *stamps.columns(body))
    return body, made


def _one_by_one(txn: Transaction, letter: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the records of a letter, each of which may be changed before the next one is looked for."""
    found = next(scan(txn, letter), None)
    while found is not None:
        yield found
        found = next(scan(txn, letter, found[0] + b"\0"), None)


#: What makes a store of a version one of the next.
STEPS: Final[dict[int, Callable[[Transaction], None]]] = {1: _to_2}
