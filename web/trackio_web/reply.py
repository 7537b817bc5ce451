"""What handlers answer: dataclasses as JSON without non-finite numbers, series as binary frames of packed columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
from aiohttp import web

if TYPE_CHECKING:
    from trackiod.query import Group, Series

_ALIGNMENT: Final = 8
#: dtype of numpy → name in a frame's header; everything little-endian.
_CODES: Final = {"f8": "<f8", "u4": "<u4"}


def json_text(value: object) -> str:
    """Return `value` (plain values, dataclasses, numpy scalars) as compact JSON, non-finite floats as null.

    Raises TypeError for anything else.
    """
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def json_reply(value: object, *, status: int = 200) -> web.Response:
    """Return `value` as a JSON response that no cache keeps."""
    return json_response(json_text(value), status=status)


def json_response(text: str, *, status: int = 200) -> web.Response:
    """Return JSON text as a response that no cache keeps."""
    return web.Response(
        text=text,
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def frame(series: Series) -> bytes:
    """Return one series as a frame of docs/HTTP.md: header length, padded JSON header, 8-aligned columns."""
    about = {
        "run": series.run,
        "metric": series.metric,
        "kind": series.kind,
        "member": series.member,
        "n": _rows(series.columns),
        "raw": series.raw,
        "total": series.total,
        "extent": series.extent,
        "bucket": series.bucket,
        "last_step": series.last_step,
        "odd": series.odd,
        "before": series.before,
    }
    return _frame(about | _missing(series), series.columns)


def group_frame(group: Group) -> bytes:
    """Return one group of runs as a frame, as `frame` does."""
    about = {
        "group": group.name,
        "metric": group.metric,
        "n": _rows(group.columns),
        "extent": group.extent,
        "bucket": group.bucket,
        "points": group.points,
    }
    return _frame(about | _missing(group), group.columns)


def _missing(told: Series | Group) -> dict[str, Any]:
    return {"missing": [[gap.first, gap.last] for gap in told.missing]} if told.missing else {}


def _rows(columns: dict[str, np.ndarray]) -> int:
    return len(next(iter(columns.values()), ()))


def _frame(about: dict[str, Any], columns: dict[str, np.ndarray]) -> bytes:
    packed = [(name, *_packed(column)) for name, column in columns.items()]
    text = json_text(about | {"columns": [(name, code) for name, code, _ in packed]}).encode()
    text = text.ljust(_aligned(4 + len(text)) - 4)
    return b"".join([len(text).to_bytes(4, "little"), text, *(body for _, _, body in packed)])


def _packed(column: np.ndarray) -> tuple[str, bytes]:
    code = "u4" if column.dtype.kind in "iu" and column.dtype.itemsize <= 4 else "f8"
    body = np.ascontiguousarray(column, dtype=_CODES[code]).tobytes()
    return code, body.ljust(_aligned(len(body)), b"\0")


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
