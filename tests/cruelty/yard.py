"""Where the cruel scripts play: a data folder with its daemon, writers with ledgers, and what is stored of them."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from ledger import ROW, noted

from trackio import places
from trackio.errors import StoreError
from trackiod.points import AfterRequest, points_after
from trackiod.store import members, names, objects
from trackiod.store.check import all_runs, check
from trackiod.store.env import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trackiod.store.env import Transaction
    from trackiod.store.runs import Run

HERE = Path(__file__).parent


class Skip(Exception):
    """This machine does not allow what a script needs."""


@dataclass
class Tally:
    """What was lost, stored twice, and claimed in vain; and a count of what was done and seen, by reason."""

    lost: int = 0
    dup: int = 0
    rows: int = 0
    #: Rows and values that were refused, by reason, as the store tells it.
    refused: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def claim(self, holds: object, text: str) -> None:
        """Note a claim that does not hold."""
        if not holds:
            self.failures.append(text)

    def excuse(self, reason: str) -> None:
        """Rows that were told to be refused for this reason are not lost; one too many is as wrong as one too few."""
        self.lost -= self.refused[reason]

    def __str__(self) -> str:
        counts = {f"refused_{reason}": count for reason, count in self.refused.items()} | self.seen
        told = "".join(f" {reason.replace(' ', '_')}={count}" for reason, count in sorted(counts.items()))
        return f"lost={self.lost} dup={self.dup} broken={len(self.failures)} rows={self.rows}{told}"


def conclude(main: Callable[..., Tally], *defaults: int) -> None:
    """Run a script with the numbers of its command line in place of `defaults`; print its figures and exit."""
    given = [int(argument) for argument in sys.argv[1:]]
    # Whoever loses patience with us must not leave daemons and mounts behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        tally = main(*given, *defaults[len(given) :])
    except Skip as reason:
        print(f"skipped: {reason}")
        sys.exit(0)
    print(tally)
    print(*tally.failures, sep="\n", end="", file=sys.stderr)
    sys.exit(bool(tally.lost or tally.dup or tally.failures))


class Yard:
    """A temporary data folder; leaving the `with` ends daemon and writers, and removes everything.

    `web`: whether the daemon serves the dashboard. `journal_mib`, `data_mib`: give journals and data a tmpfs of that
    size of their own. `environment` is everybody's.
    """

    def __init__(self, *, web: bool = False, journal_mib: int = 0, data_mib: int = 0, **environment: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cruel-"))
        self.data, self.ledgers = self.folder / "data", self.folder / "ledgers"
        self._mounts: list[Path] = []
        self._web = web
        self._writers: list[subprocess.Popen[bytes]] = []
        self._environment = environment
        self._sizes = {"run": journal_mib, "data": data_mib}

    def __enter__(self) -> Yard:
        self.ledgers.mkdir()
        self.environment = os.environ | {
            "TRACKIO_DIR": str(self.data),
            "LEDGERS": str(self.ledgers),
            "PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "PYTHONUNBUFFERED": "1",
        }
        for name, size in self._sizes.items():
            if size:
                self._mount(self.folder / name, size)
                if name == "run":
                    self.environment["XDG_RUNTIME_DIR"] = str(self.folder / name)
        self.environment |= self._environment
        self.places = places.meet(self.data, self.environment)
        self._hold_start_lock()
        self.daemon: subprocess.Popen[bytes] | None = None
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers:
            if writer.poll() is None:
                writer.kill()
            writer.wait()
        self.stop_daemon()
        os.close(self._start_lock)
        shutil.rmtree(self.places.runtime, ignore_errors=True)
        for mount in self._mounts:
            subprocess.run(["umount", "-l", str(mount)], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _hold_start_lock(self) -> None:
        # Whoever holds it is starting the daemon: nobody else does, so that a script alone decides when there is one.
        self._start_lock = os.open(self.places.start_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._start_lock, fcntl.LOCK_EX)

    def _mount(self, folder: Path, mib: int) -> None:
        folder.mkdir(mode=0o700)
        command = ["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=700", "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(self.folder)
            raise Skip(f"a small tmpfs cannot be mounted here: {done.stderr.strip()}")
        self._mounts.append(folder)

    # ------------------------------------------------------------------------------------------------ daemon

    def start_daemon(self, *wrapper: str, prelude: str = "pass") -> None:
        """Start a daemon and return once it takes messages. `prelude` runs in its process before anything else."""
        code = f"import sys\n{prelude}\nfrom trackiod.__main__ import main\nmain()"
        command = [*wrapper, sys.executable, "-c", code, "run", "--data", str(self.data)]
        self.places.ingest_socket.unlink(missing_ok=True)
        with self.places.daemon_log.open("ab") as log:
            self.daemon = subprocess.Popen(
                command if self._web else [*command, "--no-web"], env=self.environment, stdout=log, stderr=log
            )
        until(self.places.ingest_socket.exists, 30, "the daemon's socket", self.places.daemon_log)
        self.daemon_pid = int(self.places.daemon_lock.read_text().split()[1].rstrip(","))

    def kill_daemon(self) -> None:
        """SIGKILL, as the out-of-memory killer would."""
        assert self.daemon is not None
        os.kill(self.daemon_pid, signal.SIGKILL)
        self.daemon.wait()

    def stop_daemon(self) -> None:
        """SIGTERM, and wait for the orderly end."""
        if self.daemon is not None and self.daemon.poll() is None:
            os.kill(self.daemon_pid, signal.SIGCONT)
            os.kill(self.daemon_pid, signal.SIGTERM)
            self.daemon.wait(30)

    def children(self, role: str) -> list[psutil.Process]:
        """Return the daemon's children that play a role: "web" or "encode"."""
        with suppress(psutil.Error):
            return [child for child in psutil.Process(self.daemon_pid).children() if role in child.cmdline()]
        return []

    # ------------------------------------------------------------------------------------------------ writers

    def python(self, script: str, *arguments: object, **environment: str) -> subprocess.Popen[bytes]:
        """Start a training process that runs `script`; what it prints goes to `printed`."""
        # A file, not -c: spawned children import it.
        file = self.folder / f"script_{uuid.uuid4().hex}.py"
        file.write_text(script)
        command = [sys.executable, str(file), *map(str, arguments)]
        with self.printed.open("ab") as out:
            writer = subprocess.Popen(command, env=self.environment | environment, stdout=out, stderr=out)
        self._writers.append(writer)
        return writer

    @property
    def printed(self) -> Path:
        """What the training processes print."""
        return self.folder / "printed.txt"

    def rows(self, ledger: str) -> int:
        """Return the number of rows that a ledger has, 0 before it begins."""
        return noted(self.ledgers).get(ROW + ledger, 0)

    def began(self, *ledgers: str) -> bool:
        """Tell whether each of these ledgers has a row."""
        return all(map(self.rows, ledgers))

    # ------------------------------------------------------------------------------------------------ accounts

    def settle(self, seconds: float = 60) -> None:
        """Return once every run has ended and no journal is left."""
        until(
            lambda: not self.journals() and not self._running(), seconds, "everything to settle", self.places.daemon_log
        )

    def journals(self) -> list[Path]:
        """Return the journals of writers that are alive, or that nobody has taken in."""
        roots = (self.places.journals, self.places.spilled)
        return [folder for root in roots for folder in root.iterdir() if not folder.name.startswith(".")]

    def audit(self, tally: Tally | None = None) -> Tally:
        """Compare the ledgers with the store, and look for whatever is wrong with it.

        The row that was being logged when a process died may be there or not.
        """
        tally = Tally() if tally is None else tally
        with closing(Store.open(self.places.store, readonly=True)) as store:
            with store.read() as txn:
                rows = _count(txn, tally)
                found = _found(txn)
            findings = check(store, self.places.blobs)
        for metric, count in noted(self.ledgers).items():
            numbers = found.pop(metric, [])
            tally.rows += count
            tally.lost += len(set(range(count)).difference(numbers))
            tally.dup += len(numbers) - len(set(numbers))
            tally.claim(max(numbers, default=0) <= count, f"{metric}: row {max(numbers, default=0)} of {count}")
            rows -= len(numbers)
        tally.dup += abs(rows)
        gone = self._without_file() & self._without_file()
        tally.claim(not gone, f"{len(gone)} files that wait for an encoder are gone")
        tally.claim(not found, f"nobody logged {sorted(found)[:5]}")
        tally.failures += [f"verify: {finding}" for finding in findings]
        return tally

    def ends(self) -> list[tuple[str, str]]:
        """Return name and status of every run."""
        with closing(Store.open(self.places.store, readonly=True)) as store, store.read() as txn:
            return [(run.name, run.status) for run in all_runs(txn)]

    def refusals(self) -> dict[str, dict[str, int]]:
        """Return what was refused of each run, by reason."""
        with closing(Store.open(self.places.store, readonly=True)) as store, store.read() as txn:
            return {run.name: run.refused for run in all_runs(txn)}

    def _without_file(self) -> set[str]:
        """Return the media that wait, and have no file that they could wait with; a moment later they may be ready."""
        folders = (self.places.runtime / "media", self.data / "media")
        with closing(Store.open(self.places.store, readonly=True)) as store, store.read() as txn:
            waiting = [media.id for media in objects.pending(txn)]
        return {name for name in waiting if not any((folder / name).exists() for folder in folders)}

    def _running(self) -> bool:
        try:
            return any(status == "running" for _, status in self.ends())
        except StoreError:
            return True


