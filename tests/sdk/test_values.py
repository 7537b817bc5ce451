"""trackio/values.py: every value becomes a plain one or is refused by name, whatever library it is of."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import fractions
import json
import math
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio import values
from trackio.media import Markdown
from trackio.values import MAX_DEPTH, MAX_LIST, Refused
from trackio.wire import pack, unpack


class Colour(enum.Enum):
    RED = "red"


class Text(str, enum.Enum):
    GREEN = "green"


class Level(enum.IntEnum):
    HIGH = 3


class Tensor:
    """What log() needs of another library's tensor."""

    def __init__(self, data):
        self._array = np.asarray(data)
        self.shape = self._array.shape

    def item(self):
        return self._array.item()

    def tolist(self):
        return self._array.tolist()


class Scalar:
    """A number that is only known by what it can become."""

    def __float__(self):
        return 0.25


class Broken:
    """Whatever it is asked, it fails."""

    shape = ()

    def item(self):
        raise RuntimeError("device lost")

    def __float__(self):
        raise RuntimeError("device lost")

    def __index__(self):
        raise RuntimeError("device lost")

    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


def short(value):
    return repr(value)[:40]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (True, True),
        (7, 7),
        (0.5, 0.5),
        (None, None),
        ("grün", "grün"),
        ("NaN", "NaN"),
        ("lone \ud800", "lone ?"),
        (2**64 - 1, 2**64 - 1),
        (-(2**63), -(2**63)),
        (2**64, 2.0**64),
        (10**400, math.inf),
        (-(10**400), -math.inf),
        (np.bool_(True), True),
        (np.int64(-3), -3),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.float32(0.5), 0.5),
        (np.float64(0.1), 0.1),
        (np.longdouble(0.5), 0.5),
        (np.str_("text"), "text"),
        (np.array(2.5), 2.5),
        (np.array([[7]]), 7),
        (np.array([1, 2]), [1, 2]),
        (np.array([]), []),
        (np.zeros((2, 0)), [[], []]),
        (np.datetime64("2026-01-02"), "2026-01-02"),
        (Tensor(0.5), 0.5),
        (Tensor([3]), 3),
        (Tensor([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (Scalar(), 0.25),
        (decimal.Decimal("0.5"), 0.5),
        (fractions.Fraction(1, 4), 0.25),
        (Colour.RED, "red"),
        (Text.GREEN, "green"),
        (Level.HIGH, 3),
        ([1, (2, 3), {4}, frozenset({"x"})], [1, [2, 3], [4], ["x"]]),
        ({1: {None: 2}, "a\ud800": 3}, {"1": {"None": 2}, "a?": 3}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.timezone.utc), "2026-01-02T03:04:05+00:00"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.timedelta(minutes=1), 60.0),
        (Path("/a/b"), "/a/b"),
    ],
    ids=short,
)
def test_a_value_has_a_plain_form_of_an_exact_type(given, expected):
    found = values.plain(given)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("number", [math.nan, np.float32("nan"), np.array(math.nan), Tensor(math.nan)])
def test_nan_stays_nan(number):
    assert math.isnan(values.plain(number))


@pytest.mark.parametrize("number", [math.inf, -math.inf, -0.0])
def test_no_float_loses_its_sign(number):
    assert (values.plain(number), math.copysign(1, values.plain(number))) == (number, math.copysign(1, number))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (1 + 2j, "builtins.complex has no plain form"),
        (np.complex64(1j), "complex has no plain form"),
        (b"bytes", "builtins.bytes has no plain form"),
        (object(), "builtins.object has no plain form"),
        (np.zeros(MAX_LIST + 1), r"shape \(10001,\); log trackio.Image"),
        (Markdown("text"), "Markdown is not accepted here"),
    ],
    ids=short,
)
def test_what_cannot_be_kept_is_refused_with_what_it_was(given, says):
    with pytest.raises(Refused, match=says):
        values.plain(given)


