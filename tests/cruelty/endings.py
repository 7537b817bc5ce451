"""Every way in which a process begins threads and children, and ends: each row is stored once, each end is told.

python tests/cruelty/endings.py [REPEATS [ROWS]]
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from yard import Tally, Yard, conclude, until

#: What every script begins with. `rows(n)` logs n rows of the run that the process was given, by default without end.
PRELUDE = """
import itertools, multiprocessing, os, resource, signal, subprocess, sys, threading, time, trackio
from ledger import Ledger
me, count = sys.argv[1], int(sys.argv[2])
def rows(name, number=None, run=trackio, pause=0.0):
    ledger = Ledger(f"{me}.{name}")
    for _ in itertools.count() if number is None else range(number):
        ledger.log(run, beside=1.0)
        time.sleep(pause) if pause else None
def begin():
    trackio.init(project="endings", name=me)
def started(method, target, *names):
    workers = [multiprocessing.get_context(method).Process(target=target, args=(name,)) for name in names]
    [worker.start() for worker in workers]
    return workers
def ended(workers):
    [worker.join() for worker in workers]
if __name__ == "__main__" and not me.startswith("thread-"):
    begin()
"""


@dataclass(frozen=True)
class Ending:
    """A script, how its runs are to end, and what is done to it from outside once its first row is there."""

    script: str
    ends: str
    signal: int = 0


ENDINGS = {
    "exit": Ending("rows('main', count)\nsys.exit(3)", "finished failed"),
    "_exit": Ending("rows('main', count)\nos._exit(0)", "crashed"),
    "exception": Ending("rows('main', count)\nraise ValueError('mine')", "failed"),
    "sigterm": Ending("rows('main', pause=0.001)", "crashed", signal.SIGTERM),
    "sigkill": Ending("rows('main')", "crashed", signal.SIGKILL),
    "sighup": Ending("rows('main')", "crashed", signal.SIGHUP),
    "ctrl_c": Ending("rows('main')", "failed", signal.SIGINT),
    "abort": Ending("rows('main', count)\nos.abort()", "crashed"),
    "exec": Ending("rows('main', count)\nos.execvp('sleep', ['sleep', '0.2'])", "crashed"),
    "orphan": Ending("rows('main', count)\nif os.fork(): os._exit(0)\nrows('child', count)", "crashed"),
    "memory": Ending(
        """
resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
ledger, held = Ledger(f"{me}.main"), []
while True:
    ledger.log(trackio, beside=1.0)
    held.append(bytearray(2**20))
""",
        "failed",
    ),
    "fork": Ending(
        "rows('main', 1)\nended(started('fork', lambda name: rows(name, count), *'abcd'))\nrows('after', count)",
        "finished",
    ),
    "spawn": Ending(
        """
def work(name):
    trackio.init(project="endings", name=f"{me}.{name}")
    rows(name, count)
if __name__ == "__main__":
    rows('main', 1)
    ended(started('spawn', work, *'ab'))
""",
        "finished",
    ),
    # As the workers of a DataLoader do: they load while the loop logs, and are terminated when an epoch is over.
    "loaders": Ending(
        """
rows('main', 1)
for epoch in range(2):
    workers = started('fork', lambda name: rows(name, pause=0.001), *(f"{epoch}{i}" for i in range(4)))
    rows(f"epoch{epoch}", count)
    [worker.terminate() for worker in workers]
    ended(workers)
""",
        "finished",
    ),
    "fork_in_log": Ending(
        """
rows('main', 1)
stop = threading.Event()
def steadily(name):
    ledger = Ledger(f"{me}.{name}")
    while not stop.is_set():
        ledger.log(trackio, beside=1.0)
threads = [threading.Thread(target=steadily, args=(f"thread{i}",)) for i in range(3)]
[thread.start() for thread in threads]
children = []
for i in range(8):
    time.sleep(0.003)
    child = os.fork()
    if not child:
        rows(f"child{i}", 20)
        os._exit(0)
    children.append(child)
[os.waitpid(child, 0) for child in children]
stop.set()
[thread.join() for thread in threads]
""",
        "finished",
    ),
    "subprocess": Ending(
        """
rows('main', 1)
code = "import sys, trackio; from ledger import Ledger; trackio.init(project='endings', name=sys.argv[1]); " \
       "ledger = Ledger(sys.argv[1]); [ledger.log(trackio) for _ in range(int(sys.argv[2]))]"
children = [subprocess.Popen([sys.executable, "-c", code, f"{me}.{i}", str(count)]) for i in range(2)]
for i in range(10):
    subprocess.run(["true"], check=True)
    rows(f"between{i}", 10)
[child.wait() for child in children]
""",
        "finished",
    ),
    "threads": Ending(
        """
threads = [threading.Thread(target=rows, args=(str(i), count)) for i in range(32)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
""",
        "finished",
    ),
    "thread": Ending(
        """
def whole():
    begin()
    rows('main', count)
thread = threading.Thread(target=whole)
thread.start()
thread.join()
trackio.finish()
""",
        "finished",
    ),
    "runs": Ending(
        """
runs = [trackio.init(project="endings", name=f"{me}.{i}") for i in range(5)]
ledgers = [Ledger(f"{me}.{i}") for i in range(5)]
for _ in range(count):
    for ledger, run in zip(ledgers, runs):
        ledger.log(run, beside=1.0)
runs[2].finish()
ledgers[2].log(runs[2])
""",
        "finished",
    ),
}


class Limited:
    """A control group that lets its processes have so little memory that the kernel kills them; None if not allowed."""

    def __init__(self) -> None:
        self.group = Path(f"/sys/fs/cgroup/memory/cruel-{os.getpid()}")

    def __enter__(self) -> Path | None:
        try:
            self.group.mkdir()
            (self.group / "memory.limit_in_bytes").write_text(str(120 * 2**20))
        except OSError:
            return None
        return self.group

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            until(lambda: not (self.group / "tasks").read_text(), 10, "the end of what was killed")
            self.group.rmdir()


def _endings(group: Path | None) -> dict[str, Ending]:
    if group is None:
        return ENDINGS
    hungry = f"""
open({str(group / "tasks")!r}, "w").write(str(os.getpid()))
ledger, held = Ledger(f"{{me}}.main"), []
while True:
    ledger.log(trackio, beside=1.0)
    held.append(b"x" * 2**20)
"""
    return ENDINGS | {"oom_kill": Ending(hungry, "crashed")}


def main(repeats: int, rows: int) -> Tally:
    """Run every script `repeats` times, four at once; those that log a number of rows log so many."""
    with Limited() as group, Yard() as yard, ThreadPoolExecutor(4) as pool:
        yard.start_daemon()
        names = {f"{name}-{n}": ending for n in range(repeats) for name, ending in _endings(group).items()}
        for played in [pool.submit(_play, yard, name, ending, rows) for name, ending in names.items()]:
            played.result()
        yard.settle()
        tally = yard.audit()
        for name, status in yard.ends():
            expected = names[name.partition(".")[0]].ends
            tally.claim(status in expected, f"{name} is to end as {expected}, not {status}")
        tally.claim(not tally.refused, f"refused: {dict(tally.refused)}")
        tally.seen["ways"] = len(_endings(group))
    return tally


def _play(yard: Yard, name: str, ending: Ending, rows: int) -> None:
    process = yard.python(PRELUDE + ending.script, name, rows)
    if ending.signal:
        until(lambda: yard.began(f"{name}.main"), 60, name, yard.printed)
        process.send_signal(ending.signal)
    process.wait(60)


if __name__ == "__main__":
    conclude(main, 10, 5000)
