"""What was logged beside numbers, as pages read it: values with the state of their media, and tables by rows."""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass, field, replace
from itertools import islice, repeat, takewhile
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import BadRequest, NotFound
from trackiod.store import keys, names, objects, runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from trackiod.store.env import Transaction
    from trackiod.store.objects import MediaRecord

_CURSOR: Final = re.compile(r"(-?[0-9]{1,19})\.([0-9]{1,10})\.([0-9a-f]{32})")
_STEPS: Final = range(-(2**63), 2**63)
_ALL: Final = ("mime", "bytes", "url")
#: What is told of media of each kind; the rest does not apply to it.
_TOLD: Final = {
    "image": (*_ALL, "width", "height", "thumb", "frames"),
    "video": (*_ALL, "width", "height", "thumb", "poster", "frames", "fps", "duration"),
    "table": (*_ALL, "columns", "rows"),
    "trace": (*_ALL, "rows"),
    "html": (*_ALL, "format", "page", "scripts"),
    "library": _ALL,
    "object3d": (*_ALL, "format", "vertices", "faces", "points"),
    "audio": (*_ALL, "duration", "channels", "rate", "peaks"),
}


@dataclass(frozen=True, slots=True)
class ObjectsRequest:
    """Which objects: of a project, perhaps of some runs, kinds and one key; newest step first, from a cursor on.

    Of steps `first` to `last`, both inclusive. With `parts`, all in one page: of each run and key the newest object in
    each of so many equal parts of these steps, or every one where there are no more than that.
    """

    project: str
    runs: tuple[str, ...] | None
    kinds: frozenset[str] | None
    key: str | None
    limit: int
    before: str | None
    first: int | None = None
    last: int | None = None
    parts: int | None = None


@dataclass(frozen=True, slots=True)
class Object:
    """A value of a run; media in it are the maps that docs/HTTP.md calls Media. Time in seconds since the epoch."""

    run: str
    key: str
    step: int
    time: float
    value: Any


@dataclass(frozen=True, slots=True)
class Objects:
    """One page of objects; `next` is the `before` of the following page, None on the last one."""

    objects: list[Object]
    next: str | None


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """Where the files of a media item are, by what they are of it: none that was not made, or not yet."""

    id: str
    state: str  # "pending" | "ready" | "failed"
    path: Path | None = None
    mime: str | None = None
    parts: Mapping[str, Path] = field(default_factory=dict)
    #: The script that draws it, if one does.
    library: Path | None = None


# ------------------------------------------------------------------------------------------------------- objects

#: A run and a name it logged under.
_Source = tuple[str, str]


def page(txn: Transaction, request: ObjectsRequest) -> Objects:
    """Return objects by step, newest first; within a step by run, newest first, then by name and process.

    Raises NotFound for an unknown project, BadRequest for a cursor that is none of ours.
    """
    if runs.project(txn, request.project) is None:
        raise NotFound(f"project {request.project!r}: there is no such project")
    sources = sources_of(txn, request)
    starts = _starts(request.before, request.last, sources)
    streams = (
        zip(repeat(at), _stream(txn, source, start, request), strict=False)
        for at, (source, start) in enumerate(zip(sources, starts, strict=True))
    )
    merged = (
        found
        for found in heapq.merge(*streams, key=lambda found: (-found[1].step, found[0], -found[1].member))
        if request.kinds is None or not request.kinds.isdisjoint(found[1].kinds)
    )
    limit = request.limit if request.parts is None else request.parts * len(sources)
    taken = list(islice(merged, limit + 1))
    shown = [_shown_object(txn, sources[at][0], found) for at, found in taken[:limit]]
    if len(taken) <= limit:
        return Objects(shown, None)
    at, last = taken[limit - 1]
    return Objects(shown, f"{last.step}.{last.member}.{_mark(sources[at])}")


def steps(txn: Transaction, request: ObjectsRequest) -> list[int]:
    """Return the steps at which anything that is asked for was logged, rising; limits of pages do not count.

    Raises NotFound for an unknown project.
    """
    if runs.project(txn, request.project) is None:
        raise NotFound(f"project {request.project!r}: there is no such project")
    mixed = {name for name, kind, _ in names.of_project(txn, request.project) if kind not in (request.kinds or {kind})}
    found: set[int] = set()
    for run, name in sources_of(txn, request):
        if name in mixed and request.kinds is not None:
            of_kind = (each for each in objects.back(txn, run, name) if not request.kinds.isdisjoint(each.kinds))
            found.update(each.step for each in of_kind)
        else:
            found.update(objects.steps(txn, run, name))
    first = _STEPS.start if request.first is None else request.first
    last = _STEPS[-1] if request.last is None else request.last
    return sorted(step for step in found if first <= step <= last)


def sources_of(txn: Transaction, request: ObjectsRequest) -> list[_Source]:
    """Return each run and name that may hold objects that are asked for: names beside those of numbers are few."""
    named = {
        name
        for name, kind, _ in names.of_project(txn, request.project)
        if kind != "scalar" and (request.kinds is None or kind in request.kinds)
    }
    if request.key is not None:
        named &= {request.key}
    if not named:
        return []
    of_project = runs.ids_of_project(txn, request.project)
    if request.runs is not None:
        wanted = {found.id for name in request.runs if (found := runs.run(txn, name)) is not None}
        of_project = [run for run in of_project if run in wanted]
    return [(run, name) for run in of_project for name in sorted(named)]


