"""Checks of logged pages, of figures that a script draws, and of these scripts; all are kept as they came."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from trackio.errors import ProtocolError

if TYPE_CHECKING:
    from pathlib import Path

#: Largest page or figure, and largest script that draws figures, in bytes.
MAX_BYTES: Final = 64 * 2**20
MAX_LIBRARY: Final = 32 * 2**20
#: What may run something: a script, an attribute that is one, or a link that is one.
_SCRIPTS: Final = re.compile(rb"<script|<[^<>]*\son[a-z]+\s*=|javascript:", re.IGNORECASE)


def scripts(file: Path) -> bool:
    """Tell whether a page may hold scripts; raises ProtocolError for what is no text, or too large."""
    return _SCRIPTS.search(_text(file, MAX_BYTES, "a page")) is not None


def figure(file: Path) -> None:
    """Pass a figure, `{"data": […], "layout": {…}, …}` in JSON; raises ProtocolError saying what is wrong with it."""
    try:
        found = json.loads(_text(file, MAX_BYTES, "a figure"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"a figure is JSON: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("data"), list):
        raise ProtocolError("a figure has data, a list")


def library(file: Path) -> None:
    """Pass a script that can stand in a page; raises ProtocolError for what would end it too early."""
    if b"</script" in _text(file, MAX_LIBRARY, "a script").lower():
        raise ProtocolError("a script that draws figures holds its own end")


def _text(file: Path, most: int, what: str) -> bytes:
    size = file.stat().st_size
    if size > most:
        raise ProtocolError(f"{what} of {size} bytes; at most {most} are taken")
    data = file.read_bytes()
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise ProtocolError(f"{what} is UTF-8: {error}") from error
    return data
