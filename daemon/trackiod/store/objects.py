"""What was logged beside numbers: values by run, name and step, and the media they name, from pending to ready."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from trackio.wire import pack, unpack
from trackiod.store import keys, names
from trackiod.store.env import last, scan, scan_back
from trackiod.store.fields import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Literal

    from trackiod.store.env import Transaction
    from trackiod.store.names import Kind

    #: Kinds of files: a library draws figures, and is nothing to look at.
    FiledKind = Literal["image", "video", "table", "trace", "html", "library", "audio", "object3d"]
    from trackiod.store.runs import WriterState

_NS_PER_MS: Final = 1_000_000
_LEAST, _MOST = -(2**63), 2**63 - 1
_ID: Final = re.compile(r"[0-9a-f]{32}")
#: `_type` of the maps that name a file, and the kind that a page calls it.
FILED: Final[dict[str, FiledKind]] = {
    "trackio.image": "image",
    "trackio.video": "video",
    "trackio.table": "table",
    "trackio.trace": "trace",
    "trackio.html": "html",
    "trackio.library": "library",
    "trackio.audio": "audio",
    "trackio.object3d": "object3d",
}
#: Files that a media item may be made into beside its own, each a blob.
PARTS: Final = ("thumb", "poster", "peaks")


@dataclass(frozen=True, slots=True)
class MediaReady:
    """What a media file was made into: names of blobs (sha256) and what a page must know to show them."""

    blob: str
    mime: str
    bytes: int
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    fps: float | None = None
    duration: float | None = None
    thumb: str | None = None
    poster: str | None = None
    columns: list[str] | None = None
    rows: int | None = None
    scripts: bool | None = None
    channels: int | None = None
    rate: int | None = None
    peaks: str | None = None
    vertices: int | None = None
    faces: int | None = None


@dataclass(frozen=True, slots=True)
class MediaSpec:
    """A media file that is to be encoded: its id, whose journal it came beside, and the map that describes it."""

    id: str
    run: str
    writer: bytes
    kind: FiledKind
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MediaRecord:
    """A media file: who logged it under which names, and what became of it. `order` is its place while pending.

    `others` are further runs that logged it, too.
    """

    id: str
    run: str
    writer: bytes
    kind: FiledKind
    names: list[str]
    fields: dict[str, Any]
    order: int
    state: str = "pending"  # "pending" | "ready" | "failed"
    error: str | None = None
    made: dict[str, Any] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    @property
    def owners(self) -> list[str]:
        """The runs that logged it."""
        return [self.run, *self.others]

    @property
    def blobs(self) -> list[str]:
        """The blobs that it was made into."""
        return [self.made[name] for name in ("blob", *PARTS) if self.made.get(name) is not None]

    @property
    def ready(self) -> MediaReady | None:
        """What it was made into, None until it is."""
        return MediaReady(**self.made) if self.state == "ready" else None


@dataclass(frozen=True, slots=True)
class Object:
    """One value beside numbers; media in it are maps of `_type`, `id` and `caption`. Time in ms since the epoch."""

    name: str
    step: int
    member: int
    time: int
    value: Any

    @property
    def kinds(self) -> set[Kind]:
        """What the value is shown as."""
        return kinds_of(self.value)


# ------------------------------------------------------------------------------------------------------- writing


def put(
    txn: Transaction, state: WriterState, step: int, time_ns: int, values: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Keep the values of a row that are no numbers; each file that they name becomes a pending media item.

    Returns the maps of those that are to be encoded: a file that earlier rows name, too, may have been.

    A value logged again at the same step takes the place of the earlier one. `step` is absolute; beyond 64 bits it
    stays at the largest.
    """
    step, time = max(_LEAST, min(_MOST, step)), time_ns // _NS_PER_MS
    awaited: list[dict[str, Any]] = []
    for name, value in values.items():
        for kind in sorted(kinds_of(value)):
            names.register(txn, state.project, state.run, kind, [name])
        awaited += [fields for fields in media_maps(value) if _await(txn, state, name, fields)]
        txn.put(keys.object_at(state.run, name, step, state.member), pack([name, time, _referring(value)]))
    return awaited


