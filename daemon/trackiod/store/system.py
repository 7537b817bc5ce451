"""System metrics: kept as the rows of a member of their own, whose steps are their times in ms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from trackio.errors import ProtocolError
from trackio.wire import Row, encode, framed
from trackiod.store import members, series

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackio.wire import System
    from trackiod.store.env import Transaction
    from trackiod.store.runs import WriterState

_NS_PER_MS: Final = 1_000_000


def append(txn: Transaction, state: WriterState, samples: Iterable[System]) -> bool:
    """Put a writer's samples behind all others of its member; return whether the time went back.

    Of two samples of one millisecond the later one counts. Raises ProtocolError for what is no number.
    """
    body = b"".join(framed(encode(_row(sample))) for sample in samples)
    beside = replace(state, member=state.member + members.SYSTEM, base_step=0)
    return bool(body) and series.append(txn, beside, 0, body, "system")


def _row(sample: System) -> Row:
    for name, value in sample.values.items():
        if not isinstance(value, (int, float)):
            raise ProtocolError(f"system metric {name[:100]!r} is a {type(value).__name__}")
    return Row(sample.time // _NS_PER_MS, sample.time, sample.values)
