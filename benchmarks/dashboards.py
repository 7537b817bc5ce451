"""The dashboards of peers, each on the same data: written by their own writers, served by their own servers."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from dataclasses import dataclass
from queue import Queue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ADDRESS = re.compile(r"http://[^\s/]+:[0-9]+")
_SECONDS = 60


@dataclass(frozen=True)
class Peer:
    """How a peer writes `runs`, `metrics` and `steps` into a folder, and shows them."""

    writer: str
    #: Arguments of its Python, and the address of its charts beneath that of its server.
    server: tuple[str, ...]
    page: str
    #: What its first chart is found by; for TensorBoard where its lines are about to be.
    chart: str


PEERS = {
    "original": Peer(
        """
import sys, trackio
for run in range(int(sys.argv[1])):
    trackio.init(project="p", name=f"run-{run}", auto_log_gpu=False, auto_log_cpu=False)
    for step in range(int(sys.argv[3])):
        trackio.log({f"m{metric}": step * 7919 % 10007 / 10007 + metric for metric in range(int(sys.argv[2]))})
    trackio.finish()
""",
        ("-m", "trackio.cli", "show", "--project", "p"),
        "/?project=p",
        "canvas.marks",
    ),
    "tensorboard": Peer(
        """
import sys
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
runs, metrics, steps = map(int, sys.argv[1:])
for run in range(runs):
    writer = EventFileWriter(f"run-{run}")
    for step in range(steps):
        for metric in range(metrics):
            value = Summary.Value(tag=f"m{metric}", simple_value=step * 7919 % 10007 / 10007 + metric)
            writer.add_event(Event(step=step, wall_time=1e9 + step, summary=Summary(value=[value])))
    writer.close()
""",
        ("-m", "tensorboard.main", "--logdir", ".", "--port", "0"),
        "/",
        "line-chart .series-view canvas",
    ),
}


class PeerDashboard:
    """A peer's server on a folder that its own writer filled; `url` is where its charts are."""

    def __init__(self, peer: Peer, python: str, folder: Path, sizes: tuple[int, int, int]) -> None:
        environment = os.environ | {"TRACKIO_DIR": str(folder), "PYTHONUNBUFFERED": "1", "BROWSER": "true"}
        quiet = {"cwd": folder, "env": environment, "stderr": subprocess.DEVNULL}
        command = [python, "-c", peer.writer, *map(str, sizes)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **quiet)
        quiet["stderr"] = subprocess.STDOUT
        self._server = subprocess.Popen([python, *peer.server], stdout=subprocess.PIPE, text=True, **quiet)
        addresses: Queue[str] = Queue()
        threading.Thread(target=self._read, args=(addresses,), daemon=True).start()
        self.url = addresses.get(timeout=_SECONDS) + peer.page

    def close(self) -> None:
        """End the server."""
        self._server.terminate()
        self._server.wait(30)

    def _read(self, addresses: Queue[str]) -> None:
        for line in self._server.stdout or ():
            for address in _ADDRESS.findall(line)[:1]:
                addresses.put(address)
