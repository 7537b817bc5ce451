from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackio.errors import BadRequest, NotFound
from trackio.wire import ConfigUpdate, Schema
from trackiod import comparison, roster
from trackiod import filter as language
from trackiod.roster import Order, Rosters
from trackiod.run import of_record
from trackiod.store import runs
from trackiod.tally import Tally

NOW = 10.0
FILTERS = (
    None,
    "config.lr > 0.15 and summary.loss != null",
    "not tags = a or rows > 3",
    "renamed",
    "last_activity > now-9s",
    'config."a.b" = 1 or config.a.b = 2',
)
SORTS = ((), ("config.lr",), ("-summary.loss.max", "name"), ("status", "-config.a.b", "tags"), ("-duration",))
FIELDS = (
    "name",
    "status",
    "slot",
    "colour",
    "tags",
    "rows",
    "last_activity",
    "config.lr",
    "summary.loss",
    "config.a.b",
)


def order(text, *sort):
    return Order(text, tuple((language.field(name.lstrip("-")), name.startswith("-")) for name in sort), NOW)


def worked_out(txn, asked):
    """What a roster answers, of records that were read just now."""
    found = [of_record(txn, run) for run in runs.of_project(txn, "p")]
    holds = (lambda _run: True) if asked.filter is None else language.parse(asked.filter, asked.now)
    found = [run for run in found if holds(run)]
    for field, falls in reversed(asked.sort):
        values = {run.id: field.read(run) for run in found}
        there = [run for run in found if values[run.id] is not None]
        there.sort(key=lambda run: comparison.order(values[run.id]), reverse=falls)
        found = there + [run for run in found if values[run.id] is None]
    return found


def tallied(txn):
    tally = Tally()
    for run in runs.of_project(txn, "p"):
        tally.add(run.id, b"", run.config)
    return tally.keys()


class Model:
    """A store that is changed at random, and one roster that is asked after each change."""

    def __init__(self, house, most_bytes):
        self.house, self.writers, self.rosters = house, [], Rosters(house.store, most_bytes)
        self.start(0)

    def start(self, number):
        writer = self.house.start(name=f"run {number}")
        self.writers.append(writer)

    def change(self, action, which, number):
        writer = self.writers[which % len(self.writers)]
        match action:
            case "start":
                self.start(number)
            case "log":
                self.house.log(writer, 1 + number % 3)
            case "attach":
                other, _ = self.house.attach(writer.run)
                self.house.put(other, Schema(0, ("loss",), "d"))
                self.writers.append(other)
            case "configure":
                values = ({"lr": number / 10}, {"a.b": 1}, {"a": {"b": number % 3}}, {"lr": "high"})[number % 4]
                self.house.put(writer, ConfigUpdate(10**9, values, ()))
            case "compact":
                self.house.compact(writer)
            case "finish":
                self.house.finish(writer)
            case _:
                self.edit(action, writer, number)

    def edit(self, action, writer, number):
        given_ = {
            "rename_run": {"name": f"renamed {number}"},
            "set_tags": {"tags": ["a", "b"][: number % 3]},
            "set_colour": {"colour": number},
            "move_run": {"project": "pq"[number % 2]},
        }
        self.house.edit(action, run=writer.run, **given_.get(action, {}))

    def check(self, text, sort):
        asked = order(text, *sort)
        fields = [language.field(name) for name in FIELDS]
        if self.house.project() is None:
            with pytest.raises(NotFound), self.rosters.of("p"):
                pass
            return
        with self.rosters.of("p") as (txn, held):
            expected = worked_out(txn, asked)
            ids = held.order(txn, asked)
            assert ids == [run.id for run in expected]
            assert held.whole(txn, ids) == expected
            columns = held.columns(txn, fields)
            assert [[column[run.id] for run in expected] for column in columns] == [
                [field.read(run) for run in expected] for field in fields
            ]
            assert held.config_keys(txn) == tallied(txn)


ACTIONS = st.sampled_from(
    "start log log attach configure configure compact finish rename_run set_tags set_colour move_run delete_run "
    "restore_run".split()
)
CHANGES = st.tuples(ACTIONS, st.integers(0, 9), st.integers(0, 9))


@settings(max_examples=25)
@given(
    st.lists(st.tuples(CHANGES, st.sampled_from(FILTERS), st.sampled_from(SORTS)), max_size=15),
    st.sampled_from((0, 3_000, roster.MOST_BYTES)),
)
def test_what_is_kept_answers_as_what_is_read_anew_whatever_was_changed(make_house, changes, most_bytes):
    with tempfile.TemporaryDirectory() as folder:
        house = make_house(Path(folder))
        model = Model(house, most_bytes)
        for change, text, sort in changes:
            with suppress(BadRequest, NotFound):  # a user would be told that it cannot be
                model.change(*change)
            model.check(text, sort)
            assert model.rosters.kept().bytes <= most_bytes
        house.close()


def test_values_are_read_once_until_their_run_changes(house, monkeypatch):
    first, second = house.start("first"), house.start("second")
    house.log(first, 2)
    read = []
    field = comparison.Field("probe", "any", lambda run: read.append(run.name) or run.rows, ("probe",))
    rosters = Rosters(house.store)

    def ask():
        with rosters.of("p") as (txn, held):
            return held.columns(txn, [field])[0]

    assert ask() == {second.run: 0, first.run: 2}
    assert ask() == {second.run: 0, first.run: 2}
    house.log(second, 1)
    assert ask() == {second.run: 1, first.run: 2}
    assert sorted(read) == ["first", "second", "second"]


def test_a_filter_that_is_wrong_is_refused_and_leaves_nothing(house):
    house.start()
    rosters = Rosters(house.store)
    for number in range(2 * roster._MOST_COLUMNS):
        with pytest.raises(BadRequest, match="expected a value"), rosters.of("p") as (txn, held):
            held.order(txn, order(f"config.key{number} <"))
    assert len(held._columns) <= roster._MOST_COLUMNS


def test_projects_that_were_not_asked_for_lately_are_forgotten_first(house):
    for project in ("old", "new"):
        for number in range(20):
            house.start(str(number), project=project)
    rosters = Rosters(house.store)
    for project in ("old", "new"):
        with rosters.of(project) as (txn, held):
            held.columns(txn, [language.field("name")])
    both = rosters.kept()
    assert (both.runs, both.values) == (40, 40)
    rosters = Rosters(house.store, both.bytes - 1)
    for project in ("old", "new"):
        with rosters.of(project) as (txn, held):
            held.columns(txn, [language.field("name")])
    assert rosters.kept().runs == 20
    assert list(rosters._held) == ["new"]
    with pytest.raises(NotFound), rosters.of("none"):
        pass
