"""What writers send and what the dead left is stored once, and only then told and acknowledged; trouble passes."""

from __future__ import annotations

import functools
import signal
import subprocess
import time
import uuid
from contextlib import closing, contextmanager

import pytest
import zmq

from trackio import request
from trackio.errors import BadRequest, NotFound, StoreFull
from trackio.wire import (
    Ack,
    Alert,
    Ask,
    Batch,
    Finish,
    Hello,
    Refusal,
    Reply,
    Rewind,
    Row,
    RunStart,
    Schema,
    System,
    Welcome,
    decode_message,
    encode,
    framed,
    row_struct,
    segment_header,
)
from trackiod import ingest, live, webhooks
from trackiod.adopt import Journals
from trackiod.apply import DAMAGED, SCARCE
from trackiod.config import Config
from trackiod.encoder import Encoders
from trackiod.ingest import Ingest, Rooms
from trackiod.live import Publisher
from trackiod.notify import Notifier
from trackiod.query import AlertsRequest, Query
from trackiod.receiver import Receiver
from trackiod.store import runs, series, usage
from trackiod.store.check import check
from trackiod.store.env import Store
from trackiod.supervisor import Supervisor
from trackiod.webhooks import Webhooks

PATIENCE = 30
SECOND = 10**9
IMAGE = "f" * 32


def packed(step):
    form, head, commit = row_struct(0, "d")
    return form.pack(head, step, step * SECOND, float(step), commit)


def body(records):
    return b"".join(record if isinstance(record, bytes) else framed(encode(record)) for record in records)


class Writer:
    """A training process as the daemon knows it: records, and a plain DEALER that sends them."""

    def __init__(self, context, places, name, pid=0):
        self.places, self.id, self.run, self.pid = places, uuid.uuid4().bytes, uuid.uuid4().hex, pid
        self.records = [RunStart(self.run, "p", name, None, {}, "never", SECOND, pid=pid), Schema(0, ("loss",), "d")]
        self.socket = context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RECONNECT_IVL, 20)
        self.socket.connect(places.ingest_address)

    def log(self, *records):
        self.records += records
        return self

    def say(self, message, *frames):
        self.socket.send_multipart([encode(message), *frames])

    def greet(self):
        self.say(Hello(self.id, self.pid))

    def send(self, first=0, end=None):
        piece = self.records[first:end]
        self.say(Batch(self.id, first, len(piece)), body(piece))

    def hear(self):
        assert self.socket.poll(PATIENCE * 1000), "no answer"
        return decode_message(self.socket.recv_multipart()[0])

    def stored(self, count):
        return Ack(self.id, count)

    def leave(self, segments, *, spilled=False, media=()):
        """Leave a journal as a process does that was killed."""
        folder = (self.places.spilled if spilled else self.places.journals) / self.id.hex()
        (folder / "media").mkdir(parents=True)
        (folder / "lock").touch()
        for first, records in segments.items():
            (folder / f"{first:020}.seg").write_bytes(segment_header(self.id, first) + body(records))
        for name, content in media:
            (folder / "media" / name).write_bytes(content)
        return folder


@pytest.fixture
def writer(places):
    """Make a new writer at each call."""
    context, made = zmq.Context(), []

    def make(name="first", pid=0):
        made.append(Writer(context, places, name, pid))
        return made[-1]

    yield make
    for one in made:
        one.socket.close()
    context.term()


@contextmanager
def reading(places):
    query = Query.open(places)
    try:
        yield query
    finally:
        query.close()


@pytest.fixture
def run_of(places):
    """Return what readers see of a writer's run."""

    def read(of):
        with reading(places) as query:
            return query.run(of.run)

    return read


# ------------------------------------------------------------------------------------------------- a daemon's promises


def test_a_greeting_is_answered_and_every_batch_is_safe_and_readable_when_it_is_acknowledged(storing, writer, run_of):
    one = writer().log(*map(packed, range(100)))
    one.greet()
    assert one.hear() == Welcome(one.id, 0, storing.status()["daemon"])
    one.send(0, 52)
    assert one.hear() == one.stored(52)
    assert (run_of(one).rows, run_of(one).status, run_of(one).summary["loss"].last) == (50, "running", 49.0)
    one.send(52)
    assert one.hear() == one.stored(102)
    one.greet()
    assert one.hear().stored == 102


