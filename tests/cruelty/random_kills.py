"""kill -9 of trainers, ingest, both at once, encoders and the web process, at random moments, under load.

python tests/cruelty/random_kills.py [ROUNDS [SEED]]

A third of the rounds each while 1, 4 and 16 processes log rows and images.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from ledger import noted
from yard import Tally, Yard, asked, conclude, until

if TYPE_CHECKING:
    import subprocess

#: Every so many rows, one has an image beside its number.
IMAGE_EVERY = 200
TRAINER = f"""
import os, sys, time
import numpy as np, trackio
from ledger import Ledger
name, stop = sys.argv[1:]
trackio.init(project="kills", name=name)
ledger, random = Ledger(name), np.random.default_rng()
while not os.path.exists(stop):
    for _ in range(10):
        pixels = random.integers(0, 255, (48, 48, 3), np.uint8)
        beside = {{}} if ledger.count % {IMAGE_EVERY} else {{"picture": trackio.Image(pixels)}}
        ledger.log(trackio, **beside)
    time.sleep(0.02)
trackio.finish()
"""


class Battle:
    """The trainers of one yard, and whoever strikes them or the daemon."""

    def __init__(self, yard: Yard, seed: int) -> None:
        self._yard, self._random = yard, random.Random(seed)
        self._trainers: dict[str, subprocess.Popen[bytes]] = {}
        self._begun = 0
        self.kills: dict[str, int] = {"trainer": 0, "ingest": 0, "both": 0, "encode": 0, "web": 0}

    def fought(self, trainers: int, rounds: int) -> None:
        """Strike `rounds` times while so many trainers log; then let those end that are left."""
        stop = self._yard.folder / f"stop-{trainers}"
        for _ in range(trainers):
            self._begin(stop)
        until(lambda: self._yard.began(*self._trainers), 60, "the trainers", self._yard.printed)
        for _ in range(rounds):
            time.sleep(self._random.uniform(0.02, 0.4))
            victim = self._random.choice(list(self.kills))
            self.kills[victim] += self._strike(victim, stop)
        stop.touch()
        ends = [trainer.wait(60) for trainer in self._trainers.values()]
        self._trainers.clear()
        assert not any(ends), self._yard.printed.read_text()

    def _begin(self, stop: object) -> None:
        name = f"trainer-{self._begun}"
        self._begun += 1
        self._trainers[name] = self._yard.python(TRAINER, name, stop)

    def _strike(self, victim: str, stop: object) -> bool:
        if victim in {"encode", "web"}:
            children = self._yard.children(victim)
            for child in children[:1]:
                child.kill()
            return bool(children)
        if victim in {"ingest", "both"}:
            self._yard.kill_daemon()
        if victim in {"trainer", "both"}:
            trainer = self._trainers.pop(self._random.choice(list(self._trainers)))
            trainer.kill()
            trainer.wait()
            self._begin(stop)
        if victim in {"ingest", "both"}:
            time.sleep(self._random.uniform(0, 0.2))
            self._yard.start_daemon()
        return True


def main(rounds: int, seed: int) -> Tally:
    """Fight with 1, 4 and 16 trainers."""
    with Yard(web=True) as yard:
        yard.start_daemon()
        battle = Battle(yard, seed)
        for trainers, share in ((1, rounds // 3), (4, rounds // 3), (16, rounds - 2 * (rounds // 3))):
            battle.fought(trainers, share)
        yard.settle()
        until(yard.places.web_address.exists, 60, "the web process", yard.places.daemon_log)
        tally = yard.audit()
        images = sum(-(-count // IMAGE_EVERY) for count in noted(yard.ledgers).values())
        kept = sum(tally.seen[f"media_{state}"] for state in ("pending", "ready", "failed"))
        tally.claim(kept >= images, f"{images} images were logged, {kept} are kept")
        tally.claim(len(asked(yard, "/api/v1/runs?project=kills")["runs"]) > battle.kills["trainer"], "pages show all")
        tally.seen.update({f"killed_{victim}": count for victim, count in battle.kills.items()})
    return tally


if __name__ == "__main__":
    conclude(main, 500, 1)
