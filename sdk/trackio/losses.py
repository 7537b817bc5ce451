"""What could not be kept: counted by reason, and warned of once for each."""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from contextlib import suppress
from typing import Final

#: A script that finds ever new ways to be warned is warned no more.
_MAX_WARNINGS: Final = 200


class Losses:
    """Counts and warns; nothing that it does ever raises. One for each writer, used under its lock."""

    def __init__(self) -> None:
        #: Rows and values that were refused, by reason.
        self.refused: Counter[str] = Counter()
        self._warned: set[str] = set()

    def refuse(self, reason: str, text: str, once: str | None = None) -> None:
        """Count a row or a value under `reason`, and warn of it."""
        self.refused[reason] += 1
        self.warn(text, once=once or reason)

    def warn(self, text: str, once: str | None = None) -> None:
        """Warn once for each `once`, at the line that called us; a program that makes warnings errors gets none."""
        key = text if once is None else once
        if key in self._warned or len(self._warned) >= _MAX_WARNINGS:
            return
        self._warned.add(key)
        # Warnings may be errors, and what prints them may be closed.
        with suppress(Exception):
            warnings.warn(f"trackio: {text}", stacklevel=callers_level())


def callers_level() -> int:
    """Return the stack level, seen from our caller, of the nearest frame that is not in this package."""
    level, frame = 1, sys._getframe(1)  # noqa: SLF001 -- what warnings itself uses
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "trackio":
        level, frame = level + 1, frame.f_back
    return level
