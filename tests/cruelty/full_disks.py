"""A full tmpfs for journals, a full disk for the store, and both: media give way, system metrics, then rows; it passes.

python tests/cruelty/full_disks.py [ROWS]

Needs to mount small file systems, as root; says so and skips where that is not allowed.
"""

from __future__ import annotations

import json

from yard import Tally, Yard, conclude, fill, until

from trackio import request
from trackio.places import media_room
from trackiod.apply import SCARCE

#: Logs so many rows, every tenth with an image of so many pixels a side and a system metric; then as many as it can
#: until `stop` is there.
WRITER = """
import json, os, sys, time
import numpy as np, trackio
from ledger import Ledger
name, rows, pixels, stop = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
run = trackio.init(project="full", name=name)
ledger, random, order, warned = Ledger(name), np.random.default_rng(1), [], False
def log():
    beside = {}
    if pixels and ledger.count % 10 == 0:
        beside["picture"] = trackio.Image(random.integers(0, 255, (pixels, pixels, 3), np.uint8))
        run.log_system({"gpu/0/utilization": 50.0})
    kept = run._writer.rows
    ledger.log(run, **beside, **{f"metric_{i}": 0.5 for i in range(10)})
    lost = run._writer.rows == kept
    refused = {"row": lost, "system": run._writer.refused["disk full (system metrics)"]}
    refused["media"] = run._writer.refused["disk full"] and not lost
    order.extend(what for what in ("media", "system", "row") if refused[what] and what not in order)
    return lost
for row in range(rows):
    log()
    row % 200 or time.sleep(0.005)
lost = False
while stop and not os.path.exists(stop):
    lost = log()
    time.sleep(0.002)
note = {"order": order, "rows_refused": ledger.count - run._writer.rows, "at_the_end": lost}
with open(os.environ["LEDGERS"] + "/../" + name + ".json", "w") as file:
    json.dump(note, file)
trackio.finish()
"""
#: Begins while there is no room at all.
BEGINNER = """
import os, sys, time, trackio
from ledger import Ledger
name, stop = sys.argv[1:]
trackio.init(project="full", name=name)
ledger = Ledger(name)
while not os.path.exists(stop):
    ledger.log(trackio)
    time.sleep(0.002)
trackio.finish()
"""


def main(rows: int) -> Tally:
    """Play each of them in a yard of its own."""
    tally = Tally()
    _journal_full(rows, tally)
    _both_full(rows, tally)
    _full_from_the_beginning(tally)
    _store_full(rows, tally)
    _media_leave_room(tally)
    return tally


def _journal_full(rows: int, tally: Tally) -> None:
    """What finds no room on tmpfs goes to disk."""
    with Yard(journal_mib=2) as yard:
        writer = yard.python(WRITER, "overflowing", max(rows, 12_000), 16, "")
        tally.claim(writer.wait(60) == 0, "no exception")
        tally.claim(any(yard.places.spilled.glob("*/*.seg")), "segments go to disk")
        yard.start_daemon()
        yard.settle()
        yard.audit(tally)
        tally.claim(not tally.refused, f"refused: {dict(tally.refused)}")


def _both_full(rows: int, tally: Tally) -> None:
    """With no room and no daemon, media are refused, then system metrics, then rows; all kept once there is room."""
    with Yard(journal_mib=3, data_mib=12, TRACKIO_SEGMENT_BYTES=str(2**16)) as yard:
        ballast, stop = yard.data / "ballast", yard.folder / "stop"
        ballast.write_bytes(bytes(8 * 2**20))
        writer = yard.python(WRITER, "squeezed", max(rows, 25_000), 32, stop)
        until(lambda: yard.rows("squeezed") > max(rows, 25_000), 100, "the rows", yard.printed)
        ballast.unlink()
        held = _segments(yard)
        until(lambda: _segments(yard) > held, 30, "rows that are kept", yard.printed)
        stop.touch()
        tally.claim(writer.wait(60) == 0, "no exception")
        told = json.loads((yard.folder / "squeezed.json").read_text())
        tally.claim(told["order"] == ["media", "system", "row"], f"refused first, and then: {told['order']}")
        tally.claim(not told["at_the_end"], "rows are kept again once there is room")
        warnings = yard.printed.read_text().count("UserWarning")
        tally.claim(2 <= warnings <= 3, f"{warnings} warnings")
        yard.start_daemon()
        yard.settle()
        yard.audit(tally)
        tally.lost -= told["rows_refused"]
        tally.claim(tally.refused["disk full"] > told["rows_refused"] > 0, "each refused row and image is told")


