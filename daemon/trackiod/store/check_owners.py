"""Checks of what belongs to whom: writers, media and aliases to runs, views and listed runs to projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackiod.store import alerts, keys, objects, runs, views
from trackiod.store.env import scan
from trackiod.store.fields import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackiod.store.env import Transaction

#: A thing and what is wrong with it.
Fault = tuple[str, str]


def faults(txn: Transaction) -> Iterator[Fault]:
    """Yield everything that belongs to nothing, or whose owner does not know of it."""
    yield from _deleted(txn)
    yield from _notes(txn)
    yield from _writers(txn)
    yield from _alerts(txn)
    yield from _views(txn)
    for record in objects.all_media(txn):
        for owner in record.owners:
            if txn.get(keys.owned(owner, keys.MEDIA, keys.identity(record.id))) is None:
                yield f"media {record.id}", f"was logged by run {owner}, which does not own it"
    for key, value in scan(txn, keys.ALIAS):
        if txn.get(keys.owned(value.decode(), keys.ALIAS, key[1:])) is None:
            yield f"alias {key[1:].hex()}", f"means run {value.decode()}, which does not own it"


def _views(txn: Transaction) -> Iterator[Fault]:
    """A view belongs to a project that is there, and is found by it."""
    for view in views.everywhere(txn):
        if runs.project(txn, view.project) is None or views.get(txn, view.project, view.id) is None:
            yield f"view {view.id}", f"belongs to project {view.project}, which does not know of it"


def _deleted(txn: Transaction) -> Iterator[Fault]:
    """A deleted run is marked once, and what is being removed has no record any more."""
    marked = {value.decode(): keys.deleted_at(key) for key, value in scan(txn, keys.DELETED)}
    for _, value in scan(txn, keys.RUN):
        run = unpacked(runs.Run, value)
        if marked.pop(run.id, None) != run.deleted:
            yield f"run {run.id}", "is marked as deleted and is not, or the other way round"
        if run.deleted is None and txn.get(keys.project_run(run.project, run.slot)) != run.id.encode():
            yield f"run {run.id}", f"is not number {run.slot} of project {run.project}"
        if txn.get(keys.remains(run.id)) is not None:
            yield f"run {run.id}", "is there, and being removed"
    for run_id in marked:
        yield f"run {run_id}", "is marked as deleted and is not there"


def _notes(txn: Transaction) -> Iterator[Fault]:
    """What a run owns is there, and so is the run, or a writer of it that may still send."""
    alive = {keys.identity(state.run) for state in runs.writers(txn)}
    for key, _ in scan(txn, keys.OWNED):
        run, letter = key[1:17], key[17:18]
        if txn.get(letter + keys.owned_name(key)) is None:
            yield f"run {run.hex()}", f"owns {letter.decode()} {keys.owned_name(key).hex()}, which is not there"
        if txn.get(keys.RUN + run) is None and txn.get(keys.REMAINS + run) is None and run not in alive:
            yield f"run {run.hex()}", f"owns {letter.decode()} {keys.owned_name(key).hex()} and is not there"


def _alerts(txn: Transaction) -> Iterator[Fault]:
    """A run that has alerts is marked in the project that it is listed in, and so is no other; calls name alerts."""
    marked = {key: value.decode() for key, value in scan(txn, keys.ALERTED)}
    for _, value in scan(txn, keys.RUN):
        run = unpacked(runs.Run, value)
        has = run.listed is not None and next(alerts.of_run(txn, run.id), None) is not None
        if has != (marked.pop(keys.alerted(run.project, run.id), None) == run.id):
            yield f"run {run.id}", "is marked as one with alerts and is not, or the other way round"
    for run_id in marked.values():
        yield f"run {run_id}", "is marked as one with alerts where it is not listed"
    for waiting in alerts.waiting(txn):
        if waiting.alert.webhook != "pending":
            yield f"alert {waiting.alert.id}", f"waits for its webhook and is {waiting.alert.webhook}"


def _writers(txn: Transaction) -> Iterator[Fault]:
    """A writer belongs to a run that is there unless it was collected, and knows where that is listed."""
    for state in runs.writers(txn):
        where = f"writer {state.writer.hex()}"
        run = runs.run(txn, state.run)
        if run is None and not state.collected:
            yield where, f"belongs to run {state.run}, which is not there"
        if run is not None and not state.collected and state.project != run.listed:
            yield where, f"belongs to project {state.project}, its run to {run.listed}"
        if state.collected and state.project is not None:
            yield where, f"was collected and belongs to project {state.project}"
        if txn.get(keys.owned(state.run, keys.WRITER, state.writer)) is None:
            yield where, f"belongs to run {state.run}, which does not own it"
        if not 0 <= state.rows <= state.stored:
            yield where, f"counts {state.rows} rows in {state.stored} records"
