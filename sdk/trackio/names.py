"""Readable names for runs that were given none."""

from __future__ import annotations

import os
from typing import Final

_FIRST: Final = (
    "amber ancient brave bright calm clear crisp dainty deep eager early fair fresh gentle golden grand happy honest "
    "humble jolly keen kind late light lively mellow mild modest noble patient plain proud quiet rare royal "
    "sharp shy silent simple smooth soft steady still sunny swift tender vivid warm wild wise"
).split()
_SECOND: Final = (
    "bay beacon birch breeze brook cedar cliff cloud comet coral creek dawn delta dune elm ember "
    "falcon fern field forest garden glacier grove harbor heron hill island lake lark leaf maple meadow moon morning "
    "oak ocean orchid otter owl pebble pine pond prairie rain reef ridge river sea shore sky snow sparrow spring star "
    "stone stream summit sun sunset thistle tide valley wave willow wind wood"
).split()


def readable(random: bytes | None = None) -> str:
    """Return a name like "brave-forest-41" for 6 bytes; the user's random generators are not touched."""
    random = os.urandom(6) if random is None else random
    first, second, number = random[:2], random[2:4], random[4:6]
    return "-".join((_pick(_FIRST, first), _pick(_SECOND, second), str(int.from_bytes(number, "big") % 1000)))


def _pick(words: list[str], random: bytes) -> str:
    return words[int.from_bytes(random, "big") % len(words)]
