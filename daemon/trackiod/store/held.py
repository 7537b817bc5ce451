"""What was decoded of one snapshot, so that it is not decoded again: steps and times, and the ends of series."""

from __future__ import annotations

from typing import Any, Final

#: Points that one question holds at most, each of up to 33 bytes: those of 1000 runs of 1000 steps.
MOST: Final = 2**21


class Held:
    """Decoded records by key; once they are of too many points, all are forgotten. get() · put()."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._records: dict[bytes, Any] = {}
        self._points = 0

    def get(self, key: bytes) -> Any:
        """Return what a record holds, None if that is not known here."""
        return self._records.get(key)

    def put(self, key: bytes, record: Any, points: int) -> None:
        """Remember what a record of so many points holds."""
        if self._points + points > self._most:
            self._records.clear()
            self._points = 0
        self._records[key] = record
        self._points += points
