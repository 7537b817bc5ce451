"""Which keys the configurations of runs have, and whether runs differ in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Key:
    """A key of configurations, dots between its parts where it is nested: how many runs have it; the `same` in all?"""

    name: str
    runs: int
    same: bool


@dataclass(slots=True)
class _Count:
    first: Any
    runs: int = 0
    same: bool = True


class Tally:
    """Counts the keys of configurations, one run after another. `known` are the runs, with what they were known by."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}
        self._counts: dict[str, _Count] = {}

    def add(self, run_id: str, known_by: bytes, config: dict[str, Any]) -> None:
        """Count the keys of one more run."""
        self.known[run_id] = known_by
        for name, value in dict(flattened(config)).items():
            count = self._counts.setdefault(name, _Count(value))
            count.runs += 1
            count.same = count.same and _is_same(count.first, value)

    def keys(self) -> list[Key]:
        """Return the keys of all runs, by name."""
        everywhere = len(self.known)
        found = (Key(name, count.runs, count.same and count.runs == everywhere) for name, count in self._counts.items())
        return sorted(found, key=lambda key: key.name)


def flattened(config: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of a configuration by their keys on one level: `{"model": {"depth": 3}}` has `model.depth`."""
    for name, value in config.items():
        if isinstance(value, dict) and value:
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    return bool(one == other or (one != one and other != other))  # noqa: PLR0124 -- NaN
