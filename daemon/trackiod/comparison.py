"""What runs hold and how it compares: fields, and the values that a filter compares them with; pure."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STATUSES: Final = ("running", "finished", "failed", "crashed")
_STATISTICS: Final = ("last", "min", "max", "mean", "count", "last_step")
_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


class Run(Protocol):
    """What is read of a run; the attributes named in PLAIN, besides these."""

    @property
    def config(self) -> dict[str, Any]:
        """As it was logged."""

    @property
    def summary(self) -> Mapping[str, Any]:
        """What is known of each metric."""


#: Both take a run, or what stands for one where a filter was bound to it.
Test = Callable[[Any], bool]
Read = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a run may have: read(run) is None if it has not. `kind` says what it is compared with.

    `path` tells it from others: names may be quoted, and have dots themselves.
    """

    name: str
    kind: str  # "text" | "status" | "number" | "time" | "duration" | "any"
    read: Read
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """What something is compared with: text, and the number that it spells unless it was quoted."""

    text: str
    number: float | None
    quoted: bool

    @property
    def is_null(self) -> bool:
        """Whether it stands for what is not there."""
        return not self.quoted and self.text.lower() in {"null", "none"}


def order(value: Any) -> tuple[int, Any]:
    """Return a key that sorts what fields hold: numbers, then text, then lists by their text. Not for None or NaN."""
    if isinstance(value, (bool, int, float)):
        return 0, value
    return (1, value) if isinstance(value, str) else (2, str(value))


# -------------------------------------------------------------------------------------------------------- values


def items(held: Any) -> Sequence[Any]:
    """Return what is compared: the items of a list, or the one thing; nothing if it is missing."""
    if held is None:
        return ()
    return held if isinstance(held, (list, tuple)) else (held,)


def is_any(held: Any, values: Sequence[Value]) -> bool:
    """Tell whether one of the items equals one of the values; nothing at all equals null."""
    if not items(held) and any(value.is_null for value in values):
        return True
    return any(_is_equal(item, value) for item in items(held) for value in values)


def is_none(held: Any, values: Sequence[Value]) -> bool:
    """Tell whether there is something, and no item of it equals any of the values."""
    return held is not None and not is_any(held, values)


def _is_equal(item: Any, value: Value) -> bool:
    match item:
        case None:
            return value.is_null
        case bool():
            return not value.quoted and value.text.lower() == str(item).lower()
        case int() | float():
            if value.number is None or value.quoted:
                return False
            return item == value.number or (math.isnan(item) and math.isnan(value.number))
        case str():
            return item == value.text
    return False


def is_ordered(item: Any, value: Value, holds: Callable[[Any, Any], bool]) -> bool:
    """Tell whether an order holds between an item and a value; none does between a number and text."""
    if isinstance(item, str):
        return (value.quoted or value.number is None) and holds(item, value.text)
    if value.quoted or value.number is None or isinstance(item, bool) or not isinstance(item, (int, float)):
        return False
    return holds(item, value.number)


def as_text(item: Any) -> str | None:
    """Return the text in which an expression is sought, None for what has none."""
    if isinstance(item, bool):
        return str(item).lower()
    return str(item) if isinstance(item, (str, int, float)) else None


def texts(held: Any) -> list[str]:
    """Return all such texts of what a field holds."""
    return [text for item in items(held) if (text := as_text(item)) is not None]


def seconds(text: str) -> float | None:
    """Return a duration like 90, 90s, 1.5h or 7d in seconds, None for anything else."""
    found = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)([smhdw]?)", text)
    return None if found is None else float(found[1]) * _UNITS[found[2] or "s"]


def moment(text: str, now: float) -> float | None:
    """Return a time (ISO 8601, UTC unless it says so; seconds since the epoch; now, now-7d) in seconds, else None."""
    if text == "now":
        return now
    if text.startswith("now-"):
        ago = seconds(text[4:])
        return None if ago is None else now - ago
    if re.fullmatch(r"[0-9]{5,12}(\.[0-9]{1,9})?", text):
        return float(text)
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return (when if when.tzinfo else when.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, OverflowError):
        return None


# -------------------------------------------------------------------------------------------------------- fields


def config(text: str, parts: Sequence[str]) -> Field:
    """Return the field of a configuration value, nested as its parts say."""
    return Field(text, "any", lambda run: _inside(run.config, parts), ("config", *parts))


def summary(text: str, parts: Sequence[str]) -> Field:
    """Return the field of a metric's last value, or of the statistic that the last part names."""
    whole, metric, statistic = ".".join(parts), ".".join(parts[:-1]), parts[-1]

    def read(run: Run) -> Any:
        if whole in run.summary:
            return run.summary[whole].last
        if metric in run.summary and statistic in _STATISTICS:
            return getattr(run.summary[metric], statistic)
        return None

    return Field(text, "number", read, ("summary", *parts))


def _inside(held: Any, parts: Sequence[str]) -> Any:
    """Return what is at a nested place; a key may have dots itself, and the longest one goes first."""
    if not parts:
        return held
    if not isinstance(held, dict):
        return None
    for count in range(len(parts), 0, -1):
        key = ".".join(parts[:count])
        found = _inside(held[key], parts[count:]) if key in held else None
        if found is not None:
            return found
    return None


def _duration(run: Any) -> float:
    return float((run.last_activity if run.ended is None else run.ended) - run.started)


_KINDS: Final = {
    "name": "text",
    "id": "text",
    "status": "status",
    "group": "text",
    "tags": "text",
    "user": "text",
    "host": "text",
    "notes": "text",
    "error": "text",
    "rows": "number",
    "slot": "number",
    "colour": "number",
    "created": "time",
    "started": "time",
    "ended": "time",
    "last_activity": "time",
}
#: The fields of one word, by name.
PLAIN: Final = {word: Field(word, kind, operator.attrgetter(word), (word,)) for word, kind in _KINDS.items()} | {
    "duration": Field("duration", "duration", _duration, ("duration",))
}

_LIKE: Final = {"config": "lr", "summary": "loss, or summary.loss.min"}
#: Most parts of the name of a nested configuration value.
_MAX_PARTS: Final = 12


def of_run(parts: tuple[str, ...], quoted: bool) -> Field:  # noqa: FBT001 -- as a filter calls it
    """Return the field of a run of that name; raises LookupError saying what is wrong with it."""
    head, *rest = parts
    if head in PLAIN and not rest and not quoted:
        return PLAIN[head]
    if head in {"config", "summary"} and not quoted:
        if not all(rest) or not rest:
            raise LookupError(f"{head} is followed by a dot and a name, like {head}.{_LIKE[head]}")
        if len(rest) > _MAX_PARTS:
            raise LookupError(f"a name of at most {_MAX_PARTS} parts is expected; quote one with dots")
        return config(".".join(parts), rest) if head == "config" else summary(".".join(parts), rest)
    known = ", ".join((*PLAIN, "config.KEY", "summary.METRIC"))
    raise LookupError(f"there is no field {'.'.join(parts)[:50]!r}; there are {known}")
