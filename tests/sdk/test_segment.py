"""trackio/segment.py: a file that is written in memory, read while it grows, and moved without being lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackio.segment import Segment, Spare
from trackio.wire import SEGMENT_HEADER, framed, payloads, read_segment_header

WRITER = bytes(range(16))
SIZE = 4096


@pytest.fixture
def segment(tmp_path):
    made = Segment.create(tmp_path, WRITER, 5, SIZE)
    yield made
    made.close()


def write(segment, *records):
    for record in map(framed, records):
        end, count = segment.mark
        segment.map[end : end + len(record)] = record
        segment.mark = (end + len(record), count + 1)


def held(data):
    return [bytes(payload) for payload in payloads(data[SEGMENT_HEADER:])]


def test_a_new_segment_is_named_for_its_first_record_and_has_all_its_pages(segment):
    assert segment.path.name == "00000000000000000005.seg"
    assert segment.path.stat().st_size == SIZE
    assert segment.path.stat().st_blocks * 512 >= SIZE
    assert segment.path.stat().st_mode & 0o077 == 0
    assert read_segment_header(segment.path.read_bytes()) == (WRITER, 5)
    assert (segment.end, segment.mark) == (5, (SEGMENT_HEADER, 0))


def test_what_is_written_is_in_the_file_at_once(segment):
    write(segment, b"one", b"two")
    assert held(segment.path.read_bytes()) == [b"one", b"two"]
    assert segment.end == 7


def test_reading_is_the_same_from_memory_and_from_the_file(segment):
    write(segment, b"one", b"two")
    end = segment.mark[0]
    before = segment.read(SEGMENT_HEADER, end)
    segment.close()
    assert segment.map is None
    assert segment.read(SEGMENT_HEADER, end) == before == framed(b"one") + framed(b"two")


def test_every_record_is_found_by_its_number(segment):
    write(segment, b"one", b"three", b"fifteen")
    for number, record in ((5, b"one"), (6, b"three"), (7, b"fifteen")):
        at = segment.offset(number)
        assert segment.read(at, at + len(record) + 8) == framed(record)
    assert segment.offset(segment.end) == segment.mark[0]


def test_a_saved_segment_is_short_and_elsewhere_and_reads_the_same(segment, tmp_path):
    disk, before = tmp_path / "disk", segment.path
    disk.mkdir()
    write(segment, b"one", b"two")
    end = segment.mark[0]
    segment.save(disk)
    assert not before.exists()
    assert list(disk.iterdir()) == [segment.path]
    assert (segment.map, segment.size, segment.path.stat().st_size) == (None, end, end)
    assert held(segment.read(0, end)) == [b"one", b"two"]
    assert segment.offset(6) == SEGMENT_HEADER + len(framed(b"one"))


def test_a_segment_that_is_saved_where_it_is_stays(segment, tmp_path):
    write(segment, b"one")
    segment.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["00000000000000000005.seg"]
    assert held(segment.read(0, segment.size)) == [b"one"]


def test_a_segment_that_cannot_be_saved_stays_in_memory(segment, tmp_path):
    write(segment, b"one")
    with pytest.raises(OSError):
        segment.save(tmp_path / "nowhere")
    assert held(segment.read(0, segment.mark[0])) == [b"one"]
    assert segment.path.exists()


def test_a_segment_whose_file_was_removed_is_still_read_from_memory(segment, tmp_path):
    write(segment, b"one")
    segment.path.unlink()
    (tmp_path / "disk").mkdir()
    segment.save(tmp_path / "disk")
    assert held(segment.path.read_bytes()) == [b"one"]


def test_reading_what_is_gone_is_an_error_of_the_system(segment):
    segment.close()
    segment.path.unlink()
    with pytest.raises(FileNotFoundError):
        segment.read(0, 1)


def test_a_spare_is_not_seen_as_a_segment_until_it_begins(tmp_path):
    spare = Spare.create(tmp_path, SIZE)
    assert list(tmp_path.glob("[0-9]*.seg")) == []
    segment = spare.begin(WRITER, 9)
    assert [path.name for path in tmp_path.iterdir()] == ["00000000000000000009.seg"]
    assert read_segment_header(segment.read(0, SIZE)) == (WRITER, 9)
    segment.close()


def test_a_discarded_spare_leaves_nothing(tmp_path):
    Spare.create(tmp_path, SIZE).discard()
    assert list(tmp_path.iterdir()) == []


def test_a_segment_for_which_there_is_no_room_leaves_nothing(tmp_path):
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    with pytest.raises(OSError):
        Segment.create(tmp_path, WRITER, 0, 2**60)
    assert list(tmp_path.iterdir()) == []
    assert len(list(descriptors.iterdir())) == before


def test_what_a_record_left_that_failed_is_cleared_and_whole_ones_stay(segment):
    write(segment, b"whole")
    end = segment.mark[0]
    segment.map[end : end + 9] = b"unmarked!"
    segment.wipe()
    assert held(segment.read(0, SIZE)) == [b"whole"]
    assert segment.read(end, SIZE) == bytes(SIZE - end)
    segment.close()
    segment.wipe()
