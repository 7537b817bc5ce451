"""Any user value → a plain value that the journal carries, or a refusal that says why; pure."""

from __future__ import annotations

import datetime as dt
import enum
import math
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

Number = int | float
#: Turns a media object, or what may be a figure, into the map that stands for it in a row; raises Refused.
File = Callable[[Any], dict[str, Any]]

#: Nested deeper than this, a value is refused; msgpack itself could go further, readers could not.
MAX_DEPTH: Final = 32
#: Arrays of at most this many elements become lists.
MAX_LIST: Final = 10_000
#: The largest step: whoever counts on from it stays within 64 bits.
LAST_STEP: Final = 2**62
_RESERVED: Final = frozenset({"project", "run", "timestamp", "step", "time", "metrics"})
_LEAST, _MOST = -(2**63), 2**64 - 1


class Refused(Exception):
    """A value that cannot be logged; the text says what was given and what to log instead."""


def key(name: object) -> str:
    """Return a metric name as text that can be stored; names that rows use themselves get two underscores in front."""
    found = text(name)
    return f"__{found}" if found in _RESERVED or found.startswith("__") else found


def plain(value: Any, file: File | None = None, depth: int = 0) -> Any:  # noqa: C901, PLR0911 -- one case a line
    """Return `value` as None, bool, int, float, str, list or dict with text keys; raises Refused.

    Scalars of any library (`item()`), dates, enums, paths, small arrays, sets and tuples have a plain form. Media at
    any depth are replaced by what `file` returns for them; without it they are refused.
    """
    match value:
        case None | bool() | float() if type(value) in {type(None), bool, float}:
            return value
        case enum.Enum():
            return plain(value.value, file, depth + 1)
        case str():
            return text(value)
        case int():
            return int(value) if _LEAST <= value <= _MOST else _large(value)
        case float():
            return float(value)
    if depth > MAX_DEPTH:
        raise Refused(f"a value nested more than {MAX_DEPTH} deep")
    match value:
        case Mapping():
            return {text(name): plain(item, file, depth + 1) for name, item in value.items()}
        case list() | tuple() | set() | frozenset():
            together = _together(value)
            if together is not None and file is not None:
                return file(together)
            return [plain(item, file, depth + 1) for item in value]
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return value.total_seconds()
        case os.PathLike():
            return text(os.fsdecode(value))
    return _foreign(value, file, depth)


def cell(value: Any, file: File | None = None) -> Any:
    """Return a value as a plain one, as `plain` does; what has no plain form is kept as its text."""
    try:
        return plain(value, file)
    except Refused:
        return text(value)


def setting(value: Any, inside: tuple[int, ...] = ()) -> Any:
    """Return a configuration value as a plain one; what has no plain form is kept as its text."""
    # Foreign objects may do anything when asked for their value.
    with suppress(Exception):
        return plain(value)
    # What holds itself would be unfolded without end.
    if id(value) not in inside and len(inside) <= MAX_DEPTH:
        inside = (*inside, id(value))
        if isinstance(value, Mapping):
            return {text(name): setting(item, inside) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [setting(item, inside) for item in value]
    with suppress(Exception):
        return text(value)
    return object.__repr__(value)


def step(value: Any) -> int | None:
    """Return a step as an integer from -2⁶³ to LAST_STEP, None if it is not one."""
    # Foreign objects may do anything when asked for their value.
    with suppress(Exception):
        number = int(value.__index__() if hasattr(value, "__index__") else value)
        if _LEAST <= number <= LAST_STEP and number == value:
            return number
    return None


def _foreign(value: Any, file: File | None, depth: int) -> Any:
    """Return the plain form of what other libraries make: media of ours, scalars and arrays of theirs."""
    if getattr(value, "TYPE", "").__class__ is str and hasattr(value, "_describe"):
        if file is None:
            raise Refused(f"{type(value).__name__} is not accepted here")
        found: dict[str, Any] = file(value)
        return found
    shape = getattr(value, "shape", None)
    if shape is not None and math.prod(shape) != 1 and hasattr(value, "tolist"):
        if math.prod(shape) > MAX_LIST:
            raise Refused(
                f"an array of shape {tuple(shape)}; log trackio.Image, trackio.Histogram or a statistic of it"
            )
        return plain(value.tolist(), file, depth + 1)
    if hasattr(value, "item"):
        number = value.item()
        if not hasattr(number, "item"):
            return plain(number, file, depth + 1)
    if hasattr(value, "__float__") and not isinstance(value, complex):
        return float(value)
    return _filed(value, file)


def _filed(value: Any, file: File | None) -> dict[str, Any]:
    """Return what `file` makes of a value, which may be another library's figure."""
    if file is not None:
        return file(value)
    raise Refused(f"{type(value).__module__}.{type(value).__qualname__} has no plain form; log a number or text")


def _together(items: Any) -> Any:
    """Return the one object that stands for a whole list of media, where their class makes one; else None."""
    kind = next(map(type, items), None)
    together = getattr(kind, "_together", None)
    return together(items) if together is not None and all(type(item) is kind for item in items) else None


def _large(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def text(value: object) -> str:
    """Return a value as text that has a UTF-8 form: lone surrogates are replaced."""
    found = str.__str__(value) if isinstance(value, str) else str(value)
    return found if found.isascii() else found.encode("utf-8", "replace").decode()
