"""What a table of many runs costs: its first page over HTTP, sorted and filtered there, and the page in a browser.

    python benchmarks/run_table.py [--runs 10000] [--columns 50] [--rounds 25] [--browser] [--data DIR]

Half of the columns are configuration, half metrics with a summary. The runs are written into a store by the daemon's
own code (into --data, where they are used again), a daemon is started on it, and everything is asked of that over
loopback: while nothing changes, then while a run logs ten rows a second. With --browser (needs Playwright and Chromium)
from a navigation to the first rows on screen.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from query import Dashboard

from trackio.places import meet
from trackio.wire import Finish, RunStart, Schema, encode, framed, row_struct
from trackiod import apply
from trackiod.live import Changes
from trackiod.store import runs, series
from trackiod.store.env import Store

if TYPE_CHECKING:
    from collections.abc import Callable

SECOND = 10**9
STEPS = 5
LIVE = """
import time, trackio
run = trackio.init(project="table", name="live", config={"lr": 0.5})
while True:
    trackio.log({"m0": time.time() % 1})
    time.sleep(0.1)
"""
#: What the dashboard's list of runs holds of each.
LIST = ("name", "status", "group", "tags", "slot", "created", "started", "ended", "last_activity", "rows")


def fill(folder: Path, count: int, columns: int) -> None:
    """Write the project `table`."""
    rng = random.Random(1)
    metrics = tuple(f"m{number}" for number in range(columns // 2))
    began = int(time.time()) - 60 * count
    store = Store.open(meet(folder, {}).store)
    for first in range(0, count, 200):
        with store.write() as txn:
            for number in range(first, min(count, first + 200)):
                config = {
                    f"p{key}": rng.choice([rng.random(), rng.randrange(9), "text"]) for key in range(columns // 2 - 1)
                }
                config["lr"] = 10 ** rng.uniform(-5, -1)
                one_run(txn, f"run-{number}", config, metrics, (began + 60 * number) * SECOND)
    store.close()


def one_run(txn, name, config, metrics, began) -> None:
    """Write one run that has ended, all of its points in chunks."""
    form, head, commit = row_struct(0, "d" * len(metrics))
    start = RunStart(uuid.uuid4().hex, "table", name, "group", config, "never", began, tags=("sweep",))
    records = [start, Schema(0, metrics, "d" * len(metrics)), Finish(began + 50 * SECOND, "finished")]
    first, schema, last = (framed(encode(record)) for record in records)
    rows = [
        form.pack(head, step, began + step * SECOND, *(random.random() for _ in metrics), commit)
        for step in range(STEPS)
    ]
    writer = uuid.uuid4().bytes
    apply.store(txn, apply.Piece(writer, 0, STEPS + 3, b"".join([first, schema, *rows, last])), Changes())
    while series.compact(txn, runs.writer(txn, writer)):
        pass


def questions(dashboard: Dashboard) -> dict[str, Callable[[], bytes]]:
    """Return what is asked, by what it is."""

    def page(query: str) -> Callable[[], bytes]:
        return lambda: dashboard.ask(f"/api/v1/runs?project=table&limit=100{query}")

    narrow = quote("config.lr < 0.01 and summary.m1.max > 0.5")
    return {
        "first page, newest": page(""),
        "first page, by a setting": page("&sort=config.lr"),
        "first page, by a metric, filtered": page(f"&sort=-summary.m0.min&filter={narrow}"),
        "page 50, by two fields": page("&sort=config.p1&sort=-summary.m2&offset=5000"),
        "list: 10 fields of all runs": lambda: dashboard.ask("/api/v1/columns", {"project": "table", "fields": LIST}),
        "one setting of all runs": lambda: dashboard.ask(
            "/api/v1/columns", {"project": "table", "fields": ["config.p2"]}
        ),
        "keys of all configurations": lambda: dashboard.ask("/api/v1/keys?project=table"),
    }


def timed(rounds: int, ask: Callable[[], bytes]) -> tuple[float, float, float, int]:
    """Return milliseconds of the first question, median and 95th percentile of the others, and bytes of the answer."""
    taken, size = [], 0
    for _ in range(rounds + 1):
        start = time.perf_counter()
        size = len(ask())
        taken.append((time.perf_counter() - start) * 1e3)
    later = sorted(taken[1:])
    return taken[0], statistics.median(later), later[int(0.95 * len(later))], size


def show(title: str, dashboard: Dashboard, rounds: int) -> None:
    """Print a line per question."""
    print(f"{title:<38} {'first':>8} {'p50':>8} {'p95':>8}   kB")
    for name, ask in questions(dashboard).items():
        first, median, high, size = timed(rounds, ask)
        print(f"  {name:<36} {first:8.1f} {median:8.1f} {high:8.1f} {size / 1e3:6.0f}", flush=True)


def browser(url: str) -> None:
    """Print how long pages take from a navigation to what one came for; the second of two visits."""
    from playwright.sync_api import sync_playwright

    pages = {
        "Runs page, first rows with all cells": ("&tab=runs", '[data-testid="table-run-row"][data-whole="true"]'),
        "Runs page, by a metric": ("&tab=runs&sort=-last:m0", '[data-testid="table-run-row"][data-whole="true"]'),
        "charts, first with points": ("", '[data-testid="chart"]:not([data-points="0"])'),
        "sidebar, first runs": ("", '[data-testid="run-row"]'),
        "sidebar, grouped": ("&group=p1", '[data-testid="group-row"]'),
    }
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        for name, (query, wanted) in pages.items():
            page = chromium.new_page(viewport={"width": 1440, "height": 900})
            for _ in range(2):
                page.goto("about:blank")
                start = time.perf_counter()
                page.goto(f"{url}/?project=table{query}", wait_until="commit")
                page.locator(wanted).first.wait_for(timeout=60_000)
                taken = (time.perf_counter() - start) * 1e3
            print(f"  {name:<36} {taken:8.0f} ms", flush=True)
            page.close()
        chromium.close()


def main() -> None:
    """Print what is asked and how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--columns", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--browser", action="store_true")
    parser.add_argument("--data")
    arguments = parser.parse_args()
    with ExitStack() as until_then:
        folder = arguments.data or until_then.enter_context(tempfile.TemporaryDirectory(prefix="trackio-bench-"))
        if not (Path(folder) / "store").exists():
            fill(Path(folder), arguments.runs, arguments.columns)
        dashboard = Dashboard(folder)
        try:
            print(f"{arguments.runs:,} runs of {arguments.columns} columns; milliseconds")
            show("nothing changes", dashboard, arguments.rounds)
            if arguments.browser:
                browser(f"http://{dashboard.connection.host}:{dashboard.connection.port}")
            live = subprocess.Popen([sys.executable, "-c", LIVE], env=dashboard.environment, stderr=subprocess.DEVNULL)
            while b'"live"' not in dashboard.ask("/api/v1/runs?project=table&limit=1"):
                time.sleep(0.1)
            show("a run logs", dashboard, arguments.rounds)
            live.kill()
            live.wait()
            kept = json.loads(dashboard.ask("/api/v1/status"))["kept"]
            print(
                f"kept in memory: {kept['values']:,} values of {kept['runs']:,} runs, {kept['bytes'] / 2**20:.0f} MiB"
            )
        finally:
            dashboard.close()


if __name__ == "__main__":
    main()
