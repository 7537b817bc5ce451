"""trackio/runconfig.py: a dict, also by attribute, that tells of each of its changes."""

from __future__ import annotations

import argparse
import copy
import dataclasses
import pickle
from collections import UserDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.runconfig import RunConfig, as_mapping


@pytest.fixture
def told():
    """What a configuration has told of its changes."""
    return []


@pytest.fixture
def config(told):
    return RunConfig({"lr": 0.1, "layers": [1, 2]}, lambda changed, removed: told.append((changed, removed)))


def test_it_is_a_dict_and_making_it_is_no_change(config, told):
    assert config == {"lr": 0.1, "layers": [1, 2]}
    assert isinstance(config, dict)
    assert told == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda config: config.__setitem__("lr", 1), ({"lr": 1}, ())),
        (lambda config: setattr(config, "seed", 3), ({"seed": 3}, ())),
        (lambda config: config.update({"lr": 1}, seed=3), ({"lr": 1, "seed": 3}, ())),
        (lambda config: config.update([("lr", 1)]), ({"lr": 1}, ())),
        (lambda config: config.update([["lr", 1]]), ({"lr": 1}, ())),
        (lambda config: config.update(zip(["lr"], [1], strict=True)), ({"lr": 1}, ())),
        (lambda config: config.update({"lr": 1}, allow_val_change=True), ({"lr": 1}, ())),
        (lambda config: config.update(argparse.Namespace(lr=1)), ({"lr": 1}, ())),
        (lambda config: config.__ior__({"lr": 1}), ({"lr": 1}, ())),
        (lambda config: config.setdefault("seed", 3), ({"seed": 3}, ())),
        (lambda config: config.__delitem__("lr"), ({}, ("lr",))),
        (lambda config: delattr(config, "lr"), ({}, ("lr",))),
        (lambda config: config.pop("lr"), ({}, ("lr",))),
        (lambda config: config.popitem(), ({}, ("layers",))),
        (lambda config: config.clear(), ({}, ("lr", "layers"))),
    ],
)
def test_every_change_is_told_and_made(config, told, change, expected):
    before = dict(config)
    change(config)
    assert told == [expected]
    changed, removed = expected
    assert config == {key: value for key, value in (before | changed).items() if key not in removed}


@pytest.mark.parametrize(
    "nothing",
    [
        lambda config: config.update({}),
        lambda config: config.update(allow_val_change=True),
        lambda config: config.setdefault("lr", 3),
        lambda config: config.pop("missing", None),
        lambda config: config.get("lr"),
        lambda config: config | {"seed": 3},
    ],
)
def test_what_changes_nothing_is_not_told(config, told, nothing):
    nothing(config)
    assert told == []
    assert config == {"lr": 0.1, "layers": [1, 2]}


def test_clearing_what_is_empty_is_no_change(config, told):
    config.clear()
    config.clear()
    assert len(told) == 1


def test_values_are_attributes_too(config):
    assert config.lr == 0.1
    assert not hasattr(config, "missing")
    assert not hasattr(config, "to_dict")
    with pytest.raises(AttributeError, match="the configuration has no 'missing'"):
        _ = config.missing
    with pytest.raises(AttributeError, match="the configuration has no 'missing'"):
        del config.missing
    with pytest.raises(KeyError):
        config.pop("missing")
    with pytest.raises(KeyError):
        del config["missing"]


def test_a_copy_is_a_plain_dict_that_tells_nothing(config, told):
    for copied in (config.copy(), copy.copy(config), copy.deepcopy(config), pickle.loads(pickle.dumps(config))):
        assert type(copied) is dict
        assert copied == config
        copied["lr"] = 2
    assert (config.lr, told) == (0.1, [])


@given(st.lists(st.dictionaries(st.text(max_size=2), st.integers()) | st.text(max_size=2)))
def test_what_is_told_adds_up_to_what_is_there(changes):
    follower = {}

    def follow(changed, removed):
        follower.update(changed)
        for name in removed:
            del follower[name]

    config = RunConfig({}, follow)
    for change in changes:
        if isinstance(change, dict):
            config.update(change)
        else:
            config.pop(change, None)
    assert follower == config


# ------------------------------------------------------------------------------------------------- what may be given


@dataclasses.dataclass
class Options:
    lr: float = 0.1


class WithAttributes:
    def __init__(self):
        self.lr, self._hidden = 0.1, 1


class WithToDict:
    def to_dict(self):
        return {"lr": 0.1}


@pytest.mark.parametrize(
    "given",
    [
        {"lr": 0.1},
        UserDict(lr=0.1),
        Options(),
        argparse.Namespace(lr=0.1),
        WithAttributes(),
        WithToDict(),
        [("lr", 0.1)],
    ],
)
def test_whatever_has_named_values_is_a_configuration(given):
    assert as_mapping(given) == {"lr": 0.1}


def test_no_configuration_is_an_empty_one():
    assert as_mapping(None) == {}


def test_names_become_text():
    assert as_mapping({3: 1, None: 2}) == {"3": 1, "None": 2}


@pytest.mark.parametrize("given", ["text", 3, [1, 2], ["ab"], [], Options, b"bytes"])
def test_what_has_no_named_values_is_refused_by_name(given):
    with pytest.raises(TypeError, match=rf"a configuration is .*; got {type(given).__name__}"):
        as_mapping(given)
