"""Arguments of edits: each is what it should be, or is refused by its name."""

from __future__ import annotations

import pytest

from trackio.errors import BadRequest
from trackiod import arguments


def test_text_is_taken_as_it_is_and_each_of_a_list_once():
    assert arguments.text({"name": " a "}, "name") == " a "
    assert arguments.text_or_null({"notes": ""}, "notes", 5) is None
    assert arguments.texts({"tags": ["b", "a", "b"]}, "tags") == ["b", "a"]
    assert arguments.colour({"colour": 0}) == 0


@pytest.mark.parametrize(
    ("check", "value", "why"),
    [
        (arguments.text, "\n", "x: must not be empty"),
        (arguments.text, "a" * 501, "x: is longer than 500 characters"),
        (arguments.text, "\ud800", "x: is not valid text"),
        (arguments.texts, "a", "x: must be a list of at most 100 texts"),
        (arguments.texts, ["a"] * 101, "x: must be a list of at most 100 texts"),
        (arguments.texts, [1], "x: must be text"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(check, value, why):
    with pytest.raises(BadRequest, match=why):
        check({"x": value}, "x")


@pytest.mark.parametrize("value", [True, -1, 1_000, 1.0, "1"])
def test_a_colour_is_a_slot_of_the_palette(value):
    with pytest.raises(BadRequest, match="colour: must be a slot of the palette, 0 to 999, or null"):
        arguments.colour({"colour": value})
