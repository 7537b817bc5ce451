"""trackio/figures.py with the libraries themselves, where they are installed."""

from __future__ import annotations

import json

import numpy as np
import pytest

import trackio
from trackio import figures
from trackio.html import Html
from trackio.media import Image


@pytest.fixture
def plt(monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.setenv("MPLBACKEND", "agg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    yield pyplot
    pyplot.close("all")


def shown(figure):
    """The pixels that a figure is logged as."""
    image = figures.media(figure)
    assert isinstance(image, Image)
    return np.asarray(image._value)


def test_a_matplotlib_figure_and_pyplot_are_pictures_of_what_is_drawn(plt):
    figure = plt.figure(figsize=(2, 1), dpi=50, facecolor=(1, 0, 0))
    canvas = figure.canvas
    for given in (figure, plt):
        pixels = shown(given)
        assert (pixels.shape, pixels[0, 0].tolist()) == ((50, 100, 4), [255, 0, 0, 255])
    assert figure.canvas is canvas


def test_html_of_a_matplotlib_figure_holds_its_drawing(plt):
    plt.plot([1, 2])
    for given in (plt, plt.gcf()):
        assert figures.drawing(given)[1].startswith("<!doctype html><html><body><svg")
    assert isinstance(Html(plt), Html)


def test_an_animation_is_a_page_that_plays(plt):
    animation = pytest.importorskip("matplotlib.animation")
    figure, axes = plt.subplots(figsize=(1, 1), dpi=30)
    (line,) = axes.plot([0])
    made = animation.FuncAnimation(figure, lambda n: line.set_ydata([n]), frames=2, cache_frame_data=False)
    assert "<script" in figures.drawing(made)[1]
    assert isinstance(figures.media(made), Html)


def test_a_plotly_figure_is_its_json_and_the_script_of_its_own_library():
    graph_objects = pytest.importorskip("plotly.graph_objects")
    figure = graph_objects.Figure(graph_objects.Bar(y=[1, 2]))
    form, text, script = figures.drawing(figure)
    assert (form, json.loads(text)["data"][0]["type"]) == ("plotly", "bar")
    assert b"plotly.js" in script.read_bytes()[:500]
    assert isinstance(figures.media(figure), Html)


@pytest.mark.parametrize("value", [None, 1, "text", object(), [1]])
def test_anything_else_is_no_figure(value):
    assert figures.media(value) is None
    assert figures.drawing(value) is None


def test_figures_are_logged_as_they_are_wherever_they_stand(storing, stored, plt):
    figure = plt.figure(figsize=(1, 1), dpi=20)
    with trackio.init(project="p", name="n") as run:
        run.log({"plot": figure, "list": [figure, 1], "table": trackio.Table(["a"], [[figure]])})
    assert stored.runs()["n"].refused == {}


def test_what_is_no_figure_is_refused_by_name(storing, stored):
    with (
        trackio.init(project="p", name="n") as run,
        pytest.warns(UserWarning, match="builtins.object has no plain form"),
    ):
        run.log({"odd": object()})
    assert stored.runs()["n"].refused == {"value": 1}