def _full_from_the_beginning(tally: Tally) -> None:
    """A run that finds no room raises nothing, begins once there is some, and tells what is missing."""
    with Yard(journal_mib=3, data_mib=3) as yard:
        ballast, stop = [fill(folder) for folder in (yard.data, yard.folder / "run")], yard.folder / "stop"
        writer = yard.python(BEGINNER, "begun", stop)
        until(lambda: yard.rows("begun") > 100, 30, "rows that are refused", yard.printed)
        for file in ballast:
            file.unlink()
        until(yard.journals, 30, "a journal", yard.printed)
        before = yard.rows("begun")
        until(lambda: yard.rows("begun") > before + 100, 30, "rows that are kept", yard.printed)
        stop.touch()
        tally.claim(writer.wait(60) == 0, "no exception")
        tally.claim(yard.printed.read_text().count("UserWarning") == 1, "one warning")
        yard.start_daemon()
        yard.settle()
        yard.audit(tally)
        refused = yard.refusals()["begun"]["disk full"]
        tally.claim(refused >= 100, f"{refused} rows are refused")
        tally.lost -= refused


def _store_full(rows: int, tally: Tally) -> None:
    """While nothing can be stored, rows wait in their journals; a daemon that begins meanwhile waits as well."""
    with Yard(web=True, journal_mib=64, data_mib=32) as yard:
        yard.start_daemon()
        stop = yard.folder / "stop"
        writers = [yard.python(WRITER, f"waiting-{n}", rows, 16, stop) for n in range(2)]
        until(lambda: yard.began("waiting-0", "waiting-1"), 30, "the writers", yard.printed)
        for kill in (False, True):
            ballast = fill(yard.data)
            until(lambda: _status(yard)["ingest"]["trouble"], 30, "the daemon to notice", yard.places.daemon_log)
            if kill:
                yard.kill_daemon()
                yard.start_daemon()
            before = yard.rows("waiting-0")
            until(lambda before=before: yard.rows("waiting-0") > before + 50, 30, "rows meanwhile", yard.printed)
            ballast.unlink()
            until(lambda: not _status(yard)["ingest"]["trouble"], 30, "recovery", yard.places.daemon_log)
        stop.touch()
        tally.claim(not any(writer.wait(60) for writer in writers), "no exception")
        yard.settle()
        refused = tally.refused.total()
        yard.audit(tally)
        tally.claim(tally.refused.total() - tally.refused[SCARCE] == refused, f"refused: {dict(tally.refused)}")


def _media_leave_room(tally: Tally) -> None:
    """More media than the disk can hold are put off before rows are."""
    with Yard(journal_mib=64, data_mib=8) as yard:
        yard.start_daemon()
        stop = yard.folder / "stop"
        (yard.data / "ballast").write_bytes(bytes(media_room(yard.data) - 2**20))
        writer = yard.python(WRITER, "generous", 200, 256, stop)
        until(lambda: media_room(yard.data) < 2**18, 90, "media to fill the disk", yard.places.daemon_log)
        before = yard.rows("generous")
        until(lambda: yard.rows("generous") > before + 500, 30, "rows meanwhile", yard.printed)
        tally.claim(_status(yard)["ingest"]["trouble"] is None, "rows are stored all the same")
        stop.touch()
        tally.claim(writer.wait(60) == 0, "no exception")
        yard.settle()
        tally.claim(_status(yard)["encoders"]["pending"], "some media wait")
        tally.seen["room_for_rows"] = int(media_room(yard.data) + 2**19 > 0)
        yard.audit(tally)


def _segments(yard: Yard) -> int:
    return len(list(yard.places.spilled.glob("*/*.seg")))


def _status(yard: Yard) -> dict:
    return request.ask(yard.places, "status", {}, 30)


if __name__ == "__main__":
    conclude(main, 50_000)
