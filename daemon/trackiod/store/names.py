"""Under which names runs logged, and as what: kept per run, and counted per project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from trackio.wire import pack, unpack
from trackiod.store import keys
from trackiod.store.env import scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trackiod.store.env import Transaction

Kind = Literal["scalar", "image", "video", "table", "value"]
_KINDS: Final[dict[bytes, Kind]] = {b"s": "scalar", b"i": "image", b"v": "video", b"t": "table", b"o": "value"}
_LETTERS: Final = {kind: letter.decode() for letter, kind in _KINDS.items()}


def register(txn: Transaction, project: str, run_id: str, kind: Kind, names: Iterable[str]) -> None:
    """Note that a run logged under `names`; counts the run once for each in its project."""
    letter = _LETTERS[kind]
    for name in names:
        key = keys.name(run_id, letter, name)
        if txn.get(key) is not None:
            continue
        txn.put(key, name.encode())
        in_project = keys.project_name(project, letter, name)
        found = txn.get(in_project)
        runs = unpack(found)[1] if found is not None else 0
        txn.put(in_project, pack([name, runs + 1]))


def of_run(txn: Transaction, run_id: str) -> Iterator[tuple[str, Kind]]:
    """Yield each name that a run logged under, with what it was."""
    for key, value in scan(txn, keys.names(run_id)):
        yield value.decode(), _KINDS[key[17:18]]


def of_project(txn: Transaction, project: str) -> Iterator[tuple[str, Kind, int]]:
    """Yield each name that runs of a project logged under, what it was, and in how many runs."""
    for key, value in scan(txn, keys.project_names(project)):
        name, runs = unpack(value)
        yield name, _KINDS[key[17:18]], runs
