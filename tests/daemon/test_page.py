from __future__ import annotations

import pytest

from trackio.errors import ProtocolError
from trackiod import page


@pytest.fixture
def file(tmp_path):
    def make(content):
        path = tmp_path / "file"
        path.write_bytes(content)
        return path

    return make


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<p>plain</p>", False),
        (b"<SCRIPT>x</SCRIPT>", True),
        (b'<img src=x\nonerror = "x">', True),
        (b"<a href=JavaScript:x>", True),
        (b"the word one=1 and description", False),
        ("ü".encode(), False),
        (b"", False),
    ],
)
def test_a_page_tells_whether_it_may_hold_scripts(file, content, found):
    assert page.scripts(file(content)) is found


def test_what_is_no_text_or_too_much_of_it_is_refused(file, monkeypatch):
    with pytest.raises(ProtocolError, match="a page is UTF-8"):
        page.scripts(file(b"\xff"))
    monkeypatch.setattr(page, "MAX_BYTES", 3)
    for check in (page.scripts, page.figure):
        with pytest.raises(ProtocolError, match="of 4 bytes; at most 3"):
            check(file(b"1234"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "a figure is JSON"),
        (b"[" * 100_000, "a figure is JSON"),
        (b"[]", "has data"),
        (b'{"data": 1}', "has data"),
    ],
)
def test_a_figure_that_is_none_says_why(file, content, says):
    with pytest.raises(ProtocolError, match=says):
        page.figure(file(content))


def test_figures_and_scripts_that_can_stand_in_a_page_pass(file):
    page.figure(file(b'{"data": [], "layout": {}}'))
    page.library(file(b"let a = '<script>'"))
    with pytest.raises(ProtocolError, match="its own end"):
        page.library(file(b"'</SCRIPT >'"))
