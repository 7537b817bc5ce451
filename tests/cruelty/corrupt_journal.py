"""Journals of killed writers, damaged in every way: what is whole is stored, the rest is counted, named and kept aside.

python tests/cruelty/corrupt_journal.py [REPEATS]

Numbers carry no checksum: a bit that flips inside of one makes another number of it. All else is noticed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yard import Tally, Yard, conclude

from trackio.wire import FRAMING, SEGMENT_HEADER, decode_record, payloads
from trackiod.apply import DAMAGED

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import os, signal, sys, trackio
from ledger import Ledger
trackio.init(project="damaged", name=sys.argv[1])
ledger = Ledger(sys.argv[1])
for _ in range(int(sys.argv[2])):
    ledger.log(trackio, beside=0.5)
os.kill(os.getpid(), signal.SIGKILL)
"""
SMALL = {"TRACKIO_SEGMENT_BYTES": "16384"}
ROWS = 1500
#: Records before a writer's first row: its start, and a schema.
BEFORE = 2
MARKER_BYTES = 6


@dataclass
class Segment:
    """One file of a journal, and the place of one of its records."""

    path: Path
    first: int
    end: int
    record: int
    at: int
    size: int

    def changed(self, offset: int, bit: int) -> None:
        """Flip one bit of a byte, counted from the start of the record."""
        data = bytearray(self.path.read_bytes())
        data[self.at + offset] ^= 1 << bit
        self.path.write_bytes(data)


def _length(segment: Segment, moment: random.Random) -> range:
    segment.changed(moment.randrange(4), moment.randrange(8))
    return range(segment.record, segment.record + 1)


def _commit(segment: Segment, moment: random.Random) -> range:
    segment.changed(segment.size - 4 + moment.randrange(4), moment.randrange(8))
    return range(segment.record, segment.record + 1)


def _marker(segment: Segment, moment: random.Random) -> range:
    segment.changed(4 + moment.randrange(MARKER_BYTES), moment.randrange(8))
    return range(segment.record, segment.record + 1)


def _truncated(segment: Segment, moment: random.Random) -> range:
    data = segment.path.read_bytes()
    segment.path.write_bytes(data[: segment.at + moment.randrange(segment.size)])
    return range(segment.record, segment.end)


def _garbage(segment: Segment, moment: random.Random) -> range:
    data = segment.path.read_bytes()
    segment.path.write_bytes(data[: segment.at] + moment.randbytes(len(data) - segment.at))
    return range(segment.record, segment.end)


def _overwritten(segment: Segment, moment: random.Random) -> range:
    count = moment.randrange(1, segment.end - segment.record + 1)
    data = bytearray(segment.path.read_bytes())
    data[segment.at : segment.at + count * segment.size] = moment.randbytes(count * segment.size)
    segment.path.write_bytes(data)
    return range(segment.record, segment.record + count)


def _header(segment: Segment, moment: random.Random) -> range:
    segment.changed(moment.choice((*range(8), *range(16, 40))) - segment.at, moment.randrange(8))
    return range(segment.first, segment.end)


def _zeroed(segment: Segment, _: random.Random) -> range:
    segment.path.write_bytes(bytes(segment.path.stat().st_size))
    return range(segment.first, segment.end)


def _empty(segment: Segment, _: random.Random) -> range:
    segment.path.write_bytes(b"")
    return range(segment.first, segment.end)


def _gone(segment: Segment, _: random.Random) -> range:
    segment.path.unlink()
    return range(segment.first, segment.end)


def _junk(segment: Segment, moment: random.Random) -> range:
    for name in ("lock", "x.seg", f"{7:020d}", ".half"):
        (segment.path.parent / name).write_bytes(moment.randbytes(100))
    return range(0)


def _beginning(segment: Segment, moment: random.Random) -> range:
    first = segment.path.with_name(f"{0:020d}.seg")
    first.write_bytes(moment.randbytes(first.stat().st_size))
    return range(BEFORE + ROWS)


DAMAGES = (
    _length,
    _commit,
    _marker,
    _overwritten,
    _truncated,
    _garbage,
    _header,
    _zeroed,
    _empty,
    _gone,
    _junk,
    _beginning,
)


def main(repeats: int) -> Tally:
    """Damage one writer's journal in each way, and leave one alone, `repeats` times."""
    moment, tally = random.Random(4), Tally()
    for _ in range(repeats):
        _damaged(moment, tally)
    return tally


def _damaged(moment: random.Random, tally: Tally) -> None:
    with Yard() as yard:
        writers = [*(damage.__name__.strip("_") for damage in DAMAGES), "whole"]
        for processes in [writers[at : at + 4] for at in range(0, len(writers), 4)]:
            for process in [yard.python(WRITER, name, ROWS, **SMALL) for name in processes]:
                process.wait(60)
        folders = {_name(folder): folder for folder in yard.journals()}
        damaged = {damage.__name__.strip("_"): damage for damage in DAMAGES}
        lost = {name: damage(_segment(folders[name], moment), moment) for name, damage in damaged.items()}
        yard.start_daemon()
        yard.settle()
        before = tally.lost
        yard.audit(tally)
        expected = sum(max(0, records.stop - max(BEFORE, records.start)) for records in lost.values())
        tally.claim(tally.lost - before == expected, f"{tally.lost - before} rows were lost, {expected} were damaged")
        tally.lost = before
        tally.seen["damaged_rows"] += expected
        told = yard.refusals()
        for name, records in lost.items():
            if name != "beginning":
                count = told[name].get(DAMAGED, 0)
                tally.claim(count == len(records), f"{name}: {count} records are told to be lost, not {len(records)}")
            kept = yard.data / "damaged" / folders[name].name
            tally.claim(bool(list(kept.glob("*.txt"))) == bool(records), f"{name}: is kept aside, and named")
        tally.claim(not told["whole"], "others are untouched")


def _name(folder: Path) -> str:
    (start, *_) = payloads((folder / f"{0:020d}.seg").read_bytes()[SEGMENT_HEADER:])
    return decode_record(start).name


def _segment(folder: Path, moment: random.Random) -> Segment:
    """Choose a record of a segment that is neither the first nor the last one."""
    files = sorted(folder.glob("*.seg"))
    chosen = moment.randrange(1, len(files) - 1)
    first, end = int(files[chosen].stem), int(files[chosen + 1].stem)
    sizes = [FRAMING + len(payload) for payload in payloads(files[chosen].read_bytes()[SEGMENT_HEADER:])]
    assert len(sizes) == end - first
    number = moment.randrange(len(sizes))
    return Segment(files[chosen], first, end, first + number, SEGMENT_HEADER + sum(sizes[:number]), sizes[number])


if __name__ == "__main__":
    conclude(main, 20)
