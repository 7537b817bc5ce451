"""What each record means for the store: one match on its kind, inside the caller's transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final

from trackio.errors import ProtocolError
from trackio.wire import (
    MAX_RANKS,
    Ack,
    Alert,
    Attach,
    Batch,
    ConfigUpdate,
    Finish,
    Report,
    Rewind,
    Row,
    RunStart,
    System,
    Unknown,
    kind_of,
)
from trackiod import exits
from trackiod.adopt import Left, Part
from trackiod.jobs import Media, Outcome
from trackiod.live import Changes
from trackiod.receiver import Received
from trackiod.store import alerts, listing, objects, records, runs, series, system
from trackiod.store.records import PackedRows
from trackiod.webhooks import Call, Delivered

if TYPE_CHECKING:
    from trackio.wire import Record
    from trackiod.jobs import Made
    from trackiod.store.env import Transaction
    from trackiod.store.runs import WriterState

#: Reason under which records that a damaged journal took are counted.
DAMAGED: Final = "journal damaged"
#: Reason under which rows are counted that came after their run was deleted and collected.
DELETED: Final = "run deleted"
#: Reason under which records are counted whose kind came after this program.
UNKNOWN: Final = "unknown record"
#: Reason under which system metrics are counted that gave way to rows, since the disk of the store is nearly full.
SCARCE: Final = "store nearly full (system metrics)"
#: Reasons that the daemon counts itself; all others are reported by writers.
OURS: Final = (DAMAGED, DELETED, UNKNOWN, SCARCE)
#: Values nested deeper than this are refused: readers could not follow. Writers stop at half of it.
MAX_DEPTH: Final = 64


@dataclass(frozen=True, slots=True)
class Piece:
    """Records of one writer, from number `first` on, that were found to be well-formed.

    `jump` lets them start beyond what is stored: the records between are lost, and counted. With `scarce` room, system
    metrics give way to rows.
    """

    writer: bytes
    first: int
    count: int
    body: bytes
    jump: bool = False
    scarce: bool = False


@dataclass(slots=True)
class Kept:
    """What became of a piece: how many records of its writer are safe once the transaction commits, and what is new.

    `unwanted` are files of `dropped` rows, of a run that was deleted and collected.
    """

    stored: int
    rows: int = 0
    ended: bool = False
    media: list[Media] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    dropped: int = 0
    unwanted: list[Media] = field(default_factory=list)


#: What the store takes. A Delivered tells what became of an alert on its way to a webhook.
#: A Left is the end of its writer: the process is over, and its journal read.
Arrival = Received | Part | Left | Outcome | Delivered


@dataclass(slots=True)
class Stored:
    """What one transaction brought about; `scarce` is what it was told of the room on disk."""

    scarce: bool = False
    changes: Changes = field(default_factory=Changes)
    answers: dict[tuple[bytes, bytes], Ack | Rewind] = field(default_factory=dict)
    kept: list[tuple[bytes, Kept]] = field(default_factory=list)
    gone: list[Left] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)


def put(txn: Transaction, arrival: Arrival, now_ns: int, stored: Stored) -> None:
    """Put one arrival into the store and note in `stored` what it brought about; raises as `store` does."""
    match arrival:
        case Received(sender=sender, message=Batch(writer=writer, first=first, count=count), body=body):
            kept = store(txn, Piece(writer, first, count, body, scarce=stored.scarce), stored.changes)
            safe = kept.stored >= first + count
            stored.answers[sender, writer] = Ack(writer, kept.stored) if safe else Rewind(writer, kept.stored)
            stored.kept.append((writer, kept))
        case Part(left=left, first=first, count=count, body=body):
            check(body, count)
            piece = Piece(left.writer, first, count, body, jump=True, scarce=stored.scarce)
            stored.kept.append((left.writer, store(txn, piece, stored.changes)))
        case Left():
            crashed(txn, arrival, now_ns, stored.changes)
            stored.gone.append(arrival)
        case Outcome():
            outcome(txn, arrival, stored.changes)
            stored.outcomes.append(arrival)
        case Delivered(number=number, error=error):
            told = alerts.settle(txn, number, error)
            run = None if told is None else runs.visible(txn, told.run)
            if run is not None:
                stored.changes.of(run.id, run.project).alerts = True


def check(body: bytes, count: int) -> None:
    """Raise ProtocolError unless `body` is exactly `count` whole records that can all be read."""
    found = 0
    for item in records.scan(body):
        found += item.count if isinstance(item, PackedRows) else 1
        if isinstance(item, Row):
            _check_depth(item.values)
    if found != count:
        raise ProtocolError(f"a batch of {count} records holds {found}")


def store(txn: Transaction, piece: Piece, changes: Changes) -> Kept:
    """Put what is new in `piece` into the store; its media are to be claimed before the commit.

    A piece that starts beyond what is stored is left out, unless it may jump. Raises ProtocolError for records that do
    not follow the writer's earlier ones; the transaction must then be given up.
    """
    state = runs.writer(txn, piece.writer)
    stored = state.stored if state else 0
    end = piece.first + piece.count
    if end <= stored or (piece.first > stored and not piece.jump):
        return Kept(stored)
    skipped = max(0, stored - piece.first)
    first, body = piece.first + skipped, records.skip(piece.body, skipped) if skipped else piece.body
    state, tally = _walk(txn, piece.writer, state, body, changes)
    refused = Counter(state.refused) + Counter({DAMAGED: max(0, first - stored), UNKNOWN: tally.unknown})
    if state.collected:
        refused[DELETED] += tally.rows
        runs.put_writer(txn, replace(state, stored=end, refused=dict(refused)))
        return Kept(end, dropped=tally.rows, unwanted=tally.media)
    if piece.scarce and tally.system:
        refused[SCARCE] += len(tally.system)
        tally.system.clear()
    back = [series.append(txn, state, first, body), system.append(txn, state, tally.system)]
    changes.of(state.run, state.project).back |= any(back)
    if tally.report is not None:
        refused = Counter(tally.report.refused) + Counter({reason: refused[reason] for reason in OURS})
    state = replace(state, stored=end, rows=state.rows + tally.rows)
    state = runs.count(txn, state, dict(refused), tally.report)
    if tally.finish is not None:
        state = replace(state, at_exit=tally.finish.at_exit)
        runs.end_writer(txn, state, tally.finish.status, tally.finish.error, tally.finish.time)
        changes.of(state.run, state.project).state = True
    return Kept(end, tally.rows, tally.finish is not None, tally.media, tally.calls)


def crashed(txn: Transaction, left: Left, time_ns: int, changes: Changes) -> None:
    """Record that a writer's process is gone; if it did not say so itself, it crashed.

    If all it said was that it is over, and its exit status is another one than 0, it failed, by sys.exit() perhaps.
    Records before `left.end` that are not stored are counted as lost to damage.
    """
    state = runs.writer(txn, left.writer)
    if state is None or state.collected:
        return  # what is left of a collected run's writer goes once its journal is gone
    if left.end > state.stored:
        refused = {**state.refused, DAMAGED: state.refused.get(DAMAGED, 0) + left.end - state.stored}
        state = runs.count(txn, replace(state, stored=left.end), refused, None)
    if state.state == "running":
        runs.end_writer(txn, state, "crashed", f"process {state.pid} {exits.told(left.exit)}", time_ns)
    elif state.at_exit and state.state == "finished" and left.exit is not None and left.exit > 0:
        runs.end_writer(txn, state, "failed", f"process {state.pid} ended with exit status {left.exit}", time_ns)
    else:
        return
    changes.of(state.run, state.project).state = True


def outcome(txn: Transaction, outcome: Outcome, changes: Changes) -> None:
    """Record what became of a media file."""
    if outcome.made is None:
        touched = objects.failed(txn, outcome.id, outcome.error or "unknown error")
    else:
        touched = objects.ready(txn, outcome.id, _ready(outcome.made))
    for owner in touched.owners if touched is not None else ():
        run = runs.visible(txn, owner)
        if touched is not None and run is not None:
            changes.of(run.id, run.project).objects.update(touched.names)


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    media: list[Media] = field(default_factory=list)
    report: Report | Finish | None = None
    finish: Finish | None = None
    system: list[System] = field(default_factory=list)
    unknown: int = 0
    calls: list[Call] = field(default_factory=list)


def _walk(
    txn: Transaction, writer: bytes, state: WriterState | None, body: bytes, changes: Changes
) -> tuple[WriterState, _Tally]:
    tally = _Tally()
    for item in records.scan(body):
        if isinstance(item, (RunStart, Attach)):
            state = _begin(txn, writer, state, item, changes)
        elif state is None:
            raise ProtocolError(f"the first record of a writer must be a start, not {type(item).__name__}")
        else:
            _one(txn, state, item, tally, changes)
    if state is None:
        raise ProtocolError("no records")
    return state, tally


def _one(
    txn: Transaction, state: WriterState, item: PackedRows | Record | Unknown, tally: _Tally, changes: Changes
) -> None:
    """The one match on what a record means; schemas are the series' own affair."""
    match item:
        case PackedRows(count=count):
            tally.rows += count
            changes.of(state.run, state.project).points = True
        case Row() if state.collected:
            tally.rows += 1
            tally.media += _media(state, item.values)
        case Row():
            tally.rows += 1
            tally.media += _row(txn, state, item, changes)
        case ConfigUpdate() if not state.collected:
            runs.update_config(txn, state.run, item)
            changes.of(state.run, state.project).state = True
        case Alert() if not state.collected:
            tally.calls += _alert(txn, state, item, changes)
        case System():
            tally.system.append(item)
            changes.of(state.run, state.project).points = True
        case _:
            _note(item, tally)


