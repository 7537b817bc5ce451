"""Records that were found damaged where something had to change: kept as they are, in nobody's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackiod.store import keys
from trackiod.store.env import scan

if TYPE_CHECKING:
    from trackiod.store.env import Transaction


def lay(txn: Transaction, key: bytes) -> None:
    """Lay a record aside that lies below a run."""
    txn.put(keys.aside(key), txn.get(key, b""))
    txn.delete(key)


def below(txn: Transaction, prefix: bytes) -> list[bytes]:
    """Return the keys that records had which were laid aside, of those that begin with a prefix."""
    return [keys.before_aside(key) for key, _ in scan(txn, keys.aside(prefix))]
