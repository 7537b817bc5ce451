"""Records as msgpack maps of their fields: unknown fields are ignored, missing ones have their defaults."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from trackio.wire import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def packed(record: Any) -> bytes:
    """Return a flat dataclass as the bytes of its record."""
    return pack({name: getattr(record, name) for name in _names(type(record))})


def unpacked(kind: type[T], data: bytes) -> T:
    """Return the dataclass that a record holds."""
    names, found = _names(kind), unpack(data)
    return kind(**{name: value for name, value in found.items() if name in names})


def _fields(kind: Any) -> dict[str, None]:
    return {field.name: None for field in dataclasses.fields(kind)}


_names: Final[Callable[[Any], dict[str, None]]] = cache(_fields)