def _note(item: Record | Unknown, tally: _Tally) -> None:
    match item:
        case Report():
            tally.report = item
        case Finish():
            tally.report = tally.finish = item
        case Unknown():
            tally.unknown += 1


def _begin(
    txn: Transaction, writer: bytes, state: WriterState | None, item: RunStart | Attach, changes: Changes
) -> WriterState:
    if state is not None:
        raise ProtocolError(f"a second {kind_of(item)} record of one writer")
    if not 1 <= item.world <= MAX_RANKS:
        raise ProtocolError(f"a launch of {item.world} ranks; at most {MAX_RANKS}")
    if isinstance(item, Attach):
        if item.rank is not None and not 0 <= item.rank < item.world:
            raise ProtocolError(f"rank {item.rank} of {item.world}")
        begun = runs.attach(txn, writer, item)
    else:
        # Who begins a run that was deleted wants it to be seen.
        found = runs.resolve(txn, item.run, item.project)
        if found is not None:
            listing.show(txn, found)
        begun = runs.start(txn, writer, item)
        if item.plot_order and begun.project is not None:
            changes.shared.add(begun.project)
    changes.of(begun.run, begun.project).state = True
    return begun


def _row(txn: Transaction, state: WriterState, row: Row, changes: Changes) -> list[Media]:
    plain = {key: value for key, value in row.values.items() if not isinstance(value, (int, float))}
    change = changes.of(state.run, state.project)
    change.points |= len(plain) < len(row.values)
    if not plain:
        return []
    awaited = objects.put(txn, state, row.step + state.base_step * row.relative, row.time, plain)
    change.objects.update(plain)
    return [Media(fields["id"], state.writer, fields) for fields in awaited]


def _alert(txn: Transaction, state: WriterState, item: Alert, changes: Changes) -> list[Call]:
    """Keep an alert; return the calls that tell of it."""
    changes.of(state.run, state.project).alerts = True
    waiting, run = alerts.put(txn, state, item), runs.run(txn, state.run)
    return [] if waiting is None or run is None else [Call.of(waiting, run)]


def _media(state: WriterState, values: dict[str, Any]) -> list[Media]:
    return [Media(fields["id"], state.writer, fields) for fields in objects.media_maps(values)]


def _ready(made: Made) -> objects.MediaReady:
    return objects.MediaReady(**{f.name: getattr(made, f.name) for f in fields(made)})


def _check_depth(value: Any, depth: int = 0) -> None:
    """Raise ProtocolError for a value that readers could not follow."""
    if depth > MAX_DEPTH:
        raise ProtocolError(f"a value nested more than {MAX_DEPTH} deep")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_depth(item, depth + 1)
