"""What is to go so that limits hold: a plan out of one look at the store, which somebody else carries out.

Runs that are running stay, and whatever is shown or referred to by what stays. Media go before runs, the oldest first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from trackiod.store import keys, members, objects, runs, usage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackiod.config import Limits
    from trackiod.store.env import Store, Transaction
    from trackiod.store.objects import MediaRecord

_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Action:
    """Remove the media of a run, or delete the run: which, why, and how many bytes that frees."""

    what: str  # "media" | "run"
    run: str
    name: str
    project: str
    reason: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, and the bytes that runs and their media take before and afterwards."""

    actions: list[Action]
    before: int
    after: int


@dataclass(slots=True)
class _Stored:
    """A run that is listed, and what it takes."""

    run: runs.Run
    activity: int
    bytes: int
    media: list[MediaRecord] = field(default_factory=list)


def plan(store: Store, blobs: Path, limits: Limits, now_ms: int) -> Plan:
    """Return what is to go so that `limits` hold."""
    sizes = usage.by_run(store)
    with store.read() as txn:
        found = list(_listed(txn, sizes))
        owners = {stored.run.id: stored for stored in found}
        for record in objects.all_media(txn):
            for owner in record.owners:
                if owner in owners:
                    owners[owner].media.append(record)
    planner = _Planner(found, _Blobs(blobs), limits, now_ms)
    before = planner.bytes
    return Plan(list(planner.actions()), before, planner.bytes)