def _count(txn: Transaction, tally: Tally) -> int:
    """Count runs and media by how they ended, and what was refused; return the number of rows beside ledgers."""
    rows = 0
    for run in all_runs(txn):
        tally.seen[f"runs_{run.status}"] += 1
        tally.refused.update(run.refused)
        if _counted(txn, run):
            rows += sum(member.rows for _, member in members.of_run(txn, run.id))
    tally.seen.update(f"media_{record.state}" for record in objects.all_media(txn))
    return rows


def _found(txn: Transaction) -> dict[str, list[int]]:
    """Return the numbers that are stored of each metric, as often as they are, whichever member logged them."""
    found: dict[str, list[int]] = defaultdict(list)
    for run in all_runs(txn):
        for metric in _counted(txn, run):
            for member, _ in members.of_run(txn, run.id):
                values = points_after(txn, AfterRequest(run.id, metric, member, None, 10**9)).columns["value"]
                found[metric] += values.astype(int).tolist()
    return found


def _counted(txn: Transaction, run: Run) -> list[str]:
    return [name for name, kind in names.of_run(txn, run.id) if kind == "scalar" and name.startswith(ROW)]


def fill(folder: Path) -> Path:
    """Fill the disk of a folder to the last byte; return the file to remove for room."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        try:
            while True:
                os.write(file.fileno(), bytes(4096))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
    return ballast


def until(holds: Callable[[], object], seconds: float, what: str, log: Path | None = None) -> None:
    """Return once `holds()` is true; raises TimeoutError naming `what`, with the end of `log`."""
    for _ in _ticks(seconds):
        if holds():
            return
    tail = log.read_text(errors="replace")[-3000:] if log and log.exists() else ""
    raise TimeoutError(f"waited {seconds:g} s for {what}\n{tail}")


def _ticks(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.05)


def asked(yard: Yard, path: str) -> object:
    """Return the JSON that the dashboard's server answers."""
    import urllib.request

    url = json.loads(yard.places.web_address.read_text())["url"]
    with urllib.request.urlopen(url.rstrip("/") + path, timeout=30) as reply:
        return json.load(reply)
