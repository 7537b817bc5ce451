"""Where things are: the data folder, and the folder on tmpfs where processes and their daemon meet.

<data>/                      $TRACKIO_DIR, or this user's data folder
    store/                   LMDB; only the daemon writes it
    blobs/ab/<sha256>        encoded media and tables, named by content
    journal/<writer>/        segments that were moved off tmpfs
    daemon.lock  daemon.log
    runtime -> ...           the meeting folder, made by whoever comes first
<runtime>/                   on tmpfs, private to this user
    ingest.sock  live.sock  start.lock  web.json
    journal/<writer>/        lock, <first record number>.seg, media/<media id>
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Longest path of a Unix socket that the kernel takes, less the longest name we append.
_LONGEST_FOLDER: Final = 107 - len("/ingest.sock")


#: The last part of a disk, and at most so many bytes of it, is not for media; half of it not for system metrics
#: either: it is kept for rows.
_KEPT_PART: Final = 1 / 16
_KEPT_BYTES: Final = 256 * 2**20


class Places(NamedTuple):
    """The folders of one data folder; `data` and `runtime` exist and belong to this user."""

    data: Path
    runtime: Path

    @property
    def store(self) -> Path:
        """The LMDB folder."""
        return self.data / "store"

    @property
    def blobs(self) -> Path:
        """Encoded media and tables, named by content."""
        return self.data / "blobs"

    @property
    def daemon_lock(self) -> Path:
        """Held by the one daemon of this data folder."""
        return self.data / "daemon.lock"

    @property
    def daemon_log(self) -> Path:
        """What the daemon and its children print."""
        return self.data / "daemon.log"

    @property
    def start_lock(self) -> Path:
        """Held by whoever is starting the daemon."""
        return self.runtime / "start.lock"

    @property
    def web_address(self) -> Path:
        """JSON with the url, pid and token of the web process."""
        return self.runtime / "web.json"

    @property
    def ingest_address(self) -> str:
        """Where writers and questions go, as ZeroMQ spells it."""
        return f"ipc://{self.runtime}/ingest.sock"

    @property
    def ingest_socket(self) -> Path:
        """The same, as a path."""
        return self.runtime / "ingest.sock"

    @property
    def live_address(self) -> str:
        """Where commits are announced."""
        return f"ipc://{self.runtime}/live.sock"

    @property
    def journals(self) -> Path:
        """Journals of live processes, on tmpfs."""
        return self.runtime / "journal"

    @property
    def spilled(self) -> Path:
        """Journals, or parts of them, on disk."""
        return self.data / "journal"


def data_folder(environment: Mapping[str, str]) -> Path:
    """Return the data folder that `environment` names, or this user's default one; it may not exist yet."""
    named = environment.get("TRACKIO_DIR")
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs  # noqa: PLC0415 -- only needed when nothing is named, and import must stay light

    return platformdirs.user_data_path("trackio", appauthor=False)


def meet(data: Path, environment: Mapping[str, str]) -> Places:
    """Return the places of a data folder, making the folders if they are missing.

    Everybody who opens the same data folder meets in the same runtime folder, whatever their environment says:
    the first one to come chooses it and leaves a link in the data folder. A link into a tmpfs that a reboot
    emptied is replaced. Raises OSError when the data folder cannot be made or belongs to somebody else.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    data = data.resolve()
    link = data / "runtime"
    runtime = _valid_target(link)
    while runtime is None:
        runtime = _choose(data, environment)
        if runtime != link:
            _point(link, runtime)
            runtime = _valid_target(link)
    for folder in (runtime / "journal", data / "journal", data / "blobs"):
        folder.mkdir(mode=0o700, exist_ok=True)
    return Places(data, runtime)


def media_room(folder: Path) -> int:
    """Return the bytes that media may still take on the disk of `folder`, 0 or less if they must leave it to rows."""
    return _room(folder, 1)


def system_room(folder: Path) -> int:
    """Return the same for system metrics, which give way later than media do."""
    return _room(folder, 2)


def _room(folder: Path, part: int) -> int:
    disk = os.statvfs(folder)
    kept = min(_KEPT_BYTES, int(disk.f_blocks * disk.f_frsize * _KEPT_PART))
    return disk.f_bavail * disk.f_frsize - kept // part


def _valid_target(link: Path) -> Path | None:
    try:
        target = link.resolve(strict=True)
        status = target.stat()
    except (FileNotFoundError, RuntimeError):
        return None
    mine = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    return target if mine else None


def _choose(data: Path, environment: Mapping[str, str]) -> Path:
    import hashlib  # noqa: PLC0415 -- only whoever comes first chooses, and import must stay light

    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    parents = [Path("/dev/shm") / f"trackio-{os.getuid()}"]  # noqa: S108 -- private folder, ownership is checked
    if environment.get("XDG_RUNTIME_DIR"):
        parents.insert(0, Path(environment["XDG_RUNTIME_DIR"]) / "trackio")
    for parent in parents:
        folder = parent / name
        if len(os.fsencode(folder)) > _LONGEST_FOLDER:
            continue
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            continue
        owner = folder.stat()
        if owner.st_uid == os.getuid() and not owner.st_mode & 0o077:
            return folder
    fallback = data / "runtime"
    fallback.unlink(missing_ok=True)
    fallback.mkdir(mode=0o700, exist_ok=True)
    return fallback


def _point(link: Path, runtime: Path) -> None:
    fresh = link.with_name(f"runtime.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(runtime)
    fresh.replace(link)
