"""Views, filters and links are saved with their project for all, move and go with it, and can be remade."""

from __future__ import annotations

import pytest

from trackio.errors import BadRequest, NotFound
from trackiod import edit_views, views


@pytest.fixture
def filled(house):
    house.start("first", run="r")
    return house


def save(house, name="mine", query="?smoothing=0.5", kind="view", view=None, **more):
    answer, changes = house.edit("save_view", project="p", view=view, kind=kind, name=name, query=query, **more)
    assert changes.shared == {"p"}
    return answer["view"]


def shared(house, project="p"):
    return house.read(views.shared, project)


def test_a_view_is_saved_found_by_its_id_overwritten_and_deleted(filled):
    made = save(filled, now=5_000)
    (view,) = shared(filled).views
    assert view == views.View(made, "p", "view", "mine", "?smoothing=0.5", 5.0, 5.0)
    assert filled.read(views.find, made) == view
    assert save(filled, "better", "?x_axis=time", view=made, now=7_000) == made
    (view,) = shared(filled).views
    assert (view.name, view.query, view.created, view.changed) == ("better", "?x_axis=time", 5.0, 7.0)
    filled.edit("delete_view", project="p", view=made)
    assert shared(filled).views == []
    assert save(filled, view=made) == made
    assert filled.whole()


def test_two_views_of_the_same_query_are_two_and_two_links_are_one(filled):
    assert save(filled, "one") != save(filled, "two")
    assert save(filled, kind="link", name="") == save(filled, kind="link", name="unseen")
    assert sorted(view.name for view in shared(filled).views) == ["one", "two"]


def test_the_first_view_shown_is_one_that_is_there(filled):
    made = save(filled)
    filled.edit("set_default_view", project="p", view=made)
    assert shared(filled).default_view == made
    filled.edit("delete_view", project="p", view=made)
    assert shared(filled).default_view is None
    save(filled, view=made)
    assert shared(filled).default_view == made
    filled.edit("set_default_view", project="p", view=None)
    assert shared(filled).default_view is None


def test_keys_that_comparisons_leave_out_are_kept_in_order_and_once(filled):
    filled.edit("set_ignored", project="p", keys=["*_dir", "seed", "*_dir"])
    assert shared(filled).ignored == ["*_dir", "seed"]


def test_a_project_that_is_renamed_takes_along_what_is_saved_with_it(filled):
    made, link = save(filled), save(filled, kind="link")
    filled.edit("set_default_view", project="p", view=made)
    filled.edit("set_ignored", project="p", keys=["seed"])
    filled.edit("rename_project", project="p", name="q")
    found = shared(filled, "q")
    assert ([view.id for view in found.views], found.default_view, found.ignored) == ([made], made, ["seed"])
    assert filled.read(views.find, link).project == "q"
    assert filled.whole()


def test_a_project_that_is_deleted_leaves_no_views_behind(filled):
    made = save(filled)
    filled.edit("delete_project", project="p")
    with pytest.raises(NotFound, match=f"view '{made}': there is no such view"):
        filled.read(views.find, made)
    with pytest.raises(NotFound, match="there is no such project"):
        shared(filled)
    assert filled.whole()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"kind": "page"}, "kind: 'page' is none of view, filter, link"),
        ({"kind": None}, "kind: None is none of"),
        ({"name": " "}, "name: must not be empty"),
        ({"query": None}, "query: must be text"),
        ({"query": "x" * 20_001}, "query: is longer than 20000 characters"),
        ({"view": "../etc"}, "view: must be 12 hex digits"),
        ({"view": 7}, "view: must be text"),
    ],
)
def test_what_cannot_be_saved_is_said_by_the_name_of_the_argument(filled, wrong, why):
    asked = {"project": "p", "view": None, "kind": "view", "name": "n", "query": ""} | wrong
    with pytest.raises(BadRequest, match=why):
        filled.edit("save_view", **asked)


def test_a_view_is_not_overwritten_by_a_filter_or_from_another_project(filled):
    made = save(filled)
    filled.start("other", project="q", run="o")
    with pytest.raises(BadRequest, match=f"view: {made} is another one"):
        save(filled, kind="filter", view=made)
    with pytest.raises(BadRequest, match="is another one"):
        filled.edit("save_view", project="q", view=made, kind="view", name="n", query="")
    with pytest.raises(NotFound, match="project 'q' has no such view"):
        filled.edit("delete_view", project="q", view=made)


def test_views_have_a_limit_and_the_oldest_link_makes_room(filled, monkeypatch):
    monkeypatch.setattr(edit_views, "MAX_VIEWS", 2)
    monkeypatch.setattr(edit_views, "MAX_LINKS", 2)
    links = [save(filled, kind="link", query=f"?{at}", now=at) for at in range(3)]
    with pytest.raises(NotFound):
        filled.read(views.find, links[0])
    assert filled.read(views.find, links[2]).query == "?2"
    first = save(filled, "one")
    save(filled, "two", kind="filter")
    with pytest.raises(BadRequest, match="has 2 views and filters already"):
        save(filled, "three")
    save(filled, "one again", view=first)
    assert filled.whole()


@pytest.mark.parametrize("query", ["", "?", "?filter=a b&x=%2C", "käse \0 🧀", "x" * 20_000])
def test_any_query_comes_back_as_it_was(filled, query):
    made = save(filled, query=query)
    assert filled.read(views.find, made).query == query


def test_the_last_run_that_named_an_order_of_charts_gives_it_to_its_project(filled):
    filled.start("second", plot_order=("loss",))
    filled.start("third")
    assert shared(filled).plot_order == ["loss"]
    filled.start("fourth", plot_order=("val/*", "loss"))
    assert shared(filled).plot_order == ["val/*", "loss"]
    filled.edit("rename_project", project="p", name="q")
    assert shared(filled, "q").plot_order == ["val/*", "loss"]