def ready(txn: Transaction, media_id: str, made: MediaReady) -> MediaRecord | None:
    """Record what a media item was made into, and return it.

    Returns None for an unknown item and for one that is ready: what an id shows never changes.
    """
    found = media(txn, media_id)
    if found is None or found.state == "ready":
        return None
    fields = {name: getattr(made, name) for name in MediaReady.__slots__}
    record = replace(found, state="ready", error=None, made=fields)
    for sha256 in record.blobs:
        txn.put(keys.blob(sha256), pack(references(txn, sha256) + 1))
    return _settled(txn, record)


def failed(txn: Transaction, media_id: str, error: str) -> MediaRecord | None:
    """Record that nothing could be made of a pending item, and return it; None if it is not pending."""
    found = media(txn, media_id)
    if found is None or found.state != "pending":
        return None
    return _settled(txn, replace(found, state="failed", error=error))


def _await(txn: Transaction, state: WriterState, name: str, fields: dict[str, Any]) -> bool:
    """Make a media item pending, and tell whether it is; one that is known, being logged again, only gets a name."""
    found = media(txn, fields["id"])
    txn.put(keys.owned(state.run, keys.MEDIA, keys.identity(fields["id"])), fields["id"].encode())
    if found is not None:
        named = [*found.names, *([] if name in found.names else [name])]
        others = [*found.others, *([] if state.run in found.owners else [state.run])]
        if (named, others) != (found.names, found.others):
            txn.put(keys.media(found.id), packed(replace(found, names=named, others=others)))
        return found.state == "pending"
    newest = last(txn, keys.PENDING)
    record = MediaRecord(
        id=fields["id"],
        run=state.run,
        writer=state.writer,
        kind=FILED[fields["_type"]],
        names=[name],
        # The media of a table's cells have records of their own.
        fields={key: value for key, value in fields.items() if key not in {"media", "caption"}},
        order=keys.number_of(newest[0]) + 1 if newest else 0,
    )
    txn.put(keys.media(record.id), packed(record))
    txn.put(keys.pending(record.order), record.id.encode())
    return True


def _settled(txn: Transaction, record: MediaRecord) -> MediaRecord:
    _no_longer_pending(txn, record)
    txn.put(keys.media(record.id), packed(record))
    return record


def _no_longer_pending(txn: Transaction, record: MediaRecord) -> None:
    mark = keys.pending(record.order)
    if txn.get(mark) == record.id.encode():
        txn.delete(mark)


# ------------------------------------------------------------------------------------------------------ removing


def disown(txn: Transaction, media_id: str, run_id: str) -> list[str]:
    """Forget that a run logged a media item; without any other owner the item goes.

    Returns the blobs that nothing refers to any more.
    """
    txn.delete(keys.owned(run_id, keys.MEDIA, keys.identity(media_id)))
    found = media(txn, media_id)
    owners = [] if found is None else [owner for owner in found.owners if owner != run_id]
    if found is None:
        return []
    if owners:
        txn.put(keys.media(media_id), packed(replace(found, run=owners[0], others=owners[1:])))
        return []
    _no_longer_pending(txn, found)
    txn.delete(keys.media(media_id))
    return [sha256 for sha256 in found.blobs if not _released(txn, sha256)]


def _released(txn: Transaction, sha256: str) -> int:
    """Count one use less of a blob; return how many are left."""
    left = references(txn, sha256) - 1
    if left > 0:
        txn.put(keys.blob(sha256), pack(left))
    else:
        txn.delete(keys.blob(sha256))
    return left


# ------------------------------------------------------------------------------------------------------- reading


def pending(txn: Transaction) -> list[MediaSpec]:
    """Return the media items that are to be encoded, in order of arrival."""
    records = [media(txn, value.decode()) for _, value in scan(txn, keys.PENDING)]
    return [MediaSpec(r.id, r.run, r.writer, r.kind, r.fields) for r in records if r is not None]


