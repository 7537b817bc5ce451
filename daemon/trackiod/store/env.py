"""Opens LMDB: transactions as `with` blocks, a map that grows between them, and one error tree for what goes wrong."""

from __future__ import annotations

import os
import struct
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import lmdb

from trackio.errors import StoreError, StoreFull, StoreUnsuitable, VersionMismatch
from trackiod.store import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    Transaction: TypeAlias = lmdb.Transaction[bytes]

#: Version of the records and chunks in the store (docs/FORMAT.md, "Store").
STORE_VERSION: Final = 2
_VERSION: Final = struct.Struct("<8sI")
_MAGIC: Final = b"trackioS"

#: The map starts with this many bytes; the file is only as long as what is in it.
FIRST_MAP: Final = 2**30
#: Between transactions the map is doubled once this part of it is used.
_FULL_AT: Final = 0.75
_MAX_READERS: Final = 4096
#: Bytes of a page on most machines; where they are more, what is reckoned with it takes a little more room.
PAGE: Final = 4096
_META_PAGES: Final = 2
#: A disk with fewer free bytes than this counts as full: some file systems keep a little for themselves.
_LEAST_ROOM: Final = 2**20
#: Memory maps of these file systems are not coherent, or their locks do not hold.
_NETWORK: Final = frozenset(
    "9p afs beegfs ceph cifs fuse.ceph fuse.glusterfs fuse.s3fs fuse.sshfs glusterfs gpfs lustre ncpfs nfs nfs4 "
    "panfs smb3 smbfs virtiofs wekafs".split()
)


class Store:
    """One LMDB environment of one process; not usable in a forked child. open() · read() · write() · close().

    Safe for threads: any number of read transactions beside one write transaction. A thread must not open a write
    transaction while it holds a read transaction, since growing the map waits for all of them.
    """

    def __init__(self, env: lmdb.Environment, folder: Path) -> None:
        self.folder = folder
        self._env = env
        self._pid = os.getpid()
        self._gate = _Gate()
        self._cramped = False

    @classmethod
    def open(
        cls, folder: Path, *, readonly: bool = False, first_map: int = FIRST_MAP, any_version: bool = False
    ) -> Store:
        """Open the store in `folder`, making it unless `readonly`.

        Raises StoreUnsuitable for a network file system or a folder that cannot be used, StoreError if there is no
        store yet to read, and VersionMismatch for one of another version, unless any will do.
        """
        kind = file_system(folder)
        if kind in _NETWORK:
            raise StoreUnsuitable(f"{folder} is on {kind}, a network file system; set TRACKIO_DIR to a local disk")
        if readonly and not (folder / "data.mdb").exists():
            raise StoreError(f"there is no store in {folder} yet")
        try:
            if not readonly:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            size = max(first_map, _file_size(folder / "data.mdb"))
            env = lmdb.open(
                str(folder), map_size=size, readonly=readonly, create=not readonly, mode=0o600, max_readers=_MAX_READERS
            )
        except (lmdb.Error, OSError) as error:
            raise StoreUnsuitable(f"{folder} cannot hold the store: {error}") from error
        store = cls(env, folder)
        try:
            env.reader_check()
            if not any_version:
                store._check_version()
        except BaseException:
            store.close()
            raise
        return store

    @property
    def readonly(self) -> bool:
        """Whether this process only reads."""
        return bool(self._env.flags()["readonly"])

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Give a snapshot; whatever is committed meanwhile is not in it. Keep it short.

        Raises StoreError when the file is damaged.
        """
        self._check_process()
        with self._gate.shared():
            txn = self._begin_read()
            try:
                yield txn
            except lmdb.Error as error:
                raise StoreError(f"{self.folder} cannot be read: {error}") from error
            finally:
                txn.abort()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Give the write transaction: on leaving, everything is on disk (fsync); on an error, nothing of it is.

        Raises StoreFull when the disk is full or when the map was too small for this one transaction (it is larger
        the next time), StoreError for other failures of the disk. The state before is left as it was.
        """
        self._check_process()
        self._grow()
        with self._gate.shared(), self._translated():
            txn = self._env.begin(write=True)
            try:
                yield txn
            except BaseException:
                txn.abort()
                raise
            txn.commit()

    def lengths(self, letter: bytes, head: int) -> Iterator[tuple[bytes, int, int]]:
        """Yield the first `head` bytes of each key that begins with a letter, and the lengths of key and value.

        Values are not read from the disk.
        """
        with self.read() as txn, self._env.begin(buffers=True) as measured:
            del txn  # it is there so that the map stays as it is meanwhile
            cursor = measured.cursor()
            for key, value in cursor.iternext() if cursor.set_range(letter) else ():
                if key[:1] != letter:
                    return
                yield bytes(key[:head]), len(key), len(value)

    def bytes_used(self) -> int:
        """Return the bytes that the store takes on disk."""
        return _file_size(self.folder / "data.mdb")

    def bytes_free(self) -> int:
        """Return how many of these bytes are free: they are used again before the file grows."""
        self._check_process()
        pages, info = self._env.stat(), self._env.info()
        used = pages["branch_pages"] + pages["leaf_pages"] + pages["overflow_pages"]
        return max(0, int(info["last_pgno"] + 1 - _META_PAGES - used) * int(pages["psize"]))

    def copy(self, folder: Path, txn: Transaction) -> None:
        """Write what a snapshot holds, without free space, as a store into an empty folder; raises StoreError."""
        try:
            self._env.copy(str(folder), compact=True, txn=txn)
        except lmdb.Error as error:
            raise StoreError(f"{self.folder} cannot be copied to {folder}: {error}") from error

    def clear_stale_readers(self) -> int:
        """Free the slots of readers that died; their snapshots no longer keep old pages alive."""
        self._check_process()
        return self._env.reader_check()

    def close(self) -> None:
        """Wait for the transactions of other threads and free everything."""
        if os.getpid() == self._pid:
            with self._gate.alone():
                self._env.close()

    def _check_process(self) -> None:
        if os.getpid() != self._pid:
            raise StoreError("this store was opened before a fork; open it anew in the child")

    def _begin_read(self) -> Transaction:
        while True:
            try:
                return self._env.begin()
            except lmdb.MapResizedError:  # noqa: PERF203 -- it is retried once
                # The writer grew its map; ours may only follow while no thread of this process reads.
                self._gate.leave()
                try:
                    with self._gate.alone():
                        self._env.set_mapsize(0)
                finally:
                    self._gate.enter()
            except lmdb.Error as error:
                raise StoreError(f"{self.folder} cannot be read: {error}") from error

    def _grow(self) -> None:
        info, page = self._env.info(), self._env.stat()["psize"]
        if self._cramped or (info["last_pgno"] + 1) * page > _FULL_AT * info["map_size"]:
            with self._gate.alone():
                self._env.set_mapsize(2 * info["map_size"])
            self._cramped = False

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except lmdb.MapFullError as error:
            self._cramped = True
            raise StoreFull(f"{self.folder}: the map was too small for one transaction; it is larger now") from error
        except lmdb.Error as error:
            if self._is_full(error):
                raise StoreFull(f"{self.folder}: no space is left: {error}") from error
            raise StoreError(f"{self.folder}: {error}") from error

    def _is_full(self, error: lmdb.Error) -> bool:
        text, disk = str(error).lower(), os.statvfs(self.folder)
        if isinstance(error, lmdb.DiskError) or "space" in text or "quota" in text:
            return True
        # What LMDB says when only a part of what it wrote found room.
        return "input/output" in text and disk.f_bavail * disk.f_frsize < _LEAST_ROOM

    def _check_version(self) -> None:
        with self.read() as txn:
            found = txn.get(keys.VERSION)
            empty = txn.stat()["entries"] == 0
        if found is None and empty and not self.readonly:
            with self.write() as txn:
                put_version(txn)
            return
        if found is None and empty:
            raise StoreError(f"there is no store in {self.folder} yet")
        with self.read() as txn:
            number = version(txn, self.folder)
        if number != STORE_VERSION:
            text = f"{self.folder} has store version {number}; this program knows {STORE_VERSION}"
            older = f", and upgrades it: trackiod upgrade --data {self.folder.parent}" if number < STORE_VERSION else ""
            raise VersionMismatch(text + older)


