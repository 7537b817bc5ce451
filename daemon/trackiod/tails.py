"""Which writers' tails are due to be made into chunks, and in what order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: A tail of more rows than this is due at once.
ROWS: Final = 4096
#: A tail this old, in seconds, is due however short it is.
AGE: Final = 30.0


@dataclass(slots=True)
class _Tail:
    rows: int
    since: float
    at_once: bool


class Tails:
    """Remembers, in memory, which writers have records that are not in chunks yet."""

    def __init__(self) -> None:
        self._tails: dict[bytes, _Tail] = {}

    def __len__(self) -> int:
        return len(self._tails)

    def add(self, writer: bytes, rows: int, now: float, *, ended: bool = False) -> None:
        """Count `rows` more in a writer's tail; a writer that ended is due at once."""
        tail = self._tails.setdefault(writer, _Tail(0, now, ended))
        tail.rows += rows
        tail.at_once |= ended

    def due(self, now: float) -> bytes | None:
        """Return the writer whose tail is to be worked on, the longest waiting first, or None."""
        ready = [w for w, t in self._tails.items() if t.at_once or t.rows > ROWS or now - t.since >= AGE]
        return min(ready, key=lambda writer: self._tails[writer].since, default=None)

    def worked(self, writer: bytes, now: float, *, left: int) -> None:
        """Record that some of a writer's tail became chunks; with rows `left` it goes to the end of the line."""
        tail = self._tails.pop(writer)
        if left:
            # What is left is due once it is long again: in small pieces, the same chunks would be filled many times.
            self._tails[writer] = _Tail(left, now, tail.at_once)

    def wait(self, now: float) -> float | None:
        """Return the seconds until a tail becomes due, or None if there is none."""
        if not self._tails:
            return None
        return 0.0 if self.due(now) else max(0.0, min(t.since for t in self._tails.values()) + AGE - now)