def media(txn: Transaction, media_id: str) -> MediaRecord | None:
    """Return what is known of a media item, None if no row ever named it."""
    found = txn.get(keys.media(media_id))
    return None if found is None else unpacked(MediaRecord, found)


def all_media(txn: Transaction) -> Iterator[MediaRecord]:
    """Yield every media item, in no particular order."""
    for _, value in scan(txn, keys.MEDIA):
        yield unpacked(MediaRecord, value)


def references(txn: Transaction, sha256: str) -> int:
    """Return how many media items are made of a blob."""
    found = txn.get(keys.blob(sha256))
    return 0 if found is None else int(unpack(found))


def blob_path(blobs: Path, sha256: str) -> Path:
    """Return where a blob is kept."""
    return blobs / sha256[:2] / sha256


def back(txn: Transaction, run_id: str, name: str, before: tuple[int, int] | None = None) -> Iterator[Object]:
    """Yield what a run logged under a name, newest step first, those less than `before` (step, member)."""
    start = b"" if before is None else keys.object_at(run_id, name, *before)
    for key, value in scan_back(txn, keys.objects(run_id, name), start):
        yield decoded(key, value)


def oldest(txn: Transaction, run_id: str, name: str) -> int:
    """Return the first step at which a run logged anything under a name, 0 if it never did."""
    return next(steps(txn, run_id, name), 0)


def steps(txn: Transaction, run_id: str, name: str) -> Iterator[int]:
    """Yield the steps at which a run logged a name, rising, once for each of its processes."""
    for key, _ in scan(txn, keys.objects(run_id, name)):
        yield keys.object_place(key)[0]


def decoded(key: bytes, value: bytes) -> Object:
    """Return the object that a record holds."""
    name, time, held = unpack(value)
    step, member = keys.object_place(key)
    return Object(name, step, member, time, held)


# ---------------------------------------------------------------------------------------------------- its values


def is_media(value: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether a value is a map that names a file."""
    if not isinstance(value, dict) or not isinstance(value.get("_type"), str) or value["_type"] not in FILED:
        return False
    return isinstance(value.get("id"), str) and _ID.fullmatch(value["id"]) is not None


def media_maps(value: object) -> Iterator[dict[str, Any]]:
    """Yield the maps at any depth of `value` that name a file, those of a table's cells among them."""
    if isinstance(value, list):
        for item in value:
            yield from media_maps(item)
    elif isinstance(value, dict):
        if is_media(value):
            yield value
        for item in value.values():
            yield from media_maps(item)


def kinds_of(value: object) -> set[Kind]:
    """Return what a value is shown as: the kinds of the media in it, outside tables' cells, else that of the whole."""
    return _kinds(value) or {"histogram" if is_histogram(value) else "value"}


def is_histogram(value: object) -> bool:
    """Tell whether a value is a histogram: the edges of its bins, one more than their counts."""
    if not isinstance(value, dict) or value.get("_type") != "trackio.histogram":
        return False
    edges, counts = value.get("bins"), value.get("values")
    return isinstance(edges, list) and isinstance(counts, list) and len(edges) == len(counts) + 1


def _kinds(value: object) -> set[Kind]:
    if is_media(value):
        kind = FILED[value["_type"]]
        return set() if kind == "library" else {kind}
    if isinstance(value, dict):
        value = list(value.values())
    return {kind for item in value for kind in _kinds(item)} if isinstance(value, list) else set()


def _referring(value: Any) -> Any:
    """Return a value whose media are only named: what is known of them stands in their records."""
    if isinstance(value, list):
        return [_referring(item) for item in value]
    if is_media(value):
        return {"_type": value["_type"], "id": value["id"], "caption": value.get("caption")}
    return {key: _referring(item) for key, item in value.items()} if isinstance(value, dict) else value