def test_an_array_of_any_shape_up_to_the_limit_is_a_list():
    assert values.plain(np.zeros(MAX_LIST)) == [0.0] * MAX_LIST


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def test_nesting_ends_somewhere_and_for_what_holds_itself_too():
    assert values.plain(nested(MAX_DEPTH)) == nested(MAX_DEPTH)
    endless = []
    endless += [endless, endless]
    for value in (nested(MAX_DEPTH + 2), endless):
        with pytest.raises(Refused, match="nested more than 32 deep"):
            values.plain(value)


def test_media_at_any_depth_are_replaced_by_what_stands_for_them():
    found = values.plain(
        {"a": [Markdown("x")], "b": Markdown("y")}, lambda media: {"_type": media.TYPE, "n": media.text}
    )
    assert found == {
        "a": [{"_type": "trackio.markdown", "n": "x"}],
        "b": {"_type": "trackio.markdown", "n": "y"},
    }


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters())
    | st.datetimes()
    | st.timedeltas()
    | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.integers() | st.text(), inner),
)


@given(anything)
def test_every_plain_form_travels_and_is_its_own_plain_form(value):
    found = values.plain(value)
    assert unpack(pack(found)) == found
    assert values.plain(found) == found
    json.dumps(found)


# ------------------------------------------------------------------------------------------------- names of metrics


@pytest.mark.parametrize("name", ["project", "run", "timestamp", "step", "time", "metrics", "__mine", "__"])
def test_names_that_rows_use_get_two_underscores(name):
    assert values.key(name) == f"__{name}"


@pytest.mark.parametrize("name", ["", "loss", "train/loss", "a b.c", "löss", "_private", "steps", "Step"])
def test_all_other_names_are_kept(name):
    assert values.key(name) == name


@pytest.mark.parametrize(("name", "text"), [(3, "3"), (None, "None"), ((1, 2), "(1, 2)"), ("a\udc80", "a?")])
def test_a_name_that_is_no_text_becomes_one(name, text):
    assert values.key(name) == text


# ------------------------------------------------------------------------------------------------- steps


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (0, 0),
        (-5, -5),
        (True, 1),
        (2.0, 2),
        (np.int64(200), 200),
        (np.uint8(7), 7),
        (np.float32(3), 3),
        (np.array(4), 4),
    ],
    ids=short,
)
def test_a_step_is_any_whole_number(given, expected):
    found = values.step(given)
    assert (found, type(found)) == (expected, int)


@pytest.mark.parametrize(
    "given",
    ["7", "", 2.5, math.nan, math.inf, 2**63, -(2**63) - 1, 10**400, 1j, [1], np.array([1, 2]), object(), Broken()],
    ids=lambda given: type(given).__name__,
)
def test_what_is_no_whole_number_of_64_bits_is_no_step(given):
    assert values.step(given) is None


def test_there_is_room_to_count_on_from_the_last_step():
    assert values.step(values.LAST_STEP) == values.LAST_STEP
    assert values.step(values.LAST_STEP + 1) is None
    assert values.step(-(2**63)) == -(2**63)


# ------------------------------------------------------------------------------------------------- configurations


def test_a_setting_without_a_plain_form_is_kept_as_its_text():
    given = {"lr": 0.1, 3: [1j, {"deep": object}], "path": Path("/a")}
    assert values.setting(given) == {"lr": 0.1, "3": ["1j", {"deep": "<class 'object'>"}], "path": "/a"}


def test_a_setting_that_fails_at_everything_is_kept_as_what_it_is():
    assert "Broken object at" in values.setting(Broken())
    assert values.setting([1, Broken()])[0] == 1


def test_a_setting_that_holds_itself_is_cut_where_it_begins_again():
    node = {"lr": 0.1}
    node |= {"parent": node, "child": [node, node]}
    found = values.setting(node)
    assert found["lr"] == 0.1
    assert isinstance(found["parent"], str)
    assert [type(child) for child in found["child"]] == [str, str]


@given(anything)
def test_every_setting_travels(value):
    pack(values.setting({"given": value, "with an object": [value, object()]}))
