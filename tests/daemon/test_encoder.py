"""Files go from a journal through real workers into blobs; whatever becomes of a worker, no file is lost on the way."""

from __future__ import annotations

import hashlib
import os
import select
import signal
import sys
from contextlib import suppress

import numpy as np
import psutil
import pytest

from trackio.wire import pack
from trackiod import encoder
from trackiod.encoder import AGAIN_SECONDS, IDLE_SECONDS, JOB_SECONDS, Encoders, Incoming
from trackiod.jobs import Made, Media, Outcome, framed

PATIENCE = 30
WRITER = bytes(range(16))
TABLE = pack([["a"], [[1], [2]]])


@pytest.fixture
def logged(places):
    """Lay a file beside a writer's journal, on tmpfs or on disk, and return the media that its row names."""

    def lay(media_id, content, kind="table", *, spilled=False, **fields):
        root = places.spilled if spilled else places.journals
        folder = root / WRITER.hex() / "media"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / media_id).write_bytes(content)
        return Media(media_id, WRITER, {"_type": f"trackio.{kind}", "id": media_id, **fields})

    return lay


class Loop:
    """The part of the daemon's loop that works with the encoders, at a time of the test's own."""

    def __init__(self, places, count):
        self.attended: set[int] = set()
        self.encoders = Encoders(places, count, self.attended.add, self.attended.remove)
        self.now = 0.0

    def add(self, *media):
        self.encoders.claim(media)
        self.encoders.add(media)
        self.encoders.tick(self.now)

    def hear(self):
        """Wait for a worker to say something, or to end, and go on."""
        poll = select.poll()
        for descriptor in self.attended:
            poll.register(descriptor, select.POLLIN)
        found = poll.poll(PATIENCE * 1000)
        assert found, "no worker said anything"
        for descriptor, _ in found:
            assert self.encoders.heard(descriptor, self.now)
        self.encoders.tick(self.now)

    def outcomes(self, count=1):
        """Wait for that many outcomes and settle them, by id."""
        ended = []
        while len(ended) < count:
            self.hear()
            ended += self.encoders.outcomes()
        for done in ended:
            self.encoders.settled(done)
        return {done.id: done for done in ended}


@pytest.fixture
def make_loop(places):
    made = []

    def make(count=1):
        made.append(Loop(places, count))
        return made[-1]

    yield make
    for loop in made:
        loop.encoders.close()
        assert not loop.attended
    assert not workers()


@pytest.fixture
def loop(make_loop):
    return make_loop()


