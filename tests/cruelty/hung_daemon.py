"""SIGSTOP of the daemon while a job logs 100 rows/s: log() costs what it always costs, and nothing is lost.

    python tests/cruelty/hung_daemon.py [SECONDS]

The same loop runs without a tracker beside it at the same time, so that a pause of the machine shows in both.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from dataclasses import dataclass

from yard import Tally, Yard, until

#: Logs (or does nothing) 100 times a second; prints the slowest calls in ms.
LOOP = """
import json, sys, time
name, seconds, tracked = sys.argv[1], float(sys.argv[2]), sys.argv[3] == "tracked"
if tracked:
    import trackio
    trackio.init(project="hung", name=name)
log = trackio.log if tracked else lambda row: None
slow, rows, start = [], 0, time.perf_counter()
while time.perf_counter() - start < seconds:
    row = {f"metric/{i}": float(rows + i) for i in range(10)}
    before = time.perf_counter()
    log(row)
    slow.append((time.perf_counter() - before) * 1000)
    rows += 1
    time.sleep(0.01)
if tracked:
    trackio.finish()
with open(sys.argv[4], "w") as note:
    json.dump({"rows": rows, "slowest_ms": max(slow), "over_5ms": sum(ms > 5 for ms in slow)}, note)
"""


@dataclass
class Outcome:
    """Slowest calls beside the untracked loop, and the rows' tally."""

    tracked: dict[str, float]
    untracked: dict[str, float]
    tally: Tally

    def __str__(self) -> str:
        return (
            f"{self.tally} over_5ms={self.tracked['over_5ms']:g} (without tracker {self.untracked['over_5ms']:g}) "
            f"slowest={self.tracked['slowest_ms']:.3f} ms (without tracker {self.untracked['slowest_ms']:.3f} ms)"
        )


def main(seconds: float) -> Outcome:
    """Hold the daemon still for `seconds` in the middle of a loop that runs two seconds longer."""
    with Yard() as yard:
        notes = {kind: yard.folder / kind for kind in ("tracked", "untracked")}
        processes = [yard.python(LOOP, "steady", str(seconds + 2), kind, str(note)) for kind, note in notes.items()]
        until(lambda: "steady" in yard.runs("hung"), 30, "the job", yard.places.daemon_log)
        yard.daemon.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        yard.daemon.send_signal(signal.SIGCONT)
        for process in processes:
            assert process.wait(60) == 0
        tracked, untracked = (json.loads(note.read_text()) for note in notes.values())
        run = yard.settled("hung", ["steady"])["steady"]
        tally = Tally()
        tally.compare(int(tracked["rows"]), yard.steps(run["id"], "metric/0"), run["rows"])
    return Outcome(tracked, untracked, tally)


if __name__ == "__main__":
    outcome = main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
    print(outcome)
    sys.exit(
        bool(outcome.tally.lost or outcome.tally.dup or outcome.tracked["over_5ms"] > outcome.untracked["over_5ms"])
    )