def _starts(cursor: str | None, last: int | None, sources: list[_Source]) -> Iterator[tuple[int, int] | None]:
    """Yield for each source the step and member before which the page begins there, None for its end."""
    if cursor is None:
        yield from [None if last is None else _behind(last)] * len(sources)
        return
    found = _CURSOR.fullmatch(cursor)
    step, member = (int(found[1]), int(found[2])) if found else (0, 0)
    at = next((n for n, source in enumerate(sources) if found and _mark(source) == found[3]), None)
    if at is None or step not in _STEPS or member >= keys.MEMBERS:
        raise BadRequest("before: is not the `next` of an earlier answer to the same question")
    for n in range(len(sources)):
        yield (step, 0) if n < at else (step, member) if n == at else _behind(step)


def _behind(step: int) -> tuple[int, int] | None:
    return (step + 1, 0) if step + 1 in _STEPS else None


def _stream(
    txn: Transaction, source: _Source, start: tuple[int, int] | None, request: ObjectsRequest
) -> Iterator[objects.Object]:
    """Yield what is asked for of a source, newest step first."""
    least = _STEPS.start if request.first is None else request.first
    found = takewhile(lambda each: each.step >= least, objects.back(txn, *source, start))
    return found if request.parts is None else _thinned(txn, source, found, least, request.parts)


def _thinned(
    txn: Transaction, source: _Source, found: Iterator[objects.Object], least: int, parts: int
) -> Iterator[objects.Object]:
    """Yield the newest object of each of `parts` equal parts of the steps, or all if there are no more than that."""
    few = list(islice(found, parts + 1))
    if len(few) <= parts:
        yield from few
        return
    last, first = few[0].step, max(least, objects.oldest(txn, *source))
    length = last - first + 1
    each: objects.Object | None = few[0]
    while each is not None and each.step >= first:
        yield each
        part = (each.step - first) * parts // length
        begins = first - (-part * length // parts)
        each = next(objects.back(txn, *source, (begins, 0)), None)


def _mark(source: _Source) -> str:
    return keys.digest("\0".join(source)).hex()


def _shown_object(txn: Transaction, run: str, found: objects.Object) -> Object:
    return Object(run, found.name, found.step, found.time / 1000, shown(txn, found.value))


# --------------------------------------------------------------------------------------------------------- media


def shown(txn: Transaction, value: Any) -> Any:
    """Return a value in which each map that names a file tells what became of it."""
    if isinstance(value, list):
        return [shown(txn, item) for item in value]
    if objects.is_media(value):
        return _shown_media(txn, value, objects.media(txn, value["id"]))
    return {key: shown(txn, item) for key, item in value.items()} if isinstance(value, dict) else value


def media(txn: Transaction, blobs: Path, media_id: str) -> MediaInfo:
    """Return where a media item's files are; raises NotFound for one that no row ever named."""
    found = visible(txn, media_id)
    if found is None:
        raise NotFound(f"media {media_id[:100]!r}: there is no such item")
    made = found.ready
    if made is None:
        return MediaInfo(found.id, found.state)
    names = {part: name for part in objects.PARTS if (name := getattr(made, part)) is not None}
    parts = {part: objects.blob_path(blobs, name) for part, name in names.items()}
    library = _library(txn, found)
    drawn = None if library is None or library.ready is None else objects.blob_path(blobs, library.ready.blob)
    return MediaInfo(found.id, found.state, objects.blob_path(blobs, made.blob), made.mime, parts, drawn)


def visible(txn: Transaction, media_id: str) -> MediaRecord | None:
    """Return what is known of a media item, None if no row of a run that is shown names it."""
    found = objects.media(txn, media_id)
    return found if found is not None and any(runs.visible(txn, owner) for owner in found.owners) else None


def _shown_media(txn: Transaction, reference: dict[str, Any], record: MediaRecord | None) -> dict[str, Any]:
    told = {"_type": reference["_type"], "id": reference["id"], "caption": reference.get("caption")}
    if record is None:
        return {**told, "state": "failed", "error": "nothing is known of this file", "url": None}
    library = _library(txn, record)
    if library is not None and record.state == "ready" and library.state != "ready":
        record = replace(record, state=library.state, error=library.error and f"the script for it: {library.error}")
    facts = _facts(record)
    applying = {name: facts.get(name) for name in _TOLD[record.kind]}
    return {**told, "state": record.state, "error": record.error, **applying}


def _library(txn: Transaction, record: MediaRecord) -> MediaRecord | None:
    """Return what is known of the script that draws a figure, None for what is no such figure."""
    named = record.fields.get("library")
    return objects.media(txn, named["id"]) if objects.is_media(named) else None


def _facts(record: MediaRecord) -> dict[str, Any]:
    """Return what is known of a media item, before it is ready what its writer said of it."""
    facts = _described(record)
    if record.state == "ready":
        facts |= {name: value for name, value in record.made.items() if value is not None}
        address = f"media/{record.id}"
        made = {name: f"{address}/{name}" for name in objects.PARTS if record.made.get(name)}
        facts |= {"url": address, "page": f"page/{record.id}", **made}
    return facts


def _described(record: MediaRecord) -> dict[str, Any]:
    fields = record.fields
    if record.kind == "table":
        return {name: fields.get(name) for name in ("columns", "rows")}
    if record.kind == "trace":
        return {"rows": fields.get("traces")}
    if record.kind in {"html", "object3d"}:
        return {name: fields.get(name) for name in ("format", "points")}
    shape = fields.get("shape")
    if not isinstance(shape, list) or len(shape) < 3:
        return {}
    height, width = shape[:2] if record.kind == "image" else shape[-2:]
    return {"width": width, "height": height}
