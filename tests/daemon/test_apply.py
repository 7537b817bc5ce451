"""Each record of a writer is stored once, however its pieces come; what makes no sense is refused whole and by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import ProtocolError
from trackio.wire import (
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
    Schema,
    System,
    encode,
    framed,
    pack,
    row_struct,
)
from trackiod import apply
from trackiod.adopt import Left, Part
from trackiod.apply import DAMAGED, MAX_DEPTH, SCARCE, UNKNOWN, Piece, Stored
from trackiod.jobs import Made, Outcome
from trackiod.live import Changes, RunChange
from trackiod.receiver import Received
from trackiod.store import alerts, members, objects, runs, series
from trackiod.store.env import Store
from trackiod.store.levels import Levels, SeriesId
from trackiod.webhooks import Delivered

SECOND = 10**9
A, B = b"a" * 16, b"b" * 16
RUN, IMAGE = "r" * 32, "f" * 32
START = RunStart(RUN, "p", "first", None, {"lr": 0.1}, "never", 5 * SECOND, pid=7)
LOSS = Schema(0, ("loss",), "d")
PICTURE = {"_type": "trackio.image", "id": IMAGE, "format": "png", "bytes": 3, "caption": None}


def packed(step, schema=0, codes="d"):
    form, head, commit = row_struct(schema, codes)
    return form.pack(head, step, step * SECOND, *[step] * len(codes), commit)


def body(*records):
    return b"".join(record if isinstance(record, bytes) else framed(encode(record)) for record in records)


def row(step=1, **values):
    return Row(step, SECOND, values)


class Folder:
    """A store, and what was told of the changes in it."""

    def __init__(self, path):
        self.store, self.changes = Store.open(path), Changes()

    def put(self, writer, first, *records, jump=False):
        self.changes = Changes()
        with self.store.write() as txn:
            return apply.store(txn, Piece(writer, first, len(records), body(*records), jump), self.changes)

    def crash(self, writer, end, status=None):
        self.changes = Changes()
        with self.store.write() as txn:
            apply.crashed(txn, Left(writer, end, exit=status), 9 * SECOND, self.changes)

    def arrive(self, *arrivals):
        stored = Stored()
        with self.store.write() as txn:
            for arrival in arrivals:
                apply.put(txn, arrival, 9 * SECOND, stored)
        return stored

    def writer(self, writer=A):
        with self.store.read() as txn:
            return runs.writer(txn, writer)

    def run(self, run=RUN):
        with self.store.read() as txn:
            return runs.run(txn, run)

    def steps(self, metric="loss"):
        with self.store.read() as txn:
            return series.waiting_of(Levels.of(txn, SeriesId(RUN, 0, metric))).steps.tolist()

    def rows(self):
        with self.store.read() as txn:
            return members.get(txn, RUN, 0).rows


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "store")
    yield made
    made.store.close()


@pytest.fixture
def begun(folder):
    """A folder in which writer A has started a run and logged steps 0 to 2: five records."""
    folder.put(A, 0, START, LOSS, *map(packed, range(3)))
    return folder


# ------------------------------------------------------------------------------------------------------ exactly once


def test_what_is_new_is_stored_and_told(folder):
    kept = folder.put(A, 0, START, LOSS, packed(0), row(text="hello", loss=1.0), packed(2))
    assert (kept.stored, kept.rows, kept.ended, kept.media) == (5, 3, False, [])
    assert folder.changes.runs == {RUN: RunChange("p", points=True, objects={"text"}, state=True)}
    assert (folder.writer().stored, folder.writer().rows, folder.steps()) == (5, 3, [0, 1, 2])


def test_steps_behind_the_largest_are_told_as_such(begun):
    begun.put(A, 5, packed(1))
    assert begun.changes.runs[RUN].back
    begun.put(A, 6, packed(3))
    assert not begun.changes.runs[RUN].back


def test_a_repeat_changes_nothing(begun):
    kept = begun.put(A, 0, START, LOSS, *map(packed, range(3)))
    assert (kept.stored, kept.rows, begun.changes.runs) == (5, 0, {})
    assert (begun.rows(), begun.writer().stored) == (3, 5)


def test_of_a_piece_that_overlaps_only_the_rest_is_stored(begun):
    assert begun.put(A, 3, *map(packed, range(1, 6))).rows == 3
    assert (begun.rows(), begun.steps(), begun.writer().stored) == (6, [0, 1, 2, 3, 4, 5], 8)


def test_a_piece_beyond_what_is_stored_is_left_out(begun):
    assert begun.put(A, 7, packed(9)).stored == 5
    assert (begun.rows(), begun.writer().refused) == (3, {})


def test_a_piece_that_may_jump_is_stored_and_what_is_missing_is_counted(begun):
    assert begun.put(A, 7, packed(9), jump=True).stored == 8
    assert (begun.rows(), begun.writer().refused) == (4, {DAMAGED: 2})
    begun.put(A, 10, Finish(SECOND, "finished", refused={"disk full": 3}), jump=True)
    assert begun.run().refused == {DAMAGED: 4, "disk full": 3}


@given(st.lists(st.tuples(st.integers(0, 14), st.integers(1, 14)), max_size=8))
def test_records_are_stored_once_however_their_pieces_come(tmp_path_factory, cuts):
    records = [
        START,
        LOSS,
        *map(packed, range(6)),
        row(6, loss=6.0),
        *map(packed, range(7, 12)),
        Finish(SECOND, "finished"),
    ]
    folder = Folder(tmp_path_factory.mktemp("pieces") / "store")
    try:
        stored = 0
        for first, count in cuts:
            piece = records[first : first + count]
            stored = max(stored, first + len(piece)) if first <= stored else stored
            assert folder.put(A, first, *piece).stored == stored
        if stored < len(records):
            folder.put(A, stored, *records[stored:])
        assert (folder.rows(), folder.steps(), folder.writer().stored) == (12, list(range(12)), len(records))
        assert folder.run().status == "finished"
    finally:
        folder.store.close()


# ------------------------------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ((LOSS, packed(0)), "must be a start, not Schema"),
        ((packed(0),), "must be a start, not PackedRows"),
        ((START, START), "a second start record"),
        ((START, Attach(RUN, "p", "first", SECOND)), "a second attach record"),
        ((Attach(RUN, "p", "first", SECOND, rank=2, world=2),), "rank 2 of 2"),
        ((Attach(RUN, "p", "first", SECOND, rank=-1, world=2),), "rank -1 of 2"),
        ((Attach(RUN, "p", "first", SECOND, world=2**40),), "a launch of 1099511627776 ranks"),
        ((START, packed(0)), "schema"),
        ((START, LOSS, packed(0, codes="dd")), "schema 0 has 1 keys"),
        ((START, LOSS, packed(0, schema=3)), "schema"),
    ],
)
def test_records_that_do_not_follow_each_other_are_refused_and_nothing_of_them_is_kept(folder, records, told):
    with pytest.raises(ProtocolError, match=told):
        folder.put(A, 0, *records)
    assert (folder.writer(), folder.run()) == (None, None)


def test_a_piece_without_records_is_refused(folder):
    with folder.store.write() as txn, pytest.raises(ProtocolError, match="no records"):
        apply.store(txn, Piece(A, 0, 1, b""), Changes())


def nested(depth):
    value = "deep"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("content", "count", "told"),
    [
        (body(START), 2, "a batch of 2 records holds 1"),
        (body(START, LOSS, packed(0), packed(1)), 3, "holds 4"),
        (body(START)[:-1], 1, "does not fit"),
        (b"", 1, "holds 0"),
        (b"\0" * 20, 1, "length 0"),
        (body(row(deep=nested(MAX_DEPTH + 1))), 1, f"more than {MAX_DEPTH} deep"),
    ],
)
def test_bytes_that_are_not_what_they_say_are_refused_before_anything_is_stored(content, count, told):
    with pytest.raises(ProtocolError, match=told):
        apply.check(content, count)


def test_whole_records_of_every_kind_pass():
    apply.check(body(START, LOSS, packed(0), packed(1), row(image=PICTURE, deep=nested(MAX_DEPTH - 1))), 5)


WHOLE = body(START, LOSS, *map(packed, range(5)), row(image=PICTURE, text="x"), ConfigUpdate(SECOND, {"a": 1}))


@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=4), st.integers(1, 9)
)
def test_changed_bytes_are_records_or_refused_by_name(changes, count):
    content = bytearray(WHOLE)
    for at, byte in changes:
        content[at] = byte
    try:
        apply.check(bytes(content), count)
    except ProtocolError:
        return
    assert count == 9


# ----------------------------------------------------------------------------------------------------- what they mean


def test_a_change_of_the_configuration_is_told_as_one_of_the_run(begun):
    begun.put(A, 5, ConfigUpdate(SECOND, {"wd": 2}, ("lr",)))
    assert begun.run().config == {"wd": 2}
    assert begun.changes.runs == {RUN: RunChange("p", state=True)}


def test_a_finish_ends_the_run_as_it_says(begun):
    kept = begun.put(A, 5, Finish(8 * SECOND, "failed", "ValueError", refused={"disk full": 2}))
    assert kept.ended
    run = begun.run()
    assert (run.status, run.error, run.ended, run.refused) == ("failed", "ValueError", 8000, {"disk full": 2})
    assert begun.changes.runs[RUN].state


def test_a_process_that_ended_without_a_word_crashed(begun):
    begun.crash(A, 5)
    run = begun.run()
    assert (run.status, run.error, run.ended) == ("crashed", "process 7 ended without finishing the run", 9000)
    assert begun.changes.runs == {RUN: RunChange("p", state=True)}


def test_how_the_kernel_says_that_a_process_ended_is_told(begun):
    begun.crash(A, 5, -9)
    assert (begun.run().status, begun.run().error) == ("crashed", "process 7 was killed by SIGKILL")


@pytest.mark.parametrize(
    ("at_exit", "exit_status", "ends"),
    [
        (True, 1, ("failed", "process 7 ended with exit status 1")),
        (True, 0, ("finished", None)),
        (True, -15, ("finished", None)),
        (True, None, ("finished", None)),
        (False, 1, ("finished", None)),
    ],
)
def test_a_run_that_ended_with_its_process_failed_if_that_exits_with_another_status_than_0(
    begun, at_exit, exit_status, ends
):
    begun.put(A, 5, Finish(SECOND, "finished", at_exit=at_exit))
    begun.crash(A, 6, exit_status)
    assert (begun.run().status, begun.run().error) == ends
    assert begun.run().writers == 0


def test_a_process_that_said_how_it_ended_did_not_crash(begun):
    begun.put(A, 5, Finish(SECOND, "finished"))
    begun.crash(A, 6)
    assert (begun.run().status, begun.changes.runs) == ("finished", {})


def test_records_that_damage_took_at_the_end_are_counted(begun):
    begun.crash(A, 9)
    assert begun.run().refused == {DAMAGED: 4}
    assert begun.writer().stored == 9


def test_a_writer_that_never_sent_anything_leaves_no_trace(folder):
    folder.crash(A, 0)
    assert (folder.writer(), folder.changes.runs) == (None, {})


def test_a_forked_process_joins_its_run(begun):
    begun.put(B, 0, Attach(RUN, "p", "first", SECOND), LOSS, packed(5))
    assert (begun.writer(B).run, begun.writer(B).member, begun.run().members) == (RUN, 1, 2)


def test_files_are_handed_over_once_with_the_row_that_names_them(begun):
    table = {"_type": "trackio.table", "id": "e" * 32, "media": [PICTURE], "columns": ["a"], "rows": 1, "bytes": 2}
    kept = begun.put(A, 5, row(3, table=table, n=1))
    assert [(item.id, item.writer, item.fields["_type"]) for item in kept.media] == [
        ("e" * 32, A, "trackio.table"),
        (IMAGE, A, "trackio.image"),
    ]
    assert begun.changes.runs == {RUN: RunChange("p", points=True, objects={"table"})}
    assert begun.put(A, 5, row(3, table=table, n=1)).media == []
    with begun.store.read() as txn:
        assert [item.id for item in objects.pending(txn)] == ["e" * 32, IMAGE]


def test_the_script_of_many_figures_is_handed_over_until_it_is_kept(begun):
    def figure(n):
        library = {"_type": "trackio.library", "id": IMAGE, "bytes": 3}
        return {"_type": "trackio.html", "id": f"{n:032x}", "format": "plotly", "bytes": 2, "library": library}

    def awaited(number, n):
        return [item.fields["_type"] for item in begun.put(A, number, row(n, figure=figure(n))).media]

    assert awaited(5, 1) == awaited(6, 2) == ["trackio.html", "trackio.library"]
    begun.arrive(Outcome(IMAGE, made=Made("b" * 64, "text/javascript", 3)))
    assert awaited(7, 3) == ["trackio.html"]
    with begun.store.read() as txn:
        assert objects.media(txn, IMAGE).names == ["figure"]
        assert objects.kinds_of(figure(1)) == {"html"}


@pytest.mark.parametrize(
    ("became", "state"),
    [({"made": Made("b" * 64, "image/png", 3, 4, 5, thumb="c" * 64)}, "ready"), ({"error": "damaged"}, "failed")],
)
def test_what_became_of_a_file_is_kept_and_told_once(begun, became, state):
    begun.put(A, 5, row(image=PICTURE))
    for told in ({RUN: RunChange("p", objects={"image"})}, {}):
        stored = begun.arrive(Outcome(IMAGE, **became))
        assert stored.changes.runs == told
        assert [done.id for done in stored.outcomes] == [IMAGE]
    with begun.store.read() as txn:
        record = objects.media(txn, IMAGE)
    assert (record.state, record.error) == (state, became.get("error"))
    assert record.ready is None or (record.ready.width, record.ready.thumb) == (4, "c" * 64)


def test_an_outcome_of_nothing_is_passed_over(folder):
    assert folder.arrive(Outcome(IMAGE, error="x")).changes.runs == {}


# ----------------------------------------------------------------------------------------------------------- arrivals


def batch(sender, writer, first, *records):
    return Received(sender, Batch(writer, first, len(records)), body(*records))


def test_a_group_is_answered_for_each_sender_and_writer(begun):
    left = Left(B, 1)
    stored = begun.arrive(
        batch(b"s1", A, 5, packed(3)),
        batch(b"s1", A, 6, packed(4)),
        batch(b"s2", A, 0, START),
        batch(b"s3", A, 9, packed(9)),
        Part(left, 0, 1, body(Attach(RUN, "p", "first", SECOND))),
        left,
    )
    assert stored.answers == {(b"s1", A): Ack(A, 7), (b"s2", A): Ack(A, 7), (b"s3", A): Rewind(A, 7)}
    assert [writer for writer, _ in stored.kept] == [A, A, A, A, B]
    assert stored.gone == [left]
    assert begun.writer(B).state == "crashed"


def test_a_part_of_a_journal_is_checked_as_a_batch_is(folder):
    with pytest.raises(ProtocolError, match="holds 1"):
        folder.arrive(Part(Left(A, 2), 0, 2, body(START)))


# ------------------------------------------------------------------------------------------------------------ counts


def test_what_writers_report_is_added_up_over_a_run_and_counted_once(begun):
    begun.put(A, 5, Report(SECOND, 10, 9, {"value": 1}, timed=1, spent=2_000, wall=SECOND))
    begun.put(A, 6, Report(2 * SECOND, 20, 18, {"value": 2}, timed=2, spent=5_000, wall=2 * SECOND))
    run = begun.run()
    assert (run.logged, run.refused, run.timed, run.spent, run.wall) == (20, {"value": 2}, 2, 5_000, 2 * SECOND)
    begun.put(B, 0, Attach(RUN, "p", "first", SECOND))
    begun.put(B, 1, Report(SECOND, 5, 5, {"value": 3}))
    begun.put(A, 7, Finish(3 * SECOND, "finished", None, 21, 19, {"value": 2}, 2, 5_000, 3 * SECOND))
    run = begun.run()
    assert (run.logged, run.refused, run.wall) == (26, {"value": 5}, 3 * SECOND)


def test_a_report_takes_nothing_from_what_the_daemon_counted(begun):
    begun.put(A, 7, row(n=1), jump=True)
    begun.put(A, 8, Report(SECOND, 10, 9, {"value": 1}))
    assert begun.run().refused == {DAMAGED: 2, "value": 1}
    assert begun.writer().refused == {DAMAGED: 2, "value": 1}


@pytest.mark.parametrize("looks", [{"id": "../../etc/passwd"}, {"id": 7}, {}])
def test_a_dict_of_the_user_that_only_looks_like_media_is_a_value_like_any_other(begun, looks):
    kept = begun.put(A, 5, row(config={"_type": "trackio.image", **looks}, n=1))
    assert (kept.stored, kept.media) == (6, [])
    with begun.store.read() as txn:
        (held,) = objects.back(txn, RUN, "config")
        assert (held.value, held.kinds) == ({"_type": "trackio.image", **looks}, {"value"})
        assert list(objects.pending(txn)) == []


def test_system_metrics_are_stored_beside_the_rows_and_told(begun):
    begun.put(A, 5, System(9 * SECOND, {"loss": 7}), packed(3), System(10 * SECOND, {"loss": 8}))
    assert begun.changes.runs == {RUN: RunChange("p", points=True)}
    assert (begun.steps(), begun.rows()) == ([0, 1, 2, 3], 4)
    with begun.store.read() as txn:
        found = series.waiting_of(Levels.of(txn, SeriesId(RUN, members.SYSTEM, "loss")))
    assert found.steps.tolist() == [9_000, 10_000]
    begun.put(A, 8, System(8 * SECOND, {"loss": 6}))
    assert begun.changes.runs[RUN].back


def test_a_repeated_piece_repeats_no_system_metric(begun):
    sample = System(9 * SECOND, {"a": 1})
    begun.put(A, 5, sample)
    begun.put(A, 5, sample, System(10 * SECOND, {"a": 2}))
    with begun.store.read() as txn:
        assert members.get(txn, RUN, members.SYSTEM).rows == 2


def test_a_record_of_a_kind_that_came_later_is_passed_over_and_counted(begun):
    unknown = framed(pack(["poem", {"text": "…"}]))
    kept = begun.put(A, 5, packed(3), unknown, packed(4), unknown)
    assert (kept.stored, kept.rows, begun.steps()) == (9, 2, [0, 1, 2, 3, 4])
    assert begun.writer().refused == {UNKNOWN: 2}
    begun.put(A, 9, Report(SECOND, 5, 5, {"value": 1}))
    assert begun.run().refused == {UNKNOWN: 2, "value": 1}
    apply.check(body(packed(3), unknown), 2)


def test_while_there_is_little_room_system_metrics_give_way_and_are_counted(begun):
    piece = Piece(A, 5, 3, body(System(SECOND, {"a": 1}), packed(3), System(SECOND, {"a": 1})), scarce=True)
    with begun.store.write() as txn:
        kept = apply.store(txn, piece, begun.changes)
    assert (kept.stored, kept.rows, begun.steps(), begun.rows()) == (8, 1, [0, 1, 2, 3], 4)
    assert begun.run().refused == {SCARCE: 2}
    with begun.store.read() as txn:
        assert not list(members.of_system(txn, RUN))


def test_an_alert_is_kept_told_and_on_its_way_to_its_webhook(begun):
    alert = Alert(9 * SECOND, "careful", "why", "error", 2, webhook="http://there/")
    kept = begun.put(A, 5, alert, packed(3), Alert(9 * SECOND, "quiet", None, "info"))
    assert begun.changes.runs == {RUN: RunChange("p", points=True, alerts=True)}
    (call,) = kept.calls
    assert (call.number, call.url, call.project, call.run, call.alert.title) == (
        0,
        "http://there/",
        "p",
        "first",
        "careful",
    )
    assert begun.put(A, 5, alert).calls == []
    stored = begun.arrive(Delivered(call.number, "HTTP status 404"))
    assert stored.changes.runs == {RUN: RunChange("p", alerts=True)}
    with begun.store.read() as txn:
        assert {told.title: told.webhook for told in alerts.of_run(txn, RUN)} == {"careful": "failed", "quiet": None}
    assert not begun.arrive(Delivered(call.number)).changes.runs
