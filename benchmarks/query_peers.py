"""One chart of 1000 px of one long series over HTTP, beside the dashboards of other trackers.

    python benchmarks/query_peers.py [--points 100000 1000000] [--rounds 15] [--peer NAME=PYTHON ...]

A peer (original, tensorboard or mlflow) is started with a Python that has it: `--peer mlflow=/envs/mlflow/bin/python`.
Each dashboard is asked as its own page asks for such a chart, warm, over an open connection; they take turns, and the
ratio is to ours. All were given the same values, by the fastest way that each has; what a peer does not take within two
minutes is left out, so see how many points its line is of. What comes back is a sample of the points from the peers,
minimum, maximum and mean of every pixel from us.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from charts import READS, WIDTH, Chart, ask, connected
from query import Dashboard

if TYPE_CHECKING:
    from collections.abc import Iterator


#: A slow dashboard gets so many seconds, or one turn.
SECONDS = 30.0


def main() -> None:
    """Print a line per length and dashboard."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    arguments = parser.parse_args()
    heads = ("points stored", "points back", "bytes", "p50 ms", "least ms", "p50 over ours")
    print(f"{'chart of 1000 px:':<18}" + "".join(f"{head:>14}" for head in heads))
    for points in arguments.points:
        with ExitStack() as stack:
            charts = [stack.enter_context(ours(points))]
            for peer in arguments.peer:
                name, python = peer.split("=", 1)
                charts.append(stack.enter_context(theirs(name, python, points)))
            report(charts, arguments.rounds)


def report(charts: list[Chart], rounds: int) -> None:
    """Let the dashboards take turns; print the median of each, and the least, with least of what else went on."""
    connections = [connected(chart) for chart in charts]
    answers = [ask(connection, chart) for connection, chart in zip(connections, charts, strict=True)]
    taken: list[list[float]] = [[] for _ in charts]
    for _ in range(rounds):
        for connection, chart, times in zip(connections, charts, taken, strict=True):
            if sum(times) > SECONDS * 1e3:
                continue
            connection.close()  # a server may have grown tired of it while others had their turns
            connection.connect()
            start = time.perf_counter()
            ask(connection, chart)
            times.append((time.perf_counter() - start) * 1e3)
    own = statistics.median(taken[0])
    for chart, answer, times in zip(charts, answers, taken, strict=True):
        middle, back = statistics.median(times), len(READS[chart.tracker](answer))
        cells = (
            f"{chart.points:>14,}{back:>14,}{len(answer):>14,}{middle:>14.2f}{min(times):>14.2f}{middle / own:>14.1f}"
        )
        print(f"{chart.tracker:<18}{cells}", flush=True)


@contextmanager
def ours(points: int) -> Iterator[Chart]:
    """Give our dashboard's chart of a series of so many points."""
    with tempfile.TemporaryDirectory(prefix="trackio-bench-") as folder:
        dashboard = Dashboard(folder)
        try:
            dashboard.write("one", 1, 1, points)
            series = [{"run": dashboard.runs("one")[0], "metric": "m0"}]
            body = json.dumps({"x": "step", "width": WIDTH, "series": series})
            yield Chart("trackio", dashboard.url, "/api/v1/series", body, points)
        finally:
            dashboard.close()


@contextmanager
def theirs(name: str, python: str, points: int) -> Iterator[Chart]:
    """Give a peer's chart of a series of so many points, or as many as it took in time."""
    with tempfile.TemporaryDirectory(prefix="trackio-bench-") as folder:
        command = [python, str(Path(__file__).with_name("charts.py")), name, str(points), folder]
        process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdout is not None
        try:
            found = next((line for line in process.stdout if line.startswith("chart ")), None)
            if found is None:
                raise SystemExit(f"the dashboard of {name} did not come up")
            yield Chart(**json.loads(found.removeprefix("chart ")))
        finally:
            process.communicate()  # it ends with its input


if __name__ == "__main__":
    main()
