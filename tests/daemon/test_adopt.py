"""What dead writers left is read to the last whole record; what is damaged is kept aside; the living are left alone."""

from __future__ import annotations

import fcntl
import os
import resource
import select
import shutil
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.wire import BATCH_BYTES, SEGMENT_HEADER, framed, payloads, segment_header
from trackiod.adopt import STALE_SECONDS, Journals, Left, Part, Watch, halves

PATIENCE = 30
A, B = b"\xaa" * 16, b"\xbb" * 16
BUDGET = 2**30


class Yard:
    """Journals of a data folder, and those who left them."""

    def __init__(self, places):
        self.places, self.attended = places, set()
        self.journals = Journals(places, self.attended.add, self.attended.remove)

    def lay(self, writer, segments, *, spilled=False):
        """Leave what a dead process leaves: `{number of the first record: payloads, or the bytes of the file}`."""
        folder = (self.places.spilled if spilled else self.places.journals) / writer.hex()
        (folder / "media").mkdir(parents=True, exist_ok=True)
        (folder / "lock").write_text('{"pid": 1, "host": "h"}')
        for first, content in segments.items():
            whole = content if isinstance(content, bytes) else segment(writer, first, content)
            (folder / f"{first:020}.seg").write_bytes(whole)
        return folder

    def take(self, stored=lambda writer: 0, budget=BUDGET):
        """Everything that scan and read find: the payloads by writer and number, and each writer's Left."""
        self.journals.scan(time.time())
        records, lefts = {}, {}
        for found in self.journals.read(budget, stored):
            if isinstance(found, Left):
                lefts[found.writer] = found
                continue
            content = [bytes(payload) for payload in payloads(found.body)]
            assert len(content) == found.count
            held = records.setdefault(found.left.writer, {})
            for number, payload in enumerate(content, found.first):
                assert held.setdefault(number, payload) == payload
        return records, lefts

    def damaged(self, writer):
        folder = self.places.data / "damaged" / writer.hex()
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def yard(places):
    made = Yard(places)
    yield made
    made.journals.close()
    assert not made.attended


def segment(writer, first, content):
    return segment_header(writer, first) + b"".join(map(framed, content)) + bytes(100)


def numbered(start, end):
    return [b"record %d" % number for number in range(start, end)]


def as_records(start, end):
    return dict(zip(range(start, end), numbered(start, end), strict=True))


LIVING = """
import os, sys
from pathlib import Path
from trackio.journal import Journal
from trackio.places import meet
from trackio.settings import Settings
settings = Settings(segment_bytes=4096, mode=sys.argv[3])
journal = Journal(meet(Path(sys.argv[1]), os.environ), bytes.fromhex(sys.argv[2]), settings)
for number in range(500):
    journal.append(b"record %d" % number)
print(flush=True)
sys.stdin.read()
"""


@pytest.fixture
def living(places):
    """Start a process that writes 500 records as training processes do, and lives until it is killed."""
    started = []

    def start(writer, mode="online"):
        command = [sys.executable, "-c", LIVING, str(places.data), writer.hex(), mode]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        assert started[-1].stdout.readline() == b"\n"
        return started[-1]

    yield start
    for process in started:
        with process:
            process.kill()


def ended(yard):
    """Wait for the end of a process that is attended to."""
    poll = select.poll()
    for descriptor in yard.attended:
        poll.register(descriptor, select.POLLIN)
    ((descriptor, _),) = poll.poll(PATIENCE * 1000)
    return yard.journals.ended(descriptor)


# ---------------------------------------------------------------------------------------------- the living, the dead


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_a_living_writer_is_left_alone_until_its_process_is_killed(yard, living, mode):
    process = living(A, mode)
    yard.lay(B, {0: numbered(0, 3)})
    records, lefts = yard.take()
    assert (set(records), set(lefts), yard.journals.living) == ({B}, {B}, 1)
    process.kill()
    assert ended(yard) == A
    assert (yard.journals.living, yard.attended) == (0, set())
    records, lefts = yard.take()
    assert records[A] == as_records(0, 500)
    assert (lefts[A].end, lefts[A].damage) == (500, {})
    yard.journals.remove(lefts[A])
    assert yard.journals.folders(A) == []
    assert not yard.damaged(A)


def test_a_greeting_is_enough_to_hear_of_a_process_that_has_no_journal(yard):
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as process:
        yard.journals.greet(A, process.pid)
        yard.journals.greet(A, process.pid)
        assert len(yard.attended) == 1
    assert ended(yard) == A
    assert not yard.journals.busy


