"""Power fails at any moment: what was written to the store's file since its last fsync is there, or in part, or not.

python tests/cruelty/power_loss.py [FAILURES [SECONDS]]

strace notes what the daemon writes to its file, and when it syncs it, while writers note the acknowledgements that they
get. Files as a failure may leave them are made of that: everything synced, and any sectors of the rest. In each of
them, every invariant must hold and every acknowledged row be there.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import time
from bisect import bisect_right
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import zmq
from yard import Skip, Tally, Yard, conclude

from trackio.errors import TrackioError
from trackio.wire import Ack, Batch, Hello, RunStart, Schema, Welcome, decode_message, encode, framed, row_struct
from trackiod.points import AfterRequest, points_after
from trackiod.store import runs
from trackiod.store.check import check
from trackiod.store.env import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECTOR = 512
WRITERS = 3
ROWS = 200
TRACED = "openat,lseek,pwrite64,pwritev,write,writev,fdatasync,fsync,msync,ftruncate"
_CALL = re.compile(r"([\d.]+) (\w+)\((.*)\)\s+= (-?\d+)(?:<[^>]*>)?(?: .*)? <([\d.]+)>$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Call:
    """What the daemon asked of the kernel, and when: bytes that were put somewhere, or a sync of all before."""

    begun: float
    ended: float
    at: int = 0
    data: bytes = b""
    #: Whether everything before is on disk once it has ended, or, of bytes, they themselves.
    syncs: bool = False


@dataclass
class Disk:
    """A file as it is on disk for certain, and the bytes that may be."""

    certain: bytearray = field(default_factory=bytearray)
    possible: list[Call] = field(default_factory=list)

    def take(self, call: Call) -> None:
        """Let a call of the daemon end."""
        if call.data and not call.syncs:
            self.possible.append(call)
        elif call.data:
            _put(self.certain, call.at, call.data)
        else:
            for written in self.possible:
                _put(self.certain, written.at, written.data)
            self.possible.clear()

    def failed(self, moment: random.Random, under_way: list[Call]) -> bytes:
        """Return the file as it may be after a loss of power in the middle of some call."""
        left, share = bytearray(self.certain), moment.choice((0, 0.1, 0.5, 0.9, 1))
        possible = self.possible + under_way
        for written in moment.sample(possible, len(possible)):
            for at in range(0, len(written.data), SECTOR):
                if moment.random() < share:
                    _put(left, written.at + at, written.data[at : at + SECTOR])
        return bytes(left)


def _put(content: bytearray, at: int, data: bytes) -> None:
    content.extend(bytes(max(0, at + len(data) - len(content))))
    content[at : at + len(data)] = data


class Writers:
    """Speak to the daemon as writers do, and note when which of their records were acknowledged."""

    def __init__(self, context: zmq.Context, address: str) -> None:
        self.ids = [bytes([number]) * 16 for number in range(WRITERS)]
        self.sent = dict.fromkeys(self.ids, 0)
        self.acks: dict[bytes, list[tuple[float, int]]] = {writer: [(0.0, 0)] for writer in self.ids}
        self._socket = context.socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.connect(address)
        self._row = row_struct(1, "dd")

    def log(self, seconds: float) -> None:
        """Send batches for a while, each once the one before it is acknowledged; return when all are."""
        end = time.monotonic() + seconds
        for writer in self.ids:
            self._socket.send(encode(Hello(writer, 0)))
        while time.monotonic() < end or any(self.acks[writer][-1][1] < self.sent[writer] for writer in self.ids):
            if not self._socket.poll(5000):
                raise TimeoutError("no acknowledgement")
            match decode_message(self._socket.recv_multipart()[0]):
                case Welcome(writer=writer) if time.monotonic() < end:
                    self._send(writer)
                case Ack(writer=writer, stored=stored):
                    self.acks[writer].append((time.time(), stored))
                    if time.monotonic() < end:
                        self._send(writer)

    def acknowledged(self, writer: bytes, when: float) -> int:
        """Return the number of records that were acknowledged by then."""
        acks = self.acks[writer]
        return acks[bisect_right(acks, (when, 2**63)) - 1][1]

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _send(self, writer: bytes) -> None:
        first, rows = self.sent[writer], []
        packing, head, commit = self._row
        if not first:
            name = writer.hex()
            start = RunStart(name, "power", name, None, {}, "never", time.time_ns())
            rows = [framed(encode(start)), framed(encode(Schema(1, ("loss", "rate"), "dd")))]
        for number in range(first + len(rows), first + ROWS):
            values = float(number), number / 7
            rows.append(packing.pack(head, number, time.time_ns(), *values, commit))
        self._socket.send_multipart([encode(Batch(writer, first, len(rows))), b"".join(rows)])
        self.sent[writer] += len(rows)


def main(failures: int, seconds: int) -> Tally:
    """Log for some seconds under strace; then let the power fail at so many moments of them."""
    if shutil.which("strace") is None:
        raise Skip("there is no strace")
    with Yard() as yard, zmq.Context() as context:
        file, trace = yard.places.store / "data.mdb", yard.folder / "trace"
        options = (
            "-P",
            str(file),
            "-e",
            f"trace={TRACED}",
            "-e",
            "signal=none",
            "-xx",
            "-s",
            "100000000",
            "-ttt",
            "-T",
        )
        yard.start_daemon("strace", "-ff", "-qq", "-o", str(trace), *options)
        writers = Writers(context, yard.places.ingest_address)
        writers.log(seconds)
        writers.close()
        yard.stop_daemon()
        calls = sorted(_calls(yard.folder), key=lambda call: call.ended)
        whole = Disk()
        for call in calls:
            whole.take(call)
        tally = Tally(rows=sum(writers.sent.values()))
        tally.claim(bytes(whole.certain) == file.read_bytes()[: len(whole.certain)], "what was traced makes the file")
        moment = random.Random(6)
        begun = min(acks[1][0] for acks in writers.acks.values())
        moments = sorted(moment.uniform(begun, calls[-1].ended) for _ in range(failures))
        _fail(yard, calls, moments, writers, tally)
        tally.seen["writes"] = sum(bool(call.data) for call in calls)
        tally.seen["syncs"] = sum(call.syncs for call in calls)
        # Were the syncs not there, some failure would show it: so this looks closely enough.
        reckless = [Call(call.begun, call.ended, call.at, call.data) for call in calls if call.data or not call.syncs]
        harmed = _harmed(yard, reckless, moments[:: max(1, failures // 20)], writers)
        tally.claim(harmed, "without syncs, failures do harm")
        tally.seen["failures"] = failures
    return tally


def _harmed(yard: Yard, calls: list[Call], moments: list[float], writers: Writers) -> bool:
    """Tell whether failures do harm; looks in a process of its own, since LMDB aborts one that reads nonsense."""
    child = os.fork()
    if not child:
        harm = False
        try:
            blind = Tally()
            _fail(yard, calls, moments, writers, blind)
            harm = bool(blind.failures or blind.lost)
        finally:
            os._exit(harm)
    return os.waitpid(child, 0)[1] != 0


def _fail(yard: Yard, calls: list[Call], moments: list[float], writers: Writers, tally: Tally) -> None:
    """Look at what each failure leaves."""
    disk, waiting, moment = Disk(), iter(calls), random.Random(7)
    call = next(waiting)
    for when in moments:
        while call is not None and call.ended <= when:
            disk.take(call)
            call = next(waiting, None)
        folder = yard.folder / "left"
        folder.mkdir()
        under_way = [call] if call is not None and call.begun <= when else []
        (folder / "data.mdb").write_bytes(disk.failed(moment, under_way))
        try:
            with closing(Store.open(folder)) as store:
                tally.failures += [f"verify: {finding}" for finding in check(store, yard.places.blobs)]
                _compare(store, when, writers, tally)
        except TrackioError as error:
            tally.failures.append(f"at {when}: {error}")
        shutil.rmtree(folder)


def _compare(store: Store, when: float, writers: Writers, tally: Tally) -> None:
    with store.read() as txn:
        for writer in writers.ids:
            acknowledged = writers.acknowledged(writer, when)
            state = runs.writer(txn, writer)
            stored = state.stored if state else 0
            tally.lost += max(0, acknowledged - stored)
            if stored:
                steps = points_after(txn, AfterRequest(writer.hex(), "loss", 0, None, 10**9)).columns["step"]
                tally.lost += len(set(range(2, stored)).difference(steps.astype(int).tolist()))
                tally.dup += len(steps) - len(set(steps.tolist()))


def _calls(folder: Path) -> Iterator[Call]:
    """Yield what strace saw, a file for each thread."""
    durable: set[str] = set()
    places: dict[str, int] = {}
    for trace in sorted(folder.glob("trace.*")):
        for line in filter(None, map(_CALL.match, trace.read_text().splitlines())):
            begun, name, arguments, result, took = line.groups()
            when = float(begun), float(begun) + float(took)
            descriptor = arguments.split(",")[0]
            if name == "openat" and "SYNC" in arguments:
                durable.add(result)
            elif name == "lseek":
                places[descriptor] = int(result)
            elif name in {"fdatasync", "fsync", "msync"}:
                yield Call(*when, syncs=True)
            elif "write" in name:
                data = bytes.fromhex("".join(_TEXT.findall(arguments)).replace("\\x", ""))
                at = int(arguments.rsplit(",", 1)[1]) if name.startswith("p") else places[descriptor]
                places[descriptor] = at + len(data)
                yield Call(*when, at, data, syncs=descriptor in durable)


if __name__ == "__main__":
    conclude(main, 1000, 20)
