"""Runs go by another name, to another project, out of sight and back, with what they own and what still comes."""

from __future__ import annotations

import pytest

from trackiod.store import listing, runs


def act(house, function, run, *arguments):
    with house.store.write() as txn:
        return function(txn, runs.run(txn, run), *arguments)


def test_a_renamed_run_is_found_by_its_new_name_alone(house):
    writer = house.start("first")
    house.log(writer)
    act(house, listing.rename, writer.run, "better")
    assert house.read(runs.find, "p", "better") == (writer.run, 3)
    assert house.read(runs.find, "p", "first") is None
    assert house.whole()


def test_a_deleted_run_is_out_of_everything_that_is_listed_and_counted(house):
    stays, goes = house.start("stays"), house.start("goes")
    for writer in (stays, goes):
        house.log(writer, cat="text")
    act(house, listing.hide, goes.run, 5_000)
    assert house.listed() == ["stays"]
    assert (house.project().runs, house.read(runs.running_ids, "p")) == (1, [stays.run])
    assert house.names() == {("loss", "scalar"): 1, ("cat", "value"): 1}
    assert house.read(runs.find, "p", "goes") is None
    assert house.read(runs.visible, goes.run) is None
    assert [run.id for run in house.read(lambda txn: list(runs.deleted(txn)))] == [goes.run]
    assert house.whole()


def test_a_restored_run_is_what_it_was(house):
    writer = house.start("first")
    house.log(writer, cat="text")
    before = house.run(writer.run), house.project(), house.names(), house.records()
    act(house, listing.hide, writer.run, 5_000)
    act(house, listing.show, writer.run)
    assert (house.run(writer.run), house.project(), house.names(), house.records()) == before
    assert act(house, listing.show, writer.run) == before[0]


def test_what_a_deleted_run_still_logs_comes_back_with_it(house):
    writer = house.start("first")
    act(house, listing.hide, writer.run, 5_000)
    house.log(writer, 4, cat="text")
    house.compact(writer)
    house.finish(writer)
    assert house.names() == {}
    assert house.whole()
    act(house, listing.show, writer.run)
    assert house.names() == {("loss", "scalar"): 1, ("cat", "value"): 1}
    assert (house.run(writer.run).status, house.read(runs.find, "p", "first")) == ("finished", (writer.run, 5))
    assert house.whole()


def test_a_run_that_is_begun_again_while_it_is_deleted_is_restored(house):
    writer = house.start("first", run="mine")
    act(house, listing.hide, "mine", 5_000)
    assert house.attach("mine")[1].rows == 0
    assert house.listed() == []
    house.start("first", run="mine", resume="must")
    assert (house.listed(), house.run("mine").deleted) == (["first"], None)
    house.log(writer)
    assert house.whole()


def test_a_restored_run_whose_slot_was_taken_gets_the_next(house):
    writer = house.start("first")
    act(house, listing.hide, writer.run, 5_000)
    other = house.start("other", project="q")
    act(house, listing.move, other.run, "p")
    assert house.run(other.run).slot == 0
    act(house, listing.show, writer.run)
    assert (house.run(writer.run).slot, house.project().slots) == (1, 2)
    assert house.whole()


def test_a_moved_run_takes_its_names_along_and_its_writers_find_it(house):
    house.start("old", project="q")
    writer = house.start("first", run="mine")
    house.log(writer)
    act(house, listing.move, "mine", "q")
    assert (house.listed("p"), house.listed("q")) == ([], ["first", "old"])
    assert (house.names("p"), house.names("q")) == ({}, {("loss", "scalar"): 2})
    house.log(writer, cat="text")
    joined, _ = house.attach("mine", project="p")
    house.put(joined)
    assert house.run("mine").members == 2
    assert house.names("q")["cat", "value"] == 1
    # By name or id it is resumed where it is now, and another run of that id in its first project is none of its.
    assert house.start("first", project="q", run="mine", resume="must")
    assert (len(house.listed("q")), house.project("p").runs) == (2, 0)
    assert house.whole()


def test_a_moved_run_does_not_take_the_place_of_one_with_the_same_id(house):
    for project in ("p", "q"):
        house.start(project, project=project, run="mine")
    moved = house.read(runs.resolve, "mine", "p").id
    act(house, listing.move, moved, "q")
    assert house.read(runs.resolve, "mine", "q").name == "q"
    assert house.read(runs.resolve, "mine", "p").name == "p"
    assert house.whole()


@pytest.mark.parametrize("successor", [None, "new"])
def test_a_project_ends_in_slices_that_stop_anywhere(house, monkeypatch, successor):
    monkeypatch.setattr(listing, "SLICE", 4)
    for number in range(5):
        house.log(house.start(f"run {number}"), cat="text")
    with house.store.write() as txn:
        listing.leave(txn, runs.project(txn, "p"), 7_000, successor)
    late = house.start("late")
    slices, more = 0, True
    while more:
        with house.store.write() as txn:
            taken, more = listing.leaving(txn, "p")
        assert len(taken) <= 2
        assert house.whole()
        house.crash()
        slices += 1
    assert slices == 3
    assert house.listed() == ["late"]
    assert house.project().leaving == 0
    if successor:
        assert house.listed("new") == [f"run {number}" for number in (4, 3, 2, 1, 0)]
    else:
        assert {run.deleted for run in house.read(lambda txn: list(runs.deleted(txn)))} == {7_000}
    house.log(late)
    assert house.whole()


def test_a_project_that_nobody_is_left_in_goes(house):
    house.start("first")
    with house.store.write() as txn:
        listing.leave(txn, runs.project(txn, "p"), 7_000)
        listing.leaving(txn, "p")
    assert house.project() is None
    assert house.whole()


def test_a_run_that_is_moved_into_a_project_that_is_being_deleted_stays(house):
    house.start("first")
    other = house.start("other", project="q")
    with house.store.write() as txn:
        listing.leave(txn, runs.project(txn, "p"), 7_000)
    act(house, listing.move, other.run, "p")
    with house.store.write() as txn:
        assert listing.leaving(txn, "p")[1] is False
    assert house.listed() == ["other"]
    assert house.whole()