def workers():
    children = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in children if "encode" in child.cmdline()]


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Let a shell script be the workers."""

    def install(script):
        file = tmp_path / "worker"
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(file))

    return install


def left(places):
    """Names of the files between journal and blobs."""
    folders = (places.journals, places.spilled, places.runtime / "media", places.data / "media")
    return [file.name for folder in folders for file in folder.rglob("*") if file.is_file()]


# ------------------------------------------------------------------------------------------------------- incoming


@pytest.mark.parametrize("spilled", [False, True])
def test_a_claimed_file_outlives_its_journal_and_is_claimed_once(places, logged, spilled):
    incoming = Incoming(places)
    media = logged("f" * 32, b"content", spilled=spilled)
    incoming.claim(media)
    incoming.claim(media)
    assert incoming.path(media.id).read_bytes() == b"content"
    assert incoming.path(media.id).parent.parent == (places.data if spilled else places.runtime)
    incoming.release(media.id)
    incoming.release(media.id)
    assert not left(places)


def test_a_file_that_never_was_is_claimed_in_vain(places):
    incoming = Incoming(places)
    incoming.claim(Media("f" * 32, WRITER, {}))
    incoming.set_aside("f" * 32)
    assert not incoming.path("f" * 32).exists()


def test_a_file_that_failed_is_kept_for_its_owner(places, logged):
    incoming = Incoming(places)
    incoming.claim(logged("f" * 32, b"content"))
    incoming.set_aside("f" * 32)
    assert (places.data / "damaged" / "media" / ("f" * 32)).read_bytes() == b"content"
    assert not left(places)


def test_what_waits_in_memory_is_limited_and_the_rest_waits_on_disk(places, logged, monkeypatch):
    monkeypatch.setattr(encoder, "WAITING_BYTES", 100)
    incoming = Incoming(places)
    for number in range(3):
        incoming.claim(logged(f"{number:032}", b"x" * 50))
    held = [incoming.path(f"{number:032}").parent for number in range(3)]
    assert held == [places.runtime / "media"] * 2 + [places.data / "media"]
    incoming.release(f"{0:032}")
    incoming.set_aside(f"{1:032}")
    incoming.claim(logged(f"{4:032}", b"x" * 100))
    assert incoming.path(f"{4:032}").parent == places.runtime / "media"
    again = Incoming(places)
    again.claim(logged(f"{5:032}", b"x"))
    assert again.path(f"{5:032}").parent == places.data / "media"


def test_what_waits_stays_in_memory_when_the_disk_is_for_rows(places, logged, monkeypatch):
    monkeypatch.setattr(encoder, "WAITING_BYTES", 0)
    monkeypatch.setattr(encoder, "media_room", lambda _: 50)
    incoming = Incoming(places)
    for number, size in enumerate((49, 50)):
        incoming.claim(logged(f"{number:032}", b"x" * size))
    held = [incoming.path(f"{number:032}").parent for number in range(2)]
    assert held == [places.data / "media", places.runtime / "media"]


# -------------------------------------------------------------------------------------------------------- workers


def test_files_of_every_kind_become_blobs_and_leave_nothing_behind(places, make_loop, logged):
    loop = make_loop(2)
    pixels = np.zeros((4, 6, 3), np.uint8).tobytes()
    image = logged("1" * 32, pixels, "image", format="raw", shape=[4, 6, 3], mode="RGB")
    video = logged("2" * 32, pixels * 2, "video", spilled=True, format="raw", shape=[2, 3, 4, 6], fps=10)
    loop.add(image, video, logged("3" * 32, TABLE))
    assert loop.encoders.status() == {"pending": 3, "working": 2, "made": 0, "failed": 0}
    found = loop.outcomes(3)
    assert [found[c * 32].made.mime for c in "123"] == ["image/webp", "video/mp4", "application/msgpack"]
    assert (found["2" * 32].made.fps, found["3" * 32].made.rows) == (10.0, 2)
    assert loop.encoders.status() == {"pending": 0, "working": 0, "made": 3, "failed": 0}
    assert not left(places)


def test_a_file_is_encoded_once_however_often_it_is_named(loop, logged):
    media = logged("1" * 32, TABLE)
    loop.add(media, media)
    loop.add(media)
    assert loop.encoders.status()["pending"] == 1
    assert loop.outcomes()[media.id].made
    assert not loop.encoders.outcomes()


def test_a_file_that_cannot_be_encoded_is_kept_and_the_next_one_is_encoded(places, loop, logged):
    loop.add(logged("1" * 32, b"junk"), logged("2" * 32, TABLE))
    found = loop.outcomes(2)
    assert "msgpack" in found["1" * 32].error
    assert found["2" * 32].made
    assert loop.encoders.status() == {"pending": 0, "working": 0, "made": 1, "failed": 1}
    assert (places.data / "damaged" / "media" / ("1" * 32)).read_bytes() == b"junk"


@pytest.mark.parametrize(
    "fields",
    [{"shape": 5}, {"shape": {"a": 1}}, {"shape": [None, "x", 2**63]}, {"fps": "fast"}, {"fps": [1]}, {"format": {}}],
)
def test_a_description_that_makes_no_sense_fails_that_file_alone(program, loop, logged, fields):
    program("exit 0")
    loop.add(logged("1" * 32, b"x", "video", **({"format": "raw", "shape": [1, 3, 1, 1]} | fields)))
    assert loop.encoders.status()["pending"] == 1


@pytest.fixture
def caught(places, loop, until):
    """Give the loop a file that never ends, and return it with a function that catches a worker in the middle of it."""
    folder = places.journals / WRITER.hex() / "media"
    folder.mkdir(parents=True)
    os.mkfifo(folder / ("1" * 32))
    loop.add(Media("1" * 32, WRITER, {"_type": "trackio.table"}))
    file, ends = places.runtime / "media" / ("1" * 32), []

    def catch():
        with suppress(OSError):
            ends.append(os.open(file, os.O_WRONLY | os.O_NONBLOCK))
            return True
        return False

    def worker():
        until(catch, "a worker that reads")
        (child,) = workers()
        return child

    yield file, worker
    for end in ends:
        os.close(end)


def test_a_job_whose_worker_is_killed_is_given_to_another(loop, caught):
    file, worker = caught
    child = worker()
    file.unlink()
    file.write_bytes(TABLE)
    child.kill()
    loop.hear()
    assert loop.encoders.status() == {"pending": 1, "working": 1, "made": 0, "failed": 0}
    assert loop.outcomes()["1" * 32].made.rows == 2


def test_a_job_that_kills_two_workers_has_failed_and_the_next_one_is_done(loop, caught, logged):
    _, worker = caught
    loop.add(logged("2" * 32, TABLE))
    for _ in range(2):
        assert not loop.encoders.outcomes()
        worker().send_signal(signal.SIGSEGV)
        loop.hear()
    found = loop.outcomes(2)
    assert found["1" * 32].error == "the encoder was killed by signal 11, 2 times"
    assert found["2" * 32].made


def test_closing_ends_workers_at_once_and_the_files_wait_for_the_next_start(places, loop, caught):
    file, worker = caught
    worker()
    loop.encoders.close()
    assert not workers()
    assert not loop.attended
    file.unlink()
    file.write_bytes(TABLE)
    again = Loop(places, 1)
    again.add(Media("1" * 32, WRITER, {"_type": "trackio.table"}))
    assert again.outcomes()["1" * 32].made
    again.encoders.close()


def test_a_file_that_finds_no_room_is_tried_again_later(places, loop, logged):
    loop.add(logged("1" * 32, TABLE))
    loop.outcomes()
    (child,) = workers()
    other = pack([["b"], []])
    name = hashlib.sha256(other).hexdigest()
    (places.blobs / name[:2]).mkdir(exist_ok=True)
    (places.blobs / name[:2] / f".{name}.{child.pid}").symlink_to("/dev/full")
    loop.add(logged("2" * 32, other))
    while loop.encoders.status()["working"]:
        loop.hear()
    assert not loop.encoders.outcomes()
    assert loop.encoders.wait(0.0) == AGAIN_SECONDS
    loop.now = AGAIN_SECONDS
    loop.encoders.tick(loop.now)
    assert loop.outcomes()["2" * 32].made.blob == name


def test_a_worker_that_takes_too_long_is_killed(program, loop, logged):
    program("cat > /dev/null")
    loop.add(logged("1" * 32, TABLE))
    assert loop.encoders.wait(0.0) == JOB_SECONDS
    for try_ in (1, 2):
        loop.now = try_ * JOB_SECONDS
        loop.encoders.tick(loop.now)
        assert loop.encoders.wait(loop.now) is None
        loop.hear()
    (done,) = loop.encoders.outcomes()
    assert done.error == "the encoder was killed by signal 9 after its time was up, 2 times"


def test_a_worker_without_work_ends_and_another_is_started_for_the_next_job(loop, logged):
    loop.add(logged("1" * 32, TABLE))
    loop.outcomes()
    assert loop.encoders.wait(0.0) == IDLE_SECONDS
    (first,) = workers()
    loop.now = IDLE_SECONDS
    loop.encoders.tick(loop.now)
    loop.add(logged("2" * 32, b"junk"))
    assert loop.encoders.wait(loop.now) is None
    assert loop.outcomes()["2" * 32].error
    assert first not in workers()


def test_there_are_never_more_workers_than_asked_for(program, make_loop, logged):
    program("cat > /dev/null")
    loop = make_loop(2)
    loop.add(*(logged(f"{number:032}", TABLE) for number in range(5)))
    for _ in range(3):
        loop.encoders.tick(0.0)
    assert len(workers()) == 2
    assert loop.encoders.status() == {"pending": 5, "working": 2, "made": 0, "failed": 0}


NONSENSE = {
    "no message": b"hello, world",
    "no outcome": framed(Outcome("1" * 32))[:4] + b"\xc0",
    "an outcome of another job": framed(Outcome("9" * 32, error="x")),
    "half an outcome": framed(Outcome("1" * 32, Made("b" * 64, "m", 1)))[:-3],
}


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE)
def test_a_worker_that_speaks_nonsense_is_replaced_and_its_job_is_not_lost(program, loop, logged, tmp_path, said):
    (tmp_path / "said").write_bytes(said)
    program(f"head -c 1 > /dev/null; cat {tmp_path}/said")
    loop.add(logged("1" * 32, TABLE))
    (done,) = loop.outcomes().values()
    assert done.error.startswith("the encoder ")


def test_a_machine_that_starts_no_more_processes_is_asked_again_later(monkeypatch, loop, logged):
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/nowhere/python")
        loop.add(logged("1" * 32, TABLE))
        assert loop.encoders.wait(0.0) == AGAIN_SECONDS
        assert loop.encoders.status() == {"pending": 1, "working": 0, "made": 0, "failed": 0}
    loop.now = AGAIN_SECONDS
    loop.encoders.tick(loop.now)
    assert loop.outcomes()["1" * 32].made


def test_what_is_no_workers_pipe_is_somebody_elses(loop):
    assert not loop.encoders.heard(0, 0.0)
    assert loop.encoders.wait(0.0) is None


def test_a_job_whose_blob_was_unlinked_before_its_outcome_was_stored_is_done_again(make_loop, logged, places):
    loop = make_loop()
    loop.add(logged("1" * 32, TABLE))
    while not loop.encoders._outcomes:
        loop.hear()
    (blob,) = places.blobs.glob("*/*")
    blob.unlink()
    assert loop.encoders.outcomes() == []
    loop.encoders.tick(loop.now)
    assert loop.outcomes()["1" * 32].made.blob == blob.name
    assert blob.read_bytes() == TABLE


def test_files_of_rows_that_were_dropped_are_removed_wherever_they_lie(make_loop, logged, places):
    loop = make_loop()
    loop.encoders.discard([logged("1" * 32, TABLE), logged("2" * 32, TABLE, spilled=True), Media("3" * 32, WRITER, {})])
    assert not [*places.journals.glob("*/media/*"), *places.spilled.glob("*/media/*")]
