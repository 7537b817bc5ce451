"""The key layout: the only place that builds or splits a key; docs/FORMAT.md has it as a table.

Every key begins with one letter that says what its record is. Numbers are big-endian, steps shifted so that
negative ones sort first; names and ids of any length and content are 16 bytes of BLAKE2b.
"""

from __future__ import annotations

import hashlib
import re
import struct
from functools import lru_cache
from typing import Final

VERSION: Final = b"V"
PROJECT: Final = b"p"
PROJECT_RUN: Final = b"q"
RUNNING: Final = b"Q"
PROJECT_NAME: Final = b"K"
RUN: Final = b"r"
RUN_NAMED: Final = b"n"
ALIAS: Final = b"a"
CONFIG: Final = b"h"
NAME: Final = b"k"
WRITER: Final = b"w"
SCHEMA: Final = b"d"
MEMBER: Final = b"m"
TAIL: Final = b"t"
SUMMARY: Final = b"s"
CHUNK: Final = b"c"
LEVEL: Final = b"l"
STAMPS: Final = b"g"
ASIDE: Final = b"z"
OBJECT: Final = b"o"
MEDIA: Final = b"i"
PENDING: Final = b"P"
BLOB: Final = b"b"
OWNED: Final = b"u"
DELETED: Final = b"x"
REMAINS: Final = b"X"
STRIPPED: Final = b"y"
VIEW: Final = b"v"
ALERT: Final = b"A"
ALERTED: Final = b"e"
WEBHOOK: Final = b"W"

#: Records that lie below a run's id, values before the media that they name.
OF_RUN: Final = (TAIL, CHUNK, LEVEL, STAMPS, ASIDE, SUMMARY, MEMBER, NAME, OBJECT, ALERT, CONFIG)

_ID: Final = re.compile(r"[0-9a-f]{32}")
_BLOB: Final = re.compile(r"[0-9a-f]{64}")
_U16: Final = struct.Struct(">H")
_U32: Final = struct.Struct(">I")
_U64: Final = struct.Struct(">Q")
_ZERO_STEP: Final = 2**63
MEMBERS: Final = 2**32
#: Names whose bytes are remembered: a chart asks for those of its series some twenty times.
_REMEMBERED: Final = 4096


@lru_cache(_REMEMBERED)
def digest(text: str) -> bytes:
    """Return 16 bytes that stand for a name of any length; lone surrogates count as themselves."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@lru_cache(_REMEMBERED)
def identity(name: str) -> bytes:
    """Return the 16 bytes of a run or media id: those it spells in hex, else its digest."""
    return bytes.fromhex(name) if _ID.fullmatch(name) else digest(name)


def successor(prefix: bytes) -> bytes:
    """Return the least key that is greater than all keys with this prefix; `prefix` begins with a letter."""
    trimmed = prefix.rstrip(b"\xff")
    return trimmed[:-1] + bytes([trimmed[-1] + 1])


def at_step(prefix: bytes, step: int) -> bytes:
    """Return the key below a prefix (of chunks or of one level) that has a step."""
    return prefix + _step(step)


def behind_step(prefix: bytes, step: int) -> bytes:
    """Return what sorts behind the key that has a step, and before that of the next one."""
    return at_step(prefix, step) + b"\0"


def _step(step: int) -> bytes:
    return _U64.pack(step + _ZERO_STEP)


def step_of(key: bytes) -> int:
    """Return the step in the key of a chunk or of a node."""
    return int(_U64.unpack_from(key, len(key) - 8)[0]) - _ZERO_STEP


# -------------------------------------------------------------------------------------------- projects and runs


def project(name: str) -> bytes:
    """Key of a project's record."""
    return PROJECT + digest(name)


def project_runs(name: str) -> bytes:
    """Prefix of a project's runs by slot."""
    return PROJECT_RUN + digest(name)


def project_run(name: str, slot: int) -> bytes:
    """Key of the run that was made as number `slot` in its project; the value is the run's id."""
    return project_runs(name) + _U32.pack(slot)


def slot_of(key: bytes) -> int:
    """Return the slot in such a key."""
    return int(_U32.unpack_from(key, 17)[0])


def running_in(name: str) -> bytes:
    """Prefix of a project's runs that are running."""
    return RUNNING + digest(name)


def running(name: str, run_id: str) -> bytes:
    """Key of the mark of a run that is running; the value is the run's id."""
    return running_in(name) + identity(run_id)


