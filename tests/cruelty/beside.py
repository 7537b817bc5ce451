"""The same loop with and without a tracker, side by side, so that a pause of the machine shows in both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from yard import until

if TYPE_CHECKING:
    from yard import Tally, Yard

#: Logs (or does nothing) 100 times a second until told to stop. A call that is slow has waited for something, or
#: worked for long; if it did neither, the machine took its processor away.
LOOP = """
import json, os, resource, sys, time
from collections import Counter
import trackio
from ledger import Ledger
kind, stop, note = sys.argv[1:]
if kind == "tracked":
    trackio.init(project="beside", name=kind)
class Nothing:
    def log(self, row): pass
def usage():
    used = resource.getrusage(resource.RUSAGE_THREAD)
    return used.ru_nvcsw, used.ru_utime + used.ru_stime
ledger, run = Ledger(kind), trackio if kind == "tracked" else Nothing()
counts, metrics = Counter(over_1ms=0, over_5ms=0, preempted=0), {f"metric_{i}": float(i) for i in range(10)}
while not os.path.exists(stop):
    waits, worked = usage()
    before = time.perf_counter()
    ledger.log(run, **metrics)
    took = time.perf_counter() - before
    after = usage()
    if took > 0.001 and after[0] == waits and after[1] - worked < 0.001:
        counts["preempted"] += 1
    else:
        counts["slowest_us"] = max(counts["slowest_us"], int(took * 1e6))
        counts["over_1ms"] += took > 0.001
        counts["over_5ms"] += took > 0.005
    time.sleep(0.01)
if kind == "tracked":
    trackio.finish()
with open(note, "w") as file:
    json.dump(counts, file)
"""


class Pair:
    """Two processes that run the loop: one logs, the other does the same without a tracker."""

    def __init__(self, yard: Yard) -> None:
        self._yard, self._stop = yard, yard.folder / "stop"
        self._notes = {kind: yard.folder / f"{kind}.json" for kind in ("tracked", "untracked")}
        self._processes = [yard.python(LOOP, kind, self._stop, note) for kind, note in self._notes.items()]
        until(lambda: yard.began(*self._notes), 30, "the loops", yard.printed)

    def ended(self) -> Tally:
        """End both loops; return the account of the rows, and how long the calls took."""
        self._stop.touch()
        ends = [process.wait(60) for process in self._processes]
        (self._yard.ledgers / "untracked").unlink()
        self._yard.settle()
        tally = self._yard.audit()
        tally.claim(not any(ends), f"the loops ended with {ends}")
        tally.seen.update(json.loads(self._notes["tracked"].read_text()))
        for what, count in json.loads(self._notes["untracked"].read_text()).items():
            tally.seen[f"untracked_{what}"] = count
        # Where the machine is too busy to let a loop go on, its threads wait for one another, too.
        starved = tally.seen["preempted"] + tally.seen["untracked_preempted"]
        slow = tally.seen["over_1ms"] - tally.seen["untracked_over_1ms"]
        tally.claim(slow <= starved, f"{slow} calls of log() took over 1 ms; the machine paused {starved}")
        return tally
