"""Makes the store of an older version one that this program reads: step by step, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trackio.errors import VersionMismatch
from trackiod.store.env import STORE_VERSION, Store, put_version, version

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackiod.store.env import Transaction

#: What makes a store of a version one of the next.
STEPS: Final[dict[int, Callable[[Transaction], None]]] = {}


def upgrade(folder: Path) -> tuple[int, int]:
    """Upgrade a store and return the versions before and after; a crash leaves it as it was.

    Raises VersionMismatch for a version that nothing leads from, and as Store.open does.
    """
    if not (folder / "data.mdb").exists():
        raise VersionMismatch(f"there is no store in {folder} to upgrade")
    store = Store.open(folder, any_version=True)
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
