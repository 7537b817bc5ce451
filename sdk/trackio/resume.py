"""Finds the run that init(resume=…) continues, by asking the daemon."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from trackio import locate, process, request
from trackio.errors import DaemonUnavailable

if TYPE_CHECKING:
    from trackio.places import Places
    from trackio.run import Beginning
    from trackio.settings import Settings

#: "must" waits so long for a daemon, which may have to be started; "allow" goes on without an answer.
_MUST_SECONDS: Final = 10.0
_ALLOW_SECONDS: Final = 0.1


def resumed(beginning: Beginning, places: Places, settings: Settings) -> Beginning:
    """Return `beginning` as that of the run it continues, if its `resume` says so and there is one.

    Raises ValueError for "must" without a name, without such a run, or when no daemon can tell. With "allow" and no
    answer, steps stay relative: the daemon finds the run when the records reach it.
    """
    if beginning.resume == "must":
        if not beginning.name:
            raise ValueError('resume="must" needs the name of the run to continue')
        found = _asked(beginning, places, settings)
        if not found:
            raise ValueError(
                f'resume="must": project {beginning.project!r} has no run named {beginning.name!r} with any row; '
                'resume="allow" would make it'
            )
        return _continuing(beginning, found)
    if beginning.resume == "allow" and beginning.name:
        found = _answered(beginning, places, _ALLOW_SECONDS) if places.ingest_socket.exists() else {}
        return _continuing(beginning, found) if found else beginning._replace(relative=True)
    return beginning._replace(resume="never")


def _continuing(beginning: Beginning, found: dict[str, Any]) -> Beginning:
    return beginning._replace(id=str(found["run"]), first_step=int(found["next_step"]))


def _asked(beginning: Beginning, places: Places, settings: Settings) -> dict[str, Any]:
    deadline = time.monotonic() + _MUST_SECONDS
    if settings.mode == "offline":
        raise ValueError('resume="must" needs a daemon to find the run; resume="allow" works offline')
    try:
        locate.start(places)
        # The daemon can only find what it has: what this process logged before goes first.
        while not process.flush(deadline - time.monotonic()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return request.ask(places, "find_run", _question(beginning), max(1.0, deadline - time.monotonic()))
    except (DaemonUnavailable, OSError) as error:
        raise ValueError(f'resume="must": the daemon that knows the runs cannot be asked: {error}') from error


def _answered(beginning: Beginning, places: Places, seconds: float) -> dict[str, Any]:
    process.flush(seconds)
    try:
        return request.ask(places, "find_run", _question(beginning), seconds)
    except DaemonUnavailable:
        return {}


def _question(beginning: Beginning) -> dict[str, Any]:
    return {"project": beginning.project, "name": beginning.name}
