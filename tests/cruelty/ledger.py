"""What a writer can swear to: how many of its rows log() returned for, noted in a file that outlives kill -9."""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path
from typing import Any

#: Prefix of the metrics that rows are counted by.
ROW = "row/"
_COUNT = struct.Struct("<q")


class Ledger:
    """One thread's rows: number 0, 1, 2, … under a name of its own, each noted only once log() has returned."""

    def __init__(self, name: str) -> None:
        self.metric = ROW + name
        self.count = 0
        with (Path(os.environ["LEDGERS"]) / name).open("xb+") as file:
            file.write(bytes(_COUNT.size))
            file.flush()
            self._note = mmap.mmap(file.fileno(), _COUNT.size)

    def log(self, run: Any, **beside: Any) -> None:
        """Log the next row, to a run or the module."""
        run.log({self.metric: float(self.count), **beside})
        self.count += 1
        _COUNT.pack_into(self._note, 0, self.count)


def noted(folder: Path) -> dict[str, int]:
    """Return the number of rows in each ledger by its metric."""
    return {ROW + file.name: _COUNT.unpack(file.read_bytes().ljust(_COUNT.size, b"\0"))[0] for file in folder.iterdir()}
