"""trackiod/formula.py: what a formula means, at the steps where all its metrics are, and where it cannot be read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from trackio.errors import BadRequest
from trackiod import formula
from trackiod.store import chunk
from trackiod.store.chunk import Points


def logged(**metrics):
    """Points of metrics by name: `{step: value}`; times are ten times the steps."""
    held = {}
    for name, values in metrics.items():
        steps = np.array(sorted(values), np.int64)
        numbers = np.array([values[step] for step in sorted(values)], np.float64)
        held[name] = Points(steps, steps * 10, numbers.view(np.int64), np.zeros(len(steps), np.bool_))
    return lambda metric: held.get("_".join(filter(None, (metric.run, metric.name.replace("/", "_")))), chunk.empty())


def values(text, **metrics):
    return formula.points(text, logged(**metrics)).floats().tolist()


A, B = {0: 1.0, 1: 2.0, 2: 4.0}, {0: 10.0, 1: 20.0, 2: 30.0}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a - b", [-9, -18, -26]),
        ("a + b * 2", [21, 42, 64]),
        ("(a + b) * 2", [22, 44, 68]),
        ("-a ^ 2", [-1, -4, -16]),
        ("2 ^ a ^ 0.5 - 2 ^ a ^ .5", [0, 0, 0]),
        ("b / a", [10, 10, 7.5]),
        ("b / a / 5", [2, 2, 1.5]),
        ('"a" - 1e0', [0, 1, 3]),
        ("max(a, 2, 3)", [3, 3, 4]),
        ("cummax(-a) + cummin(a)", [0, 0, 0]),
        ("cumsum(a)", [1, 3, 7]),
        ("log2(a)", [0, 1, 2]),
        ("ema(a, 0)", [1, 2, 4]),
    ],
)
def test_a_formula_is_worked_out_as_written(text, expected):
    assert values(text, a=A, b=B) == expected


def test_a_slash_without_spaces_is_part_of_a_name_and_quotes_hold_any():
    assert formula.parse("train/loss - val/loss").names == ("train/loss", "val/loss")
    assert formula.parse('"my loss (kg)" / a').names == ("my loss (kg)", "a")
    assert values("train/loss - a", train_loss=A, a=A) == [0, 0, 0]


def test_it_is_there_where_all_its_metrics_are():
    found = formula.points("a - b", logged(a={0: 1, 5: 2, 9: 3}, b={5: 2, 7: 1, 9: 9}))
    assert (found.steps.tolist(), found.times.tolist(), found.floats().tolist()) == ([5, 9], [50, 90], [0, -6])
    assert len(formula.points("a - none", logged(a=A))) == 0
    assert len(formula.points("a -", logged(a=A))) == 0


def test_what_has_no_value_is_none_and_no_error():
    assert values("a / 0", a={0: 1.0, 1: -1.0}) == [np.inf, -np.inf]
    assert np.isnan(values("log(a)", a={0: -1.0})).all()
    assert np.isnan(values("diff(a)", a=A)[0])
    assert values("diff(a)", a=A)[1:] == [1, 2]


def test_of_names_a_metric_of_another_run_of_which_no_run_must_have_it():
    read = logged(a={0: 6, 1: 8, 3: 9}, base_a={0: 2, 1: 4, 2: 1}, base_b={0: 1, 1: 1})
    found = formula.points("a / of(base, a)", read)
    assert (found.steps.tolist(), found.times.tolist(), found.floats().tolist()) == ([0, 1], [0, 10], [3, 2])
    assert formula.points('a - of("base", ema(a, 0) + b) * 2', read).floats().tolist() == [0, -2]
    assert formula.parse("of(base, b) + a").names == ("a",)
    assert len(formula.points("a - of(other, a)", read)) == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "column 1: expected a metric; found the end"),
        ("a +", "column 4: expected a metric; found the end"),
        ("a b", "column 3: expected an operator or the end"),
        ("(a", "column 3: expected '\\)'"),
        ("a + )", "column 5: expected a metric; found '\\)'"),
        ("a $ b", "column 3: '\\$' is not understood"),
        ("sin(a)", "column 1: 'sin' is none of abs, cummax"),
        ("ema(a, 1, 2)", "column 1: ema takes 1 to 2 arguments"),
        ("1 + 2", "names no metric"),
        ("of(base, a)", "names no metric"),
        ("a - of(1, a)", "column 8: expected the id or name of a run"),
        ("a - of(", "column 8: expected the id or name of a run"),
        ("a - of(base)", "column 12: expected ','"),
        ("a - of(base, a", "column 15: expected '\\)'"),
        ("(" * 60 + "a" + ")" * 60, "nested deeper than 50"),
        ("a" * 1_001, "longer than 1000"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_column(text, says):
    with pytest.raises(BadRequest, match=says):
        formula.parse(text)


@given(hnp.arrays("f8", st.integers(1, 200), elements=st.floats(-1e6, 1e6)), st.floats(0.01, 0.999))
def test_the_moving_average_is_that_of_its_definition(numbers, weight):
    numbers = numbers.copy()
    numbers[::7] = np.nan
    total = mass = 0.0
    for value, found in zip(numbers, formula.ema(numbers, weight), strict=True):
        if np.isnan(value):
            assert np.isnan(found)
            continue
        total, mass = total * weight + value, mass * weight + 1
        assert found == pytest.approx(total / mass, rel=1e-6, abs=1e-3)
