"""Alerts of runs, newest first, of a run or of a whole project; and which of them somebody is still to be told of."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from trackio.wire import pack, unpack
from trackiod.store import keys
from trackiod.store.env import last, scan, scan_back
from trackiod.store.fields import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trackio.wire import Alert
    from trackiod.store.env import Transaction
    from trackiod.store.runs import Run, WriterState

_NS_PER_US: Final = 1_000
_LATEST: Final = 2**63 - 1
#: Alerts of which somebody is still to be told, at most; of further ones nobody is.
MOST_WAITING: Final = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """An alert as it is kept; `time` in µs since the epoch, `id` 32 hex digits.

    `webhook` says whether somebody was told of it: None if nobody was to be, else "pending", "sent" or "failed", with
    the reason in `error`.
    """

    id: str
    run: str
    time: int
    title: str
    text: str | None = None
    level: str = "warn"
    step: int | None = None
    member: int = 0
    webhook: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert of which the webhook at `url` is to be told; numbered by order of arrival."""

    number: int
    url: str
    alert: Told


def put(txn: Transaction, state: WriterState, alert: Alert) -> Waiting | None:
    """Keep an alert of a writer, once however often it comes; return whom to tell of it, None for nobody."""
    told = _told(state, alert)
    key = keys.alert(state.run, told.time, told.id)
    if txn.get(key) is not None:
        return None
    if state.project is not None:
        txn.put(keys.alerted(state.project, state.run), state.run.encode())
    waiting = None if alert.webhook is None else _waiting(txn, told, alert.webhook)
    if waiting is not None:
        txn.put(keys.webhook(waiting.number), pack([waiting.url, key]))
    elif alert.webhook is not None:
        told = replace(told, webhook="failed", error=f"{MOST_WAITING} others wait to be sent")
    txn.put(key, packed(told if waiting is None else waiting.alert))
    return waiting


def _told(state: WriterState, alert: Alert) -> Told:
    step = None if alert.step is None else alert.step + state.base_step * alert.relative
    time = max(0, min(_LATEST, alert.time // _NS_PER_US))
    name = keys.digest(repr((time, alert.title, alert.text, alert.level, step, state.member))).hex()
    return Told(name, state.run, time, alert.title, alert.text, alert.level, step, state.member)


def _waiting(txn: Transaction, told: Told, url: str) -> Waiting | None:
    newest, oldest = last(txn, keys.WEBHOOK), next(scan(txn, keys.WEBHOOK), None)
    number = keys.number_of(newest[0]) + 1 if newest else 0
    if oldest is not None and number - keys.number_of(oldest[0]) >= MOST_WAITING:
        return None
    return Waiting(number, url, replace(told, webhook="pending"))


def settle(txn: Transaction, number: int, error: str | None) -> Told | None:
    """Note that a webhook was told of an alert, or why it could not be; return the alert, None if it is gone."""
    found = txn.get(keys.webhook(number))
    if found is None:
        return None
    txn.delete(keys.webhook(number))
    _, key = unpack(found)
    held = txn.get(key)
    if held is None:
        return None
    told = replace(unpacked(Told, held), webhook="sent" if error is None else "failed", error=error)
    txn.put(key, packed(told))
    return told


def waiting(txn: Transaction) -> Iterator[Waiting]:
    """Yield the alerts of which somebody is still to be told, by order of arrival."""
    for key, value in scan(txn, keys.WEBHOOK):
        url, place = unpack(value)
        held = txn.get(place)
        if held is not None:
            yield Waiting(keys.number_of(key), url, unpacked(Told, held))


def of_run(txn: Transaction, run_id: str) -> Iterator[Told]:
    """Yield the alerts of a run, newest first."""
    for _, value in scan_back(txn, keys.alerts(run_id)):
        yield unpacked(Told, value)


def of_runs(txn: Transaction, run_ids: Iterable[str]) -> Iterator[Told]:
    """Yield the alerts of several runs, newest first."""
    return heapq.merge(*(of_run(txn, run) for run in run_ids), key=lambda told: (told.time, told.id), reverse=True)


def runs_with(txn: Transaction, project: str) -> list[str]:
    """Return the ids of the runs of a project that have alerts."""
    return [value.decode() for _, value in scan(txn, keys.alerted_in(project))]


def enlist(txn: Transaction, run: Run) -> None:
    """Count a run among those of its project that have alerts, if it has any."""
    if next(scan(txn, keys.alerts(run.id)), None) is not None:
        txn.put(keys.alerted(run.project, run.id), run.id.encode())


def delist(txn: Transaction, run: Run) -> None:
    """Count a run no longer among those of its project that have alerts."""
    txn.delete(keys.alerted(run.project, run.id))
