"""What tables show of the metrics of a run: last value, extremes and mean of each, decoded when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from trackiod.store import series, summary
from trackiod.store.levels import Levels, SeriesId
from trackiod.store.summary import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trackiod.store.chunk import Points
    from trackiod.store.env import Transaction
    from trackiod.store.members import Member


@dataclass(frozen=True, slots=True)
class Summary:
    """A metric of a run: the value at its last step; extremes and mean of the finite values, None without any."""

    last: int | float
    min: float | None
    max: float | None
    mean: float | None
    count: int
    last_step: int


class Summaries(Mapping[str, Summary]):
    """The summary of each metric of a run, by name: of its main process, else of the first member that logged it.

    They are read from the snapshot when one is asked for first.
    """

    def __init__(self, txn: Transaction, run: str, logged: Sequence[tuple[int, Member]]) -> None:
        self._txn, self._run, self._logged = txn, run, logged

    def __getitem__(self, metric: str) -> Summary:
        last_step, last, least, most, total, finite, count = self._entries[metric]
        return Summary(last, least, most, total / finite if finite else None, count, last_step)

    def __contains__(self, metric: object) -> bool:
        return metric in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @cached_property
    def _entries(self) -> dict[str, Sequence[Any]]:
        found: dict[str, Sequence[Any]] = {}
        for number, member in self._logged:
            entries = summary.plain(self._txn, self._run, number)
            if member.tail_batches:
                entries |= self._waiting(number, entries)
            found = entries | found
        return found

    def _waiting(self, member: int, entries: dict[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
        """Return the entries of metrics that have points in the tail, these taken in."""
        pieces = series.waiting(self._txn, self._run, member).pieces()
        return {
            metric: astuple(self._with_tail(SeriesId(self._run, member, metric), entries, series.newest_of(points)))
            for metric, points in pieces.items()
        }

    def _with_tail(self, of: SeriesId, entries: dict[str, Sequence[Any]], tail: Points) -> Entry:
        if of.metric not in entries:
            return summary.of_points(tail)
        known = Entry(*entries[of.metric])
        if int(tail.steps[0]) > known.last_step:
            return known.followed(summary.of_points(tail))
        return series.whole(Levels.of(self._txn, of), tail)
