"""What a reader of the dashboard waits for: first charts, the table of runs, zooming, live points; and what it holds.

    python benchmarks/dashboard.py [--only first table frames live bytes peers] [--rounds 5] [--peer NAME=PYTHON ...]

Chromium (`--chromium`, default the one of Playwright) reads pages of a daemon on loopback; every page begins with an
empty cache. `first` wants 10^8 points; a short form is `--runs 100 --steps 1000 --long-steps 100000 --table-runs 1000
--live-runs 10 --live-seconds 20`. A peer is shown with the Python that has it installed, on data of `--peer-sizes`:
`--peer tensorboard=/envs/tensorboard/bin/python`, `--peer original=/envs/original/bin/python` (the original trackio).
"""

from __future__ import annotations

import argparse
import gzip
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from browser import DELAYS, Chromium, part
from dashboards import PEERS, PeerDashboard
from query import Dashboard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from browser import Visit

CHART = '[data-testid="chart"]:not([data-points="0"])'
PANELS, LINES, METRICS = 20, 20, 10
#: Logs in `runs` runs at once, twice a second each, the time itself; so that a reader can tell how old a point is.
LIVE = """
import sys, threading, time, trackio
project, runs, metrics, seconds = sys.argv[1], *map(int, sys.argv[2:])
def train(number):
    trackio.init(project=project, name=f"run-{number}")
    end = time.time() + seconds
    time.sleep(number / runs / 2)
    while time.time() < end:
        trackio.log(dict.fromkeys((f"m{i}" for i in range(metrics)), time.time()))
        time.sleep(0.5)
    trackio.finish()
threads = [threading.Thread(target=train, args=(number,)) for number in range(runs)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def main() -> None:
    """Print a line per figure."""
    arguments = _arguments()
    chromium = Chromium(arguments.chromium)
    with tempfile.TemporaryDirectory(prefix="trackio-bench-") as folder:
        dashboard = Dashboard(folder)
        try:
            for name, measure in MEASURES.items():
                if name in arguments.only:
                    measure(arguments, dashboard, chromium)
        finally:
            dashboard.close()
            chromium.close()


def first(arguments: argparse.Namespace, dashboard: Dashboard, chromium: Chromium) -> None:
    """Many runs, and long ones: from the address to the first chart with lines in it."""
    for project, runs, steps in (
        ("many", arguments.runs, arguments.steps),
        ("long", arguments.long_runs, arguments.long_steps),
    ):
        dashboard.write(project, runs, METRICS, steps)
        said = _shown(chromium, dashboard, f"/?project={project}", CHART, arguments.rounds)
        print(f"first chart, {runs:,} runs × {METRICS} metrics × {steps:,} steps: {said}", flush=True)


def table(arguments: argparse.Namespace, dashboard: Dashboard, chromium: Chromium) -> None:
    """The table of runs: its first rows, and all of them."""
    runs = arguments.table_runs
    dashboard.write("table", runs, METRICS, 1)
    for what, selector in (("first rows", '[data-testid="table-run-row"]'), ("all", f'[aria-rowcount="{runs + 1}"]')):
        said = _shown(chromium, dashboard, "/?project=table&tab=runs", selector, arguments.rounds)
        print(f"table of {runs:,} runs, {what}: {said}", flush=True)


def frames(arguments: argparse.Namespace, dashboard: Dashboard, chromium: Chromium) -> None:
    """Zoom and pan by wheel, all panels at once, to and fro."""
    dashboard.write("panels", LINES, PANELS, arguments.steps)
    visit = chromium.visit(dashboard.url)
    visit.open("/?project=panels&plots_per_row=5&height=small&sidebar=collapsed", CHART)
    visit.page.wait_for_function(f"document.querySelectorAll('{CHART}').length >= {PANELS}")
    seen = visit.page.evaluate(
        f"() => [...document.querySelectorAll('{CHART}')]"
        ".filter((card) => card.getBoundingClientRect().top < innerHeight).length"
    )
    visit.page.locator(".chart-top").first.hover()
    for name, key, turns in (("zoom", "Control", (-60, 60, -60)), ("pan", "Shift", (40, -40))):
        gaps = visit.frames(_wheel(visit, key, turns))
        told = f"p50 {part(gaps, 0.5):.1f} ms, p95 {part(gaps, 0.95):.1f} ms, longest {max(gaps):.0f} ms"
        print(f"{name} {seen} panels × {LINES} lines, between frames: {told} ({len(gaps)} frames)", flush=True)
    visit.page.context.close()


def live(arguments: argparse.Namespace, dashboard: Dashboard, chromium: Chromium) -> None:
    """How long after log() a point is drawn while many runs go on, and what the page holds meanwhile."""
    runs, seconds = arguments.live_runs, arguments.live_seconds
    command = [sys.executable, "-c", LIVE, "live", str(runs), str(METRICS), str(seconds + 30)]
    writer = subprocess.Popen(command, env=dashboard.environment, stderr=subprocess.DEVNULL)
    while not _has_runs(dashboard, "live", runs):
        time.sleep(0.2)
    visit = chromium.visit(dashboard.url)
    visit.open("/?project=live", CHART)
    visit.page.evaluate(DELAYS, CHART)
    delays: list[float] = []
    heaps = [visit.heap()]
    visit.page.evaluate("() => window.delays()")
    for _ in range(4):
        visit.page.wait_for_timeout(seconds * 250)
        delays += visit.page.evaluate("() => window.delays()")
        heaps.append(visit.heap())
    told = f"p50 {part(delays, 0.5):.0f} ms, p99 {part(delays, 0.99):.0f} ms ({len(delays)} points)"
    print(f"log() to pixel, {runs} live runs: {told}")
    print(f"JS heap in {seconds} s of them: " + " → ".join(f"{heap:.1f}" for heap in heaps) + " MB", flush=True)
    visit.page.context.close()
    writer.terminate()
    writer.wait()


def sizes(arguments: argparse.Namespace, dashboard: Dashboard, chromium: Chromium) -> None:
    """What the first page is made of, and whom else it asks."""
    entry = re.findall(r'(?:src|href)="(?:\./)?(assets/[^"]+\.js)"', dashboard.ask("/").decode())
    packed = sum(len(gzip.compress(dashboard.ask("/" + name), 9)) for name in entry)
    print(f"scripts of every page: {len(entry)} of {packed / 1e3:.1f} kB gzip", flush=True)
    dashboard.write("small", *_peer_sizes(arguments))
    _compare("trackio", f"{dashboard.url}/?project=small", CHART, arguments, chromium)


def peers(arguments: argparse.Namespace, _: Dashboard, chromium: Chromium) -> None:
    """The same of peers."""
    for given in arguments.peer:
        name, _, python = given.partition("=")
        with tempfile.TemporaryDirectory(prefix="trackio-bench-") as folder:
            shown = PeerDashboard(PEERS[name], python, Path(folder), _peer_sizes(arguments))
            try:
                _compare(name, shown.url, PEERS[name].chart, arguments, chromium)
            finally:
                shown.close()


MEASURES: dict[str, Callable[[argparse.Namespace, Dashboard, Chromium], None]] = {
    "first": first,
    "table": table,
    "frames": frames,
    "live": live,
    "bytes": sizes,
    "peers": peers,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--long-runs", type=int, default=5)
    parser.add_argument("--long-steps", type=int, default=1_000_000)
    parser.add_argument("--table-runs", type=int, default=10_000)
    parser.add_argument("--live-runs", type=int, default=100)
    parser.add_argument("--live-seconds", type=int, default=150)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--peer-sizes", default="20,10,1000", metavar="RUNS,METRICS,STEPS")
    parser.add_argument("--chromium", metavar="PROGRAM")
    return parser.parse_args()


def _peer_sizes(arguments: argparse.Namespace) -> tuple[int, int, int]:
    runs, metrics, steps = map(int, arguments.peer_sizes.split(","))
    return runs, metrics, steps


def _shown(chromium: Chromium, dashboard: Dashboard, address: str, selector: str, rounds: int) -> str:
    at_first, median = chromium.shown(dashboard.url + address, selector, rounds)
    return f"{median:,.0f} ms (the first time {at_first:,.0f} ms)"


def _compare(name: str, url: str, chart: str, arguments: argparse.Namespace, chromium: Chromium) -> None:
    at_first, median = chromium.shown(url, chart, arguments.rounds)
    visit = chromium.visit(url, watch=True)
    visit.open(url, chart)
    visit.page.wait_for_timeout(3_000)
    told = f"first chart {median:,.0f} ms (the first time {at_first:,.0f} ms)"
    fetched = f"{len(visit.scripts)} scripts of {sum(visit.scripts.values()) / 1e3:,.0f} kB gzip"
    held = f"JS heap {visit.heap():.1f} MB, other hosts asked: {len(visit.elsewhere)}"
    print(f"{name}, {arguments.peer_sizes} runs, metrics, steps: {told}, {fetched}, {held}", flush=True)
    visit.page.context.close()


def _wheel(visit: Visit, key: str, turns: tuple[int, int]) -> Iterator[None]:
    visit.page.keyboard.down(key)
    for turn in turns:
        for _ in range(60):
            visit.page.mouse.wheel(0, turn)
            yield
    visit.page.keyboard.up(key)


def _has_runs(dashboard: Dashboard, project: str, runs: int) -> bool:
    names = dashboard.projects()
    return project in names and len(dashboard.runs(project)) >= runs


if __name__ == "__main__":
    main()
