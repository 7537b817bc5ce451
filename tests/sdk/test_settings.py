"""trackio/settings.py: arguments over environment over defaults, and unusable values refused by name."""

from __future__ import annotations

import pytest

from trackio.settings import Settings

NUMBERS = [name for name in Settings._fields if name not in {"mode", "distributed", "plot_order"}]


def variable(name):
    return f"TRACKIO_{name.upper()}"


def test_without_an_environment_the_defaults_hold():
    assert Settings.read({}) == Settings()
    assert Settings().mode == "online"
    assert Settings().memory_bytes == 64 * 2**20


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_has_a_variable_of_its_name(name):
    found = Settings.read({variable(name): "8192"})
    assert found == Settings()._replace(**{name: 8192})
    assert type(getattr(found, name)) is type(getattr(Settings(), name))


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("text", ["many", "-1", "nan", "inf", "1e30", "0x10"])
def test_an_unusable_number_is_refused_with_the_variable_and_what_it_held(name, text):
    with pytest.raises(ValueError, match=rf"{variable(name)} must be a number of at least .*; got '{text}'"):
        Settings.read({variable(name): text})


def test_an_empty_variable_is_none_at_all():
    assert Settings.read({variable(name): "" for name in [*NUMBERS, "mode", "distributed"]}) == Settings()


@pytest.mark.parametrize(("name", "least"), [("segment_bytes", 4096), ("memory_bytes", 0), ("finish_seconds", 0)])
def test_the_least_value_is_accepted_and_nothing_below(name, least):
    assert getattr(Settings.read({variable(name): str(least)}), name) == least
    with pytest.raises(ValueError, match=variable(name)):
        Settings.read({variable(name): str(least - 1)})


def test_bytes_are_whole_and_seconds_need_not_be():
    found = Settings.read({"TRACKIO_MEDIA_BYTES": "1e6", "TRACKIO_FINISH_SECONDS": "0.25"})
    assert (found.media_bytes, found.finish_seconds) == (1_000_000, 0.25)


@pytest.mark.parametrize("mode", ["online", "offline", "disabled"])
def test_the_mode_is_the_argument_or_else_the_variable(mode):
    assert Settings.read({"TRACKIO_MODE": mode}).mode == mode
    assert Settings.read({"TRACKIO_MODE": "offline"}, mode).mode == mode
    assert Settings.read({"TRACKIO_MODE": "dryrun"}, mode).mode == mode


def test_an_unknown_mode_is_refused_by_name():
    with pytest.raises(ValueError, match=r"^mode must be one of online, offline, disabled; got 'dryrun'"):
        Settings.read({}, "dryrun")
    with pytest.raises(ValueError, match=r"^TRACKIO_MODE must be one of online, offline, disabled; got 'dryrun'"):
        Settings.read({"TRACKIO_MODE": "dryrun"})


def test_settings_do_not_change():
    with pytest.raises(AttributeError):
        Settings().mode = "offline"


def test_the_order_of_charts_is_a_comma_list():
    assert Settings.read({"TRACKIO_PLOT_ORDER": "train/reward, val/*,,"}).plot_order == ("train/reward", "val/*")
    assert len(Settings.read({"TRACKIO_PLOT_ORDER": "a," * 500}).plot_order) == 100


@pytest.mark.parametrize("how", ["auto", "rank0", "separate"])
def test_what_ranks_make_is_the_argument_or_else_the_variable(how):
    assert Settings.read({"TRACKIO_DISTRIBUTED": how}).distributed == how
    assert Settings.read({"TRACKIO_DISTRIBUTED": "rank0"}, distributed=how).distributed == how


def test_an_unknown_way_of_ranks_is_refused_with_where_it_was_said():
    with pytest.raises(ValueError, match="TRACKIO_DISTRIBUTED must be one of auto, rank0, separate; got 'all'"):
        Settings.read({"TRACKIO_DISTRIBUTED": "all"})
    with pytest.raises(ValueError, match="distributed must be one of auto, rank0, separate; got 'none'"):
        Settings.read({}, distributed="none")
