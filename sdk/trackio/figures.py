"""The figures of other libraries, known by their classes; nothing is imported that the caller has not."""

from __future__ import annotations

import io
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def drawing(value: Any) -> tuple[str, str, Path | None] | None:
    """Return a figure as `(format, text, library)` of a page, None for anything else.

    A plotly figure is its JSON ("plotly") and the script of the library that draws it; a matplotlib figure or pyplot
    is a page with an SVG in it, an animation one with its frames and a player.
    """
    if _is(value, "plotly.basedatatypes", "BaseFigure"):
        return "plotly", value.to_json(), _plotly_script()
    if _is(value, "matplotlib.animation", "Animation"):
        return "html", value.to_jshtml(), None
    figure = _matplotlib(value)
    if figure is None:
        return None
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight")
    svg = buffer.getvalue()
    return "html", f"<!doctype html><html><body>{svg[svg.index('<svg') :]}</body></html>", None


def media(value: Any) -> Any:
    """Return what a figure is logged as, None for anything else.

    A matplotlib figure, or pyplot's current one, becomes an Image of its pixels, drawn here and encoded elsewhere;
    plotly figures and animations become Html.
    """
    from trackio.html import Html  # noqa: PLC0415 -- it asks us what a figure is
    from trackio.media import Image  # noqa: PLC0415 -- for those who log one

    figure = _matplotlib(value)
    if figure is not None:
        return Image(_pixels(figure))
    if _is(value, "plotly.basedatatypes", "BaseFigure") or _is(value, "matplotlib.animation", "Animation"):
        return Html(value)
    return None


def _matplotlib(value: Any) -> Any:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and value is pyplot:
        return pyplot.gcf()
    return value if _is(value, "matplotlib.figure", "Figure") else None


def _pixels(figure: Any) -> Any:
    """Return a figure's pixels (height, width, 4); its canvas, which may be a window, stays as it is."""
    import numpy as np  # noqa: PLC0415 -- whoever has matplotlib has numpy

    agg = import_module("matplotlib.backends.backend_agg")
    before = figure.canvas
    try:
        canvas = agg.FigureCanvasAgg(figure)
        canvas.draw()
        return np.array(canvas.buffer_rgba())
    finally:
        figure.set_canvas(before)


def _plotly_script() -> Path:
    plotly = sys.modules["plotly"]
    script = Path(str(plotly.__file__)).parent / "package_data" / "plotly.min.js"
    if not script.is_file():
        raise ValueError(f"plotly has no {script}, which draws its figures")
    return script


def _is(value: Any, module: str, name: str) -> bool:
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(value, kind)
