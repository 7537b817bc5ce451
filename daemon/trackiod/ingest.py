"""The loop: what arrives goes into one transaction, is committed, announced, and only then acknowledged."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import BadRequest, NotFound, ProtocolError, StoreError
from trackio.places import meet, system_room
from trackio.wire import Ask, Batch, Goodbye, Hello, Refusal, Reply, Rewind, Welcome
from trackiod import apply, edit
from trackiod.adopt import Part, Watch, halves
from trackiod.apply import Arrival, Stored
from trackiod.jobs import Media, Outcome
from trackiod.live import Changes
from trackiod.receiver import Received
from trackiod.store import alerts, objects, runs, series
from trackiod.tails import Tails
from trackiod.upkeep import Upkeep
from trackiod.webhooks import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackiod.adopt import Journals
    from trackiod.config import Config
    from trackiod.encoder import Encoders
    from trackiod.live import Publisher
    from trackiod.notify import Notifier
    from trackiod.receiver import Receiver
    from trackiod.store.env import Store, Transaction
    from trackiod.supervisor import Supervisor
    from trackiod.webhooks import Webhooks

log: Final = logging.getLogger(__name__)

#: Most bytes of records that one commit takes.
GROUP_BYTES: Final = 32 * 2**20
#: Most bytes of adopted records in one commit: the living are not to wait for the dead.
ADOPT_BYTES: Final = 4 * 2**20
#: Seconds between two commits, at least: what arrives meanwhile shares the second one's fsync.
GATHER: Final = 0.02
#: Seconds between looks at the journal folders and at our sockets' paths, in case a notice was missed.
LOOK: Final = 5.0
#: Seconds until a group that did not fit the disk is tried again.
RETRY: Final = 1.0
#: Seconds of work on tails between two commits, about: less than GATHER, so that nobody waits for it.
CHUNK_SECONDS: Final = 0.01
#: Seconds until tails that could not be made into chunks are worked on again; they can be read as they are.
CHUNK_AGAIN: Final = 10.0
#: What is counted since the start.
COUNTED: Final = ("rows", "rows_dropped", "batches", "commits", "journals_without_beginning")
#: Seconds that a stopping daemon spends on what has already arrived.
DRAIN: Final = 4.0


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the loop works with; the roof makes them and ends them."""

    config: Config
    store: Store
    receiver: Receiver
    publisher: Publisher
    journals: Journals
    encoders: Encoders
    webhooks: Webhooks
    supervisor: Supervisor
    notifier: Notifier


