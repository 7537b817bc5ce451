"""How many bytes each run takes, and what of the store's file is free."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from trackiod.store import keys, objects
from trackiod.store.env import PAGE

if TYPE_CHECKING:
    from pathlib import Path

    from trackiod.store.env import Store, Transaction

#: Values larger than this have pages of their own.
_LARGE: Final = PAGE // 2


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes of the store's file, and how many of them are free for what comes; a copy of the store lacks these."""

    bytes: int
    free: int


def by_run(store: Store) -> Counter[bytes]:
    """Return about how many bytes of the store each run takes, by the identity of its id."""
    sizes: Counter[bytes] = Counter()
    for letter in keys.OF_RUN:
        for head, key, value in store.lengths(letter, 17):
            sizes[head[1:]] += key + (value if value <= _LARGE else -(-value // PAGE) * PAGE)
    return sizes


def space(store: Store) -> Space:
    """Return the size of the store's file and what is free in it."""
    return Space(store.bytes_used(), store.bytes_free())


def unused(store: Store, folder: Path) -> list[Path]:
    """Return the files in a folder of blobs that nothing refers to, and those that were never done."""
    with store.read() as txn:
        return [folder / entry.name for entry in os.scandir(folder) if not is_used(txn, entry.name)]


def is_used(txn: Transaction, file: str) -> bool:
    """Tell whether something refers to a file among the blobs, or it is none of ours."""
    return objects.references(txn, file) > 0 if keys.is_blob(file) else not file.startswith(".")