def test_the_end_of_a_process_is_heard_of_and_how_it_came_beside_a_thousand_others(yard, monkeypatch):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = max(soft, 4096)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    opened = os.pidfd_open

    def high(pid):
        descriptor = opened(pid)
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 2000)
        os.close(descriptor)
        return moved

    monkeypatch.setattr(os, "pidfd_open", high)
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as process:
        yard.journals.greet(A, process.pid)
        process.kill()
        assert ended(yard) == A
        assert yard.journals.left(A, 0).exit == -9
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("pid", [0, -1, 2**31, 2**63, 2**22 + 1])
def test_a_number_that_is_no_process_here_is_left_to_the_scan(yard, pid):
    yard.journals.greet(A, pid)
    assert not yard.attended


@pytest.mark.parametrize("text", ["", "[]", '{"pid": "x"}', '{"pid": 1e999}', '{"host": "h"}', "\udcff"])
def test_a_lock_that_names_nobody_is_a_lock_all_the_same(yard, living, text):
    living(A)
    (yard.places.journals / A.hex() / "lock").write_bytes(text.encode(errors="surrogateescape"))
    assert yard.take() == ({}, {})
    assert not yard.journals.living


def test_a_folder_without_a_lock_has_no_writer(yard):
    (yard.lay(A, {0: numbered(0, 2)}) / "lock").unlink()
    assert yard.take()[0][A] == as_records(0, 2)


def test_a_process_that_died_before_its_first_segment_left_nothing(yard):
    folder = yard.lay(A, {})
    assert yard.take() == ({}, {A: Left(A, 0)})
    yard.journals.remove(Left(A, 0))
    assert not folder.exists()


def test_what_is_no_writers_folder_is_left_alone(yard):
    for name in ("x", A.hex().upper(), A.hex() + "0", "." + B.hex()):
        (yard.places.journals / name).mkdir()
    (yard.places.spilled / "file").touch()
    assert yard.take() == ({}, {})
    assert len(list(yard.places.journals.iterdir())) == 4


def test_a_folder_that_was_never_finished_is_removed_once_it_is_old(yard):
    building = yard.places.journals / f".{A.hex()}.7"
    (building / "media").mkdir(parents=True)
    yard.journals.scan(time.time())
    assert building.exists()
    yard.journals.scan(time.time() + STALE_SECONDS + 1)
    assert not building.exists()


# --------------------------------------------------------------------------------------------------------- reading


def test_segments_on_both_roots_are_read_in_order(yard):
    yard.lay(A, {0: numbered(0, 10), 20: numbered(20, 30)}, spilled=True)
    yard.lay(A, {10: numbered(10, 20), 30: numbered(30, 35)})
    records, lefts = yard.take()
    assert list(records[A].items()) == list(as_records(0, 35).items())
    assert lefts[A] == Left(A, 35)


def test_a_segment_that_was_being_moved_is_read_once(yard):
    for spilled in (True, False):
        yard.lay(A, {0: numbered(0, 10)}, spilled=spilled)
    yard.lay(A, {10: numbered(10, 15)})
    assert yard.take() == ({A: as_records(0, 15)}, {A: Left(A, 15)})


@pytest.mark.parametrize("stored", [0, 1, 9, 10, 11, 20, 25, 30])
def test_only_what_is_not_stored_is_read(yard, stored):
    yard.lay(A, {0: numbered(0, 10), 10: numbered(10, 20), 20: numbered(20, 30)})
    records, lefts = yard.take(lambda writer: stored)
    assert records.get(A, {}) == as_records(stored, 30)
    assert lefts[A] == Left(A, 30)


def test_large_journals_come_in_parts_of_bounded_size(yard):
    huge = b"x" * (2 * BATCH_BYTES)
    content = [*(b"%d" % n * 1000 for n in range(700)), huge, b"small"]
    yard.lay(A, {0: content})
    yard.journals.scan(time.time())
    parts = [found for found in yard.journals.read(BUDGET, lambda writer: 0) if isinstance(found, Part)]
    assert len(parts) > 3
    assert all(len(part.body) <= BATCH_BYTES or part.count == 1 for part in parts)
    assert [bytes(p) for part in parts for p in payloads(part.body)] == content
    assert [part.first for part in parts[1:]] == [part.first + part.count for part in parts[:-1]]


def test_the_dead_are_read_a_budget_at_a_time(yard):
    for number in range(20):
        yard.lay(bytes([number]) * 16, {0: [b"x" * 100_000] * 3})
    yard.journals.scan(time.time())
    found, slices = [], 0
    while yard.journals.busy:
        part = list(yard.journals.read(1_000_000, lambda writer: 0))
        assert sum(len(p.body) for p in part if isinstance(p, Part)) < 1_500_000
        found, slices = found + part, slices + 1
        yard.journals.scan(time.time())
    assert slices > 5
    assert len({left.writer for left in found if isinstance(left, Left)}) == 20