class _Gate:
    """Counts transactions so that the map is only resized while there are none. Fair to whoever resizes."""

    def __init__(self) -> None:
        self._inside = 0
        self._waiting = 0
        self._changed = threading.Condition()

    @contextmanager
    def shared(self) -> Iterator[None]:
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def enter(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting)
            self._inside += 1

    def leave(self) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._changed:
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: not self._inside)
                yield
            finally:
                self._waiting -= 1
                self._changed.notify_all()


def version(txn: Transaction, folder: Path) -> int:
    """Return the version of the store in `folder`; raises VersionMismatch for what is none."""
    found = txn.get(keys.VERSION)
    if found is None or len(found) < _VERSION.size or found[:8] != _MAGIC:
        raise VersionMismatch(f"{folder} is not a store of this program")
    return int(_VERSION.unpack_from(found)[1])


def put_version(txn: Transaction) -> None:
    """Make a store one of this version."""
    txn.put(keys.VERSION, _VERSION.pack(_MAGIC, STORE_VERSION))


def scan(txn: Transaction, prefix: bytes, start: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
    """Yield keys that begin with `prefix`, from `start` (a longer key) on, with their values, in order."""
    cursor = txn.cursor()
    if not cursor.set_range(start or prefix):
        return
    for key, value in cursor:
        if not key.startswith(prefix):
            return
        yield key, value


def scan_back(txn: Transaction, prefix: bytes, before: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
    """Yield keys that begin with `prefix` and are less than `before` (a longer key), with values, last first."""
    cursor = txn.cursor()
    beyond = before or keys.successor(prefix)
    if not (cursor.prev() if cursor.set_range(beyond) else cursor.last()):
        return
    for key, value in cursor.iterprev():
        if not key.startswith(prefix):
            return
        yield key, value


def many(txn: Transaction, wanted: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
    """Return those keys that are there, in this order, with their values; quickest where that is theirs."""
    return list(txn.cursor().getmulti(wanted))


def commit_of(txn: Transaction) -> int:
    """Return the number of the last commit that a snapshot shows; another of that number shows the same."""
    return int(txn.id())


def last(txn: Transaction, prefix: bytes, before: bytes = b"") -> tuple[bytes, bytes] | None:
    """Return the last key that begins with `prefix` and is less than `before`, with its value."""
    return next(scan_back(txn, prefix, before), None)


def file_system(path: Path) -> str:
    """Return the type of the file system that holds `path` (which may not exist yet), as the kernel names it."""
    best, kind = b"", ""
    target = os.fsencode(path.resolve())
    with suppress(OSError), Path("/proc/self/mountinfo").open("rb") as mounts:
        for line in mounts:
            fields, _, about = line.partition(b" - ")
            # Spaces are escaped; all other bytes are those of the name.
            mount = fields.split(b" ")[4].decode("unicode_escape").encode("latin-1")
            inside = target == mount or target.startswith(mount.rstrip(b"/") + b"/")
            if inside and len(mount) >= len(best):
                best, kind = mount, about.split(b" ")[0].decode()
    return kind


def _file_size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
