"""How a run's configuration came to be what it is: what it began with, and each change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackiod.store import runs

if TYPE_CHECKING:
    from trackiod.store.env import Transaction


@dataclass(frozen=True, slots=True)
class Revision:
    """Keys that were set, and keys that were removed, at a time in seconds since the epoch."""

    time: float
    values: dict[str, Any]
    removed: list[str]


def of_run(txn: Transaction, run_id: str) -> list[Revision]:
    """Return the changes of a run's configuration in order, the one that it began with first."""
    history = runs.config_history(txn, run_id)
    return [Revision(change.time / 1e9, change.values, list(change.removed)) for change in history]
