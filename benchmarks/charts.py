"""One chart in the dashboards of other trackers, of one long series; run in whichever environment has them.

    python benchmarks/charts.py NAME POINTS FOLDER

Fills a storage in FOLDER, starts the dashboard, prints how it is asked for the chart as JSON, and ends with its input.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH = 1000
#: Seconds that a tracker gets to take in its points, and its dashboard to show them.
LOAD = 120.0
SHOW = 600.0
#: Points given to a tracker at once: as many as MLflow takes.
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Chart:
    """How a dashboard is asked for a chart: where, a JSON or form body or none, and how many points it is of."""

    tracker: str
    url: str
    path: str
    body: str | None
    points: int


def value(step: int) -> float:
    """Return the value at a step."""
    return (step * 7919 % 10007) / 10007


def ask(connection: http.client.HTTPConnection, chart: Chart) -> bytes:
    """Return what a dashboard answers; raises ValueError if it is an error."""
    form = "json" if (chart.body or "{")[0] == "{" else "x-www-form-urlencoded"
    headers = {"Content-Type": f"application/{form}"} if chart.body is not None else {}
    connection.request("GET" if chart.body is None else "POST", chart.path, chart.body, headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise ValueError(f"{chart.url}{chart.path}: {response.status}: {body[:300]!r}")
    return body


def connected(chart: Chart) -> http.client.HTTPConnection:
    """Return a connection to a dashboard."""
    return http.client.HTTPConnection(urlsplit(chart.url).netloc, timeout=600)


def main() -> None:
    """Serve one tracker's dashboard until the standard input ends."""
    name, points, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    command, chart = TRACKERS[name](points, folder)
    with (folder / "server.log").open("w") as log:
        quiet = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        server = subprocess.Popen(command, start_new_session=True, **quiet)
    try:
        wait(chart)
        print("chart " + json.dumps(asdict(chart)), flush=True)
        sys.stdin.read()
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # its workers with it
        server.wait(30)


def wait(chart: Chart) -> None:
    """Return once a dashboard shows its last point."""
    until = time.monotonic() + SHOW
    while time.monotonic() < until:
        try:
            if READS[chart.tracker](ask(connected(chart), chart))[-1] == chart.points - 1:
                return
        except (OSError, ValueError, LookupError, http.client.HTTPException):
            pass
        time.sleep(0.5)
    raise SystemExit(f"{chart.tracker}: the chart did not come up")


def loaded(points: int, put: Callable[[range], None]) -> int:
    """Give a tracker its points in batches; return how many it took within the time."""
    until = time.monotonic() + LOAD
    for first in range(0, points, BATCH):
        if time.monotonic() > until:
            return first
        put(range(first, min(first + BATCH, points)))
    return points


def original(points: int, folder: Path) -> tuple[list[str], Chart]:
    """Fill trackio 0.43, whose page asks for the logs of its runs, at most 3000 rows of each."""
    os.environ["TRACKIO_DIR"] = str(folder)
    from trackio.sqlite_storage import SQLiteStorage

    def put(steps: range) -> None:
        SQLiteStorage.bulk_log("one", "run", [{"m0": value(step)} for step in steps], list(steps), run_id="run")

    count, port = loaded(points, put), free_port()
    show = f"import trackio; trackio.show(open_browser=False, block_thread=True, server_port={port})"
    body = json.dumps({"project": "one", "runs": [{"run": "run", "run_id": "run"}], "scalar_only": True})
    return [sys.executable, "-c", show], Chart("original", local(port), "/api/get_logs_batch", body, count)


def tensorboard(points: int, folder: Path) -> tuple[list[str], Chart]:
    """Fill event files for TensorBoard, with its data server (Rust); its page gets 1000 points of each run and tag."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer, start = EventFileWriter(str(folder / "run")), time.time() - points

    def put(steps: range) -> None:
        for step in steps:
            summary = Summary(value=[Summary.Value(tag="m0", simple_value=value(step))])
            writer.add_event(Event(wall_time=start + step, step=step, summary=summary))

    count, port = loaded(points, put), free_port()
    writer.close()
    command = [sys.executable, "-m", "tensorboard.main", "--load_fast=true"]
    path = "/experiment/defaultExperimentId/data/plugin/scalars/scalars_multirun"
    chart = Chart("tensorboard", local(port), path, urlencode({"tag": "m0", "runs": "run"}), count)
    return [*command, "--logdir", str(folder), "--port", str(port)], chart


def mlflow(points: int, folder: Path) -> tuple[list[str], Chart]:
    """Fill MLflow 3 on SQLite, whose page asks for a metric's history in an interval, sampled."""
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    store, start = f"sqlite:///{folder}/mlflow.db", int(time.time() * 1000) - points
    client = MlflowClient(store)
    run = client.create_run("0").info.run_id

    def put(steps: range) -> None:
        client.log_batch(run, [Metric("m0", value(step), start + step, step) for step in steps])

    count, port = loaded(points, put), free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1"]
    path = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?"
    path += urlencode({"run_ids": run, "metric_key": "m0", "max_results": WIDTH})
    chart = Chart("mlflow", local(port), path, None, count)
    return [*command, "--backend-store-uri", store, "--port", str(port)], chart


def free_port() -> int:
    """Return a port that is free at the moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def local(port: int) -> str:
    """Return the address of a port of this machine."""
    return f"http://127.0.0.1:{port}"


def _frame(answer: bytes) -> range | list[int]:
    header = json.loads(answer[4 : 4 + int.from_bytes(answer[:4], "little")])
    return range(header["last_step"] - header["n"] + 1, header["last_step"] + 1)


TRACKERS: dict[str, Callable[[int, Path], tuple[list[str], Chart]]] = {
    "original": original,
    "tensorboard": tensorboard,
    "mlflow": mlflow,
}
#: What the answer of each holds: the steps of its points; of ours, numbers up to the last step, a point per pixel.
READS: dict[str, Callable[[bytes], range | list[int]]] = {
    "trackio": _frame,
    "original": lambda answer: [row["step"] for row in json.loads(answer)["data"][0]["logs"]],
    "tensorboard": lambda answer: [step for _, step, _ in json.loads(answer)["run"]],
    "mlflow": lambda answer: sorted(int(point["step"]) for point in json.loads(answer)["metrics"]),
}


if __name__ == "__main__":
    main()
