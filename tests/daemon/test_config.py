"""Arguments go before the environment, the environment before the defaults; a child reads what its parent did."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import BadRequest
from trackio.places import Places
from trackiod.config import (
    Config,
    Limits,
    Looks,
    add_arguments,
    as_they_are,
    from_arguments,
    limits,
    to_arguments,
    to_environment,
)


def parsed(*arguments):
    parser = ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(arguments)


@pytest.fixture
def read(places):
    """Read a configuration of the test's data folder from arguments and an environment."""
    return lambda *arguments, **environment: from_arguments(parsed("--data", str(places.data), *arguments), environment)


def test_nothing_needs_to_be_said(places):
    config = from_arguments(parsed(), {"TRACKIO_DIR": str(places.data)})
    cores = len(os.sched_getaffinity(0))
    assert config == Config(places, "127.0.0.1", None, (), web=True, encoders=max(1, cores // 4))


def test_the_environment_is_heeded(read):
    config = read(TRACKIO_HOST="::1", TRACKIO_PORT="0", TRACKIO_ALLOW_HOSTS="gpu7, ,gpu8", TRACKIO_ENCODERS="3")
    assert (config.host, config.port, config.allow_hosts, config.encoders) == ("::1", 0, ("gpu7", "gpu8"), 3)


def test_arguments_go_before_the_environment(read, places, tmp_path):
    arguments = ("--host", "::1", "--port", "81", "--allow-host", "a", "--allow-host", "b", "--no-web")
    config = read(
        *arguments, TRACKIO_DIR=str(tmp_path / "no"), TRACKIO_HOST="x", TRACKIO_PORT="80", TRACKIO_ALLOW_HOSTS="c"
    )
    assert config == Config(places, "::1", 81, ("a", "b"), web=False, encoders=config.encoders)
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("value", ["-1", "65536", "http", "8.0", "²"])
@pytest.mark.parametrize("source", ["--port", "TRACKIO_PORT"])
def test_a_port_that_is_none_is_refused_by_where_it_came_from(read, source, value):
    with pytest.raises(BadRequest, match=source):
        read(f"--port={value}") if source == "--port" else read(TRACKIO_PORT=value)


@pytest.mark.parametrize("value", ["0", "257", "many"])
def test_a_number_of_encoders_that_makes_no_sense_is_refused(read, value):
    with pytest.raises(BadRequest, match=f"TRACKIO_ENCODERS must be a whole number from 1 to 256, got '{value}'"):
        read(TRACKIO_ENCODERS=value)


def test_an_empty_variable_is_none(read):
    config = read(TRACKIO_HOST="", TRACKIO_PORT="", TRACKIO_ENCODERS="", TRACKIO_ALLOW_HOSTS="")
    assert config == read()


names = st.text("abcdefghijklmnopqrstuvwxyz.:-0123456789", min_size=1).filter(lambda name: not name.startswith("-"))


@given(names, st.none() | st.integers(0, 65535), st.lists(names).map(tuple))
def test_a_child_reads_what_its_parent_did(tmp_path_factory, host, port, hosts):
    data = tmp_path_factory.getbasetemp().resolve() / "child"
    (data / "runtime").mkdir(parents=True, exist_ok=True)
    config = Config(Places(data, data / "runtime"), host, port, hosts)
    child = from_arguments(parsed(*to_arguments(config)), {})
    assert replace(child, encoders=config.encoders) == config


def test_limits_are_off_until_they_are_set(read):
    assert not read().limits
    config = read(
        TRACKIO_KEEP_DAYS="30",
        TRACKIO_KEEP_RUNS="1000",
        TRACKIO_KEEP_PROJECT_RUNS="0",
        TRACKIO_KEEP_GIB="50",
        TRACKIO_KEEP_PROJECT_GIB="5",
        TRACKIO_KEEP_USER_RUNS="100",
        TRACKIO_KEEP_USER_GIB="9",
    )
    runs = {"runs": 1000, "project_runs": 0, "user_runs": 100}
    sizes = {"bytes": 50 * 2**30, "project_bytes": 5 * 2**30, "user_bytes": 9 * 2**30}
    assert config.limits == Limits(days=30, **runs, **sizes)
    assert limits(to_environment(config.limits)) == config.limits
    assert limits({"TRACKIO_KEEP_DAYS": "9"} | to_environment(Limits())) == Limits()


@pytest.mark.parametrize("value", ["-1", "1.5", "all"])
def test_a_limit_that_makes_no_sense_is_refused(read, value):
    with pytest.raises(BadRequest, match="TRACKIO_KEEP_DAYS must be a whole number"):
        read(TRACKIO_KEEP_DAYS=value)


def test_who_only_reads_makes_no_folders(tmp_path):
    places = as_they_are(parsed("--data", str(tmp_path / "copy")), {})
    assert places.store == tmp_path / "copy" / "store"
    assert not (tmp_path / "copy").exists()


def test_how_the_dashboard_draws_is_a_comma_list_each(read):
    assert read().looks == Looks()
    config = read(TRACKIO_PLOT_ORDER="train/reward, val/*,", TRACKIO_COLOR_PALETTE="#3f96ef,#A21724")
    assert config.looks == Looks(("train/reward", "val/*"), ("#3f96ef", "#A21724"))


@pytest.mark.parametrize("colour", ["red", "#fff", "3f96ef", "url(x)"])
def test_a_colour_that_is_none_is_refused_by_its_name(read, colour):
    with pytest.raises(BadRequest, match="TRACKIO_COLOR_PALETTE must be a comma list of colours as #3f96ef, got"):
        read(TRACKIO_COLOR_PALETTE=f"#3f96ef,{colour}")
