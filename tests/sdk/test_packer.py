"""trackio/packer.py: a function per shape writes what struct does by signature, or nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.packer import MAX_KEYS, packer
from trackio.wire import row_struct

int64 = st.integers(-(2**63), 2**63 - 1)
rows = st.dictionaries(st.text(), st.floats() | int64, min_size=1, max_size=MAX_KEYS)


def made(row):
    """Return what writes rows like this one, what it should write, and memory to write to."""
    codes = "".join("d" if isinstance(value, float) else "q" for value in row.values())
    form, head, commit = row_struct(1, codes)
    memory = bytearray(form.size + 2)
    expected = b"\0" + form.pack(head, 7, 8, *row.values(), commit) + b"\0"
    return packer(tuple(row), tuple(map(type, row.values())), form.pack_into, head, commit), expected, memory


@given(rows, st.randoms())
def test_a_row_of_its_shape_is_written_whatever_the_order_of_its_keys(row, random):
    pack, expected, memory = made(row)
    items = list(row.items())
    random.shuffle(items)
    assert pack(memory, 1, 7, 8, dict(items)) is True
    assert memory == expected


def test_scalars_of_numpy_are_types_of_their_own():
    pack, expected, memory = made({"a": np.float64(0.5), "b": 1})
    assert pack(memory, 1, 7, 8, {"a": 0.5, "b": 1}) is False
    assert pack(memory, 1, 7, 8, {"a": np.float64(0.5), "b": 1}) is True
    assert memory == expected


@pytest.mark.parametrize(
    "other", [{"a": 0.5, "c": 1}, {"a": 1, "b": 1}, {"a": 0.5, "b": True}, {"a": 0.5, "b": None}, {1: 0.5, 2: 1}]
)
def test_of_any_other_row_nothing_is_written(other):
    pack, _, memory = made({"a": 0.5, "b": 1})
    assert pack(memory, 1, 7, 8, other) is False
    assert not any(memory)


def test_the_name_of_a_metric_is_never_source():
    row = {"'\"\n]; raise SystemExit #": 0.5, "\ud800": 1.0, "__": 2.0, "{keys}": 3.0}
    pack, expected, memory = made(row)
    assert pack(memory, 1, 7, 8, row) is True
    assert memory == expected