def run(run_id: str) -> bytes:
    """Key of a run's record."""
    return RUN + identity(run_id)


def runs_named(project_name: str, name: str) -> bytes:
    """Prefix of a project's runs of one name, by slot."""
    return RUN_NAMED + digest(project_name) + digest(name)


def run_named(project_name: str, name: str, slot: int) -> bytes:
    """Key of the run of that name and slot; the value is the run's id."""
    return runs_named(project_name, name) + _U32.pack(slot)


def alias(run_id: str) -> bytes:
    """Key of the id by which a run is known instead of `run_id`."""
    return ALIAS + identity(run_id)


def configs(run_id: str) -> bytes:
    """Prefix of the changes of a run's configuration."""
    return CONFIG + identity(run_id)


def config(run_id: str, number: int) -> bytes:
    """Key of one change of a run's configuration."""
    return configs(run_id) + _U64.pack(number)


def number_of(key: bytes) -> int:
    """Return the number in the last 8 bytes of a configuration, tail, pending or webhook key."""
    return int(_U64.unpack_from(key, len(key) - 8)[0])


def views(project_name: str) -> bytes:
    """Prefix of what is saved with a project for all who look at it."""
    return VIEW + digest(project_name)


def view(project_name: str, view_id: str) -> bytes:
    """Key of one such view, filter or link."""
    return views(project_name) + identity(view_id)


# ------------------------------------------------------------------------------------------------------- names


def names(run_id: str) -> bytes:
    """Prefix of the names that a run logged under."""
    return NAME + identity(run_id)


def name(run_id: str, kind: str, text: str) -> bytes:
    """Key of a name that a run logged under, as one kind."""
    return names(run_id) + kind[:1].encode() + digest(text)


def project_names(project_name: str) -> bytes:
    """Prefix of the names that any run of a project logged under."""
    return PROJECT_NAME + digest(project_name)


def project_name(project: str, kind: str, text: str) -> bytes:
    """Key of a name that some run of a project logged under, as one kind."""
    return project_names(project) + kind[:1].encode() + digest(text)


# ------------------------------------------------------------------------------------------ writers and members


def writer(writer_id: bytes) -> bytes:
    """Key of a writer's record."""
    return WRITER + writer_id


def schemas(writer_id: bytes) -> bytes:
    """Prefix of a writer's schemas."""
    return SCHEMA + writer_id


def schema(writer_id: bytes, number: int) -> bytes:
    """Key of a writer's schema."""
    return schemas(writer_id) + _U16.pack(number)


def members(run_id: str) -> bytes:
    """Prefix of a run's members."""
    return MEMBER + identity(run_id)


def member(run_id: str, number: int) -> bytes:
    """Key of the counters of one member of a run."""
    return members(run_id) + _U32.pack(number)


def member_of(key: bytes) -> int:
    """Return the member in the key of a member, a tail batch, a summary, a chunk or a level."""
    return int(_U32.unpack_from(key, 17)[0])


def tails(run_id: str, number: int) -> bytes:
    """Prefix of a member's batches that are not in chunks yet."""
    return TAIL + identity(run_id) + _U32.pack(number)


def tail(run_id: str, member_number: int, number: int) -> bytes:
    """Key of one such batch, by order of arrival."""
    return tails(run_id, member_number) + _U64.pack(number)


def summaries(run_id: str) -> bytes:
    """Prefix of a run's summaries."""
    return SUMMARY + identity(run_id)


def summary(run_id: str, member_number: int) -> bytes:
    """Key of the summary of one member."""
    return summaries(run_id) + _U32.pack(member_number)


# ------------------------------------------------------------------------------------------------------ series


def chunks(run_id: str, member_number: int, metric: str) -> bytes:
    """Prefix of a series' chunks."""
    return CHUNK + identity(run_id) + _U32.pack(member_number) + digest(metric)


def levels(run_id: str, member_number: int, metric: str, level: int) -> bytes:
    """Prefix of the nodes of one level of a series' pyramid; levels count from 1."""
    return LEVEL + identity(run_id) + _U32.pack(member_number) + digest(metric) + bytes([level])


def nodes(run_id: str, member_number: int, metric: str, level: int) -> bytes:
    """Prefix of a series' chunks for level 0, of its nodes for any other."""
    return levels(run_id, member_number, metric, level) if level else chunks(run_id, member_number, metric)


