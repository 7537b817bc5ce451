from __future__ import annotations

import fcntl
import logging
import os
import random
import threading

import pytest

from trackio import locate, sender
from trackio.sender import Sender
from trackio.settings import Settings
from trackio.wire import Ack, Batch, Finish, Goodbye, Hello, Refusal, Reply, Rewind, Row, RunStart, Welcome
from trackio.writer import Writer

START = RunStart("r", "p", "n", None, {}, "never", 0)


@pytest.fixture
def settings():
    return Settings(segment_bytes=4096)


@pytest.fixture
def ship(places, settings, starts):
    """Returns a writer whose records are shipped, and its sender; all senders end with the test."""
    senders, writers = [], []

    def make(changed=None, by=None):
        given = changed or settings
        if by is None:
            by = Sender(places, given)
            senders.append(by)
        writer = Writer(places, given, START, first_step=0, relative=False)
        by.add(writer)
        writers.append(writer)
        return writer, by

    yield make
    for made in senders:
        made.close()
        assert not made._thread.is_alive()
        os.close(made._wake)


def log(writer, *steps):
    for step in steps:
        assert writer.log({"a": float(step)}, step)


def greeted(peer, stored=0, daemon="d"):
    """Meet the next writer; returns who to answer."""
    hello, to, _ = peer.hear(Hello)
    assert hello.pid == os.getpid()
    peer.say(to, Welcome(hello.writer, stored, daemon))
    return to


def rows(records):
    return [record.step for record in records if isinstance(record, Row)]


def received(peer, count):
    """Hear batches until `count` rows are there; nothing is acknowledged. Returns (steps, records so far, to)."""
    found, end = [], 0
    while len(found) < count:
        batch, to, records = peer.hear(Batch)
        assert batch.count == len(records)
        found += rows(records)
        end = batch.first + batch.count
    return found, end, to


def is_locked(folder):
    """Tell whether this folder's writer lives; asked from another process, since a process does not lock itself out."""
    pid = os.fork()
    if pid == 0:
        with (folder / "lock").open("r+b") as lock:
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os._exit(1)
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1


def test_records_arrive_as_they_are_in_the_journal_from_the_first_on(ship, peer):
    writer, _ = ship()
    log(writer, 0, 1, 2)
    greeted(peer)
    batch, _, records = peer.hear(Batch)
    assert (batch.writer, batch.first, batch.count) == (writer.id, 0, 5)
    assert records[0] == START
    assert [(row.step, row.values) for row in records[2:]] == [(0, {"a": 0.0}), (1, {"a": 1.0}), (2, {"a": 2.0})]


def test_only_what_the_daemon_lacks_is_sent(ship, peer):
    writer, _ = ship()
    log(writer, *range(300))
    greeted(peer, stored=200)
    batch, _, _ = peer.hear(Batch)
    assert batch.first == 200


def test_what_is_acknowledged_is_removed_and_nothing_else(ship, peer, until):
    writer, by = ship()
    log(writer, *range(300))
    to = greeted(peer)
    segments = list(writer.journal.segments)
    steps, end, _ = received(peer, 300)
    assert steps == list(range(300))
    assert all(segment.path.exists() for segment in segments)
    assert by.flush(0.0) is False
    peer.say(to, Ack(writer.id, segments[1].end))
    until(lambda: not any(segment.path.exists() for segment in segments[:2]), "two segments to be removed")
    assert writer.journal.segments == segments[2:]
    assert all(segment.path.exists() for segment in segments[2:])
    peer.say(to, Ack(writer.id, end))
    assert by.flush(60) is True


def test_flush_waits_for_what_was_logged_before_it_and_not_for_what_others_log_meanwhile(ship, peer):
    writer, by = ship()
    log(writer, 0)
    to = greeted(peer)
    _, end, _ = received(peer, 1)
    flushed = []
    waiting = threading.Thread(target=lambda: flushed.append(by.flush(60)))
    waiting.start()
    log(writer, 1)
    received(peer, 1)
    peer.say(to, Ack(writer.id, end))
    waiting.join()
    assert flushed == [True]
    assert by.flush(0.0) is False


def test_without_a_daemon_one_is_started_and_nobody_waits(ship, starts, places, until):
    writer, by = ship()
    log(writer, 0)
    until(lambda: starts, "the start of a daemon")
    assert by.flush(60) is False
    assert by.flush(60) is False
    assert starts == [places]


