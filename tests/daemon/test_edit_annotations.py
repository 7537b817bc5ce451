"""What is written at steps of a project's charts is kept with it for all, changed, taken away and brought back."""

from __future__ import annotations

import pytest

from trackio.errors import BadRequest, NotFound
from trackiod import edit_annotations, views


@pytest.fixture
def filled(house):
    house.start("first", run="r")
    return house


def annotate(house, text="warmup ends", first=10, last=10, metric=None, annotation=None, **more):
    given = {"text": text, "first": first, "last": last, "metric": metric, "annotation": annotation}
    answer, changes = house.edit("annotate", project="p", **given, **more)
    assert changes.shared == {"p"}
    return answer["annotation"]


def annotations(house, project="p"):
    return house.read(views.shared, project).annotations


def test_what_is_written_is_listed_by_step_changed_and_taken_away(filled):
    late = annotate(filled, "diverges", 90, 120, "loss", now=5_000)
    early = annotate(filled, now=5_000)
    assert [each.id for each in annotations(filled)] == [early, late]
    assert annotate(filled, "it diverged", 80, 80, annotation=late, now=9_000) == late
    (_, changed) = annotations(filled)
    assert changed == views.Annotation(late, None, 80, 80, "it diverged", 5.0)
    answer, changes = filled.edit("delete_annotation", project="p", annotation=late)
    assert (answer["annotation"], changes.shared) == (late, {"p"})
    assert [each.id for each in annotations(filled)] == [early]
    assert annotate(filled, "diverges", 90, 120, "loss", annotation=late) == late
    assert filled.whole()


def test_they_go_with_their_project(filled):
    annotate(filled)
    filled.edit("rename_project", project="p", name="q")
    assert [each.text for each in annotations(filled, "q")] == ["warmup ends"]


def test_the_same_written_twice_is_two(filled):
    assert annotate(filled) != annotate(filled)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"first": 1.5}, "first: must be a step"),
        ({"first": True}, "first: must be a step"),
        ({"last": 2**63}, "last: must be a step"),
        ({"last": 9}, "last: must not be before first"),
        ({"text": " "}, "text: must not be empty"),
        ({"text": "x" * 1_001}, "text: is longer"),
        ({"metric": 3}, "metric: must be text"),
        ({"annotation": "x"}, "annotation: must be 12 hex digits"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(filled, wrong, says):
    with pytest.raises(BadRequest, match=says):
        annotate(filled, **wrong)


def test_one_that_is_not_there_cannot_be_taken_away_and_there_is_a_limit(filled, monkeypatch):
    with pytest.raises(NotFound, match="no such annotation"):
        filled.edit("delete_annotation", project="p", annotation="0" * 12)
    monkeypatch.setattr(edit_annotations, "MAX_ANNOTATIONS", 1)
    made = annotate(filled)
    with pytest.raises(BadRequest, match="has 1 annotations already"):
        annotate(filled, "another")
    assert annotate(filled, "changed", annotation=made) == made