def test_a_repeat_is_acknowledged_and_not_stored_twice_and_a_gap_is_asked_for(storing, writer, run_of):
    one = writer().log(*map(packed, range(10)))
    for _ in range(3):
        one.send(0, 7)
        assert one.hear() == one.stored(7)
    one.send(9)
    assert one.hear() == Rewind(one.id, 7)
    one.send(4)
    assert one.hear() == one.stored(12)
    assert (run_of(one).rows, run_of(one).summary["loss"].count) == (10, 10)


def test_a_corrupt_batch_is_refused_and_harms_nobody(storing, writer, run_of):
    good, bad = writer("good"), writer("bad").log(*map(packed, range(5)))
    flipped = bytearray(body(bad.records))
    flipped[-1] ^= 1
    without_schema = [bad.records[0], packed(0)]
    for count, content in ((7, bytes(flipped)), (6, body(bad.records)), (2, body(without_schema))):
        bad.say(Batch(bad.id, 0, count), content)
        good.log(packed(len(good.records)))
        good.send()
        refusal = bad.hear()
        assert (type(refusal), refusal.reason, refusal.writer) == (Refusal, "corrupt", bad.id)
        assert good.hear() == good.stored(len(good.records))
    bad.send()
    assert bad.hear() == bad.stored(7)
    assert (run_of(bad).rows, run_of(good).rows) == (5, 3)
    assert storing.status()["ingest"]["refused"] == {"corrupt": 3}


@pytest.mark.parametrize("pid", [-(2**63), 2**31, 2**64 - 1])
def test_a_hostile_greeting_harms_nobody(storing, writer, pid):
    bad, good = writer(pid=pid), writer()
    bad.greet()
    assert isinstance(bad.hear(), Welcome)
    good.greet()
    assert isinstance(good.hear(), Welcome)


def test_questions_are_answered(storing, writer, places):
    one = writer("mine").log(*map(packed, range(5)), Finish(2 * SECOND, "finished"))
    one.send()
    one.hear()
    status = storing.status()
    assert (status["pid"], status["data"]) == (storing.process.pid, str(places.data))
    assert (status["ingest"]["rows"], status["ingest"]["trouble"], status["children"]) == (5, None, {})
    assert status["encoders"] == {"pending": 0, "working": 0, "made": 0, "failed": 0}
    assert request.ask(places, "find_run", {"project": "p", "name": "mine"}, PATIENCE) == {
        "run": one.run,
        "next_step": 5,
    }
    assert request.ask(places, "find_run", {"project": "p", "name": "other"}, PATIENCE) == {}
    for action, arguments in (("find_run", {"project": 1, "name": "mine"}), ("dance", {"x": 1})):
        with pytest.raises(BadRequest, match=f"cannot answer '{action}'"):
            request.ask(places, action, arguments, PATIENCE)


def test_a_daemon_that_is_asked_to_stop_answers_and_ends_in_order(storing, places):
    assert request.ask(places, "stop", {}, PATIENCE) == {}
    assert storing.process.wait(PATIENCE) == 0
    assert not places.ingest_socket.exists()


def test_sigterm_in_the_middle_loses_nothing_that_was_acknowledged(storing, writer, run_of):
    one = writer().log(*map(packed, range(20_000)))
    for first in range(0, 20_000, 500):
        one.send(first, first + 500)
    acknowledged = one.hear().stored
    assert storing.stop() == 0
    while one.socket.poll(0):
        acknowledged = max(acknowledged, one.hear().stored)
    assert run_of(one).rows == acknowledged - 2
    storing.start()
    one.greet()
    while not isinstance(answer := one.hear(), Welcome):
        pass
    assert answer.stored == acknowledged


def test_what_was_acknowledged_survives_a_kill(storing, writer, run_of):
    one = writer().log(*map(packed, range(100)))
    one.send()
    assert one.hear() == one.stored(102)
    storing.kill()
    assert run_of(one).rows == 100
    storing.start()
    one.greet()
    assert one.hear().stored == 102


def test_a_restart_takes_in_what_writers_left_that_died_meanwhile(storing, writer, run_of, until):
    crashed, finished = writer("crashed").log(*map(packed, range(50))), writer("finished")
    crashed.send(0, 12)
    assert crashed.hear() == crashed.stored(12)
    storing.stop()
    left = crashed.leave({0: crashed.records[:30]})
    crashed.leave({30: crashed.records[30:]}, spilled=True)
    finished.leave({0: [*finished.records, *map(packed, range(7)), Finish(2 * SECOND, "finished")]})
    storing.start()
    until(lambda: not any(storing.places.journals.iterdir()), "the journals to be taken in")
    assert (run_of(crashed).status, run_of(crashed).rows) == ("crashed", 50)
    assert (run_of(finished).status, run_of(finished).rows) == ("finished", 7)
    assert not left.exists()
    assert not (storing.places.data / "damaged").exists()


