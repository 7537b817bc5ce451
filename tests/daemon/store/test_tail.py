"""trackiod/store/tail.py: batches stay as they came; their rows are columns in order of arrival."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import ProtocolError
from trackio.wire import Finish, Row, Schema, encode, framed, row_struct
from trackiod.store import keys, tail
from trackiod.store.tail import Batch

RUN, WRITER, OTHER = "a" * 32, b"w" * 16, b"o" * 16
MS = 10**6
LEAST, MOST = -(2**63), 2**63 - 1


def packed(schema, codes, rows):
    """Rows of (step, time in ms, values)."""
    form, head, commit = row_struct(schema, codes)
    return b"".join(form.pack(head, step, time * MS, *values, commit) for step, time, values in rows)


def loose(step, time, relative=False, **values):
    return framed(encode(Row(step, time * MS, values, relative)))


def batch(body, writer=WRITER, base=0):
    return Batch(writer, base, 0, 0, 0, body)


def told(pieces):
    """All points of one metric by arrival: (step, time, value)."""
    found = [
        (int(piece.order[at]), int(piece.points.steps[at]), int(piece.points.times[at]), piece.points.value(at))
        for piece in pieces
        for at in range(len(piece.points))
    ]
    return [point for _, *point in sorted(found)]


# ------------------------------------------------------------------------------------------------------- batches


def test_batches_come_in_order_of_arrival_as_they_were(txn):
    given_batches = [Batch(WRITER, -5, n * 300, 3, 2, bytes([n % 256]) * n) for n in range(300)]
    for one in given_batches:
        assert tail.put(txn, RUN, 0, one) == len(one.body)
    tail.put(txn, RUN, 1, batch(b"of another member"))
    tail.put(txn, "b" * 32, 0, batch(b"of another run"))
    assert [found for _, found in tail.batches(txn, RUN, 0, [])] == given_batches
    assert [keys.number_of(key) for key, _ in tail.batches(txn, RUN, 0, [])] == list(range(300))


def test_a_batch_goes_behind_those_that_are_left(txn):
    for body in (b"0", b"1", b"2"):
        tail.put(txn, RUN, 0, batch(body))
    txn.delete(keys.tail(RUN, 0, 0))
    tail.put(txn, RUN, 0, batch(b"3"))
    assert [found.body for _, found in tail.batches(txn, RUN, 0, [])] == [b"1", b"2", b"3"]


def test_golden_batches_are_read_and_written_as_ever(txn, golden):
    held, data = golden["tail"]["holds"], bytes.fromhex(golden["tail"]["hex"])
    expected = Batch(**held | {"writer": bytes.fromhex(held["writer"]), "body": bytes.fromhex(held["body"])})
    assert tail.decoded(data) == expected
    tail.put(txn, RUN, 0, expected)
    assert txn.get(keys.tail(RUN, 0, 0)) == data
    tail.put_schema(txn, expected.writer, schema_of(golden))
    pieces = tail.columns(txn, [expected]).pieces()
    for metric, (steps, values, order) in golden["tail"]["columns"].items():
        assert [point[0] for point in told(pieces[metric])] == steps
        assert [format(point[2], "g") for point in told(pieces[metric])] == values
        assert sorted(at for piece in pieces[metric] for at in piece.order.tolist()) == order


# ------------------------------------------------------------------------------------------------------- schemas


def schema_of(golden):
    held = golden["schema"]["holds"]
    return Schema(**held | {"keys": tuple(held["keys"])})


def test_golden_schemas_are_read_and_written_as_ever(txn, golden):
    declared = schema_of(golden)
    tail.put_schema(txn, WRITER, declared)
    assert txn.get(keys.schema(WRITER, declared.id)) == bytes.fromhex(golden["schema"]["hex"])
    assert tail.schema_of(txn, WRITER, declared.id) == declared


def test_a_schema_may_be_declared_again_but_not_changed(txn):
    tail.put_schema(txn, WRITER, Schema(0, ("loss",), "d"))
    tail.put_schema(txn, WRITER, Schema(0, ("loss",), "d"))
    for other in (Schema(0, ("acc",), "d"), Schema(0, ("loss",), "q"), Schema(0, ("loss",), "d", relative=True)):
        with pytest.raises(ProtocolError, match="schema 0 was declared before"):
            tail.put_schema(txn, WRITER, other)
    tail.put_schema(txn, OTHER, Schema(0, ("acc",), "d"))
    assert tail.schema_of(txn, WRITER, 0).keys == ("loss",)


@pytest.mark.parametrize("number", [1, -1, 2**16, 2**40])
def test_rows_of_a_schema_that_was_never_declared_are_refused(txn, number):
    tail.put_schema(txn, WRITER, Schema(0, ("loss",), "d"))
    with pytest.raises(ProtocolError, match=f"schema {number}"):
        tail.schema_of(txn, WRITER, number)
    with pytest.raises(ProtocolError, match="schema 9"):
        tail.columns(txn, [batch(packed(9, "d", [(0, 0, [1.0])]))])


# ------------------------------------------------------------------------------------------------------- columns


def test_rows_of_all_kinds_are_told_in_order_of_arrival(txn):
    tail.put_schema(txn, WRITER, Schema(0, ("loss", "epoch"), "dq"))
    tail.put_schema(txn, WRITER, Schema(1, ("loss",), "q"))
    body = packed(0, "dq", [(5, 1, [0.5, 7]), (3, 2, [0.25, 8])]) + loose(4, 3, loss=1, note="x", flag=True)
    more = packed(1, "q", [(3, 4, [9])]) + framed(encode(Finish(1, "finished"))) + packed(0, "dq", [(1, 5, [2.0, 1])])
    found = tail.columns(txn, [batch(body), batch(more)])
    pieces = found.pieces()
    assert told(pieces["loss"]) == [[5, 1, 0.5], [3, 2, 0.25], [4, 3, 1], [3, 4, 9], [1, 5, 2.0]]
    assert [type(value) for *_, value in told(pieces["loss"])] == [float, float, int, int, float]
    assert told(pieces["epoch"]) == [[5, 1, 7], [3, 2, 8], [1, 5, 1]]
    assert told(pieces["flag"]) == [[4, 3, 1]]
    assert set(pieces) == {"loss", "epoch", "flag"}
    assert told(found.of("loss")) == told(pieces["loss"])
    assert found.of("note") == []


def test_one_metric_is_the_same_whether_asked_for_alone(txn):
    tail.put_schema(txn, WRITER, Schema(0, ("loss", "größe"), "dd"))
    body = b"".join(
        packed(0, "dd", [(n, n, [n / 2, -n])]) + loose(n, n, **{"größe": n, "loss/x": 2, "other": 3}) for n in range(9)
    )
    whole = tail.columns(txn, [batch(body)])
    for metric in ("loss", "größe", "loss/x", "other", "none"):
        alone = tail.columns(txn, [batch(body)], metric)
        assert told(alone.of(metric)) == told(whole.of(metric)), metric


def test_schemas_of_the_same_number_belong_to_their_writers(txn):
    tail.put_schema(txn, WRITER, Schema(0, ("loss",), "d"))
    tail.put_schema(txn, OTHER, Schema(0, ("acc",), "d"))
    body = packed(0, "d", [(0, 0, [1.0])])
    pieces = tail.columns(txn, [batch(body), batch(body, OTHER), batch(body)]).pieces()
    assert {metric: len(told(found)) for metric, found in pieces.items()} == {"loss": 2, "acc": 1}


def test_relative_steps_count_from_the_base_of_their_writer(txn):
    tail.put_schema(txn, WRITER, Schema(0, ("loss",), "d", relative=True))
    tail.put_schema(txn, OTHER, Schema(0, ("loss",), "d", relative=True))
    body = packed(0, "d", [(0, 1, [1.0]), (1, 2, [2.0])]) + loose(2, 3, relative=True, loss=3.0) + loose(2, 4, loss=4.0)
    pieces = tail.columns(txn, [batch(body, base=100), batch(body, OTHER, base=-7)]).pieces()
    assert [point[0] for point in told(pieces["loss"])] == [100, 101, 102, 2, -7, -6, -5, 2]


@pytest.mark.parametrize("base", [MOST, LEAST, MOST - 5, 5, -5, 0])
@pytest.mark.parametrize("step", [LEAST, -6, 0, 3, 9, MOST])
def test_relative_steps_beyond_64_bits_stay_at_the_end(txn, base, step):
    tail.put_schema(txn, WRITER, Schema(0, ("loss",), "d", relative=True))
    body = packed(0, "d", [(step, 0, [1.0])]) + loose(step, 0, relative=True, loss=1.0)
    pieces = tail.columns(txn, [batch(body, base=base)]).pieces()
    expected = max(LEAST, min(MOST, step + base))
    assert [point[0] for point in told(pieces["loss"])] == [expected, expected]


numbers = st.integers(-(2**63), 2**64 - 1) | st.floats() | st.booleans()


@given(st.lists(st.tuples(st.integers(LEAST, MOST), numbers), min_size=1, max_size=30))
def test_loose_numbers_keep_their_value_where_64_bits_can(rows):
    body = b"".join(loose(step, 0, x=value) for step, value in rows)
    (piece,) = tail.columns(None, [batch(body)]).of("x")
    assert piece.points.steps.tolist() == [step for step, _ in rows]
    for at, (_, value) in enumerate(rows):
        found, fits = piece.points.value(at), isinstance(value, int) and LEAST <= value <= MOST
        assert type(found) is (int if fits else float)
        assert found == (value if fits else float(value)) or (math.isnan(found) and math.isnan(value))


def test_the_bits_of_packed_floats_are_not_touched(txn):
    tail.put_schema(txn, WRITER, Schema(0, ("x",), "d"))
    words = [0x7FF8000000000123, 0x7FF0000000000001, LEAST, 1]
    body = packed(0, "q", [(n, 0, [word]) for n, word in enumerate(words)])
    (piece,) = tail.columns(txn, [batch(body)]).of("x")
    assert piece.points.words.tolist() == words
    assert not piece.points.ints.any()


def test_no_batches_have_no_columns(txn):
    assert tail.columns(txn, []).pieces() == {}
    assert np.array_equal(tail.columns(txn, [batch(framed(encode(Finish(1, "finished"))))]).of("x"), [])
