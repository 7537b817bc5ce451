"""One question about series in one snapshot: what several of them share is read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackiod.store import members, runs, series
from trackiod.store.held import Held
from trackiod.store.levels import Levels
from trackiod.store.stamps import Stamps

if TYPE_CHECKING:
    from trackiod.store.chunk import Points
    from trackiod.store.env import Transaction
    from trackiod.store.levels import SeriesId
    from trackiod.store.runs import Run
    from trackiod.store.tail import Columns


class Reading:
    """Runs and series of one snapshot; with `many`, rows that are not in chunks are read for all metrics at once.

    run() · numbers() · levels() · waiting()
    """

    def __init__(self, txn: Transaction, *, many: bool = False) -> None:
        self.txn = txn
        self._many = many
        self._held = Held()
        self._run: tuple[str, Run | None] | None = None
        self._waiting: dict[tuple[str, int], Columns] = {}

    def run(self, run_id: str) -> Run | None:
        """Return a run as readers may see it, None if there is none."""
        if self._run is None or self._run[0] != run_id:
            self._run = run_id, runs.visible(self.txn, run_id)
        return self._run[1]

    def numbers(self, run_id: str, kind: str) -> list[int]:
        """Return the members of a run that logged anything of a kind, "scalar" or "system"."""
        of_kind = members.of_run if kind == "scalar" else members.of_system
        return [number for number, _ in of_kind(self.txn, run_id)]

    def levels(self, of: SeriesId) -> Levels:
        """Return the records of a series."""
        return Levels(self.txn, of, Stamps(self.txn, of.run, of.member, self._held), held=self._held)

    def waiting(self, levels: Levels) -> Points:
        """Return the points of a series that are not in chunks, as `series.waiting_of` does."""
        if not self._many:
            return series.waiting_of(levels)
        place = levels.series[:2]
        if place not in self._waiting:
            self._waiting[place] = series.waiting(self.txn, *place)
        return series.waiting_of(levels, self._waiting[place])