class Ingest:
    """The one writer of the store. run() ends after stop(); everything happens on the thread that calls it."""

    def __init__(self, rooms: Rooms, daemon: str) -> None:
        self._rooms, self._daemon = rooms, daemon
        self._tails = Tails()
        self._begun: tuple[bytes, series.Slice] | None = None
        self._upkeep = Upkeep(rooms.store, rooms.config.places, rooms.config.limits, self._is_awaited)
        self._group: list[Arrival] = []
        self._gone: list[bytes] = []
        self._starved: set[tuple[bytes, bytes]] = set()
        self._silent: set[bytes] = set()
        self._grace_ends = self._committed = self._look_at = self._alive_at = 0.0
        self._retry_at = self._chunk_at = 0.0
        self._trouble: str | None = None
        self._counts: Counter[str] = Counter()
        self._started = time.time()
        self._stopping = False
        self._poke = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._watch = Watch(rooms.config.places, self.poke)
        rooms.webhooks.told = self.poke

    # ------------------------------------------------------------------------------------------- life

    def run(self) -> None:
        """Serve until stop() is called; then commit and acknowledge what has arrived, and return."""
        self._begin()
        while not self._stopping:
            self._turn()
        deadline = time.monotonic() + DRAIN
        while self._turn() and time.monotonic() < deadline:
            pass

    def stop(self) -> None:
        """Make run() return soon; may be called from a signal handler."""
        self._stopping = True
        self.poke()

    def poke(self) -> None:
        """Make the loop look at the journal folders now; may be called from any thread."""
        os.eventfd_write(self._poke, 1)

    def close(self) -> None:
        """Free what run() used."""
        self._watch.close()
        self._upkeep.close()
        self._rooms.receiver.unwatch(self._poke)
        os.close(self._poke)

    def _begin(self) -> None:
        self._rooms.receiver.watch(self._poke)
        now = time.monotonic()
        with self._rooms.store.read() as txn:
            for writer, rows in series.backlog(txn):
                self._tails.add(writer, rows, now)
            self._silent = {state.writer for state in runs.running_writers(txn)}
            self._rooms.encoders.add(Media(m.id, m.writer, m.fields) for m in objects.pending(txn))
            self._rooms.webhooks.add(_calls(txn))
        self._upkeep.begin(now)
        self._grace_ends = now + self._rooms.config.grace_seconds
        self._watch.start()

    # ---------------------------------------------------------------------------------------- one turn

    def _turn(self) -> bool:
        """Take in what has arrived, and do what is due; tell whether anything was stored."""
        self._hear(self._rooms.receiver.wait(self._patience()))
        self._collect()
        stored = self._commit()
        if stored is not None:
            self._rooms.publisher.announce(stored.changes)  # nobody sees what is not stored
            self._acknowledge(stored)  # the sender may forget it now
        self._tend()
        return stored is not None

    def _patience(self) -> float:
        """Return the seconds until something is due that no message or descriptor tells of."""
        now = time.monotonic()
        if self._stopping or (self._rooms.journals.busy and self._trouble is None):
            return 0.0
        waits = [
            self._look_at - now,
            self._upkeep.wait(now),
            self._rooms.encoders.wait(now),
            self._rooms.supervisor.tick(now),
        ]
        tails = self._tails.wait(now)
        if self._trouble is not None:
            waits.append(self._retry_at - now)
        elif tails is not None:
            waits.append(max(tails, self._chunk_at - now))
        if self._rooms.notifier.interval is not None:
            waits.append(self._alive_at - now)
        return max(0.0, min(wait for wait in waits if wait is not None))

    def _hear(self, descriptors: list[int]) -> None:
        """Attend to what is not a message: ended processes, finished media, a poke."""
        now = time.monotonic()
        for descriptor in descriptors:
            if descriptor == self._poke:
                os.eventfd_read(self._poke)
                self._look_at = now
            elif self._rooms.encoders.heard(descriptor, now) or self._rooms.supervisor.ended(descriptor, now):
                continue
            elif (writer := self._rooms.journals.ended(descriptor)) and not self._rooms.journals.folders(writer):
                self._gone.append(writer)

    def _collect(self) -> None:
        """Gather a group: what waits on the socket, pieces of dead writers' journals, finished media."""
        for received in self._waiting():
            self._take(received)
        if self._trouble is not None:
            return
        self._group += self._rooms.journals.read(ADOPT_BYTES, self._stored)
        self._group += self._rooms.encoders.outcomes()
        self._group += self._rooms.webhooks.outcomes()
        # Whatever these sent last is in the group by now: their processes were over before the socket was read.
        self._group += [self._rooms.journals.left(writer, 0) for writer in self._gone]
        self._gone.clear()

    def _waiting(self) -> Iterator[Received]:
        size, until = 0, self._committed + GATHER
        while size < GROUP_BYTES:
            received = self._rooms.receiver.receive()
            if received is not None:
                size += len(received.body)
                yield received
                continue
            left = until - time.monotonic()
            if self._stopping or not self._group or left <= 0 or self._rooms.receiver.wait(left):
                return

    def _take(self, received: Received) -> None:
        match received.message:
            case Hello(writer=writer, pid=pid):
                self._silent.discard(writer)
                self._rooms.journals.greet(writer, pid)
                self._rooms.receiver.send(received.sender, Welcome(writer, self._stored(writer), self._daemon))
            case Batch(writer=writer) if self._trouble is not None:
                self._starved.add((received.sender, writer))
            case Batch(writer=writer, count=count):
                try:
                    apply.check(received.body, count)
                except ProtocolError as error:
                    self._rooms.receiver.refuse(received.sender, Refusal("corrupt", str(error), writer))
                else:
                    self._group.append(received)
            case Ask() as ask:
                self._rooms.receiver.send(received.sender, self._answer(ask))
            case Goodbye():
                pass  # its journal, and its process, tell how it ended

    # ------------------------------------------------------------------------------------------ commit

    def _commit(self) -> Stored | None:
        """Store the group in one transaction, without what must be refused; None if nothing was stored."""
        while self._group and time.monotonic() >= self._retry_at:
            at = self._group[0]
            try:
                stored = Stored(scarce=system_room(self._rooms.config.places.data) <= 0)
                with self._rooms.store.write() as txn:
                    for at in self._group:
                        apply.put(txn, at, time.time_ns(), stored)
                    for _, kept in stored.kept:
                        self._rooms.encoders.claim(kept.media)
            except (StoreError, OSError) as error:
                self._hold(error)
            except ProtocolError as error:
                self._refuse(at, error)
            except Exception as error:  # one arrival that we cannot deal with must not stop all the others
                log.exception("cannot store what %s brought", type(at).__name__)
                self._refuse(at, error)
            else:
                self._group.clear()
                self._recover()
                self._committed = time.monotonic()
                return stored
        return None

    def _hold(self, error: Exception) -> None:
        """Keep the group until there is room again; the senders keep theirs, too, since nothing is acknowledged."""
        if self._trouble is None:
            log.error("nothing can be stored for now: %s", error)
        self._trouble = str(error)
        self._retry_at = time.monotonic() + RETRY

    def _recover(self) -> None:
        if self._trouble is None:
            return
        log.warning("storing again after: %s", self._trouble)
        self._trouble, starved = None, self._starved
        self._starved = set()
        for sender, writer in starved:
            self._rooms.receiver.send(sender, Rewind(writer, self._stored(writer)))

    def _refuse(self, arrival: Arrival, error: Exception) -> None:
        """Leave out of the group what cannot be stored; of a journal's part, only the records that are to blame."""
        at = self._group.index(arrival)
        earlier, later = self._group[:at], self._group[at + 1 :]
        self._group = earlier + later
        match arrival:
            case Received(sender=sender, message=Batch(writer=writer)):
                self._rooms.receiver.refuse(sender, Refusal("corrupt", str(error), writer))
            case Part(left=left) if self._lacks_beginning(arrival, earlier):
                log.error("the journal of writer %s has no beginning: %s", left.writer.hex(), error)
                self._counts["journals_without_beginning"] += 1
                self._rooms.journals.set_aside(left, str(error))
                self._group = [a for a in self._group if a is not left and getattr(a, "left", None) is not left]
            case Part(left=left) if arrival.count == 1:
                self._rooms.journals.blame(left, arrival.first, str(error))
            case Part():
                # In its place: what follows a record in the store cannot be put before it any more.
                self._group = [*earlier, *halves(arrival), *later]
            case _:
                log.error("left out: %r: %s", arrival, error)
        if not self._group:
            self._recover()  # nothing is left to try with: whoever sends next shows whether there is room

    def _lacks_beginning(self, part: Part, earlier: list[Arrival]) -> bool:
        """Tell whether nothing of a writer comes before the record that a part of its journal is refused for."""
        begins = part.first == 0 and part.count > 1
        follows = any(isinstance(other, Part) and other.left is part.left for other in earlier)
        return not (begins or follows or self._stored(part.left.writer))

    def _acknowledge(self, stored: Stored) -> None:
        """Tell everybody what is safe now, and let go of what the store holds."""
        now = time.monotonic()
        for (sender, _), answer in stored.answers.items():
            self._rooms.receiver.send(sender, answer)
        for writer, kept in stored.kept:
            self._counts["rows"] += kept.rows
            self._counts["rows_dropped"] += kept.dropped
            self._counts["batches"] += 1
            self._tails.add(writer, kept.rows, now, ended=kept.ended)
            self._rooms.encoders.add(kept.media)
            self._rooms.webhooks.add(kept.calls)
            self._rooms.encoders.discard(kept.unwanted)
        for left in stored.gone:
            self._tails.add(left.writer, 0, now, ended=True)
            self._rooms.journals.remove(left)
            if not self._is_awaited(left.writer):
                self._upkeep.forget(left.writer)
        for outcome in stored.outcomes:
            self._rooms.encoders.settled(outcome)
        self._counts["commits"] += 1

    # ------------------------------------------------------------------------------------------- chores

    def _tend(self) -> None:
        now = time.monotonic()
        if now >= self._look_at:
            self._look(now)
        if self._trouble is None and now >= self._chunk_at:
            self._chunk(now)
        self._keep_up(now)
        self._rooms.encoders.tick(now)
        if self._rooms.notifier.interval is not None and now >= self._alive_at:
            self._rooms.notifier.alive()
            self._alive_at = now + self._rooms.notifier.interval

    def _look(self, now: float) -> None:
        """See to what no notice may have told: dead writers, removed sockets and folders, silent writers."""
        self._look_at = now + LOOK
        places = meet(self._rooms.config.places.data, os.environ)
        self._rooms.receiver.restore()
        self._rooms.publisher.restore()
        if not self._watch.alive:
            self._watch = Watch(places, self.poke)
            self._watch.start()
        self._rooms.journals.scan(time.time())
        if now >= self._grace_ends and self._silent:
            self._gone += [writer for writer in self._silent if not self._rooms.journals.folders(writer)]
            self._silent.clear()

    def _chunk(self, now: float) -> None:
        """Make some of one writer's tail into chunks: it is done before the next commit is due, if the disk lets it."""
        writer, begun = self._begun or (self._tails.due(now), None)
        if writer is None:
            return
        self._begun, until = None, time.monotonic() + CHUNK_SECONDS  # what fails begins anew
        try:
            with self._rooms.store.write() as txn:
                state = runs.writer(txn, writer)
                left = None
                if state is not None and not state.collected:
                    left = series.compact(txn, state, begun, lambda: time.monotonic() > until)
        except (StoreError, OSError) as error:
            log.warning("the rows of writer %s are not made into chunks for now: %s", writer.hex(), error)
            self._chunk_at = now + CHUNK_AGAIN
        except Exception:  # one tail that we cannot deal with must not stop all the others
            log.exception("the rows of writer %s cannot be made into chunks", writer.hex())
            self._tails.worked(writer, now, left=0)
        else:
            self._begun = (writer, left) if left is not None and left.keys else None
            if self._begun is None:
                self._tails.worked(writer, now, left=0 if left is None else left.rows)

    def _keep_up(self, now: float) -> None:
        """Do one slice of what the store does by itself; also on a full disk, which it may make room on."""
        try:
            # An outcome that is not stored yet may name a blob that nothing else does.
            unlink = not any(isinstance(arrival, Outcome) for arrival in self._group)
            self._rooms.publisher.announce(self._upkeep.tick(now, unlink=unlink))
        except (StoreError, OSError) as error:
            log.warning("the store cannot be kept up for now: %s", error)
        except Exception:  # storing goes on all the same
            log.exception("the store cannot be kept up")

    def _is_awaited(self, writer: bytes) -> bool:
        return bool(self._rooms.journals.folders(writer))

    # ------------------------------------------------------------------------------------------ answers

    def _stored(self, writer: bytes) -> int:
        with self._rooms.store.read() as txn:
            state = runs.writer(txn, writer)
        return state.stored if state else 0

    def _answer(self, ask: Ask) -> Reply:
        match ask.action, ask.arguments:
            case "find_run", {"project": str(project), "name": str(name)}:
                with self._rooms.store.read() as txn:
                    found = runs.find(txn, project, name)
                return Reply(ask.id, {"run": found[0], "next_step": found[1]} if found else {})
            case "edit", arguments:
                return self._edit(ask.id, arguments)
            case "gc", _:
                self._upkeep.collect(time.monotonic())
                return Reply(ask.id)
            case "status", _:
                return Reply(ask.id, self._status())
            case "stop", _:
                self.stop()
                return Reply(ask.id)
            case action, arguments:
                return Reply(ask.id, error=f"cannot answer {action!r} with arguments {sorted(arguments)}")

    def _edit(self, number: int, asked: dict[str, Any]) -> Reply:
        """Change what a user wants changed, and tell every page."""
        changes = Changes()
        try:
            with self._rooms.store.write() as txn:
                answer = edit.edit(txn, asked, time.time_ns() // 10**6, changes)
        except (BadRequest, NotFound, StoreError) as error:
            return Reply(number, {"error": type(error).__name__}, str(error))
        self._rooms.publisher.announce(changes)
        if answer.get("done") is False:
            self._upkeep.ends(asked["project"])
        self._upkeep.wake()
        return Reply(number, answer)

    def _status(self) -> dict[str, Any]:
        receiver, journals = self._rooms.receiver, self._rooms.journals
        now = {"up": True, "writers": journals.living, "tails": len(self._tails), "rss": resident_bytes()}
        wrong = {"trouble": self._trouble, "refused": dict(receiver.refused), "journals_refused": len(journals.refused)}
        return {
            "pid": os.getpid(),
            "daemon": self._daemon,
            "uptime": time.time() - self._started,
            "data": str(self._rooms.config.places.data),
            "ingest": {**now, **dict.fromkeys(COUNTED, 0), **self._counts, **wrong},
            "encoders": self._rooms.encoders.status(),
            "webhooks": self._rooms.webhooks.status(),
            "upkeep": self._upkeep.status(),
            "children": self._rooms.supervisor.status(),
        }


def _calls(txn: Transaction) -> Iterator[Call]:
    """Yield the calls of webhooks that an earlier daemon did not come to."""
    for waiting in alerts.waiting(txn):
        run = runs.run(txn, waiting.alert.run)
        if run is not None:
            yield Call.of(waiting, run)


def resident_bytes() -> int:
    """Return the memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
