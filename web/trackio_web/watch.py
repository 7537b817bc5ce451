"""What one page looks at, and what it has not been told yet: plain state, bounded by what it looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackio_web.params import Subscription

#: A page is told of a run's growing counts and summary this often; of its points and its state at once.
SUMMARY_SECONDS: Final = 2.0


class SeriesKey(NamedTuple):
    """A series as the page named it; member None is the run's main process."""

    run: str
    metric: str
    member: int | None


@dataclass(slots=True)
class Due:
    """What a page is to be told now: series with the last step it holds, runs to show, objects to fetch again."""

    series: dict[SeriesKey, float | None] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)
    objects: dict[str, set[str]] = field(default_factory=dict)
    projects: bool = False

    def __bool__(self) -> bool:
        return bool(self.series or self.runs or self.objects or self.projects)


class Watch:
    """Gathers changes between two messages to one page. Not safe for threads: it lives on the loop."""

    def __init__(self) -> None:
        self._watching = False
        self._project: str | None = None
        self._held: dict[SeriesKey, float | None] = {}
        self._subscription = 0
        self._grown: set[str] = set()
        self._counted: set[str] = set()
        self._changed: set[str] = set()
        self._objects: dict[str, set[str]] = {}
        self._projects = False
        self._summaries_at = 0.0

    @property
    def subscription(self) -> int:
        """Number of the present set of series; answers to an older one no longer count."""
        return self._subscription

    def watch(self, project: str | None) -> None:
        """Look at the runs and objects of `project`, or at the list of projects; what was due before is forgotten."""
        self._watching, self._project = True, project
        self._counted.clear()
        self._changed.clear()
        self._objects.clear()
        self._projects = False

    def subscribe(self, series: Iterable[Subscription]) -> None:
        """Follow exactly these series; all of them are due, since points came while the page was asking."""
        self._held = {SeriesKey(s.run, s.metric, s.member): s.after for s in series}
        self._subscription += 1
        self._grown = {key.run for key in self._held}

    def note(self, run: str, project: str, *, points: bool, objects: Iterable[str], state: bool) -> None:
        """Take in what was committed for one run; what this page does not look at is passed over."""
        if points:
            self._grown.add(run)
        if not self._watching:
            return
        if self._project is None:
            self._projects |= state
        elif project == self._project:
            if state:
                self._changed.add(run)
            elif points:
                self._counted.add(run)
            for key in objects:
                self._objects.setdefault(run, set()).add(key)

    def note_everything(self) -> None:
        """Treat every series that is followed as grown: announcements may have been missed."""
        self._grown.update(key.run for key in self._held)

    def take(self, now: float) -> Due:
        """Return what is due at `now` (monotonic seconds) and forget it."""
        due = Due(objects=self._objects, projects=self._projects)
        due.series = {key: after for key, after in self._held.items() if key.run in self._grown}
        runs = self._changed
        if now - self._summaries_at >= SUMMARY_SECONDS and self._counted:
            runs, self._counted, self._summaries_at = runs | self._counted, set(), now
        due.runs = sorted(runs)
        self._grown, self._changed, self._objects, self._projects = set(), set(), {}, False
        return due

    def next_wait(self, now: float) -> float | None:
        """Return the seconds until something held back becomes due, or None if nothing is held back."""
        return max(0.0, self._summaries_at + SUMMARY_SECONDS - now) if self._counted else None

    def held(self, subscription: int, key: SeriesKey, last: float | None) -> None:
        """Record that the page was sent everything up to step `last`, unless it has subscribed anew since."""
        if subscription == self._subscription and key in self._held and last is not None:
            self._held[key] = last

    def again(self, subscription: int, keys: Iterable[SeriesKey]) -> None:
        """Make series due once more that did not fit the last message."""
        if subscription == self._subscription:
            self._grown.update(key.run for key in keys)