def test_a_process_that_ends_without_a_journal_has_crashed(storing, writer, run_of, until):
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as process:
        one = writer(pid=process.pid).log(packed(0))
        one.greet()
        assert isinstance(one.hear(), Welcome)
        one.send()
        assert one.hear() == one.stored(3)
        assert storing.status()["ingest"]["writers"] == 1
        process.kill()
    until(lambda: run_of(one).status == "crashed", "the end to be noticed")
    assert run_of(one).error == f"process {process.pid} was killed by SIGKILL"


def test_a_logged_file_becomes_what_pages_show(storing, writer, places, until):
    table = b"\x92\x91\xa1a\x91\x91\x01"
    one = writer()
    one.log(Row(0, SECOND, {"t": {"_type": "trackio.table", "id": IMAGE, "columns": ["a"], "rows": 1, "bytes": 7}}))
    one.leave({}, media=[(IMAGE, table)])
    one.send()
    assert one.hear() == one.stored(3)
    with reading(places) as query:
        until(lambda: query.media(IMAGE).state == "ready", "the table")
    assert [blob.read_bytes() for blob in places.blobs.glob("*/*")] == [table]
    until(lambda: storing.status()["encoders"]["made"] == 1, "the encoder")
    assert not list((places.runtime / "media").iterdir())


def test_a_commit_is_announced_when_readers_can_see_it(storing, writer, run_of):
    one = writer()
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.subscribe(b"")
        socket.connect(storing.places.live_address)
        for step in range(10_000):
            one.log(packed(step)).send(len(one.records) - 1 if step else 0)
            assert isinstance(one.hear(), Ack)
            if socket.poll(10):
                break
        (daemon, _), changes = live.parse(socket.recv())
    assert daemon == storing.status()["daemon"]
    assert changes.runs[one.run].points
    assert run_of(one).rows == step + 1


# ------------------------------------------------------------------------------------------------- what users change


def asked(places, action, **arguments):
    return request.ask(places, "edit", {"action": action, **arguments}, PATIENCE)


def whole(places):
    store = Store.open(places.store, readonly=True)
    try:
        return check(store, places.blobs) == []
    finally:
        store.close()


def test_an_edit_is_answered_when_readers_see_it_and_told_to_every_page(storing, writer, places, run_of):
    one = writer().log(packed(0))
    one.send()
    assert one.hear() == one.stored(3)
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.subscribe(b"")
        socket.connect(storing.places.live_address)
        # The first announcements may come before the socket listens.
        for number in range(1_000):
            assert asked(places, "rename_run", run=one.run, name=f"name {number}")["name"] == f"name {number}"
            if socket.poll(10):
                break
        assert run_of(one).name == f"name {number}"
        _, changes = live.parse(socket.recv())
        assert changes.runs[one.run].state
        asked(places, "delete_project", project="p")
        while not (changes := live.parse(socket.recv())[1]).projects:
            pass
    assert changes.runs[one.run].left == {"p"}
    with pytest.raises(NotFound):
        run_of(one)


def test_what_cannot_be_changed_is_said_by_kind_and_name(storing, places):
    with pytest.raises(NotFound, match="run 'none': there is no such run"):
        asked(places, "delete_run", run="none")
    with pytest.raises(BadRequest, match="action: 'stop' is none of"):
        asked(places, "stop")


def test_a_writer_of_a_deleted_run_is_served_until_it_ends(storing, writer, places, run_of, until):
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as process:
        one = writer(pid=process.pid).log(packed(0))
        one.greet()
        one.hear()
        one.send()
        assert one.hear() == one.stored(3)
        asked(places, "delete_run", run=one.run)
        one.log(packed(1)).send(3)
        assert one.hear() == one.stored(4)
        asked(places, "restore_run", run=one.run)
        assert run_of(one).rows == 2
        asked(places, "delete_run", run=one.run)
        request.ask(places, "gc", {}, PATIENCE)
        until(lambda: storing.status()["upkeep"]["runs_removed"] == 1 and not storing.status()["upkeep"]["busy"], "gc")
        one.log(packed(2), packed(3)).send(4)
        assert one.hear() == one.stored(6)
        assert storing.status()["ingest"]["rows_dropped"] == 2
        assert whole(places)
        process.kill()

    def forgotten():
        with closing(Store.open(places.store, readonly=True)) as store, store.read() as txn:
            return runs.writer(txn, one.id) is None

    until(forgotten, "the writer to be let go")
    assert whole(places)