def test_a_process_that_is_over_at_once_still_leaves_its_records_to_a_daemon(ship, starts, places):
    for _ in range(10):
        writer, by = ship()
        log(writer, 0)
        by.close()
    assert starts == [places] * 10


def test_what_is_finished_as_soon_as_it_is_begun_is_handed_over_to_a_daemon_that_is_there(ship, peer):
    def answer():
        greeted(peer)
        batch, to, _ = peer.hear(Batch)
        peer.say(to, Ack(batch.writer, batch.count))

    for _ in range(10):
        writer, by = ship()
        writer.finish("finished", None)
        answering = threading.Thread(target=answer)
        answering.start()
        assert by.flush(60) is True
        answering.join()


def test_a_daemon_that_cannot_be_started_is_told_of_and_its_records_are_sent_to_the_next(
    ship, new_peer, monkeypatch, caplog, until
):
    def fails(_):
        raise OSError("no more processes")

    monkeypatch.setattr(locate, "start", fails)
    writer, _ = ship()
    log(writer, 0)
    until(lambda: "no more processes" in caplog.text, "the warning")
    peer = new_peer()
    greeted(peer)
    assert received(peer, 1)[0] == [0]


def test_a_daemon_that_asks_for_it_again_gets_it_again(ship, peer):
    writer, _ = ship()
    log(writer, *range(300))
    to = greeted(peer)
    received(peer, 300)
    peer.say(to, Rewind(writer.id, 102))
    again, _, _ = received(peer, 200)
    assert again == list(range(100, 300))


def test_what_was_on_its_way_to_a_killed_daemon_goes_to_the_next_one_for_all_writers(ship, new_peer, monkeypatch):
    monkeypatch.setattr(sender, "_PATIENCE", 0.1)
    first, by = ship()
    second, _ = ship(by=by)
    log(first, 0)
    log(second, 0)
    peer = new_peer()
    greeted(peer)
    greeted(peer)
    received(peer, 2)
    peer.close()
    peer = new_peer()
    found = {}
    while len(found) < 2:
        message, to, records = peer.hear()
        if isinstance(message, Hello):
            peer.say(to, Welcome(message.writer, 0, "another"))
        else:
            found[message.writer] = rows(records)
            peer.say(to, Ack(message.writer, message.first + message.count))
    assert found == {first.id: [0], second.id: [0]}
    assert by.flush(60) is True


def test_the_journal_of_a_finished_writer_is_removed_once_it_is_stored(ship, peer, until):
    writer, _ = ship()
    log(writer, 0)
    writer.finish("finished", None)
    (folder,) = {segment.path.parent for segment in writer.journal.segments}
    to = greeted(peer)
    batch, _, records = peer.hear(Batch)
    assert isinstance(records[-1], Finish)
    assert folder.exists()
    peer.say(to, Ack(writer.id, batch.count))
    assert peer.hear(Goodbye)[0] == Goodbye(writer.id)
    until(lambda: not folder.exists(), "the journal's end")


def test_what_is_logged_just_before_the_end_is_not_removed_unsent(ship, peer, monkeypatch):
    writer, _ = ship()
    to = greeted(peer)
    peer.say(to, Ack(writer.id, 1))
    is_done = sender._Delivery.done.fget

    def then_ends(delivery):
        found = is_done(delivery)
        if found and not writer.finished:
            log(writer, 0)
            writer.finish("finished", None)
        return found

    monkeypatch.setattr(sender._Delivery, "done", property(then_ends))
    assert received(peer, 1)[0] == [0]


@pytest.mark.parametrize("finished", [True, False])
def test_what_is_not_stored_at_the_end_of_the_process_is_left_to_the_daemon(ship, peer, finished, journals):
    writer, by = ship()
    log(writer, 0)
    greeted(peer)
    received(peer, 1)
    folder = writer.journal.current.path.parent
    if finished:
        writer.finish("finished", None)
    assert is_locked(folder)
    by.close()
    assert not is_locked(folder)
    assert rows(journals()[0]) == [0]


def test_a_refused_writer_sends_no_more_keeps_its_journal_and_keeps_nobody_waiting(ship, peer, caplog, journals):
    writer, by = ship()
    log(writer, 0)
    to = greeted(peer)
    received(peer, 1)
    peer.say(to, Refusal("corrupt", "the schema is missing", writer.id))
    assert by.flush(60) is True
    log(writer, 1)
    assert peer.hears_nothing()
    assert caplog.record_tuples == [
        ("trackio", logging.WARNING, "the daemon refuses the records of this process (corrupt): the schema is missing")
    ]
    by.close()
    assert rows(journals()[0]) == [0, 1]