class _Blobs:
    """Looks up how large blobs are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sizes: dict[str, int] = {}

    def size(self, name: str) -> int:
        """Return the bytes of a blob, 0 if it is not there."""
        if name not in self._sizes:
            self._sizes[name] = _bytes(objects.blob_path(self._folder, name))
        return self._sizes[name]


class _Pool:
    """Counts the bytes of some runs and of the blobs that they share."""

    def __init__(self, found: list[_Stored], blobs: _Blobs) -> None:
        self._blobs = blobs
        self._uses = Counter(name for stored in found for record in stored.media for name in record.blobs)
        self.bytes = sum(stored.bytes for stored in found) + sum(map(blobs.size, self._uses))

    def take(self, stored: _Stored, *, whole: bool) -> int:
        """Take the media of a run out, and with `whole` all the rest of it; return the bytes that this frees."""
        freed = stored.bytes if whole else 0
        for name in (name for record in stored.media for name in record.blobs):
            self._uses[name] -= 1
            freed += 0 if self._uses[name] else self._blobs.size(name)
        self.bytes -= freed
        return freed


class _Planner:
    """Goes through the limits, one after the other: what one of them takes, the next one need not."""

    def __init__(self, found: list[_Stored], blobs: _Blobs, limits: Limits, now_ms: int) -> None:
        self._left = sorted(found, key=lambda stored: (stored.activity, stored.run.id))
        self._blobs, self._limits, self._now = blobs, limits, now_ms
        self._pool = _Pool(found, blobs)

    @property
    def bytes(self) -> int:
        """What everything that is left takes."""
        return self._pool.bytes

    def actions(self) -> Iterator[Action]:
        """Yield what is to be done."""
        limits = self._limits
        if limits.days is not None:
            oldest = self._now - limits.days * _DAY_MS
            aged = [stored for stored in self._left if stored.activity < oldest]
            yield from self._runs(aged, 0, f"older than {limits.days} days")
        for whose, limit in (("project", limits.project_runs), ("user", limits.user_runs)):
            for among, most in self._by(whose, limit):
                yield from self._runs(among, most, f"more than {most} per {whose}")
        if limits.runs is not None:
            yield from self._runs(self._left, limits.runs, f"more than {limits.runs} in all")
        for whose, limit in (("project", limits.project_bytes), ("user", limits.user_bytes)):
            for among, most in self._by(whose, limit):
                pool = _Pool(among, self._blobs)
                yield from self._bytes(among, most, pool, f"more than {most} bytes per {whose}")
        if limits.bytes is not None:
            yield from self._bytes(self._left, limits.bytes, self._pool, f"more than {limits.bytes} bytes in all")

    def _by(self, whose: str, limit: int | None) -> list[tuple[list[_Stored], int]]:
        """Return the runs of each project or user with their limit, nothing without one."""
        if limit is None:
            return []
        found: dict[str, list[_Stored]] = defaultdict(list)
        for stored in self._left:
            found[getattr(stored.run, whose)].append(stored)
        return [(among, limit) for among in found.values()]

    def _runs(self, among: list[_Stored], most: int, reason: str) -> Iterator[Action]:
        for stored in _ended(among)[: max(0, len(among) - most)]:
            yield self._take(stored, None, reason, whole=True)

    def _bytes(self, among: list[_Stored], most: int, pool: _Pool, reason: str) -> Iterator[Action]:
        for whole in (False, True):
            for stored in _ended(among):
                if pool.bytes <= most:
                    return
                if whole or stored.media:
                    yield self._take(stored, pool, reason, whole=whole)

    def _take(self, stored: _Stored, pool: _Pool | None, reason: str, *, whole: bool) -> Action:
        freed = self._pool.take(stored, whole=whole)
        if pool is not None and pool is not self._pool:
            pool.take(stored, whole=whole)
        stored.media = []
        if whole:
            self._left.remove(stored)
        what, run = "run" if whole else "media", stored.run
        return Action(what, run.id, run.name, run.project, reason, freed)


def _ended(among: list[_Stored]) -> list[_Stored]:
    return [stored for stored in among if stored.run.status != "running"]


def _listed(txn: Transaction, sizes: Counter[bytes]) -> Iterator[_Stored]:
    for project in list(runs.projects(txn)):
        for run in runs.of_project(txn, project.name):
            seen = [member.last_time for _, member in members.of_run(txn, run.id)]
            activity = max([run.created, run.started, run.ended or 0, *seen])
            yield _Stored(run, activity, sizes[keys.identity(run.id)])


# --------------------------------------------------------------------------------------------------------- report


def report(store: Store, blobs: Path, limits: Limits, now_ms: int) -> dict[str, Any]:
    """Return what takes how many bytes, and what is to go so that limits hold."""
    made, space = plan(store, blobs, limits, now_ms), usage.space(store)
    sizes = usage.by_run(store)
    with store.read() as txn:
        deleted = [sizes[keys.identity(run.id)] for run in runs.deleted(txn)]
    folders = [folder for folder in blobs.iterdir() if folder.is_dir()] if blobs.is_dir() else []
    free = [path for folder in folders for path in usage.unused(store, folder)]
    return {
        "limits": {name: value for name, value in asdict(limits).items() if value is not None},
        "store": {"bytes": space.bytes, "free": space.free},
        "deleted": {"runs": len(deleted), "bytes": sum(deleted)},
        "unused_blobs": {"files": len(free), "bytes": sum(_bytes(path) for path in free)},
        "runs": {"bytes": made.before, "bytes_after": made.after},
        "actions": [asdict(action) for action in made.actions],
    }


def told(found: dict[str, Any]) -> Iterator[str]:
    """Yield what a report says, in lines."""
    store, deleted, free = found["store"], found["deleted"], found["unused_blobs"]
    yield f"Store:        {store['bytes']} bytes, {store['free']} of them free for what comes"
    yield f"Deleted runs: {deleted['runs']}, {deleted['bytes']} bytes"
    yield f"Blobs unused: {free['files']}, {free['bytes']} bytes"
    for action in found["actions"]:
        what = "the media of run" if action["what"] == "media" else "run"
        which = f"{what} {action['name']!r} of {action['project']!r}"
        yield f"To go:        {which}, {action['bytes']} bytes: {action['reason']}"
    yield f"Runs:         {found['runs']['bytes']} bytes, {found['runs']['bytes_after']} once the limits hold"


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
