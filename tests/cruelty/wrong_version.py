"""A daemon of an older and of a newer protocol: writers are refused by name, keep every record, and are served at last.

python tests/cruelty/wrong_version.py [ROWS]
"""

from __future__ import annotations

from yard import Tally, Yard, conclude, until

from trackio.wire import PROTOCOL_VERSION

#: Logs so many rows, half of them once the daemon has refused it; ends by itself, or is killed.
WRITER = """
import os, signal, sys, time, trackio
from ledger import Ledger
name, rows, go_on = sys.argv[1], int(sys.argv[2]), sys.argv[3]
trackio.init(project="versions", name=name)
ledger = Ledger(name)
for row in range(rows):
    while row == rows // 2 and not os.path.exists(go_on):
        time.sleep(0.02)
    ledger.log(trackio, beside=0.5)
if name == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
trackio.finish()
"""
#: The version is what every function of the daemon finds there, and what it writes into headers.
OTHER = """
import trackio.wire
trackio.wire.PROTOCOL_VERSION = {version}
"""


def main(rows: int) -> Tally:
    """Play both versions, each in a yard of its own."""
    tally = Tally()
    for version in (PROTOCOL_VERSION - 1, PROTOCOL_VERSION + 1):
        with Yard(TRACKIO_FINISH_SECONDS="2") as yard:
            _refused(yard, version, rows, tally)
    return tally


def _refused(yard: Yard, version: int, rows: int, tally: Tally) -> None:
    go_on = yard.folder / "go-on"
    yard.start_daemon(prelude=OTHER.format(version=version))
    writers = [yard.python(WRITER, name, rows, go_on) for name in ("finished", "killed")]
    said = f"speaks version {version}"
    until(lambda: yard.printed.read_text().count(said) >= len(writers), 30, "the refusals", yard.printed)
    go_on.touch()
    for writer in writers:
        writer.wait(30)
    log = yard.places.daemon_log
    until(lambda: log.read_text().count("is left where it is") >= len(writers), 30, "the journals to be refused", log)
    tally.claim(len(yard.journals()) == len(writers), "every journal is kept")
    tally.claim("Traceback" not in log.read_text(), "no error that nobody foresaw")
    yard.stop_daemon()
    yard.start_daemon()
    yard.settle()
    yard.audit(tally)


if __name__ == "__main__":
    conclude(main, 50_000)
