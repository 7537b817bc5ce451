"""trackio/html.py: pages are read when they are made, and a figure's library is filed once."""

from __future__ import annotations

import io
import json
import sys
import types

import pytest

from trackio import html
from trackio.html import Html


@pytest.fixture
def filed(tmp_path):
    """Takes files as a journal does: by number, with their bytes, some only once."""
    files, held = {}, {}

    def file(fill, once=None):
        if once is not None and once in held:
            return held[once]
        name = f"{len(files):032x}"
        fill(tmp_path / name)
        files[name] = (tmp_path / name).read_bytes()
        return held.setdefault(once, name) if once is not None else name

    file.files = files
    return file


def logged(page, filed):
    found = page._describe(filed)
    return found, filed.files[found["id"]].decode()


@pytest.fixture
def plotly(monkeypatch, tmp_path):
    """What is known of plotly without it: its figures' class, and the script beside its code."""
    script = tmp_path / "plotly" / "package_data" / "plotly.min.js"
    script.parent.mkdir(parents=True)
    script.write_text("/* draws */")

    class BaseFigure:
        def to_json(self):
            return '{"data": []}'

    monkeypatch.setitem(sys.modules, "plotly", types.SimpleNamespace(__file__=str(tmp_path / "plotly" / "__init__.py")))
    monkeypatch.setitem(sys.modules, "plotly.basedatatypes", types.SimpleNamespace(BaseFigure=BaseFigure))
    return types.SimpleNamespace(figure=BaseFigure(), script=script)


def test_a_part_of_a_page_gets_a_plain_style_around_it(filed):
    found, text = logged(Html("<b>ü</b>", caption="a report"), filed)
    assert (found["_type"], found["format"], found["caption"]) == ("trackio.html", "html", "a report")
    assert found["bytes"] == len(text.encode())
    assert text.startswith('<!doctype html><html><head><meta charset="utf-8"><style>')
    assert text.endswith("<body><b>ü</b></body></html>")


@pytest.mark.parametrize("text", ["<!DOCTYPE html><p>x", "\n <HTML><body>x"])
def test_a_whole_page_stays_as_it_is(filed, text):
    assert logged(Html(text), filed)[1] == text
    assert logged(Html("<b>x</b>", inject=False), filed)[1] == "<b>x</b>"


def test_files_and_what_can_be_read_are_pages(filed, tmp_path):
    (tmp_path / "a.html").write_text("<html>a</html>")
    for given in (
        tmp_path / "a.html",
        str(tmp_path / "a.html"),
        io.StringIO("<html>a</html>"),
        io.BytesIO(b"<html>a</html>"),
    ):
        assert logged(Html(given), filed)[1] == "<html>a</html>"
    text = str(tmp_path / "a.html")
    assert logged(Html(text, data_is_not_path=True, inject=False), filed)[1] == text
    read = io.StringIO("<html>b</html>")
    read.read()
    assert logged(Html(read), filed)[1] == "<html>b</html>"


@pytest.mark.parametrize("text", ["gone.html", "a\0b.html", "x" * 5_000 + ".html", "~nobody-at-all/x.html"])
def test_text_that_names_no_file_is_text(filed, text):
    assert logged(Html(text, inject=False), filed)[1] == text


def test_what_is_no_text_is_shown_as_what_stands_for_it(filed):
    assert logged(Html("\ud800", inject=False), filed)[1] == "?"
    assert "�" in logged(Html(io.BytesIO(b"\xff")), filed)[1]


@pytest.mark.parametrize("given", [7, None, ["<b>"], b"<b>"])
def test_anything_else_is_refused_by_name(given):
    with pytest.raises(ValueError, match=f"got {type(given).__name__}"):
        Html(given)


def test_a_path_without_a_file_and_too_much_are_refused(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="there is no file"):
        Html(tmp_path / "gone.html")
    monkeypatch.setattr(html, "MAX_BYTES", 10)
    (tmp_path / "a.html").write_text("x" * 11)
    for given in (tmp_path / "a.html", "x" * 11):
        with pytest.raises(ValueError, match="at most 10"):
            Html(given, inject=False)


def test_a_figure_is_its_data_and_its_library_is_filed_once(filed, plotly):
    found = [Html(plotly.figure)._describe(filed) for _ in range(1_000)]
    assert (found[0]["format"], found[0]["library"]["_type"]) == ("plotly", "trackio.library")
    assert len({each["library"]["id"] for each in found}) == 1
    assert len(filed.files) == 1_001
    assert json.loads(filed.files[found[7]["id"]]) == {"data": []}
    assert filed.files[found[7]["library"]["id"]] == b"/* draws */"


def test_a_figure_without_the_script_that_draws_it_is_refused(plotly):
    plotly.script.unlink()
    with pytest.raises(ValueError, match=r"plotly.min.js, which draws its figures"):
        Html(plotly.figure)
