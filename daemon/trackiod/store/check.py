"""Checks every invariant of a store and of its blobs, reading only; what is not whole is named, not mended."""

from __future__ import annotations

import hashlib
import re
import struct
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import TrackioError
from trackio.wire import unpack
from trackiod.store import (
    alerts,
    check_owners,
    check_points,
    keys,
    members,
    names,
    objects,
    runs,
    summary,
    tail,
    views,
)
from trackiod.store.env import scan
from trackiod.store.fields import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trackiod.store.env import Store, Transaction

_NAME: Final = re.compile(r"[0-9a-f]{64}")
#: A blob that nothing names is only strange after this many seconds: an encoder that was killed leaves such ones, and
#: the daemon looks for them once a day.
_SETTLED_SECONDS: Final = 2 * 86_400.0
#: What a decoder raises for bytes that it did not write.
_DAMAGE: Final = (TrackioError, ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: what sort of thing, which one, and what is wrong with it."""

    kind: str  # "record" | "project" | "run" | "writer" | "points" | "media" | "blob"
    where: str
    text: str


def check(store: Store, blobs: Path) -> list[Finding]:
    """Return everything that is wrong with a store and its blobs, in one snapshot; nothing if all is whole.

    Every record decodes; counts agree with what they count; chunks are sorted, do not overlap and agree with their
    pyramids and summaries; each file of a ready media item is there and has the content that its name promises.
    """
    with store.read() as txn:
        findings = list(_records(txn))
        if findings:
            # The other checks read records without suspicion; what they could add follows from these. Those of points
            # look for damage themselves, and say in which series it is.
            return findings + list(_blob_files(blobs))
        for part in (_projects, _runs, _owners, _points, _media):
            findings += part(txn)
        findings += _blobs(txn, blobs)
    return findings


# ------------------------------------------------------------------------------------------------------- records


def _records(txn: Transaction) -> Iterator[Finding]:
    """Every record is one of ours and can be read."""
    for key, value in scan(txn, b""):
        if key == keys.VERSION:
            continue
        decoder = _DECODERS.get(key[:1])
        if decoder is None:
            yield Finding("record", key.hex(), "no record begins with this letter")
            continue
        sort, decode = decoder
        try:
            decode(key, value)
        except _DAMAGE as error:
            yield Finding("record", f"{sort} {key[1:].hex()}", f"{type(error).__name__}: {error}"[:500])


def _fields_of(kind: type[Any]) -> Callable[[bytes, bytes], object]:
    return lambda _, value: unpacked(kind, value)


def _plain(_: bytes, value: bytes) -> object:
    return unpack(value)


def _text(_: bytes, value: bytes) -> object:
    return value.decode()


#: First letter of a key → what its record is called, and what reads it.
_DECODERS: Final[dict[bytes, tuple[str, Callable[[bytes, bytes], object]]]] = {
    keys.PROJECT: ("project", _fields_of(runs.Project)),
    keys.PROJECT_RUN: ("run of project", _text),
    keys.RUNNING: ("running run", _text),
    keys.PROJECT_NAME: ("name of project", _plain),
    keys.RUN: ("run", _fields_of(runs.Run)),
    keys.RUN_NAMED: ("run by name", _text),
    keys.ALIAS: ("alias", _text),
    keys.CONFIG: ("config", _plain),
    keys.NAME: ("name", _text),
    keys.WRITER: ("writer", _fields_of(runs.WriterState)),
    keys.SCHEMA: ("schema", _plain),
    keys.MEMBER: ("member", lambda _, value: members.decoded(value)),
    keys.OBJECT: ("object", objects.decoded),
    keys.MEDIA: ("media", _fields_of(objects.MediaRecord)),
    keys.PENDING: ("pending media", _text),
    keys.BLOB: ("blob", _plain),
    keys.OWNED: ("what a run owns", lambda _, value: value),
    keys.DELETED: ("deleted run", _text),
    keys.REMAINS: ("what is left of a run", _text),
    keys.STRIPPED: ("run whose media go", _text),
    keys.ALERT: ("alert", _fields_of(alerts.Told)),
    keys.ALERTED: ("run with alerts", _text),
    keys.WEBHOOK: ("alert for a webhook", _plain),
    keys.VIEW: ("view", _fields_of(views.View)),
    keys.SUMMARY: ("summary", lambda _, value: summary.decoded(value)),
    **{letter: ("points", lambda _, value: value) for letter in check_points.LETTERS},
}


# ---------------------------------------------------------------------------------------------- projects and runs


def _projects(txn: Transaction) -> Iterator[Finding]:
    """A project counts its runs and names, and the list of its runs is whole."""
    for project in runs.projects(txn):
        where = f"project {project.name}"
        listed = runs.ids_of_project(txn, project.name)
        if len(listed) != project.runs:
            yield Finding("project", where, f"counts {project.runs} runs and lists {len(listed)}")
        named: Counter[tuple[str, names.Kind]] = Counter()
        for run_id in listed:
            found = runs.run(txn, run_id)
            if found is None or found.project != project.name:
                yield Finding("project", where, f"lists run {run_id}, which is not one of its runs")
            named.update(names.of_run(txn, run_id))
        counted = {(name, kind): count for name, kind, count in names.of_project(txn, project.name)}
        for name, kind in sorted(counted.keys() | named.keys()):
            if counted.get((name, kind), 0) != named[name, kind]:
                text = f"counts {counted.get((name, kind), 0)} runs with {kind} {name}, {named[name, kind]} have it"
                yield Finding("project", where, text)
        yield from _running(txn, project, set(listed))


def _running(txn: Transaction, project: runs.Project, listed: set[str]) -> Iterator[Finding]:
    marked = set(runs.running_ids(txn, project.name))
    for run_id in sorted(listed | marked):
        found = runs.run(txn, run_id)
        if (found is not None and found.status == "running") != (run_id in marked):
            yield Finding("run", f"run {run_id}", "is marked as running and is not, or the other way round")


def _runs(txn: Transaction) -> Iterator[Finding]:
    """The members of a run count what waits to become chunks."""
    for run in all_runs(txn):
        where = f"run {run.id}"
        for number, member in members.every(txn, run.id):
            batches = [batch for _, batch in tail.batches(txn, run.id, number, [])]
            counted = (member.tail_batches, member.tail_rows, member.tail_bytes)
            found = (len(batches), sum(b.rows for b in batches), sum(len(b.body) for b in batches))
            if counted != found:
                text = "member {} counts {} batches, {} rows, {} bytes before chunks; there are {}, {}, {}"
                yield Finding("run", where, text.format(number, *counted, *found))
            if member.rows < member.tail_rows:
                yield Finding("run", where, f"member {number} counts {member.rows} rows, {member.tail_rows} wait")


def _owners(txn: Transaction) -> Iterator[Finding]:
    for where, text in check_owners.faults(txn):
        yield Finding(where.partition(" ")[0], where, text)


def all_runs(txn: Transaction) -> Iterator[runs.Run]:
    """Yield every run, in no particular order."""
    for _, value in scan(txn, keys.RUN):
        yield unpacked(runs.Run, value)


def _points(txn: Transaction) -> Iterator[Finding]:
    for where, text in check_points.faults(txn, list(all_runs(txn))):
        yield Finding("points", where, text)


# ---------------------------------------------------------------------------------------------- media and blobs


def _media(txn: Transaction) -> Iterator[Finding]:
    """What waits is exactly what is pending, and values name only media that there are."""
    waiting = {spec.id for spec in objects.pending(txn)}
    for record in objects.all_media(txn):
        if (record.state == "pending") != (record.id in waiting):
            yield Finding("media", f"media {record.id}", f"is {record.state}, but " + _waits(record.id in waiting))
        waiting.discard(record.id)
    for key, value in scan(txn, keys.OBJECT):
        found = objects.decoded(key, value)
        for reference in objects.media_maps(found.value):
            if objects.media(txn, reference["id"]) is None:
                where = f"media {reference['id']}"
                yield Finding("media", where, f"is logged as {found.name} at step {found.step}, but not known")


def _waits(waiting: bool) -> str:  # noqa: FBT001
    return "waits to be encoded" if waiting else "does not wait to be encoded"


def _blobs(txn: Transaction, blobs: Path) -> Iterator[Finding]:
    """Blobs are counted rightly, are there, and are what their names promise; none is there for nothing."""
    used: Counter[str] = Counter()
    for record in objects.all_media(txn):
        made = record.ready
        if made is None:
            continue
        used.update(record.blobs)
        file = objects.blob_path(blobs, made.blob)
        if file.is_file() and file.stat().st_size != made.bytes:
            text = f"has {file.stat().st_size} bytes, {made.bytes} were made"
            yield Finding("media", f"media {record.id}", text)
    counted = {key[1:].hex(): int(unpack(value)) for key, value in scan(txn, keys.BLOB)}
    for name in sorted(used.keys() | counted.keys()):
        if used[name] != counted.get(name, 0):
            yield Finding("blob", f"blob {name}", f"counts {counted.get(name, 0)} uses, {used[name]} are there")
        if used[name] and not objects.blob_path(blobs, name).is_file():
            yield Finding("blob", f"blob {name}", "is not there")
    yield from _blob_files(blobs, used)


def _blob_files(blobs: Path, used: Counter[str] | None = None) -> Iterator[Finding]:
    """Every file among the blobs has the content of its name; with `used`, each is used."""
    for file in sorted(path for path in blobs.rglob("*") if path.is_file()):
        text = _blob_fault(file, used)
        if text is not None:
            yield Finding("blob", f"blob {file.relative_to(blobs)}", text)


def _blob_fault(file: Path, used: Counter[str] | None) -> str | None:
    try:
        settled = file.stat().st_mtime < time.time() - _SETTLED_SECONDS
        if not _NAME.fullmatch(file.name) or file.parent.name != file.name[:2]:
            return "is no blob" if settled else None
        if (found := _sha256(file)) != file.name:
            return f"holds content of sha256 {found}"
        return "is used by nothing" if settled and used is not None and not used[file.name] else None
    except FileNotFoundError:
        return None  # a temporary one
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        digest = hashlib.sha256()
        while piece := opened.read(2**20):
            digest.update(piece)
    return digest.hexdigest()
