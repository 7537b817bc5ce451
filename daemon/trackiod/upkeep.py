"""What the store does by itself, in slices that hold nobody up: what was deleted goes, projects end, limits hold.

Nothing of it is remembered here alone: after a crash, it goes on with what the store says.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from dataclasses import asdict
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final

from trackio.errors import StoreError
from trackiod import edit
from trackiod.config import to_environment
from trackiod.live import Changes
from trackiod.retention import Action
from trackiod.store import listing, objects, removal, runs, usage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackio.places import Places
    from trackiod.config import Limits
    from trackiod.store.env import Store, Transaction

log: Final = logging.getLogger(__name__)

#: Seconds between two looks whether limits hold, and between two searches for blobs that nothing refers to.
PLAN_EVERY: Final = 600.0
SWEEP_EVERY: Final = 86_400.0
#: Seconds from the start until the first of each: whoever starts a daemon wants to log.
FIRST: Final = 60.0
#: Seconds between two looks for readers that died.
READERS_EVERY: Final = 60.0
#: Seconds until a plan that is being made is asked for again.
LOOK: Final = 0.2
#: Seconds until a slice that failed is tried again.
AGAIN: Final = 10.0
#: A blob that nothing refers to stays this long: what was made of it may be on its way.
SETTLED_SECONDS: Final = 600.0
#: Files that one slice unlinks, and actions of a plan that it carries out.
_FILES: Final = 200
_ACTIONS: Final = 10


class Upkeep:
    """Owns the chores of the store. tick() does one slice; used by the thread that writes the store alone.

    `awaited` tells whether a writer that ended may still be heard of.
    """

    def __init__(
        self,
        store: Store,
        places: Places,
        limits: Limits,
        awaited: Callable[[bytes], bool],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._places, self._limits, self._awaited, self._clock = store, places, limits, awaited, clock
        self._planning: tuple[subprocess.Popen[bytes], IO[bytes]] | None = None
        self._actions: deque[Action] = deque()
        self._over: list[bytes] = []
        self._free: set[str] = set()
        self._folders: deque[str] = deque()
        self._ending: set[str] = set()
        #: What was deleted until then (ms) goes at once.
        self._until = 0
        self._counts: Counter[str] = Counter()
        self._due_at = self._again_at = 0.0
        self._plan_at = self._sweep_at = self._readers_at = float("inf")

    def begin(self, now: float) -> None:
        """Take up what an earlier daemon left undone."""
        with self._store.read() as txn:
            self._ending = {project.name for project in runs.projects(txn) if project.leaving}
            over = (state for state in runs.writers(txn) if state.collected and state.state != "running")
            self._over.extend(state.writer for state in over if not self._awaited(state.writer))
        self._sweep_at = now + FIRST
        self._plan_at = now + FIRST if self._limits else float("inf")
        self._readers_at = now + READERS_EVERY

    def ends(self, project: str) -> None:
        """Go on with a project that is being renamed or deleted."""
        self._ending.add(project)
        self._due_at = 0.0

    def wake(self) -> None:
        """Look at once for something to do: something was deleted."""
        self._due_at = 0.0

    def forget(self, writer: bytes) -> None:
        """Let a writer go that is over, with its journal, if its run was collected."""
        with self._store.read() as txn:
            state = runs.writer(txn, writer)
        if state is not None and state.collected:
            self._over.append(writer)
            self._due_at = 0.0

    def collect(self, now: float) -> None:
        """Remove everything that was deleted without waiting any longer, and search for blobs without use."""
        self._until = self._wall()
        self._due_at, self._sweep_at = 0.0, now
        self._plan_at = now if self._limits else float("inf")

    def wait(self, now: float) -> float:
        """Return the seconds until tick() has something to do."""
        if self._actions or self._free or self._folders:
            return max(0.0, self._again_at - now)
        times = (self._due_at, self._plan_at, self._sweep_at, self._readers_at)
        return max(0.0, max(min(times), self._again_at) - now)

    def tick(self, now: float, *, unlink: bool) -> Changes:
        """Do one slice of what is due; return what is to be announced. Blobs go only when they may be unlinked.

        Raises StoreError and OSError as the store does; the same slice is then tried again after a while.
        """
        changes = Changes()
        if self.wait(now) > 0:
            return changes
        self._again_at = now + AGAIN
        if now >= self._readers_at:
            self._readers_at = now + READERS_EVERY
            self._store.clear_stale_readers()
        if now >= self._due_at:
            self._slice(now, changes)
        elif self._actions:
            self._act(changes)
        elif unlink and (self._free or self._folders):
            self._unlink()
        elif now >= self._plan_at:
            self._plan(now)
        elif now >= self._sweep_at:
            self._sweep_at = now + SWEEP_EVERY
            self._folders.extend(sorted(entry.name for entry in os.scandir(self._places.blobs) if entry.is_dir()))
        self._again_at = 0.0 if unlink or not (self._free or self._folders) else now + 0.1
        return changes

    def status(self) -> dict[str, Any]:
        """Return what was done since the start, and what waits."""
        with self._store.read() as txn:
            deleted = removal.restorable(txn)
            busy = removal.unfinished(txn) is not None or removal.stripping(txn) is not None
        busy = busy or bool(self._until or self._actions or self._free or self._folders or self._ending)
        busy = busy or self._planning is not None
        limits = {name: value for name, value in asdict(self._limits).items() if value is not None}
        done = dict.fromkeys(("runs_removed", "media_removed", "blobs_removed", "bytes_freed"), 0) | self._counts
        return {"deleted_runs": deleted, "busy": busy, "limits": limits, **done}

    def close(self) -> None:
        """Give up a plan that is being made."""
        if self._planning is not None:
            process, output = self._planning
            process.kill()
            process.wait()
            output.close()

    def _wall(self) -> int:
        return int(self._clock() * 1000)

    # ---------------------------------------------------------------------------------------------------- slices

    def _slice(self, now: float, changes: Changes) -> None:
        """Do the first thing that there is to do in the store, in one transaction."""
        chores = (self._let_writers_go, self._end_projects, self._remove_runs, self._remove_media, self._begin_removal)
        wall = self._wall()
        with self._store.write() as txn:
            results = (chore(txn, wall, changes) for chore in chores)
            free = next((found for found in results if found is not None), None)
            following = removal.next_expiry(txn)
        if free is not None:
            self._free.update(free)
            return
        self._until = 0
        self._due_at = float("inf") if following is None else now + following / 1000 + edit.KEPT_SECONDS - wall / 1000

    # A chore returns the blobs that nothing refers to any more, None if there was nothing to do.

    def _let_writers_go(self, txn: Transaction, _wall: int, _changes: Changes) -> list[str] | None:
        # Those that the last slice let go are gone now; had it failed, they would not be.
        over = [state for writer in self._over if (state := runs.writer(txn, writer)) is not None]
        self._over = [state.writer for state in over]
        for state in over:
            removal.forget(txn, state)
        return [] if over else None

    def _end_projects(self, txn: Transaction, _wall: int, changes: Changes) -> list[str] | None:
        for name in sorted(self._ending):
            project = runs.project(txn, name)
            if project is not None and project.leaving:
                edit.leave(txn, name, changes)
                return []
            self._ending.discard(name)
        return None

    def _remove_runs(self, txn: Transaction, _wall: int, _changes: Changes) -> list[str] | None:
        going = removal.unfinished(txn)
        return None if going is None else removal.go_on(txn, going, self._awaited)

    def _remove_media(self, txn: Transaction, _wall: int, changes: Changes) -> list[str] | None:
        going = removal.stripping(txn)
        if going is None:
            return None
        run = runs.visible(txn, going)
        if run is not None:
            changes.of(run.id, run.project).state = True
        return removal.go_on_stripping(txn, going)

    def _begin_removal(self, txn: Transaction, wall: int, _changes: Changes) -> list[str] | None:
        expired = removal.expired(txn, max(self._until, wall - edit.KEPT_SECONDS * 1000))
        if expired is None:
            return None
        removal.begin(txn, expired)
        self._counts["runs_removed"] += 1
        return []

    def _act(self, changes: Changes) -> None:
        """Carry out some of a plan, as far as it still holds."""
        wall, taken = self._wall(), list(islice(self._actions, _ACTIONS))
        with self._store.write() as txn:
            for action in taken:
                run = runs.visible(txn, action.run)
                if run is None or run.status == "running":
                    continue
                if action.what == "media":
                    removal.strip(txn, run)
                    self._counts["media_removed"] += 1
                else:
                    changes.moved(run.id, run.listed, listing.hide(txn, run, wall).listed)
                log.info("%s of run %r in project %r goes: %s", action.what, run.name, run.project, action.reason)
        for _ in taken:
            self._actions.popleft()
        self._due_at = 0.0

    def _plan(self, now: float) -> None:
        """Let a process of its own make a plan, since that reads much; take it over once it is made."""
        if self._planning is None:
            command = [sys.executable, "-m", "trackiod", "plan", "--data", str(self._places.data), "--json"]
            environment = os.environ | to_environment(self._limits)
            output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 -- closed when it was read
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, env=environment)  # noqa: S603
            self._planning = process, output
        process, output = self._planning
        if process.poll() is None:
            self._plan_at = now + LOOK
            return
        self._planning, self._plan_at = None, now + PLAN_EVERY
        with output:
            output.seek(0)
            text = output.read()
        if process.returncode:
            raise StoreError(f"no plan was made: the process that makes it ended with status {process.returncode}")
        self._actions.extend(Action(**fields) for fields in json.loads(text)["actions"])

    # ----------------------------------------------------------------------------------------------------- blobs

    def _unlink(self) -> None:
        """Unlink blobs that became free; without any, search one folder for those that nothing refers to."""
        if self._free:
            taken = [self._free.pop() for _ in range(min(_FILES, len(self._free)))]
            self._remove([objects.blob_path(self._places.blobs, name) for name in taken])
            return
        folder = self._places.blobs / self._folders.popleft()
        long_ago = self._clock() - SETTLED_SECONDS
        self._remove([path for path in usage.unused(self._store, folder) if _changed(path) < long_ago])

    def _remove(self, paths: list[Path]) -> None:
        with self._store.read() as txn:
            unused_ = [path for path in paths if not usage.is_used(txn, path.name)]
        for path in unused_:
            try:
                size = path.stat().st_size
                path.unlink()
            except FileNotFoundError:
                continue
            self._counts["blobs_removed"] += 1
            self._counts["bytes_freed"] += size


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