def stamps(run_id: str, member_number: int, first: int, name_: bytes) -> bytes:
    """Key of the steps and times that chunks share, by their first step and their name of 8 bytes."""
    return STAMPS + identity(run_id) + _U32.pack(member_number) + _step(first) + name_


def stamps_of(chunk: bytes, name_: bytes) -> bytes:
    """Return the key of the steps and times of a chunk, from its own."""
    return STAMPS + chunk[1:21] + chunk[37:] + name_


def aside(key: bytes) -> bytes:
    """Return where a record that lies below a run is kept once it was found damaged, from its key or a prefix of it."""
    return ASIDE + key[1:17] + key[:1] + key[17:]


def before_aside(key: bytes) -> bytes:
    """Return the key that such a record had before."""
    return key[17:18] + key[1:17] + key[18:]


def series_of(key: bytes) -> bytes:
    """Return the run, member and metric of a chunk or level key: 36 bytes."""
    return key[1:37]


def level_of(key: bytes) -> int:
    """Return the level in a level key."""
    return key[37]


# ----------------------------------------------------------------------------------------------------- objects


def objects(run_id: str, name_: str) -> bytes:
    """Prefix of what a run logged under one name beside numbers, by step and member."""
    return OBJECT + identity(run_id) + digest(name_)


def object_at(run_id: str, name_: str, step: int, member_number: int) -> bytes:
    """Key of one such value."""
    return objects(run_id, name_) + _step(step) + _U32.pack(member_number)


def object_place(key: bytes) -> tuple[int, int]:
    """Return the step and the member in an object's key."""
    return int(_U64.unpack_from(key, 33)[0]) - _ZERO_STEP, int(_U32.unpack_from(key, 41)[0])


def media(media_id: str) -> bytes:
    """Key of the record of a media item or table."""
    return MEDIA + identity(media_id)


def pending(number: int) -> bytes:
    """Key of a media item that is to be encoded, by order of arrival; the value is its id."""
    return PENDING + _U64.pack(number)


def is_blob(file: str) -> bool:
    """Tell whether a file has the name of a blob."""
    return _BLOB.fullmatch(file) is not None


def blob(sha256: str) -> bytes:
    """Key of a blob's reference count."""
    return BLOB + bytes.fromhex(sha256)


# ------------------------------------------------------------------------------------------------------ alerts


def alerts(run_id: str) -> bytes:
    """Prefix of a run's alerts, by time."""
    return ALERT + identity(run_id)


def alert(run_id: str, time: int, alert_id: str) -> bytes:
    """Key of an alert of that time in µs."""
    return alerts(run_id) + _U64.pack(time) + identity(alert_id)


def alerted_in(project_name: str) -> bytes:
    """Prefix of the marks of a project's runs that have alerts."""
    return ALERTED + digest(project_name)


def alerted(project_name: str, run_id: str) -> bytes:
    """Key of the mark of a run that has alerts; the value is the run's id."""
    return alerted_in(project_name) + identity(run_id)


def webhook(number: int) -> bytes:
    """Key of an alert of which somebody is still to be told, by order of arrival."""
    return WEBHOOK + _U64.pack(number)


# ------------------------------------------------------------------------------------- what runs own, and their ends


def of_run(letter: bytes, run_id: str) -> bytes:
    """Prefix of all records of one letter that belong to a run: any letter whose keys go on with a run."""
    return letter + identity(run_id)


def owned(run_id: str, letter: bytes, name_: bytes) -> bytes:
    """Key of the note that a run owns a writer, a media item or an alias, whose record is `letter + name_`."""
    return of_run(OWNED, run_id) + letter + name_


def owned_name(key: bytes) -> bytes:
    """Return the 16 bytes that name what a run owns."""
    return key[18:]


def deleted(time: int, run_id: str) -> bytes:
    """Key of the mark of a run that was deleted at `time` and can be restored; the value is the run's id."""
    return DELETED + _U64.pack(time) + identity(run_id)


def deleted_at(key: bytes) -> int:
    """Return the time in the key of such a mark."""
    return int(_U64.unpack_from(key, 1)[0])


def remains(run_id: str) -> bytes:
    """Key of the note that what is left of a run is being removed; the value is the run's id."""
    return REMAINS + identity(run_id)


def stripped(run_id: str) -> bytes:
    """Key of the note that the media of a run are being removed; the value is the run's id."""
    return STRIPPED + identity(run_id)
