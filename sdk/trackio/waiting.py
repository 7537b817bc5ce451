"""Rows with numbers that are still on a device, in the order of their log() calls."""

from __future__ import annotations

from collections import deque
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from trackio import devices
from trackio.devices import Arrivals, Pool
from trackio.values import Refused

if TYPE_CHECKING:
    from trackio.wire import Row

#: Numbers on their way from devices; with more, log() waits for the oldest ones, and loses none. Launching work for a
#: device waits long before so many rows are behind.
_MAX_AWAITED: Final = 16_384


class Waiting:
    """The rows, and the `pool` that their numbers were taken with. All under its writer's lock but look()."""

    def __init__(self) -> None:
        self.pool = Pool()
        self.rows: deque[tuple[Row, Arrivals]] = deque()

    def add(self, row: Row) -> bool:
        """Let a row wait for what was taken since the last one; False if that is nothing."""
        arrivals = self.pool.sealed()
        if arrivals is None:
            return False
        self.rows.append((row, arrivals))
        return True

    def look(self) -> tuple[int, int]:
        """Return how many rows, from the oldest on, wait no more, and how many there are; a device may be slow."""
        rows = tuple(self.rows)
        return sum(1 for _ in takewhile(lambda row: row[1].ready(), rows)), len(rows)

    def first(self) -> tuple[Row, Arrivals] | None:
        """Return the oldest row if it was seen to wait no more."""
        return self.rows[0] if self.rows and self.rows[0][1].arrived else None

    def drop(self) -> None:
        """Be done with the oldest row: the memory of its numbers is used again."""
        self.pool.release(self.rows.popleft()[1])

    def is_full(self) -> bool:
        """Tell whether the oldest row must be waited for."""
        return self.pool.out > _MAX_AWAITED and bool(self.rows)

    def overwrite(self, later: Row) -> None:
        """Take the names of a row that is journaled already out of those that wait at its step."""
        for row, _ in self.rows:
            if row.step == later.step and row.relative == later.relative:
                for name in later.values:
                    row.values.pop(name, None)

    def give_up(self) -> None:
        """Wait for nothing any more: what has not arrived is refused."""
        for _, arrivals in self.rows:
            if not arrivals.ready():
                arrivals.give_up(Refused("it was still on its device when the run ended"))

    def leave(self) -> None:
        """Begin anew in a forked child; what waits is its parent's."""
        devices.leave(self.pool, self.rows)
        self.pool, self.rows = Pool(), deque()
