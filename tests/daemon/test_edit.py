"""Users change what they name, and nothing else; what cannot be done is said by the name of the argument."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackio.errors import BadRequest, NotFound
from trackiod import edit
from trackiod.live import Changes, RunChange
from trackiod.store import listing


@pytest.fixture
def filled(house):
    writer = house.start("first", run="r")
    house.log(writer, cat="text")
    return house


@pytest.mark.parametrize(
    ("action", "field", "value", "kept"),
    [
        ("rename_run", "name", "better", "better"),
        ("set_tags", "tags", ["a", "b", "a"], ["a", "b"]),
        ("set_tags", "tags", [], []),
        ("set_notes", "notes", "# Why\n", "# Why\n"),
        ("set_notes", "notes", "", None),
        ("set_group", "group", "g", "g"),
        ("set_group", "group", None, None),
        ("set_colour", "colour", 3, 3),
        ("set_colour", "colour", None, None),
    ],
)
def test_a_field_of_a_run_is_changed_and_told(filled, action, field, value, kept):
    answer, changes = filled.edit(action, run="r", **{field: value})
    assert getattr(filled.run("r"), field) == kept
    assert answer == {"run": "r", "project": "p", "name": filled.run("r").name, "slot": 0}
    assert changes.runs in ({"r": RunChange("p", state=True)}, {})
    assert filled.whole()


def test_what_is_so_already_is_told_to_nobody(filled):
    assert not filled.edit("set_notes", run="r", notes=None)[1]
    assert not filled.edit("move_run", run="r", project="p")[1]
    assert not filled.edit("restore_run", run="r")[1]


def test_a_move_is_told_to_both_projects(filled):
    answer, changes = filled.edit("move_run", run="r", project="q")
    assert answer["project"] == "q"
    assert changes.runs == {"r": RunChange("q", state=True, left={"p"})}
    assert filled.listed("q") == ["first"]


def test_a_deleted_run_can_be_restored_and_nothing_else(filled):
    answer, changes = filled.edit("delete_run", now=5_000, run="r")
    assert answer == {"run": "r", "restorable_until": 5 + edit.KEPT_SECONDS}
    assert changes.runs == {"r": RunChange(None, left={"p"})}
    assert filled.edit("delete_run", now=9_000, run="r")[0] == answer
    with pytest.raises(NotFound, match="was deleted; restore it first"):
        filled.edit("rename_run", run="r", name="x")
    _, changes = filled.edit("restore_run", run="r")
    assert changes.runs == {"r": RunChange("p", state=True)}
    assert filled.listed() == ["first"]


def test_a_project_is_renamed_with_its_runs_slots_and_age(filled):
    filled.start("second")
    created, slots = filled.project().created, filled.project().slots
    answer, changes = filled.edit("rename_project", project="p", name="q")
    assert (answer, changes.projects) == ({"done": True}, True)
    assert changes.runs["r"] == RunChange("q", state=True, left={"p"})
    assert (filled.project("p"), filled.listed("q")) == (None, ["second", "first"])
    assert (filled.project("q").created, filled.project("q").slots) == (created, slots)
    assert filled.whole()


def test_a_project_without_runs_is_renamed_and_deleted_too(filled):
    filled.edit("move_run", run="r", project="q")
    assert filled.edit("rename_project", project="p", name="o")[1].projects
    assert (filled.project("p"), filled.project("o").runs) == (None, 0)
    assert filled.edit("delete_project", project="o")[0] == {"done": True}
    assert filled.project("o") is None
    assert filled.whole()


def test_a_large_project_goes_on_in_slices_and_bears_no_other_edit_meanwhile(filled, monkeypatch):
    monkeypatch.setattr(listing, "SLICE", 1)
    filled.start("second")
    assert filled.edit("delete_project", project="p")[0] == {"done": False}
    for action, more in (("delete_project", {}), ("rename_project", {"name": "q"})):
        with pytest.raises(BadRequest, match="project: 'p' is being renamed or deleted"):
            filled.edit(action, project="p", **more)
    changes = Changes()
    with filled.store.write() as txn:
        assert edit.leave(txn, "p", changes) is False
    assert changes.projects
    assert len(changes.runs) == 1
    assert filled.project() is None


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"action": "dance", "run": "r"}, BadRequest, "action: 'dance' is none of rename_run,"),
        ({"action": None}, BadRequest, "action: None"),
        ({"action": ["delete_run"]}, BadRequest, "action: "),
        ({}, BadRequest, "action: "),
        ({"action": "rename_run", "run": "r"}, BadRequest, "name: is missing"),
        ({"action": "delete_run"}, BadRequest, "run: is missing"),
        ({"action": "set_colour", "run": "r", "color": 1, "colour": 1}, BadRequest, "color: set_colour has none"),
        ({"action": "rename_run", "run": "r", "name": 3}, BadRequest, "name: must be text"),
        ({"action": "rename_run", "run": "r", "name": "  "}, BadRequest, "name: must not be empty"),
        ({"action": "rename_run", "run": "r", "name": "x" * 501}, BadRequest, "name: is longer than 500"),
        ({"action": "rename_run", "run": "r", "name": "\ud800"}, BadRequest, "name: is not valid text"),
        ({"action": "rename_run", "run": ["r"], "name": "x"}, BadRequest, "run: must be text"),
        ({"action": "set_tags", "run": "r", "tags": "a"}, BadRequest, "tags: must be a list"),
        ({"action": "set_tags", "run": "r", "tags": [3]}, BadRequest, "tags: must be text"),
        ({"action": "set_tags", "run": "r", "tags": ["a"] * 101}, BadRequest, "tags: must be a list of at most 100"),
        ({"action": "set_colour", "run": "r", "colour": True}, BadRequest, "colour: must be a slot"),
        ({"action": "set_colour", "run": "r", "colour": -1}, BadRequest, "colour: must be a slot"),
        ({"action": "set_notes", "run": "r", "notes": 3}, BadRequest, "notes: must be text"),
        ({"action": "delete_run", "run": "none"}, NotFound, "run 'none': there is no such run"),
        ({"action": "restore_run", "run": ""}, NotFound, "run '': there is no such run"),
        ({"action": "move_run", "run": "r", "project": ""}, BadRequest, "project: must not be empty"),
        ({"action": "delete_project", "project": "none"}, NotFound, "project 'none': there is no such project"),
        ({"action": "rename_project", "project": "p", "name": "p"}, BadRequest, "there is a project 'p' already"),
    ],
)
def test_what_cannot_be_done_names_what_is_wrong_and_changes_nothing(filled, asked, error, says):
    before = filled.records()
    with pytest.raises(error) as caught, filled.store.write() as txn:
        edit.edit(txn, asked, 5_000, Changes())
    assert says in str(caught.value)
    assert filled.records() == before


values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=4)


@given(st.data())
def test_no_arguments_do_more_than_be_refused(tmp_path_factory, data):
    action = data.draw(st.sampled_from([*edit.ACTIONS, ""]))
    fields = st.fixed_dictionaries(dict.fromkeys(edit.ACTIONS.get(action, ()), values))
    given_ = data.draw(fields) | data.draw(st.dictionaries(st.text(max_size=4), values, max_size=1))

    class Untouchable:
        def get(self, _key):
            return None

    with pytest.raises((BadRequest, NotFound)):
        edit.edit(Untouchable(), {"action": action, **given_}, 0, Changes())
