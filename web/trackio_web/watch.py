"""What one page looks at, and what it has not been told yet: plain state, bounded by what it looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackio_web.params import Subscription
    from trackiod.live import RunChange

#: A page is told of a run's growing counts and summary this often; of its points and its state at once.
SUMMARY_SECONDS: Final = 2.0


class SeriesKey(NamedTuple):
    """A series as the page named it; member None is the run's main process."""

    run: str
    metric: str
    member: int | None
    kind: str = "scalar"


@dataclass(slots=True)
class Due:
    """What a page is to be told now: series with the last step it holds, or to fetch again; runs and objects."""

    series: dict[SeriesKey, float | None] = field(default_factory=dict)
    resync: list[SeriesKey] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    #: Runs that are no longer in the project that is watched.
    gone: list[str] = field(default_factory=list)
    objects: dict[str, set[str]] = field(default_factory=dict)
    #: Runs with new alerts.
    alerts: list[str] = field(default_factory=list)
    projects: bool = False
    #: What is saved with the project that is watched.
    shared: bool = False

    def __bool__(self) -> bool:
        about_runs = self.series or self.resync or self.runs or self.gone or self.objects or self.alerts
        return bool(about_runs) or self.projects or self.shared


class Watch:
    """Gathers changes between two messages to one page. Not safe for threads: it lives on the loop."""

    def __init__(self) -> None:
        self._watching = False
        self._project: str | None = None
        self._held: dict[SeriesKey, float | None] = {}
        self._subscription = 0
        self._grown: set[str] = set()
        self._went_back: set[str] = set()
        self._counted: set[str] = set()
        self._changed: set[str] = set()
        self._gone: set[str] = set()
        self._objects: dict[str, set[str]] = {}
        self._alerts: set[str] = set()
        self._projects = False
        self._shared = False
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
        self._gone.clear()
        self._objects.clear()
        self._alerts.clear()
        self._projects = self._shared = False

    def subscribe(self, series: Iterable[Subscription]) -> None:
        """Follow exactly these series; all of them are due, since points came while the page was asking."""
        self._held = {SeriesKey(s.run, s.metric, s.member, s.kind): s.after for s in series}
        self._subscription += 1
        self._grown = {key.run for key in self._held}

    def note(self, run: str, change: RunChange) -> None:
        """Take in what was committed for one run; what this page does not look at is passed over."""
        if change.points:
            self._grown.add(run)
        if change.back:
            self._went_back.add(run)
        if self._watching and self._project is None:
            self._projects |= change.state or bool(change.left)
        elif self._watching and change.project == self._project:
            self._note_run(run, change)
        elif self._watching and self._project in change.left:
            self._gone.add(run)
            self._changed.discard(run)
            self._counted.discard(run)

    def note_projects(self) -> None:
        """Take in that the list of projects changed."""
        self._projects |= self._watching and self._project is None

    def note_shared(self, projects: set[str]) -> None:
        """Take in of which projects something changed that all who look at them share."""
        self._shared |= self._project in projects

    def _note_run(self, run: str, change: RunChange) -> None:
        self._gone.discard(run)
        if change.state:
            self._changed.add(run)
        elif change.points:
            self._counted.add(run)
        if change.alerts:
            self._alerts.add(run)
        for key in change.objects:
            self._objects.setdefault(run, set()).add(key)

    def note_everything(self) -> None:
        """Treat every series that is followed as grown: announcements may have been missed."""
        self._grown.update(key.run for key in self._held)

    def take(self, now: float) -> Due:
        """Return what is due at `now` (monotonic seconds) and forget it."""
        due = Due(objects=self._objects, projects=self._projects, shared=self._shared)
        due.series = {key: after for key, after in self._held.items() if key.run in self._grown}
        due.resync = [key for key in self._held if key.run in self._went_back]
        runs = self._changed
        if now - self._summaries_at >= SUMMARY_SECONDS and self._counted:
            runs, self._counted, self._summaries_at = runs | self._counted, set(), now
        due.runs, due.gone, due.alerts = sorted(runs), sorted(self._gone), sorted(self._alerts)
        self._grown, self._went_back, self._changed, self._gone = set(), set(), set(), set()
        self._alerts = set()
        self._objects, self._projects, self._shared = {}, False, False
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
