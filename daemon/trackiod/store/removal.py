"""Removes for good what deleted runs own, in slices of one transaction each; a crash in between loses no place.

A run that is being removed has no record any more, only a note that names it, until everything else is gone. Of writers
that may still send, a stand-in stays that remembers what was acknowledged.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from trackiod.store import keys, names, objects, runs
from trackiod.store.env import scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackiod.store.env import Transaction
    from trackiod.store.runs import Run, WriterState

#: Records that one slice removes, about: acknowledgements wait for no more than that.
SLICE: Final = 500
#: What belongs to a run alone, in the order in which it goes.
_ALONE: Final = (*keys.OF_RUN, keys.STRIPPED)


def expired(txn: Transaction, until: int) -> Run | None:
    """Return the run that was deleted first, if that was no later than `until` (ms)."""
    first = next(scan(txn, keys.DELETED), None)
    if first is None or keys.deleted_at(first[0]) > until:
        return None
    return runs.run(txn, first[1].decode())


def restorable(txn: Transaction) -> int:
    """Return how many runs were deleted and can be restored."""
    return sum(1 for _ in scan(txn, keys.DELETED))


def next_expiry(txn: Transaction) -> int | None:
    """Return when the run was deleted that goes next, None if there is none."""
    first = next(scan(txn, keys.DELETED), None)
    return None if first is None else keys.deleted_at(first[0])


def begin(txn: Transaction, run: Run) -> None:
    """Begin to remove a run that was deleted: from now on it cannot be restored, and its writers' rows are dropped."""
    assert run.deleted is not None
    txn.delete(keys.deleted(run.deleted, run.id))
    txn.delete(keys.run(run.id))
    txn.put(keys.remains(run.id), run.id.encode())
    for state in runs.writers_of(txn, run.id):
        runs.put_writer(txn, replace(state, project=None, collected=True))


def unfinished(txn: Transaction) -> str | None:
    """Return a run that is being removed."""
    found = next(scan(txn, keys.REMAINS), None)
    return None if found is None else found[1].decode()


def go_on(txn: Transaction, run_id: str, awaited: Callable[[bytes], bool]) -> list[str]:
    """Remove a slice of what is left of a run; return the blobs that nothing refers to any more.

    `awaited` tells whether a writer that ended may still be heard of.
    """
    if _alone(txn, run_id):
        return []
    media = _owned(txn, run_id, keys.MEDIA)
    if media:
        return [sha256 for _, media_id in media for sha256 in objects.disown(txn, media_id.decode(), run_id)]
    ended = [state for state in runs.writers_of(txn, run_id) if state.state != "running" and not awaited(state.writer)]
    for state in ended[:SLICE]:
        forget(txn, state)
    if len(ended) <= SLICE:
        _finish(txn, run_id)
    return []


def forget(txn: Transaction, state: WriterState) -> None:
    """Remove what is left of a writer whose run was collected and of which nothing more will be heard."""
    for prefix in (keys.schemas(state.writer), keys.writer(state.writer)):
        for key, _ in list(scan(txn, prefix)):
            txn.delete(key)
    txn.delete(keys.owned(state.run, keys.WRITER, state.writer))
    if txn.get(keys.remains(state.run)) is None:
        _finish(txn, state.run)


def _alone(txn: Transaction, run_id: str) -> bool:
    for letter in _ALONE:
        found = list(islice(scan(txn, keys.of_run(letter, run_id)), SLICE))
        for key, _ in found:
            txn.delete(key)
        if found:
            return True
    return False


def _owned(txn: Transaction, run_id: str, letter: bytes) -> list[tuple[bytes, bytes]]:
    return list(islice(scan(txn, keys.owned(run_id, letter, b"")), SLICE))


def _finish(txn: Transaction, run_id: str) -> None:
    """Forget that a run was removed; its other names stay as long as writers may use them, or a run that came after."""
    txn.delete(keys.remains(run_id))
    if txn.get(keys.run(run_id)) is not None or _owned(txn, run_id, keys.WRITER):
        return
    for key, name in list(scan(txn, keys.owned(run_id, keys.ALIAS, b""))):
        txn.delete(keys.alias(name.decode()))
        txn.delete(key)


# ---------------------------------------------------------------------------------------------------------- media


def strip(txn: Transaction, run: Run) -> None:
    """Begin to remove the media and tables of a run; its numbers, texts and settings stay."""
    txn.put(keys.stripped(run.id), run.id.encode())


def stripping(txn: Transaction) -> str | None:
    """Return a run whose media are being removed."""
    found = next(scan(txn, keys.STRIPPED), None)
    return None if found is None else found[1].decode()


def go_on_stripping(txn: Transaction, run_id: str) -> list[str]:
    """Remove a slice of a run's media; return the blobs that nothing refers to any more."""
    run = runs.run(txn, run_id)
    for name, kind in [] if run is None else list(names.of_run(txn, run_id)):
        if run is None or kind not in objects.FILED.values():
            continue
        found = _with_media(txn, run_id, name)
        for key in found[:SLICE]:
            txn.delete(key)
        if len(found) <= SLICE:
            names.forget(txn, run.listed, run_id, kind, name)
        return []
    media = _owned(txn, run_id, keys.MEDIA)
    if not media:
        txn.delete(keys.stripped(run_id))
    return [sha256 for _, media_id in media for sha256 in objects.disown(txn, media_id.decode(), run_id)]


def _with_media(txn: Transaction, run_id: str, name: str) -> list[bytes]:
    found = scan(txn, keys.objects(run_id, name))
    media = (key for key, value in found if objects.decoded(key, value).kinds.intersection(objects.FILED.values()))
    return list(islice(media, SLICE + 1))
