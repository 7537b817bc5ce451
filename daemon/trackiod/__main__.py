"""The roof: builds everything, starts it in order, stops it in reverse; owns nothing else.

One command, a role each: `run` is the daemon; `web`, `encode` and `plan` are its children; `verify` checks a data
folder, `backup` copies it, `upgrade` makes an older one readable. Only `run` and `upgrade` write.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import logging
import os
import signal
import sys
import time
import uuid
from contextlib import ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trackio.errors import StoreLocked, TrackioError
from trackiod.config import Config, add_arguments, as_they_are, from_arguments, limits, to_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackio.places import Places
    from trackiod.ingest import Ingest
    from trackiod.receiver import Receiver
    from trackiod.store.env import Store

# Each role imports only what it needs: an encoder must not carry a web server in its memory.
# ruff: noqa: PLC0415

#: Exit status of a daemon that found another one at work.
LOCKED: Final = 3
#: Seconds within which the children end.
CHILDREN: Final = 4.0
#: Seconds that the last answers have to leave the socket.
FAREWELL: Final = 0.25


def main() -> None:
    """Run the role that the command line names."""
    parser = argparse.ArgumentParser(prog="trackiod", description=__doc__)
    roles = parser.add_subparsers(dest="role", required=True)
    for role, text in (
        ("run", "store what is logged and serve the dashboard, in the foreground"),
        ("web", "serve the dashboard of a data folder; ends when its stdin does"),
        ("verify", "check every invariant of a data folder"),
        ("plan", "tell what takes how much, and what the limits (TRACKIO_KEEP_…) would let go"),
        ("backup", "copy a data folder while it is in use"),
        ("upgrade", "make the store of an older version readable"),
    ):
        added = roles.add_parser(role, help=text)
        add_arguments(added)
        if role in {"verify", "plan"}:
            added.add_argument("--json", action="store_true", help="print JSON")
        if role == "backup":
            added.add_argument("folder", type=Path, help="where the copy is made; must not be there yet")
    roles.add_parser("encode", help="encode media that the daemon names on stdin; a child of the daemon")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("watchfiles").setLevel(logging.WARNING)  # it tells of every folder that comes or goes
    try:
        sys.exit(_ROLES[given.role](given))
    except StoreLocked as error:
        print(f"trackiod: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(LOCKED)
    except (TrackioError, OSError) as error:
        print(f"trackiod: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)


def _run(given: argparse.Namespace) -> int:
    config = from_arguments(given, os.environ)
    with ExitStack() as house:
        house.enter_context(locked(config))
        serve(config, house)
    return 0


def serve(config: Config, house: ExitStack) -> None:
    """Build the daemon, tell the service manager, serve until a signal or a request ends it."""
    from trackiod.adopt import Journals
    from trackiod.encoder import Encoders
    from trackiod.ingest import Ingest, Rooms
    from trackiod.live import Publisher
    from trackiod.notify import Notifier
    from trackiod.receiver import Receiver
    from trackiod.store.upgrade import opened
    from trackiod.supervisor import Supervisor
    from trackiod.webhooks import Webhooks

    daemon, places, notifier = uuid.uuid4().hex, config.places, Notifier(os.environ)
    store = opened(places.store)
    house.callback(store.close)
    receiver = Receiver(places.ingest_address, places.ingest_socket)
    house.callback(receiver.close, FAREWELL)
    publisher = Publisher(places.live_address, places.runtime / "live.sock", daemon)
    house.callback(publisher.close)
    journals = Journals(places, receiver.watch, receiver.unwatch)
    house.callback(journals.close)
    encoders = Encoders(places, config.encoders, receiver.watch, receiver.unwatch)
    house.callback(encoders.close)
    webhooks = Webhooks()
    house.callback(webhooks.close)
    supervisor = Supervisor(receiver.watch, receiver.unwatch)
    house.callback(supervisor.stop, CHILDREN)
    rooms = Rooms(config, store, receiver, publisher, journals, encoders, webhooks, supervisor, notifier)
    ingest = Ingest(rooms, daemon)
    house.callback(ingest.close)
    with ending(ingest, receiver):
        if config.web:
            command = [sys.executable, "-m", "trackiod", "web", *to_arguments(config)]
            supervisor.start("web", command, time.monotonic())
        notifier.ready(f"storing in {places.data}")
        ingest.run()
        notifier.stopping()


@contextmanager
def locked(config: Config) -> Iterator[None]:
    """Hold the data folder's lock; raises StoreLocked naming its owner if another daemon holds it."""
    descriptor = os.open(config.places.daemon_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another process"
            raise StoreLocked(f"{config.places.data} is kept by {owner}") from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}, trackiod {_version()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def ending(ingest: Ingest, receiver: Receiver) -> Iterator[None]:
    """Let SIGTERM and SIGINT stop `ingest` in order; a second one skips to the end: nothing rests on a clean stop."""
    asked = 0
    # The kernel may give a signal to any thread; this pipe wakes the one that waits in `receiver` even then.
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def stop(_number: int, _frame: object) -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            os._exit(1)
        ingest.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    # A writer's death on our pipe is its own affair.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.set_wakeup_fd(writing)
    receiver.watch(reading)
    yield
    receiver.unwatch(reading)
    signal.set_wakeup_fd(-1)
    os.close(reading)
    os.close(writing)


def _web(given: argparse.Namespace) -> int:
    from trackio_web.app import main as web

    web(from_arguments(given, os.environ))
    return 0


def _encode(_given: argparse.Namespace) -> int:
    from trackiod.worker import work

    work(sys.stdin.fileno(), sys.stdout.fileno())
    return 0


def _verify(given: argparse.Namespace) -> int:
    from trackiod.store.check import check

    places = as_they_are(given, os.environ)
    with _reading(places) as store:
        findings = check(store, places.blobs)
    if given.json:
        print(json.dumps([{"kind": f.kind, "where": f.where, "text": f.text} for f in findings]))  # noqa: T201
    else:
        for finding in findings:
            print(f"{finding.kind}: {finding.where}: {finding.text}")  # noqa: T201
        print(f"{places.data}: {len(findings)} findings")  # noqa: T201
    return 1 if findings else 0


def _plan(given: argparse.Namespace) -> int:
    from trackiod.retention import report, told

    os.nice(19)
    places = as_they_are(given, os.environ)
    with _reading(places) as store:
        found = report(store, places.blobs, limits(os.environ), int(time.time() * 1000))
    for line in [json.dumps(found)] if given.json else told(found):
        print(line)  # noqa: T201
    return 0


def _backup(given: argparse.Namespace) -> int:
    from trackiod.backup import backup

    places, target = as_they_are(given, os.environ), given.folder.expanduser().absolute()
    with _reading(places) as store:
        lost = backup(store, places, target)
    for name in lost:
        print(f"{name}: is not there any more, in the copy neither")  # noqa: T201
    print(f"{places.data}: copied to {target}")  # noqa: T201
    return 1 if lost else 0


def _upgrade(given: argparse.Namespace) -> int:
    from trackiod.store.upgrade import upgrade

    config = from_arguments(given, os.environ)
    with locked(config):
        before, after = upgrade(config.places.store)
    print(f"{config.places.data}: store version {before}, now {after}")  # noqa: T201
    return 0


@contextmanager
def _reading(places: Places) -> Iterator[Store]:
    from trackiod.store.env import Store

    store = Store.open(places.store, readonly=True)
    try:
        yield store
    finally:
        store.close()


def _version() -> str:
    try:
        return version("trackio")
    except PackageNotFoundError:
        return "from a source tree"


_ROLES: Final = {
    "run": _run,
    "web": _web,
    "encode": _encode,
    "verify": _verify,
    "plan": _plan,
    "backup": _backup,
    "upgrade": _upgrade,
}

if __name__ == "__main__":
    main()
