"""A file of traces: checked, read, told in short and searched. Functions of their arguments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import ProtocolError
from trackio.wire import unpack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    #: `{"messages": [{…}], "metadata": {…}, "spans": [{…}]}`
    Trace = dict[str, Any]

#: Largest file of traces, in bytes.
MAX_BYTES: Final = 512 * 2**20
#: Longest text in what is told of a trace in short, in characters, and most keys of its metadata.
_SHORT: Final = 240
_KEYS: Final = 12
#: What is searched of spans: their input and output repeat the conversation.
_SEARCHED: Final = ("name", "kind", "status", "error", "model", "metadata")
#: What numbers are written with: their bytes in the file are not their text.
_NUMBER: Final = re.compile(r"[0-9.e+\-infa]+")


def count(file: Path) -> int:
    """Return the number of traces in a file: msgpack `[{messages, metadata, spans}, …]`.

    Raises ProtocolError saying what is wrong with it.
    """
    size = file.stat().st_size
    if size > MAX_BYTES:
        raise ProtocolError(f"traces of {size} bytes; at most {MAX_BYTES} are taken")
    traces = read(file.read_bytes())
    _check(traces)
    return len(traces)


def _check(value: object) -> None:
    """Raise ProtocolError for what has no form in JSON."""
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            raise ProtocolError("a key in a trace is no text")
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _check(item)
    elif isinstance(value, bytes):
        raise ProtocolError("a value in a trace is no text, number, list or map")


def read(data: bytes) -> list[Trace]:
    """Return the traces that a file holds; raises ProtocolError."""
    traces = unpack(data)
    if not isinstance(traces, list):
        raise ProtocolError("a file of traces holds a list")
    for number, trace in enumerate(traces):
        if not isinstance(trace, dict) or not (
            _are_dicts(trace.get("messages"))
            and _are_dicts(trace.get("spans"))
            and isinstance(trace.get("metadata"), dict)
        ):
            raise ProtocolError(f"trace {number} does not have messages, metadata and spans")
    return traces


def _are_dicts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def head(trace: Trace) -> dict[str, Any]:
    """Return what a list shows of a trace: how it begins and ends, how much there is of it, its plain metadata."""
    messages, spans = trace["messages"], trace["spans"]
    asked = next((m for m in messages if m.get("role") == "user"), messages[0] if messages else {})
    said: dict[str, Any] = next((m for m in reversed(messages) if m.get("role") == "assistant"), {})
    plain = {name: _short(value) for name, value in trace["metadata"].items() if not isinstance(value, (dict, list))}
    calls = [calls for m in messages if isinstance(calls := m.get("tool_calls"), list)]
    return {
        "asked": _short(text_of(asked.get("content"))),
        "said": _short(text_of(said.get("content"))),
        "messages": len(messages),
        "tool_calls": sum(map(len, calls)),
        "spans": len(spans),
        "errors": sum(1 for span in spans if span.get("error") or span.get("status") == "error"),
        "metadata": dict(list(plain.items())[:_KEYS]),
    }


def text_of(content: object) -> str:
    """Return the text of a message's content: itself, or the texts of its parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = (part if isinstance(part, str) else part.get("text") for part in parts if isinstance(part, (str, dict)))
    return " ".join(text for text in texts if isinstance(text, str))


def _short(value: Any) -> Any:
    return f"{value[: _SHORT - 1]}…" if isinstance(value, str) and len(value) > _SHORT else value


def may_hold(data: bytes, needle: str) -> bool:
    """Tell, quickly, whether some trace of a file may hold a text in lower case; False is certain."""
    return not needle.isascii() or _NUMBER.fullmatch(needle) is not None or needle.encode() in data.lower()


def holds(trace: Trace, needle: str) -> bool:
    """Tell whether a text in lower case stands in a trace, as text or number."""
    spans = [[span.get(name) for name in _SEARCHED] for span in trace["spans"]]
    return any(needle in text for text in _texts([trace["messages"], trace["metadata"], spans]))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value).lower()