def test_a_removal_goes_on_after_a_kill_at_any_moment(storing, writer, places, until):
    one, other = writer("goes").log(*map(packed, range(30_000)), Finish(SECOND, "finished")), writer("stays")
    for first in range(0, 30_000, 1_000):
        one.send(first, first + 1_000)
    one.send(30_000)
    until(lambda: one.hear() == one.stored(30_003), "everything to be stored")
    table = {"_type": "trackio.table", "columns": ["a"], "rows": 1, "bytes": 7}
    other.log(*(Row(n, SECOND, {"t": {**table, "id": f"{n:032x}"}, f"text {n}": "x" * 1_000}) for n in range(2_000)))
    other.send()
    assert other.hear() == other.stored(2_002)
    asked(places, "delete_run", run=one.run)
    asked(places, "delete_run", run=other.run)
    request.ask(places, "gc", {}, PATIENCE)
    for _ in range(3):
        storing.kill()
        assert whole(places)
        storing.start()
        request.ask(places, "gc", {}, PATIENCE)
    until(lambda: not storing.status()["upkeep"]["busy"], "everything to be removed")
    assert whole(places)
    with closing(Store.open(places.store, readonly=True)) as store:
        assert not usage.by_run(store)


# ------------------------------------------------------------------------------------------------ a loop in our hands


class Loop:
    """The loop and its rooms in this process, a turn at a time."""

    def __init__(self, places, patience, **config):
        self.places, self._until = places, patience
        self.store = Store.open(places.store)
        self.receiver = Receiver(places.ingest_address, places.ingest_socket)
        self.journals = Journals(places, self.receiver.watch, self.receiver.unwatch)
        self.encoders = Encoders(places, 1, self.receiver.watch, self.receiver.unwatch)
        self.publisher = Publisher(places.live_address, places.runtime / "live.sock", "d")
        self.webhooks = Webhooks()
        supervisor = Supervisor(self.receiver.watch, self.receiver.unwatch)
        settings = Config(places, web=False, **config)
        rooms = (settings, self.store, self.receiver, self.publisher, self.journals, self.encoders, self.webhooks)
        self.ingest = Ingest(Rooms(*rooms, supervisor, Notifier({})), "d")
        ends = (self.ingest, self.encoders, self.webhooks, self.journals, self.publisher, self.receiver, self.store)
        self.rooms = ends

    def begin(self):
        self.ingest._begin()
        return self

    def until(self, holds):
        def turned():
            self.ingest.poke()
            self.ingest._turn()
            return holds()

        self._until(turned, "the loop")

    def hear(self, one):
        self.until(lambda: one.socket.poll(0))
        return one.hear()

    def status(self, one):
        one.say(Ask(1, "status"))
        reply = self.hear(one)
        assert isinstance(reply, Reply)
        return reply.result["ingest"]

    def run(self, one):
        return Query(self.store, self.places.blobs).run(one.run)

    def close(self):
        rooms, self.rooms = self.rooms, ()
        for room in rooms:
            room.close()


@pytest.fixture
def make_loop(places, until):
    made = []

    def make(**config):
        made.append(Loop(places, until, **config))
        return made[-1]

    yield make
    for loop in made:
        loop.close()


@pytest.fixture
def loop(make_loop):
    return make_loop().begin()


def test_what_has_arrived_when_it_is_told_to_stop_is_stored_and_acknowledged(make_loop, writer):
    loop, one = make_loop(), writer().log(packed(0))
    one.send()
    loop.receiver.wait(PATIENCE)
    loop.ingest.stop()
    loop.ingest.run()
    assert one.hear() == one.stored(3)
    assert loop.run(one).rows == 1


