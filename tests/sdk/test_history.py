from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio import history
from trackio_web.reply import frame
from trackiod.points import Series


class Server:
    """Answers points from series in memory, `{key: {step: value}}`, as the daemon does; each step is a second."""

    def __init__(self, series):
        self.series, self.asked = series, []

    def read(self, path, body):
        self.asked.append((path, [item["metric"] for item in body["series"]], body.get("after")))
        return b"".join(self.frame(item["metric"], body) for item in body["series"])

    def frame(self, key, body):
        points = sorted(self.series[key].items())
        extent = (float(points[0][0]), float(points[-1][0])) if points else None
        after = body.get("after")
        part = [point for point in points if after is None or point[0] > after][: body.get("limit")]
        step = np.array([step for step, _ in part], np.float64)
        columns = {"step": step, "time": 100 + step, "value": np.array([value for _, value in part], np.float64)}
        return frame(
            Series("r", key, 0, columns, raw=True, total=len(points), extent=extent, bucket=None, last_step=None)
        )


STEPS = st.integers(-5, 60)


def some(values):
    return st.dictionaries(st.sampled_from("abcd"), st.dictionaries(STEPS, values, max_size=40), min_size=1)


SERIES = some(st.floats())


@given(SERIES, st.integers(1, 9))
def test_blocks_are_every_point_once_in_order_of_steps(series, page):
    blocks = list(history.blocks(Server(series), history.Of("r"), list(series), page))
    found = [block.columns for block in blocks]
    steps = [int(step) for block in found for step in block["step"]]
    assert steps == sorted({step for points in series.values() for step in points})
    for key, points in series.items():
        values = [float(value) for block in found for value in block[key]]
        there = [not missing for block in blocks for missing in block.missing[key]]
        held = {step: value for step, value, here in zip(steps, values, there, strict=True) if here}
        np.testing.assert_equal(held, points)
    assert [float(time) for block in found for time in block["time"]] == [100 + step for step in steps]


@given(SERIES, st.integers(1, 9))
def test_a_block_holds_a_page_of_each_series_at_most(series, page):
    assert all(
        block.columns.rows <= page * len(series)
        for block in history.blocks(Server(series), history.Of("r"), list(series), page)
    )


def test_a_series_is_read_on_only_when_it_is_needed():
    server = Server({"dense": dict.fromkeys(range(20), 1.0), "rare": {0: 1.0, 19: 2.0}})
    list(history.blocks(server, history.Of("r"), ["dense", "rare"], 10))
    assert [asked[1:] for asked in server.asked] == [
        (["dense", "rare"], None),
        (["dense"], 9),
        (["dense"], 19),
    ]


def test_a_history_without_points_has_its_columns():
    found = history.whole(Server({"a": {}}), history.Of("r"), ["a"])
    assert (list(found), found.rows) == (["step", "time", "a"], 0)
    found = history.sampled(Server({"a": {}}), history.Of("r"), ["a"], 10)
    assert (list(found), found.rows) == (["step", "time", "a", "a.min", "a.max"], 0)
    assert history.whole(Server({}), history.Of("r"), []).rows == 0


@given(some(st.floats(allow_nan=False, allow_infinity=False)), st.integers(1, 12))
def test_samples_keep_extremes_and_mean_of_each_row(series, samples):
    found = history.sampled(Server(series), history.Of("r"), list(series), samples)
    assert found.rows <= samples
    assert np.all(np.diff(found["step"]) > 0)
    for key, points in series.items():
        if points:
            assert np.nanmin(found[f"{key}.min"]) == min(points.values())
            assert np.nanmax(found[f"{key}.max"]) == max(points.values())


def test_a_row_of_samples_is_an_equal_part_of_the_steps():
    found = history.sampled(
        Server({"a": {step: float(step) for step in range(100)}, "b": {55: 7.0}}), history.Of("r"), "ab", 4
    )
    assert found["step"].tolist() == [0, 25, 50, 75]
    assert found["a"].tolist() == [12, 37, 62, 87]
    assert found["a.min"].tolist() == [0, 25, 50, 75]
    assert found["a.max"].tolist() == [24, 49, 74, 99]
    assert found["time"].tolist() == [100, 125, 150, 175]
    np.testing.assert_array_equal(found["b"], [math.nan, math.nan, 7.0, math.nan])


def test_what_is_not_finite_is_in_no_sample():
    found = history.sampled(Server({"a": {0: 1.0, 1: math.inf, 2: math.nan, 3: 3.0}}), history.Of("r"), "a", 1)
    assert (found["a"][0], found["a.min"][0], found["a.max"][0]) == (2, 1, 3)


@pytest.mark.parametrize("keys", [2_500])
def test_more_series_than_one_request_takes_are_asked_for_in_parts(keys):
    server = Server({str(key): {0: float(key)} for key in range(keys)})
    found = history.whole(server, history.Of("r"), list(server.series))
    assert [len(asked[1]) for asked in server.asked] == [1_000, 1_000, 500]
    assert found["2499"].tolist() == [2499]
