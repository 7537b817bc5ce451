from __future__ import annotations

import pytest

from trackio.errors import BadRequest
from trackiod.pattern import MAX_PATTERN, MAX_TEXT, Pattern


def test_an_expression_is_found_anywhere_in_the_text():
    assert Pattern("b+").search("abba")
    assert not Pattern("^b").search("abba")


@pytest.mark.parametrize("text", ["(", "[a", "a{2,1}", "(?P<x>a)(?P<x", "*"])
def test_what_is_no_expression_is_refused_with_the_reason(text):
    with pytest.raises(BadRequest, match="expression is expected"):
        Pattern(text)


def test_the_expression_and_the_text_have_a_limit():
    with pytest.raises(BadRequest, match=str(MAX_PATTERN)):
        Pattern("a" * (MAX_PATTERN + 1))
    assert not Pattern("b").search("a" * MAX_TEXT + "b")


ENDLESS = "(a|aa)+$"


def test_an_expression_that_backtracks_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr("trackiod.pattern.MAX_SECONDS", 0.05)
    endless = Pattern(ENDLESS)
    with pytest.raises(BadRequest, match="takes more than"):
        endless.search("a" * 80 + "b")


def test_all_searches_of_an_expression_share_its_time(monkeypatch):
    monkeypatch.setattr("trackiod.pattern.MAX_SECONDS", 0.02)
    pattern = Pattern(ENDLESS)
    with pytest.raises(BadRequest):
        any(pattern.search("a" * 12 + "b") for _ in range(100_000))
