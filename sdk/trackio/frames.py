"""The binary frames of docs/HTTP.md as NumPy columns."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trackio.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_ALIGNMENT: Final = 8
_CODES: Final = {"f8": "<f8", "u4": "<u4"}


@dataclass(frozen=True, slots=True)
class Frame:
    """One series: raw points (`step`, `time`, `value`) or buckets, and the first and last step of the whole series."""

    metric: str
    raw: bool
    extent: tuple[float, float] | None
    columns: dict[str, NDArray[Any]]


def decode(data: bytes) -> Iterator[Frame]:
    """Yield each frame of a reply; raises ProtocolError for bytes that are no frames.

    Warns of points that were stored and cannot be read any more.
    """
    at = 0
    while at < len(data):
        try:
            frame, at = _one(data, at)
        except (ValueError, KeyError, TypeError) as error:
            raise ProtocolError(f"not a frame of points: {error}") from error
        yield frame


def _one(data: bytes, at: int) -> tuple[Frame, int]:
    size = int.from_bytes(data[at : at + 4], "little")
    at += 4
    header: dict[str, Any] = json.loads(data[at : at + size])
    at += size
    rows, columns = int(header["n"]), {}
    for name, code in header["columns"]:
        column = np.frombuffer(data, _CODES[code], rows, at) if rows else np.empty(0, _CODES[code])
        columns[name] = column
        at += -(-column.nbytes // _ALIGNMENT) * _ALIGNMENT
    if header.get("missing"):
        where = " and ".join(_where(*gap) for gap in header["missing"])
        text = f"points of {header['metric']} {where} cannot be read any more"
        warnings.warn(f"trackio: {text}; `trackio verify` names what is damaged", stacklevel=2)
    extent = header["extent"]
    return Frame(header["metric"], header["raw"], extent and (float(extent[0]), float(extent[1])), columns), at


def _where(first: int | None, last: int | None) -> str:
    if first is None:
        return "at unknown steps"
    return f"from step {first} on" if last is None else f"at steps {first} to {last}"