def test_a_writer_comes_again_only_after_its_journal_was_removed(yard):
    yard.lay(A, {0: numbered(0, 2)})
    _, lefts = yard.take()
    assert yard.take() == ({}, {})
    yard.journals.remove(lefts[A])
    yard.lay(A, {2: numbered(2, 3)})
    assert yard.take(lambda writer: 2)[0][A] == as_records(2, 3)


# ---------------------------------------------------------------------------------------------------------- damage

WHOLE = segment(A, 10, numbered(10, 20))
FIRST_END = SEGMENT_HEADER + 8 + len(b"record 10")


def flipped(at, bit=0x10):
    changed = bytearray(WHOLE)
    changed[at] ^= bit
    return bytes(changed)


def overwritten(at, size):
    return WHOLE[:at] + b"\xff" * size + WHOLE[at + size :]


ALL = set(range(10, 20))
DAMAGED = {
    "truncated in a record": (WHOLE[: FIRST_END + 12], {10}, "beyond the segment"),
    "truncated in its header": (WHOLE[:30], {}, "shorter than its header"),
    "a length with another bit": (flipped(FIRST_END), ALL - {11}, "record"),
    "a length of nothing": (flipped(FIRST_END, WHOLE[FIRST_END]), ALL - {11}, "goes on later"),
    "a commit word with another bit": (flipped(2 * FIRST_END - SEGMENT_HEADER - 1), ALL - {11}, "commit word"),
    "records that are overwritten": (overwritten(FIRST_END, 50), ALL - {11, 12, 13}, "record"),
    "a magic with another bit": (flipped(0), {}, "not a journal segment"),
    "garbage": (b"\xff" * 300, {}, "not a journal segment"),
    "garbage after its records": (WHOLE[:-100] + b"\xff" * 100, ALL, "record"),
    "the header of another writer": (segment(B, 10, numbered(10, 20)), {}, f"writer {B.hex()}"),
    "the header of another record": (segment(A, 11, numbered(11, 20)), {}, "record 11"),
}


