"""A peer that sends damaged messages, and bytes that are none: each is refused by name, and no writer notices.

python tests/cruelty/corrupt_wire.py [MESSAGES [SEED]]
"""

from __future__ import annotations

import random
import socket
from collections import Counter
from contextlib import suppress

import zmq
from yard import Tally, Yard, conclude, until

from trackio import request
from trackio.wire import (
    Ask,
    Batch,
    Goodbye,
    Hello,
    Refusal,
    Reply,
    Row,
    RunStart,
    Schema,
    decode_message,
    encode,
    framed,
    pack,
    row_struct,
)

WRITER = """
import os, sys, time, trackio
from ledger import Ledger
name, stop = sys.argv[1:]
trackio.init(project="honest", name=name)
ledger = Ledger(name)
while not os.path.exists(stop):
    ledger.log(trackio, beside=0.5)
    time.sleep(0.001)
trackio.finish()
"""


class Hostile:
    """A peer that knows the protocol well enough to break it anywhere."""

    def __init__(self, context: zmq.Context, address: str, seed: int) -> None:
        self._random, self.answers = random.Random(seed), Counter()
        self.socket = context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.connect(address)

    def send(self) -> None:
        """Send one damaged message."""
        frames = self._message()
        for _ in range(self._random.randint(1, 3)):
            self._damage(frames)
        self.socket.send_multipart(frames)
        self._listen()

    def drained(self) -> None:
        """Return once everything before has been looked at, and put into the store or refused."""
        # Twice: an answer may come before the commit of what came with its question.
        for answers in (1, 2):
            self.socket.send(encode(Ask(77, "status")))
            while self.answers["my own question"] < answers:
                assert self.socket.poll(30_000), "no answer"
                self._listen()

    def _message(self) -> list[bytes]:
        writer = self._random.randbytes(16)
        row, head, commit = row_struct(1, "dq")
        records = [
            encode(RunStart(writer.hex(), "hostile", "h", None, {"a": [1, {"b": None}]}, "never", 1)),
            encode(Schema(1, ("x", "y"), "dq")),
            encode(Row(1, 1, {"text": "t", "media": {"_type": "trackio.image", "id": "f" * 32}})),
        ]
        rows = [row.pack(head, step, 1, 0.5, step, commit) for step in range(self._random.randrange(20))]
        body = b"".join([*map(framed, records), *rows])
        choices = (
            [encode(Hello(writer, 2**22 + 1))],
            [encode(Batch(writer, 0, len(records) + len(rows))), body],
            [encode(Goodbye(writer))],
            [encode(Ask(1, "find_run", {"project": "honest", "name": "n"}))],
        )
        return list(self._random.choices(choices, (1, 5, 1, 1))[0])

    def _damage(self, frames: list[bytes]) -> None:
        at = self._random.randrange(len(frames))
        data, where = bytearray(frames[at]), self._random.randrange(max(1, len(frames[at])))
        match self._random.randrange(8):
            case 0 | 1 | 2 if data:
                data[where] ^= 1 << self._random.randrange(8)
            case 3:
                del data[where:]
            case 4:
                data[where:where] = self._random.randbytes(self._random.randrange(1, 50))
            case 5:
                data[where : where + 4] = self._random.choice((b"\xff" * 4, bytes(4), b"\x00\x00\x00\x80"))
            case 6:
                frames.insert(at, self._random.choice((b"", b"\x91" * 2000, pack([["hello"], {}]), b"\xc1")))
                return
            case _:
                frames[at:] = frames[at + 1 :] or [b""]
                return
        frames[at] = bytes(data)

    def _listen(self) -> None:
        with suppress(zmq.Again):
            while True:
                match decode_message(self.socket.recv_multipart(zmq.NOBLOCK)[0]):
                    case Refusal(reason=reason):
                        self.answers[reason] += 1
                    case Reply(id=77):
                        self.answers["my own question"] += 1


def main(messages: int, seed: int) -> Tally:
    """Let two writers log while so many damaged messages arrive."""
    with Yard() as yard, zmq.Context() as context:
        yard.start_daemon()
        stop, names = yard.folder / "stop", ["writer-0", "writer-1"]
        writers = [yard.python(WRITER, name, stop) for name in names]
        until(lambda: yard.began(*names), 30, "the writers", yard.printed)
        hostile = Hostile(context, yard.places.ingest_address, seed)
        for number in range(messages):
            hostile.send()
            if number % 500 == 0:
                _babble(yard, random.Random(number))
        hostile.drained()
        hostile.socket.close()
        stop.touch()
        ends = [writer.wait(60) for writer in writers]
        status = request.ask(yard.places, "status", {}, 30)
        until(lambda: all(yard.refusals().get(name) == {} for name in names), 30, "the writers", yard.printed)
        until(lambda: not yard.journals(), 60, "the journals", yard.places.daemon_log)
        tally = yard.audit()
        tally.claim(not any(ends), f"the writers ended with {ends}")
        tally.claim(status["pid"] == yard.daemon_pid, "the daemon is the same")
        told, counted = sum(hostile.answers.values()) - 2, sum(status["ingest"]["refused"].values())
        # Some of what the plain sockets say passes for messages of a very old ZeroMQ.
        tally.claim(0 < told <= counted, f"{counted} refusals are counted, {told} were told")
        tally.seen.update({f"refused_as_{reason}": count for reason, count in status["ingest"]["refused"].items()})
        tally.claim(not yard.printed.read_text().count("refuses"), "no writer is refused")
        traces = yard.places.daemon_log.read_text().count("Traceback")
        tally.claim(not traces, f"{traces} errors that nobody foresaw")
    return tally


def _babble(yard: Yard, moment: random.Random) -> None:
    """Speak something else than ZeroMQ."""
    with socket.socket(socket.AF_UNIX) as plain, suppress(OSError):
        plain.connect(str(yard.places.ingest_socket))
        plain.sendall(moment.randbytes(300))


if __name__ == "__main__":
    conclude(main, 200_000, 5)