@pytest.mark.parametrize("at", [2, 3, 33, 64, 101])
def test_a_record_of_the_dead_that_makes_no_sense_costs_nothing_but_itself(loop, writer, at):
    one = writer().log(*map(packed, range(100)))
    one.records[at] = Row(0, SECOND, {"bad": functools.reduce(lambda inner, _: [inner], range(100), 1)})
    one.leave({0: one.records[:60], 60: one.records[60:]})
    loop.until(lambda: not loop.journals.folders(one.id))
    run = loop.run(one)
    assert (run.rows, run.refused, run.status) == (99, {DAMAGED: 1}, "crashed")
    (note,) = (loop.places.data / "damaged" / one.id.hex()).glob("*.txt")
    assert note.read_text().startswith(f"record {at}: a value nested")


def test_a_journal_without_its_beginning_is_kept_aside_and_counted(loop, writer):
    headless, whole = writer("headless").log(*map(packed, range(9))), writer("whole").log(packed(0))
    headless.leave({4: headless.records[4:]})
    whole.leave({0: whole.records})
    loop.until(lambda: not any(loop.places.journals.iterdir()))
    assert loop.run(whole).rows == 1
    kept = loop.places.data / "damaged" / headless.id.hex()
    assert (kept / f"{4:020}.seg").read_bytes().endswith(body(headless.records[4:]))
    assert loop.status(whole)["journals_without_beginning"] == 1


def full(monkeypatch, store):
    """Let a store have no room until the monkeypatch is undone."""

    @contextmanager
    def write():
        raise StoreFull("no room")
        yield

    monkeypatch.setattr(store, "write", write)


def test_a_full_disk_is_waited_for_without_a_word_lost(monkeypatch, loop, writer):
    monkeypatch.setattr(ingest, "RETRY", 0.05)
    held, other = writer("held").log(packed(0)), writer("other").log(packed(0))
    with monkeypatch.context() as disk:
        full(disk, loop.store)
        held.send()
        loop.until(lambda: loop.ingest._trouble)
        assert 0 < loop.ingest._patience() <= 0.05
        other.send()
        assert loop.status(other)["trouble"] == "no room"
        assert not held.socket.poll(0)
    assert loop.hear(held) == held.stored(3)
    assert loop.hear(other) == Rewind(other.id, 0)
    other.send()
    assert loop.hear(other) == other.stored(3)
    assert loop.status(other)["trouble"] is None


def told(loop, one):
    """What became of a run's alerts on their way to a webhook."""
    found = Query(loop.store, loop.places.blobs).alerts(AlertsRequest("p", one.run)).alerts
    return [(alert.webhook, alert.error) for alert in found]


def test_a_webhook_is_told_of_an_alert_that_is_stored_and_its_answer_is_kept(loop, writer, monkeypatch):
    asked = []
    monkeypatch.setattr(webhooks, "post", lambda url, body: asked.append((url, body["title"])) or ("no", False))
    one = writer().log(Alert(time.time_ns(), "careful", None, "warn", webhook="http://there/"))
    one.send()
    assert loop.hear(one) == one.stored(3)
    loop.until(lambda: told(loop, one) == [("failed", "no")])
    assert asked == [("http://there/", "careful")]
    one.send()
    assert loop.hear(one) == one.stored(3)
    assert len(asked) == 1


def test_an_alert_that_a_daemon_did_not_come_to_is_told_by_the_next_one(make_loop, writer, monkeypatch):
    before, one = make_loop(), writer()
    monkeypatch.setattr(before.webhooks, "add", lambda _: None)
    before.begin()
    one.log(Alert(time.time_ns(), "careful", None, "warn", webhook="http://there/")).send()
    assert before.hear(one) == one.stored(3)
    assert told(before, one) == [("pending", None)]
    before.close()
    monkeypatch.setattr(webhooks, "post", lambda *_: (None, False))
    after = make_loop().begin()
    after.until(lambda: told(after, one) == [("sent", None)])


def test_on_a_disk_that_is_nearly_full_rows_are_stored_and_system_metrics_are_not(monkeypatch, loop, writer):
    one = writer().log(packed(0), System(SECOND, {"a": 1}))
    with monkeypatch.context() as disk:
        disk.setattr(ingest, "system_room", lambda _: 0)
        one.send()
        assert loop.hear(one) == one.stored(4)
    assert (loop.run(one).rows, loop.run(one).refused) == (1, {SCARCE: 1})
    one.log(System(SECOND, {"a": 1})).send(4)
    assert loop.hear(one) == one.stored(5)
    assert loop.run(one).refused == {SCARCE: 1}


