"""What a chart costs to read over HTTP: by the length of the series, zoomed in, a hundred at once, a thousand folded.

    python benchmarks/query.py [--points 10000 1000000 10000000] [--rounds 15] [--folder DATA]

Everything is asked of a real daemon on loopback, after one warm-up; the figures are medians. The time to write the data
is not part of any of them. Memory is what the daemon's processes have of their own: pages of the store's file that the
kernel keeps in memory, and may drop, do not count. With `--folder`, what an earlier call wrote there is asked again, as
for `--points 100000000`, which takes several minutes to write.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from trackio import request
from trackio.places import Places, meet

#: Logs `metrics` metrics `points` times in `runs` runs, as fast as the daemon takes it; each row one of them changes.
WRITER = """
import sys, time, trackio
project, runs, metrics, points = sys.argv[1], *map(int, sys.argv[2:])
for number in range(runs):
    run = trackio.init(project=project, name=f"run-{number}", config={"lr": number % 10})
    journal = run._writer.journal
    row = dict.fromkeys((f"m{i}" for i in range(metrics)), 0.0)
    names = list(row)
    for step in range(points):
        row[names[step % metrics]] = (step * 7919 % 10007) / 10007
        run.log(row)
        while not step % 2000 and journal.memory_bytes > 16 * 2**20:
            time.sleep(0.002)
    run.finish()
"""


class Dashboard:
    """A daemon on a data folder of its own, and one connection to its web server."""

    def __init__(self, folder: str) -> None:
        self.environment = os.environ | {"TRACKIO_DIR": folder}
        self.places: Places = meet(Path(folder), self.environment)
        self.places.web_address.unlink(missing_ok=True)
        command = [sys.executable, "-m", "trackiod", "run", "--port", "0"]
        start = time.perf_counter()
        self.daemon = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        request.ask(self.places, "status", {}, 30)
        #: Seconds until it answered, its processor time until then, and seconds until its web server did.
        self.ready, used = time.perf_counter() - start, psutil.Process(self.daemon.pid).cpu_times()
        self.cpu = used.user + used.system
        while not self.places.web_address.exists():
            time.sleep(0.02)
        self.shown = time.perf_counter() - start
        self.url: str = json.loads(self.places.web_address.read_text())["url"].rstrip("/")
        self.connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=120)

    def write(self, project: str, runs: int, metrics: int, points: int) -> None:
        """Log data, unless it is there, and wait until all of it is in chunks."""
        if project not in self.projects():
            command = [sys.executable, "-c", WRITER, project, *map(str, (runs, metrics, points))]
            subprocess.run(command, env=self.environment, check=True, stderr=-3)
        while request.ask(self.places, "status", {}, 60)["ingest"]["tails"]:
            time.sleep(0.1)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> bytes:
        """Return what the server answers to a question."""
        method = "GET" if body is None else "POST"
        text = None if body is None else json.dumps(body)
        self.connection.request(method, path, text, {"Content-Type": "application/json"})
        reply = self.connection.getresponse()
        data = reply.read()
        assert reply.status == 200, data[:500]
        return data

    def projects(self) -> list[str]:
        """Return the names of all projects."""
        return [project["name"] for project in json.loads(self.ask("/api/v1/projects"))["projects"]]

    def runs(self, project: str) -> list[str]:
        """Return the ids of a project's runs."""
        return [run["id"] for run in json.loads(self.ask(f"/api/v1/runs?project={project}"))["runs"]]

    def timed(self, rounds: int, path: str, body: dict[str, Any] | None = None) -> str:
        """Return the median milliseconds of a question, and the fewest: what others did meanwhile is not in them."""
        taken = []
        for _ in range(rounds + 1):
            start = time.perf_counter()
            self.ask(path, body)
            taken.append((time.perf_counter() - start) * 1e3)
        return f"{statistics.median(taken[1:]):.2f} ms (least {min(taken[1:]):.2f})"

    def state(self) -> str:
        """Return how fast the daemon and its web server were there, and the memory that each has of its own."""
        daemon = psutil.Process(self.daemon.pid)
        (web,) = (child for child in daemon.children() if "web" in child.cmdline())
        own = [(used.rss - used.shared) / 2**20 for used in (daemon.memory_info(), web.memory_info())]
        ready = f"answered after {self.ready:.2f} s ({self.cpu:.2f} s CPU)"
        return f"{ready}, {own[0]:.0f} MiB; showed after {self.shown:.2f} s, {own[1]:.0f} MiB"

    def close(self) -> None:
        """End the daemon."""
        self.daemon.terminate()
        self.daemon.wait(30)


def main() -> None:
    """Print a line per question."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, nargs="*", default=[10_000, 1_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--folder", help="keep the data there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trackio-bench-") as temporary:
        folder = arguments.folder or temporary
        dashboard = Dashboard(folder)
        print(f"a daemon with nothing: {dashboard.state()}")
        try:
            for points in arguments.points:
                one_series(dashboard, points, arguments.rounds)
            print(f"the daemon that took them in: {dashboard.state()}")
            dashboard.close()
            dashboard = Dashboard(folder)
            print(f"a daemon with all of it: {dashboard.state()}", flush=True)
            one_series(dashboard, arguments.points[-1], arguments.rounds)
            print(f"after these charts: {dashboard.state()}")
            hundred_series(dashboard, arguments.rounds)
            thousand_runs(dashboard, arguments.rounds)
        finally:
            dashboard.close()


def one_series(dashboard: Dashboard, points: int, rounds: int) -> None:
    """A chart of 1000 px of one series: all of it, and closer and closer."""
    project = f"one-{points}"
    dashboard.write(project, 1, 1, points)
    (run,) = dashboard.runs(project)
    cells = []
    for part in (1, 0.1, 0.001):
        first = 0.4 * points * (part < 1)
        asked = {"x": "step", "width": 1000, "series": [{"run": run, "metric": "m0"}]}
        asked |= {"first": first, "last": first + part * points}
        cells.append(f"{part:.1%} of it {dashboard.timed(rounds, '/api/v1/series', asked)}")
    print(f"1 series of {points:>11,} points, 1000 px: " + ", ".join(cells), flush=True)


def hundred_series(dashboard: Dashboard, rounds: int) -> None:
    """A screenful: 100 series of 10^5 points in one request."""
    dashboard.write("hundred", 1, 100, 100_000)
    (run,) = dashboard.runs("hundred")
    series = [{"run": run, "metric": f"m{number}"} for number in range(100)]
    taken = dashboard.timed(rounds, "/api/v1/series", {"x": "step", "width": 400, "series": series})
    print(f"100 series of 100,000 points in one request, 400 px: {taken}", flush=True)


def thousand_runs(dashboard: Dashboard, rounds: int) -> None:
    """1000 runs: their table, and one metric of all of them folded into ten groups."""
    dashboard.write("thousand", 1000, 10, 1000)
    runs = dashboard.runs("thousand")
    print(f"table of 1,000 runs: {dashboard.timed(rounds, '/api/v1/runs?project=thousand')}")
    groups = [{"name": str(number), "runs": runs[number::10]} for number in range(10)]
    asked = {"x": "step", "width": 200, "metric": "m0", "groups": groups}
    print(f"1,000 runs in 10 groups, 200 buckets: {dashboard.timed(rounds, '/api/v1/groups', asked)}", flush=True)


if __name__ == "__main__":
    main()
