"""Under which names runs logged, and as what: kept per run, and counted per project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from trackio.wire import pack, unpack
from trackiod.store import keys
from trackiod.store.env import scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trackiod.store.env import Transaction

Kind = Literal[
    "scalar", "image", "video", "table", "histogram", "trace", "html", "audio", "object3d", "value", "system"
]
_KINDS: Final[dict[bytes, Kind]] = {
    b"s": "scalar",
    b"i": "image",
    b"v": "video",
    b"t": "table",
    b"h": "histogram",
    b"c": "trace",
    b"p": "html",
    b"a": "audio",
    b"3": "object3d",
    b"o": "value",
    b"y": "system",
}
_LETTERS: Final = {kind: letter.decode() for letter, kind in _KINDS.items()}


def register(txn: Transaction, project: str | None, run_id: str, kind: Kind, names: Iterable[str]) -> None:
    """Note that a run logged under `names`; counts the run once for each in its project, if it is listed in one."""
    letter = _LETTERS[kind]
    for name in names:
        key = keys.name(run_id, letter, name)
        if txn.get(key) is not None:
            continue
        txn.put(key, name.encode())
        if project is not None:
            _count(txn, project, letter, name, 1)


def forget(txn: Transaction, project: str | None, run_id: str, kind: Kind, name: str) -> None:
    """Take back that a run logged under a name."""
    if txn.delete(keys.name(run_id, _LETTERS[kind], name)) and project is not None:
        _count(txn, project, _LETTERS[kind], name, -1)


def recount(txn: Transaction, project: str, run_id: str, by: Literal[1, -1]) -> None:
    """Count a run for each of its names in a project that it comes into, or no longer in one that it leaves."""
    for name, kind in of_run(txn, run_id):
        _count(txn, project, _LETTERS[kind], name, by)


def _count(txn: Transaction, project: str, letter: str, name: str, by: int) -> None:
    key = keys.project_name(project, letter, name)
    found = txn.get(key)
    runs = by + (unpack(found)[1] if found is not None else 0)
    if runs:
        txn.put(key, pack([name, runs]))
    else:
        txn.delete(key)


def of_run(txn: Transaction, run_id: str) -> Iterator[tuple[str, Kind]]:
    """Yield each name that a run logged under, with what it was."""
    for key, value in scan(txn, keys.names(run_id)):
        yield value.decode(), _KINDS[key[17:18]]


def of_project(txn: Transaction, project: str) -> Iterator[tuple[str, Kind, int]]:
    """Yield each name that runs of a project logged under, what it was, and in how many runs."""
    for key, value in scan(txn, keys.project_names(project)):
        name, runs = unpack(value)
        yield name, _KINDS[key[17:18]], runs