@pytest.mark.parametrize("spilled", [False, True])
@pytest.mark.parametrize(("content", "whole", "told"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_segment_is_kept_aside_and_the_whole_records_are_read(yard, content, whole, told, spilled):
    yard.lay(A, {0: numbered(0, 10), 20: numbered(20, 30)})
    folder = yard.lay(A, {10: content}, spilled=spilled)
    (folder / "media" / ("f" * 32)).write_bytes(b"whose row is lost")
    yard.lay(B, {0: numbered(0, 5)})
    records, lefts = yard.take()
    assert records[A] == as_records(0, 10) | {n: as_records(n, n + 1)[n] for n in whole} | as_records(20, 30)
    assert records[B] == as_records(0, 5)
    assert (lefts[A].end, lefts[B]) == (30, Left(B, 5))
    for left in lefts.values():
        yard.journals.remove(left)
    kept = yard.damaged(A)
    assert kept[f"{10:020}.seg"] == content
    assert told in kept[f"{10:020}.seg.txt"].decode()
    assert kept[f"media/{'f' * 32}"] == b"whose row is lost"
    assert f"{0:020}.seg" not in kept
    assert not yard.journals.folders(A)
    assert not yard.damaged(B)


def test_records_that_are_missing_are_noted(yard):
    yard.lay(A, {0: numbered(0, 10), 15: numbered(15, 20)})
    records, lefts = yard.take()
    assert records[A] == as_records(0, 10) | as_records(15, 20)
    assert list(lefts[A].damage.values()) == ["records 10 to 14 are missing before it"]


def test_a_damaged_end_counts_as_one_record_at_least(yard):
    yard.lay(A, {10: DAMAGED["truncated in a record"][0]})
    assert yard.take(lambda writer: 10)[1][A].end == 12


def test_a_record_that_was_being_written_and_a_segment_that_was_being_made_are_no_damage(yard):
    cut = WHOLE[: FIRST_END + 12] + bytes(80)
    yard.lay(A, {10: cut, 11: bytes(4096)})
    assert yard.take(lambda writer: 10) == ({A: as_records(10, 11)}, {A: Left(A, 11)})


def test_a_segment_that_cannot_be_opened_is_damage(yard):
    folder = yard.lay(A, {0: numbered(0, 2)})
    (folder / f"{2:020}.seg").mkdir()
    records, lefts = yard.take()
    assert records[A] == as_records(0, 2)
    assert "directory" in lefts[A].damage[folder / f"{2:020}.seg"]


def test_a_journal_of_another_version_stays_where_it_is_until_the_next_start(yard):
    other = bytearray(WHOLE)
    other[8] = 9
    folder = yard.lay(A, {10: bytes(other)})
    yard.lay(B, {0: numbered(0, 1)})
    assert yard.take(lambda writer: 0)[0] == {B: as_records(0, 1)}
    assert "version 9" in yard.journals.refused[A]
    assert yard.take() == ({}, {})
    assert (folder / f"{10:020}.seg").read_bytes() == other


def test_blame_falls_on_the_segment_that_holds_the_record(yard):
    yard.lay(A, {0: numbered(0, 10), 10: numbered(10, 20)})
    _, lefts = yard.take()
    yard.journals.blame(lefts[A], 9, "makes no sense")
    yard.journals.remove(lefts[A])
    assert yard.damaged(A)[f"{0:020}.seg.txt"] == b"record 9: makes no sense\n"
    assert f"{10:020}.seg" not in yard.damaged(A)


def test_a_journal_that_belongs_nowhere_is_kept_whole_and_read_no_further(yard):
    folder = yard.lay(A, {5: [b"x" * BATCH_BYTES] * 4, 9: numbered(9, 12)})
    (folder / "media" / ("f" * 32)).write_bytes(b"media")
    yard.journals.scan(time.time())
    first = next(yard.journals.read(1, lambda writer: 0))
    yard.journals.set_aside(first.left, "it has no beginning")
    assert not yard.journals.busy
    kept = yard.damaged(A)
    assert set(kept) == {f"{n:020}.seg{end}" for n in (5, 9) for end in ("", ".txt")} | {f"media/{'f' * 32}"}
    assert not folder.exists()


def test_what_finds_no_room_aside_stays_where_it_is(yard):
    folder = yard.lay(A, {10: DAMAGED["garbage"][0]})
    (yard.places.data / "damaged").write_bytes(b"in the way")
    _, lefts = yard.take()
    yard.journals.remove(lefts[A])
    assert (folder / f"{10:020}.seg").read_bytes() == DAMAGED["garbage"][0]
    assert A in yard.journals.refused
    assert yard.take() == ({}, {})


@given(
    st.binary(max_size=400) | st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(1, 255)).map(lambda a: flipped(*a))
)
def test_of_any_bytes_what_is_whole_is_read_and_numbered_in_order(tmp_path_factory, content):
    from trackiod.adopt import _read

    file = tmp_path_factory.getbasetemp() / f"{10:020}.seg"
    file.write_bytes(content)
    left = Left(A, 10)
    try:
        parts = list(_read(file, left, 20))
    except Exception as error:
        assert type(error).__name__ == "VersionMismatch"
        return
    end = 10
    for part in parts:
        assert part.first >= end
        assert len(list(payloads(part.body))) == part.count > 0
        end = part.first + part.count
    assert end == left.end <= 20
    assert left.end == 20 or left.damage or not any(content[:64]) or 0 in content[SEGMENT_HEADER:]


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=2, max_size=20))
def test_halves_are_the_whole(content):
    part = Part(Left(A, 0), 7, len(content), b"".join(map(framed, content)))
    front, back = halves(part)
    assert front.body + back.body == part.body
    assert (front.first, front.first + front.count, back.first + back.count) == (7, back.first, 7 + len(content))
    assert [len(list(payloads(half.body))) for half in (front, back)] == [front.count, back.count]
    assert front.count
    assert back.count


# ----------------------------------------------------------------------------------------------------------- watch


@pytest.fixture
def watch(places):
    reading = os.eventfd(0, os.EFD_NONBLOCK)
    made = Watch(places, lambda: os.eventfd_write(reading, 1))
    made.start()
    yield made, reading
    made.close()
    assert not made.alive
    os.close(reading)


def poked(reading):
    try:
        return os.eventfd_read(reading) > 0
    except BlockingIOError:
        return False


def test_the_loop_is_poked_when_a_journal_comes_or_goes_on_either_root(places, watch, until):
    _, reading = watch
    for number, root in enumerate((places.journals, places.spilled)):
        folders = iter(range(1000))
        # A folder that was made before the watch began is the scan's to find.
        until(lambda: (root / f"{number}-{next(folders)}").mkdir() or poked(reading), "a poke", PATIENCE)  # noqa: B023
    while poked(reading):
        pass
    shutil.rmtree(places.spilled / "1-0")
    until(lambda: poked(reading), "a poke")


def test_a_watch_whose_folder_is_removed_says_so(places, watch, until):
    made, reading = watch
    folders = iter(range(1000))
    until(lambda: (places.journals / str(next(folders))).mkdir() or poked(reading), "a poke", PATIENCE)
    shutil.rmtree(places.journals)
    until(lambda: not made.alive, "the watch to end")


def test_a_watch_that_never_began_can_be_closed(places):
    made = Watch(places, lambda: None)
    made.close()
    assert not made.alive