def test_trouble_is_over_when_what_was_held_is_refused(monkeypatch, loop, writer):
    monkeypatch.setattr(ingest, "RETRY", 0.05)
    bad, good = writer("bad").log(packed(0)), writer("good").log(packed(0))
    del bad.records[1]
    with monkeypatch.context() as disk:
        full(disk, loop.store)
        bad.send()
        loop.until(lambda: loop.ingest._trouble)
        good.send()
        loop.status(good)
    assert loop.hear(bad).reason == "corrupt"
    assert loop.hear(good) == Rewind(good.id, 0)
    good.send()
    assert loop.hear(good) == good.stored(3)


@pytest.mark.parametrize("error", [StoreFull("no room"), ValueError("a tail that makes no sense")])
def test_rows_that_cannot_be_made_into_chunks_stop_nobody(monkeypatch, loop, writer, error):
    def fails(*_):
        raise error

    one = writer().log(*map(packed, range(10)), Finish(SECOND, "finished"))
    with monkeypatch.context() as broken:
        broken.setattr(series, "compact", fails)
        one.send()
        assert loop.hear(one) == one.stored(13)
        assert loop.ingest._patience() > 0
        two = writer("two").log(packed(0))
        two.send()
        assert loop.hear(two) == two.stored(3)
    assert loop.run(one).summary["loss"].count == 10
    assert loop.status(one)["trouble"] is None


def test_acknowledgements_go_between_the_metrics_of_a_slice(monkeypatch, loop, writer):
    monkeypatch.setattr(ingest, "CHUNK_SECONDS", -1.0)
    one = writer().log(packed(0), Row(1, SECOND, {"a": 1, "b": 2}), Finish(SECOND, "finished"))
    one.send()
    loop.until(lambda: loop.ingest._begun)
    two = writer("two").log(packed(0))
    two.send()
    loop.receiver.wait(PATIENCE)
    loop.ingest._turn()
    assert [name for name, _ in loop.ingest._begun[1].waiting] == ["b"]
    assert loop.hear(two) == two.stored(3)
    loop.until(lambda: loop.ingest._begun is None)
    assert {name: entry.count for name, entry in loop.run(one).summary.items()} == {"loss": 1, "a": 1, "b": 1}


def test_an_arrival_that_nobody_foresaw_is_refused_alone(loop, writer):
    one, bad = writer("one").log(packed(0)), writer("bad").log(Finish(SECOND, "finished", refused={"x": 2**64 - 1}))
    bad.send()
    assert loop.hear(bad) == bad.stored(3)
    again = writer("again").log(Finish(SECOND, "finished", refused={"x": 1}))
    again.records[0] = bad.records[0]._replace(resume="must")
    again.send()
    one.send()
    assert loop.hear(again).reason == "corrupt"
    assert loop.hear(one) == one.stored(3)


def test_writers_without_a_journal_have_a_while_to_greet_a_fresh_daemon(make_loop, writer):
    loop = make_loop().begin()
    silent, back, journaled = (writer(name).log(packed(0)) for name in ("silent", "back", "journaled"))
    for one in (silent, back, journaled):
        one.send()
        assert loop.hear(one) == one.stored(3)
    with make_living(journaled):
        loop.close()
        fresh = make_loop(grace_seconds=0.2).begin()
        back.greet()
        assert fresh.hear(back).stored == 3
        fresh.until(lambda: fresh.run(silent).status == "crashed")
        assert fresh.run(back).status == fresh.run(journaled).status == "running"


@contextmanager
def make_living(one):
    """Hold a writer's journal open in another process."""
    folder = one.leave({})
    script = (
        "import fcntl,sys; f=open(sys.argv[1],'r+'); fcntl.lockf(f,fcntl.LOCK_EX); print(flush=True); sys.stdin.read()"
    )
    command = ["python3", "-c", script, str(folder / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline()
        yield
        process.send_signal(signal.SIGKILL)


def test_a_cleaned_tmpfs_is_made_good(loop, writer, places):
    one = writer().log(packed(0))
    loop.status(one)
    places.ingest_socket.unlink()
    (places.runtime / "live.sock").unlink()
    places.journals.rmdir()
    watching = loop.ingest._watch
    loop.until(lambda: loop.ingest._watch is not watching)
    assert places.journals.is_dir()
    late = writer("late").log(packed(0))
    late.send()
    assert loop.hear(late) == late.stored(3)
