"""Hands what was just committed to whoever listens: the daemon announces, the web process hears."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import zmq
import zmq.asyncio

from trackio.errors import ProtocolError
from trackio.wire import pack, unpack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

#: Announcements that wait for one slow listener before it misses some.
QUEUE: Final = 1000


@dataclass(slots=True)
class RunChange:
    """What changed about one run in a commit; `project` is the one that it is listed in, if it is in any."""

    project: str | None
    points: bool = False
    #: Some of the points have steps behind the largest one before: following a series is not enough.
    back: bool = False
    objects: set[str] = field(default_factory=set)
    state: bool = False
    alerts: bool = False
    #: Projects that it is no longer listed in.
    left: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Changes:
    """What one commit changed, by run id; `missed` tells a listener that earlier ones did not reach it.

    `projects`: one came, went or changed in a way that no run tells of. `shared`: projects of which something changed
    that all who look at them share: views, filters, what is left out of comparisons.
    """

    runs: dict[str, RunChange] = field(default_factory=dict)
    missed: bool = False
    projects: bool = False
    shared: set[str] = field(default_factory=set)

    def of(self, run: str, project: str | None) -> RunChange:
        """Return the entry of a run, made if it is not there; of a run without a project nobody is told."""
        if project is None:
            return RunChange(None)
        found = self.runs.setdefault(run, RunChange(project))
        found.project = project
        return found

    def moved(self, run: str, left: str | None, project: str | None) -> None:
        """Note that a run is no longer listed in the project `left`, but in `project`; either may be none."""
        found = self.runs.setdefault(run, RunChange(project))
        found.project, found.state = project, project is not None
        if left is not None and left != project:
            found.left.add(left)

    def __bool__(self) -> bool:
        return bool(self.runs or self.shared) or self.projects


class Publisher:
    """Owns the PUB socket. announce() never waits; a listener that is too slow misses announcements."""

    def __init__(self, address: str, path: Path, daemon: str) -> None:
        self._address, self._path, self._daemon = address, path, daemon
        self._number = 0
        self._context = zmq.Context(io_threads=1)
        self._socket = self._context.socket(zmq.PUB)
        for option, value in ((zmq.SNDHWM, QUEUE), (zmq.LINGER, 0), (zmq.MAXMSGSIZE, 4096)):
            self._socket.setsockopt(option, value)
        self._socket.bind(address)

    def announce(self, changes: Changes) -> None:
        """Tell every listener what was committed; tells nothing if nothing changed."""
        if not changes:
            return
        runs = {
            run: {
                "project": c.project,
                "points": c.points,
                "back": c.back,
                "objects": sorted(c.objects),
                "state": c.state,
                "alerts": c.alerts,
                "left": sorted(c.left),
            }
            for run, c in changes.runs.items()
        }
        self._number += 1
        told = {"daemon": self._daemon, "number": self._number, "runs": runs, "projects": changes.projects}
        self._socket.send(pack(told | {"shared": sorted(changes.shared)}), zmq.NOBLOCK)

    def restore(self) -> None:
        """Bind again if the socket's path was removed under us."""
        if not self._path.exists():
            self._socket.unbind(self._address)
            self._socket.bind(self._address)

    def close(self) -> None:
        """Free the socket and its path."""
        self._socket.close(linger=0)
        self._context.term()
        self._path.unlink(missing_ok=True)


class Listener:
    """Hears announcements on an event loop; reconnects by itself when the daemon comes back."""

    def __init__(self, address: str) -> None:
        self._context = zmq.asyncio.Context(io_threads=1)
        self._socket = self._context.socket(zmq.SUB)
        for option, value in (
            (zmq.RCVHWM, QUEUE),
            (zmq.LINGER, 0),
            (zmq.MAXMSGSIZE, 2**24),
            (zmq.RECONNECT_IVL, 100),
            (zmq.RECONNECT_IVL_MAX, 1000),
        ):
            self._socket.setsockopt(option, value)
        self._socket.subscribe(b"")
        self._socket.connect(address)
        self._last: tuple[str, int] | None = None

    async def changes(self) -> AsyncIterator[Changes]:
        """Yield what each commit changed, for ever; announcements that cannot be read count as missed."""
        while True:
            yield self._read(await self._socket.recv())

    def close(self) -> None:
        """Free the socket; an iteration that waits ends with an error or a cancellation."""
        self._socket.close(linger=0)
        self._context.term()

    def _read(self, frame: bytes) -> Changes:
        try:
            number, changes = parse(frame)
        except ProtocolError:
            return Changes(missed=True)
        last, self._last = self._last, number
        changes.missed = last is not None and number != (last[0], last[1] + 1)
        return changes


def parse(frame: bytes) -> tuple[tuple[str, int], Changes]:
    """Return `((daemon, number), changes)` of an announcement; raises ProtocolError."""
    value: Any = unpack(frame)
    try:
        runs = {str(run): _change(c) for run, c in value["runs"].items()}
        shared = {str(project) for project in value.get("shared", ())}
        changes = Changes(runs, projects=bool(value.get("projects", False)), shared=shared)
        return (str(value["daemon"]), int(value["number"])), changes
    except (TypeError, KeyError, AttributeError, ValueError, OverflowError) as error:
        raise ProtocolError(f"not an announcement: {error!r}") from error


def _change(fields: dict[str, Any]) -> RunChange:
    project = fields["project"]
    return RunChange(
        project=None if project is None else str(project),
        points=bool(fields["points"]),
        back=bool(fields["back"]),
        objects=set(fields["objects"]),
        state=bool(fields["state"]),
        alerts=bool(fields.get("alerts", False)),
        left=set(fields.get("left", ())),
    )
