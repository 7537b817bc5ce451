"""No daemon for a whole run; none beyond the budget on tmpfs; none beyond that on disk. Then one comes.

python tests/cruelty/absent_daemon.py [ROWS]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yard import Tally, Yard, conclude, until

if TYPE_CHECKING:
    from pathlib import Path

#: Logs so many rows; then waits until told to go on, and logs as many again.
WRITER = """
import os, sys, time, trackio
from ledger import Ledger
name, rows, go_on = sys.argv[1], int(sys.argv[2]), sys.argv[3]
trackio.init(project="absent", name=name)
ledger, metrics = Ledger(name), {f"metric_{i}": 0.5 for i in range(10)}
def log():
    for row in range(rows):
        ledger.log(trackio, **metrics)
        row % 500 or time.sleep(0.01)
log()
while go_on and not os.path.exists(go_on):
    time.sleep(0.05)
if go_on:
    log()
"""
SMALL = {"TRACKIO_SEGMENT_BYTES": "65536", "TRACKIO_MEMORY_BYTES": str(2**20), "TRACKIO_FINISH_SECONDS": "20"}
#: Segments beyond the budget that may be on tmpfs: the one that is written to, a spare one, and two being moved.
SLACK = 4 * 65536


def main(rows: int) -> Tally:
    """Play the three absences one after another, each in a yard of its own."""
    tally = Tally()
    for play in (_whole_run, _beyond_tmpfs, _beyond_disk):
        with Yard() as yard:
            play(yard, rows, tally)
    return tally


def _whole_run(yard: Yard, rows: int, tally: Tally) -> None:
    writers = [yard.python(WRITER, f"writer-{n}", rows, "") for n in range(3)]
    tally.claim(not any(writer.wait(60) for writer in writers), "writers end well without a daemon")
    _concluded(yard, tally)


def _beyond_tmpfs(yard: Yard, rows: int, tally: Tally) -> None:
    writer = yard.python(WRITER, "large", max(rows, 20_000), "", **SMALL)
    writer.wait(60)
    on_tmpfs, on_disk = _bytes(yard.places.journals), _bytes(yard.places.spilled)
    tally.claim(on_tmpfs <= int(SMALL["TRACKIO_MEMORY_BYTES"]) + SLACK, f"{on_tmpfs} bytes are on tmpfs")
    tally.claim(on_disk, "segments go to disk")
    tally.seen["disk_bytes"] = on_disk
    _concluded(yard, tally)


def _beyond_disk(yard: Yard, rows: int, tally: Tally) -> None:
    go_on = yard.folder / "go-on"
    writer = yard.python(WRITER, "refused", max(rows, 20_000), go_on, **SMALL, TRACKIO_DISK_BYTES=str(2**20))
    until(lambda: yard.rows("refused") == max(rows, 20_000), 60, "the first rows", yard.printed)
    held = _bytes(yard.places.journals) + _bytes(yard.places.spilled)
    tally.claim(held <= 2 * 2**20 + SLACK, f"{held} bytes are kept")
    yard.start_daemon()
    until(lambda: not _bytes(yard.places.spilled), 60, "the daemon to take in what is there", yard.printed)
    go_on.touch()
    tally.claim(writer.wait(60) == 0, "no exception")
    warnings = yard.printed.read_text().count("UserWarning")
    tally.claim(warnings == 1, f"{warnings} warnings")
    _concluded(yard, tally)
    tally.claim(tally.refused["journal limit"] > 1000, "rows are refused")
    tally.claim(tally.refused["journal limit"] < max(rows, 20_000), "rows are taken again once the daemon is there")
    tally.excuse("journal limit")


def _concluded(yard: Yard, tally: Tally) -> None:
    if yard.daemon is None:
        yard.start_daemon()
    yard.settle()
    yard.audit(tally)


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*/*.seg"))


if __name__ == "__main__":
    conclude(main, 100_000)
