"""trackio/journal.py: what is appended is in a file, in order, as long as there is room; what is stored is removed."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from trackio import journal as journals
from trackio import segment
from trackio.journal import Folder, Full, Journal
from trackio.settings import Settings
from trackio.wire import SEGMENT_HEADER, payloads, read_segment_header

WRITER = bytes(range(16))
SMALL = Settings(segment_bytes=4096)
TRY_LOCK = """
import fcntl
file = open(sys.argv[1], "r+")
print(file.read())
fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
"""


@pytest.fixture
def new(places):
    """Makes journals that are gone afterwards."""
    made = []

    def make(settings=SMALL):
        made.append(Journal(places, WRITER, settings))
        return made[-1]

    yield make
    for journal in made:
        journal.close(remove=True)


@pytest.fixture
def disk(monkeypatch):
    """The disk is full once its `full` is set."""

    class Disk:
        full = False

    def allocate(path, size, really=segment.allocate):
        if Disk.full:
            raise OSError(errno.ENOSPC, "no space left")
        return really(path, size)

    monkeypatch.setattr(segment, "allocate", allocate)
    return Disk


def held(places):
    """Return the records of all segments, wherever they are, as the daemon puts them in order."""
    found = [path for root in (places.journals, places.spilled) for path in root.glob(f"{WRITER.hex()}/[0-9]*.seg")]
    records = []
    for path in sorted(found, key=lambda path: path.name):
        data = path.read_bytes()
        assert read_segment_header(data) == (WRITER, len(records))
        records += map(bytes, payloads(data[SEGMENT_HEADER:]))
    return records


def fill(journal, segments, after=lambda: None):
    """Append until there are so many segments; return how many records that were."""
    count = 0
    while len(journal.segments) < segments:
        journal.append(b"x" * 1000)
        count += 1
        after()
    return count


@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(st.lists(st.binary(min_size=1, max_size=9000), max_size=20))
def test_records_of_any_size_come_back_in_order(places, records):
    journal = Journal(places, WRITER, SMALL)
    try:
        for record in records:
            journal.append(record)
        assert held(places) == records
        assert journal.end == len(records)
    finally:
        journal.close(remove=True)


def test_a_record_without_its_commit_word_does_not_exist(places, new):
    journal = new()
    journal.append(b"whole")
    memory, (end, _) = journal.current.map, journal.current.mark
    memory[end : end + 8] = b"\x04\0\0\0torn"
    assert held(places) == [b"whole"]


def test_the_golden_segment_is_what_a_journal_writes(new):
    golden = (Path(__file__).parent.parent / "golden/segment_1.bin").read_bytes()
    journal = new()
    for payload in payloads(golden[SEGMENT_HEADER:]):
        journal.append(bytes(payload))
    end = journal.current.mark[0]
    assert journal.current.read(SEGMENT_HEADER, end) == golden[SEGMENT_HEADER:end]


def test_a_journal_begins_on_tmpfs_and_one_of_an_offline_run_on_disk(places, new):
    assert new().current.path.parent == places.journals / WRITER.hex()
    shutil.rmtree(places.journals / WRITER.hex())
    assert new(Settings("offline", 4096)).current.path.parent == places.spilled / WRITER.hex()


def test_somebody_is_told_when_a_segment_is_full(new):
    journal, told = new(), []
    journal.rolled = lambda: told.append(journal.end)
    assert told == []
    count = fill(journal, 2)
    assert told == [count - 1]


# ------------------------------------------------------------------------------------- folders and their locks


def test_the_folder_is_locked_as_long_as_the_journal_is_open_and_says_by_whom(places, script):
    journal = Journal(places, WRITER, SMALL)
    lock = journal.current.path.with_name("lock")
    tried = script(TRY_LOCK, str(lock), status=1)
    assert json.loads(tried.stdout) == {"pid": os.getpid(), "host": socket.gethostname()}
    assert "BlockingIOError" in tried.stderr
    journal.close(remove=False)
    script(TRY_LOCK, str(lock))


def test_a_folder_that_cannot_be_finished_leaves_nothing_and_may_be_made_later(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="no space left"):
            Folder.claim(tmp_path, WRITER)
    assert not list(tmp_path.iterdir())
    folder = Folder.claim(tmp_path, WRITER)
    assert [path.name for path in tmp_path.iterdir()] == [WRITER.hex()]
    folder.release(remove=True)


def test_a_journal_that_finds_no_room_leaves_nothing(places, disk):
    disk.full, before = True, len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match="no space left"):
        Journal(places, WRITER, SMALL)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert list(places.journals.iterdir()) + list(places.spilled.iterdir()) == []


def test_closing_removes_everything_or_nothing(places):
    for remove in (False, True):
        journal = Journal(places, WRITER, SMALL)
        fill(journal, 3)
        journal.prepare()
        journal.close(remove=remove)
        assert (places.journals / WRITER.hex()).exists() is not remove
        assert list(places.journals.glob("*/.*")) == []
        shutil.rmtree(places.journals / WRITER.hex(), ignore_errors=True)


def test_media_that_nobody_has_taken_stay_when_the_journal_is_removed(places):
    journal = Journal(places, WRITER, SMALL)
    name = journal.file(lambda target: target.write_bytes(b"pixels"))
    journal.close(remove=True)
    assert (places.journals / WRITER.hex() / "media" / name).read_bytes() == b"pixels"


def test_what_a_forked_child_forgets_stays_its_parents(places, new, script):
    journal = new()
    journal.append(b"parent's")
    pid = os.fork()
    if pid == 0:
        try:
            journal.abandon()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    journal.append(b"still")
    assert held(places) == [b"parent's", b"still"]
    assert "BlockingIOError" in script(TRY_LOCK, str(journal.current.path.with_name("lock")), status=1).stderr


# ------------------------------------------------------------------------------------- room, and none


def test_a_spare_segment_is_ready_before_it_is_needed_and_taken_without_waiting(new, disk):
    journal = new()
    journal.prepare()
    assert journal._spare is None
    journal.append(b"x" * 3000)
    journal.prepare()
    disk.full = True
    assert fill(journal, 2) == 2


def test_once_a_segment_was_filled_the_next_spare_is_made_at_once(new):
    journal = new()
    fill(journal, 2)
    assert journal.current.mark[0] < journal.current.size // 2
    journal.prepare()
    assert journal._spare is not None


def test_a_record_too_large_for_the_spare_leaves_it_for_the_next_one(places, new):
    journal = new()
    journal.append(b"x" * 3000)
    journal.prepare()
    spare = journal._spare
    journal.append(b"y" * 10_000)
    assert journal._spare is spare
    journal.append(b"z" * 2000)
    assert journal.current.map is spare.map
    assert [len(record) for record in held(places)] == [3000, 10_000, 2000]


def test_without_room_on_tmpfs_the_journal_goes_on_on_disk(places, new, monkeypatch):
    journal, really = new(), segment.allocate

    def allocate(path, size):
        if path.is_relative_to(places.runtime):
            raise OSError(errno.ENOSPC, "no space left")
        return really(path, size)

    monkeypatch.setattr(segment, "allocate", allocate)
    count = fill(journal, 4)
    assert journal.current.path.parent.parent == places.spilled
    assert len(held(places)) == count


def test_a_full_disk_is_said_and_what_was_there_stays(places, new, disk):
    journal = new()
    disk.full = True
    with pytest.raises(Full, match="disk full"):
        fill(journal, 2)
    before = held(places)
    assert len(before) == journal.end > 0
    disk.full = False
    with pytest.raises(Full, match="disk full"):  # it is not tried again at once
        journal.append(b"x" * 1000)
    journal._retry_at = 0.0
    journal.append(b"x" * 1000)
    assert len(held(places)) == len(before) + 1


@pytest.mark.parametrize("with_spares", [False, True])
def test_rows_that_nobody_takes_end_at_the_limit(new, with_spares):
    journal = new(Settings(segment_bytes=4096, memory_bytes=8192, disk_bytes=8192))
    with pytest.raises(Full, match="journal limit"):
        fill(journal, 20, after=journal.prepare if with_spares else lambda: None)
    assert len(journal.segments) == 5
    journal.forget(journal.segments[2].first)
    journal.append(b"x" * 1000)


# ------------------------------------------------------------------------------------- what the sender does


def test_what_is_stored_is_removed_and_what_is_written_to_stays(places, new):
    journal = new()
    count = fill(journal, 4)
    last = [segment.first for segment in journal.segments]
    journal.forget(last[2] - 1)
    assert [segment.first for segment in journal.segments] == last[1:]
    journal.forget(count)
    assert [segment.first for segment in journal.segments] == last[3:]
    assert [path.name for path in places.journals.glob("*/*.seg")] == [journal.current.path.name]
    assert journal.end == count


def test_sealed_segments_go_to_disk_oldest_first_and_keep_every_record(places, new):
    journal = new()
    count = fill(journal, 4)
    assert journal.memory_bytes == 3 * 4096
    while journal.relieve():
        pass
    assert journal.memory_bytes == 0
    assert len(list(places.spilled.glob("*/*.seg"))) == 3
    assert journal.current.map is not None
    assert len(held(places)) == count


def test_segments_that_are_on_disk_already_survive_being_relieved(places, new):
    journal = new(Settings("offline", 4096))
    count = fill(journal, 4)
    while journal.relieve():
        pass
    assert len(held(places)) == count
    assert sum(segment.mark[1] for segment in journal.segments) == count


def test_a_journal_whose_files_were_removed_goes_on_on_disk_with_every_record(places, new):
    journal = new()
    count = fill(journal, 3)
    journal.append(b"x" * 1200)
    journal.prepare()
    assert not journal.is_cut_off()
    shutil.rmtree(places.journals / WRITER.hex())
    assert journal.is_cut_off()
    journal.move()
    while journal.relieve():
        pass
    journal.append(b"after")
    assert not journal.is_cut_off()
    assert held(places)[-1] == b"after"
    assert len(held(places)) == count + 2
    assert list(places.journals.iterdir()) == []


def test_moving_without_room_is_said(new, disk):
    journal = new()
    disk.full = True
    with pytest.raises(Full, match="disk full"):
        journal.move()


# ------------------------------------------------------------------------------------- files beside the records


def test_media_over_the_limit_go_to_disk_and_come_back_when_there_is_room(places, new):
    journal = new(Settings(segment_bytes=4096, media_bytes=1000))
    names = [journal.file(lambda target: target.write_bytes(bytes(600))) for _ in range(4)]
    on_tmpfs, on_disk = places.journals / WRITER.hex() / "media", places.spilled / WRITER.hex() / "media"
    assert {path.name for path in on_tmpfs.iterdir()} == set(names[:2])
    assert {path.name for path in on_disk.iterdir()} == set(names[2:])
    (on_tmpfs / names[0]).unlink()
    assert (on_tmpfs / journal.file(lambda target: target.write_bytes(b"more"))).exists()


def test_media_over_the_limit_are_kept_after_a_move_to_disk(places, new):
    journal = new(Settings(segment_bytes=4096, media_bytes=0))
    journal.move()
    names = [journal.file(lambda target: target.write_bytes(b"pixels")) for _ in range(3)]
    assert {path.name for path in places.spilled.glob("*/media/*")} == set(names)


def test_a_file_for_which_there_is_no_room_leaves_nothing(places, new):
    def fill_half(target):
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "no space left")

    with pytest.raises(Full, match="disk full"):
        new().file(fill_half)
    assert list(places.journals.glob("*/media/*")) + list(places.spilled.glob("*/media/*")) == []


@pytest.mark.parametrize("room", [[0], [10, -1]], ids=["none before", "none after"])
def test_media_give_way_before_rows_do(places, new, monkeypatch, room):
    journal, rooms = new(), {root: iter(room) for root in (places.journals, places.spilled)}
    monkeypatch.setattr(journals, "media_room", lambda folder: next(rooms[folder.parents[1]]))
    with pytest.raises(Full, match="disk full"):
        journal.file(lambda target: target.write_bytes(b"pixels"))
    assert list(places.journals.glob("*/media/*")) + list(places.spilled.glob("*/media/*")) == []
    journal.append(b"a row")
    assert held(places)[-1] == b"a row"


def test_lesser_records_end_before_the_limit_does(new):
    limited = new(Settings(segment_bytes=4096, memory_bytes=16 * 4096, disk_bytes=0))
    fill(limited, 15)
    limited.append_lesser(b"x")
    fill(limited, 16)
    with pytest.raises(Full, match="journal limit"):
        limited.append_lesser(b"x")
    limited.append(b"x")


def test_lesser_records_end_while_there_is_room_for_rows(places, new, monkeypatch):
    journal = new()
    room = {places.journals: 0, places.spilled: 4096}
    monkeypatch.setattr(journals, "system_room", lambda folder: room[folder.parent])
    journal.append_lesser(b"x")
    room[places.spilled] = 4095
    with pytest.raises(Full, match="disk full"):
        journal.append_lesser(b"x")
    journal.append(b"y")
    assert held(places) == [b"x", b"y"]


def test_without_a_folder_there_is_no_room_for_lesser_records(new, monkeypatch):
    journal = new()

    def gone(_):
        raise FileNotFoundError

    monkeypatch.setattr(journals, "system_room", gone)
    with pytest.raises(Full, match="disk full"):
        journal.append_lesser(b"x")
