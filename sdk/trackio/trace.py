"""Trace: a conversation with a model, or the course of an agent; all traces of one value go into one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from trackio import values
from trackio.files import inside, kept_bytes
from trackio.wire import pack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackio.files import Filed
    from trackio.values import File

#: Leaves that are what they are; an integer may be too large.
_PLAIN: Final = frozenset({float, bool, type(None)})


class Trace:
    """A conversation to log, alone or many in a list: `trackio.log({"rollouts": [trackio.Trace(messages), …]})`.

    `messages`: dicts as chat models take them, with `role`, `content` (text, or a list of parts) and perhaps
    `tool_calls`, `tool_call_id`, `name`. `metadata`: whatever tells of the whole, such as a reward. `spans`: dicts with
    `id`, `name`, `kind`, `parent_id`, `start_time`, `end_time`, `duration_ms`, `status`, `error`, `input`, `output`,
    each as far as it is known. Images and other media may stand anywhere inside. Everything is read when it is logged;
    what has no plain form is kept as its text. Raises TypeError unless messages and spans are lists of dicts.
    """

    TYPE: ClassVar[str] = "trackio.trace"

    def __init__(
        self,
        messages: list[dict[str, Any]],
        metadata: Mapping[str, Any] | None = None,
        spans: list[dict[str, Any]] | None = None,
    ) -> None:
        self.messages = _dicts(messages, "messages")
        self.metadata = dict(metadata or {})
        self.spans = _dicts([] if spans is None else spans, "spans")

    def __repr__(self) -> str:
        return f"trackio.Trace({len(self.messages)} messages, metadata={self.metadata!r:.80})"

    def _describe(self, filed: Filed) -> dict[str, Any]:
        return _Traces([self])._describe(filed)  # noqa: SLF001 -- one is a list of one

    @staticmethod
    def _together(traces: Iterable[Trace]) -> _Traces:
        return _Traces(list(traces))


class _Traces:
    """What stands for a list of traces in a row: thousands of them are one file."""

    def __init__(self, traces: list[Trace]) -> None:
        self._traces = traces

    def _describe(self, filed: Filed) -> dict[str, Any]:
        file, media = inside(filed)
        told = [
            {
                "messages": _told(trace.messages, file, 0),
                "metadata": _told(trace.metadata, file, 0),
                "spans": _told(trace.spans, file, 0),
            }
            for trace in self._traces
        ]
        return {"_type": Trace.TYPE, "traces": len(told), "media": media} | kept_bytes(filed, pack(told))


def _dicts(given: Any, what: str) -> list[dict[str, Any]]:
    if not isinstance(given, (list, tuple)) or not all(isinstance(item, Mapping) for item in given):
        raise TypeError(f"{what} are a list of dicts; got {given!r:.80}")
    return [dict(item) for item in given]


def _told(value: Any, file: File, depth: int) -> Any:
    """Return a value with everything that has no plain form as text, wherever it stands in it."""
    kind = type(value)
    if kind is str:
        return values.text(value)
    if kind in _PLAIN:
        return value
    if depth > values.MAX_DEPTH:
        return f"nested more than {values.MAX_DEPTH} deep"
    if isinstance(value, Mapping):
        return {values.text(name): _told(item, file, depth + 1) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_told(item, file, depth + 1) for item in value]
    return values.cell(value, file)
