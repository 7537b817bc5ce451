from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from trackiod.tally import Key, Tally, flattened

VALUES = st.none() | st.booleans() | st.integers(0, 2) | st.just(math.nan) | st.sampled_from(["a", "b"])
CONFIGS = st.dictionaries(st.sampled_from("xyz"), VALUES | st.dictionaries(st.sampled_from("uv"), VALUES), max_size=3)


def text(value):
    return f"{isinstance(value, bool)}{value}"


@given(st.lists(CONFIGS, max_size=6))
def test_keys_are_those_of_all_configurations_and_the_same_where_all_runs_have_one_value(configs):
    tally = Tally()
    for number, config in enumerate(configs):
        tally.add(str(number), b"", config)
    levels = [dict(flattened(config)) for config in configs]
    expected = []
    for name in sorted({name for level in levels for name in level}):
        values = [text(level[name]) for level in levels if name in level]
        expected.append(Key(name, len(values), len(set(values)) == 1 and len(values) == len(configs)))
    assert tally.keys() == expected


def test_nested_configurations_lie_on_one_level_and_what_is_empty_is_a_value():
    config = {"model": {"depth": 3, "head": {"wide": True}}, "none": {}, "list": [{"a": 1}]}
    assert dict(flattened(config)) == {"model.depth": 3, "model.head.wide": True, "none": {}, "list": [{"a": 1}]}
