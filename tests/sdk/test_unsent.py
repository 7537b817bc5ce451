"""trackio/unsent.py: what no daemon has stored yet is told from outside, row by row."""

from __future__ import annotations

import pytest

from trackio.settings import Settings
from trackio.unsent import unsent
from trackio.wire import SEGMENT_HEADER, RunStart
from trackio.writer import Writer

START = RunStart("a" * 32, "p", "n", None, {}, "never", 1)


@pytest.fixture
def writer(places):
    made = Writer(places, Settings(segment_bytes=4096), START, first_step=0, relative=False)
    yield made
    made.close(remove=True)


def waiting(places, stored=0):
    (found,) = unsent(places, lambda _: stored)
    return found


def test_rows_of_every_form_count_and_other_records_do_not(places, writer):
    writer.log({"loss": 1.0})
    writer.log({"text": "a", "loss": 2.0})
    writer.configure({"lr": 0.1}, ())
    found = waiting(places)
    assert (found.writer, found.run, found.rows) == (writer.id, "a" * 32, 2)


@pytest.mark.parametrize("keys", [1, 40])
def test_the_oldest_row_that_is_not_stored_tells_since_when_it_waits(places, writer, monkeypatch, keys):
    clock = iter(range(100, 1000, 100))
    monkeypatch.setattr("trackio.writer.time.time_ns", lambda: next(clock))
    for _ in range(3):
        writer.log({f"m{key}": 1.0 for key in range(keys)})
    assert waiting(places).oldest == 100
    # The first records are the start and the schema.
    assert (waiting(places, stored=3).rows, waiting(places, stored=3).oldest) == (2, 200)
    assert (waiting(places, stored=5).rows, waiting(places, stored=5).oldest) == (0, None)


def test_rows_in_many_segments_on_either_root_are_told_once(places, writer):
    for step in range(1000):
        writer.log({"loss": float(step)})
    assert len(writer.journal.segments) >= 10
    writer.journal.relieve()
    assert waiting(places).rows == 1000
    assert waiting(places, stored=902).rows == 100


def test_damage_ends_a_segment_and_no_more(places, writer):
    for step in range(200):
        writer.log({"loss": float(step)})
    writer.journal.segments[0].map[SEGMENT_HEADER + 1] ^= 0xFF
    assert 0 < waiting(places).rows < 200
    (places.journals / ("b" * 32)).mkdir()
    (places.journals / ("b" * 32) / f"{0:020}.seg").write_bytes(b"nonsense")
    (places.journals / "stray").write_text("x")
    assert {found.writer: found.rows for found in unsent(places, lambda _: 0)}[b"\xbb" * 16] == 0


def test_without_journals_nothing_waits(places):
    assert unsent(places, lambda _: 0) == []