def test_noise_is_passed_over(ship, peer):
    writer, by = ship()
    log(writer, 0)
    to = greeted(peer)
    peer.say(to, b"", b"\xc1noise", Reply(1), Ack(b"somebody else", 9), Refusal("malformed", "not yours"))
    _, end, _ = received(peer, 1)
    peer.say(to, Ack(writer.id, end))
    assert by.flush(60) is True


def test_a_daemon_that_takes_nothing_is_sent_no_more_than_the_window(ship, peer, monkeypatch):
    monkeypatch.setattr(sender, "_WINDOW", 1)
    writer, _ = ship()
    to = greeted(peer)
    batch, _, _ = peer.hear(Batch)
    log(writer, *range(300))
    assert peer.hears_nothing()
    peer.say(to, Ack(writer.id, batch.count))
    _, end, _ = received(peer, 1)
    assert peer.hears_nothing()
    assert end < writer.journal.end


def test_no_writer_waits_for_another_one_s_backlog(ship, peer, monkeypatch):
    monkeypatch.setattr(sender, "_TURN", 1)
    large, by = ship()
    log(large, *range(2000))
    small, _ = ship(by=by)
    log(small, 0)
    greeted(peer)
    greeted(peer)
    heard = [peer.hear(Batch)[0].writer for _ in range(4)]
    assert small.id in heard


def test_what_takes_more_memory_than_allowed_goes_to_disk_and_still_arrives(ship, new_peer, settings, places, until):
    writer, _ = ship(settings._replace(memory_bytes=8192))
    log(writer, *range(1000))
    until(lambda: writer.journal.memory_bytes <= 8192, "segments on disk")
    assert list(places.spilled.glob("*/*.seg"))
    peer = new_peer()
    greeted(peer)
    assert received(peer, 1000)[0] == list(range(1000))


def test_a_journal_that_somebody_removes_goes_on_on_disk(ship, new_peer, places, monkeypatch, until):
    monkeypatch.setattr(sender, "_CHECK_EVERY", 0.0)
    writer, _ = ship()
    log(writer, *range(5))
    for file in places.journals.glob("*/*.seg"):
        file.unlink()
    until(lambda: places.spilled in writer.journal.current.path.parents, "a journal on disk")
    log(writer, 5)
    peer = new_peer()
    greeted(peer)
    assert received(peer, 6)[0] == list(range(6))


def test_a_sender_that_fails_says_so_and_loses_nothing(ship, monkeypatch, caplog, until, journals):
    def broken(*_):
        raise RuntimeError("a bug")

    writer, by = ship()
    monkeypatch.setattr(by, "_turn", broken)
    log(writer, 0)
    until(lambda: not by._thread.is_alive(), "the thread's end")
    assert "records stay in the journal" in caplog.text
    assert "a bug" in caplog.text
    assert by.flush(60) is False
    assert rows(journals()[0]) == [0]


@pytest.mark.parametrize("seed", range(4))
def test_exactly_once_whatever_the_daemon_forgets_repeats_or_dies_of(ship, new_peer, monkeypatch, seed):
    """The peer stores as the daemon does, yet loses batches and answers, rewinds at will, and is killed."""
    monkeypatch.setattr(sender, "_PATIENCE", 0.02)
    chance, stored, lives = random.Random(seed), [], 0
    writer, _ = ship()
    peer = new_peer()
    logging = threading.Thread(target=lambda: [log(writer, step) for step in range(3000)])
    logging.start()
    while len(stored) < 3002:
        message, to, records = peer.hear()
        luck = chance.random()
        if isinstance(message, Hello):
            peer.say(to, Welcome(writer.id, len(stored), f"life {lives}"))
        elif luck < 0.1:
            pass  # the batch is lost
        elif message.first > len(stored) or luck < 0.2:
            peer.say(to, Rewind(writer.id, len(stored)))
        else:
            stored += records[len(stored) - message.first :]
            if luck > 0.3:
                peer.say(to, Ack(writer.id, len(stored)))
            if luck > 0.9:
                peer.close()
                peer, lives = new_peer(), lives + 1
    logging.join()
    assert rows(stored) == list(range(3000))
