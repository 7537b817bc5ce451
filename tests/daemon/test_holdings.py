from __future__ import annotations

import pytest

from trackio.wire import Row
from trackiod.holdings import Holdings, read
from trackiod.run import of_record
from trackiod.store import runs


@pytest.fixture
def refresh(house):
    held = Holdings("p")

    def take():
        with house.store.read() as txn:
            return held, held.refresh(txn)

    return take


def test_what_a_commit_changed_is_told_once(house, refresh):
    one, other = house.start("one"), house.start("other")
    assert refresh()[1] == {one.run, other.run}
    assert refresh()[1] == set()
    house.log(one, 2)
    assert refresh()[1] == {one.run}
    house.compact(one)
    assert refresh()[1] == {one.run}
    house.edit("set_tags", run=other.run, tags=["a"])
    assert refresh()[1] == {other.run}


def test_runs_come_and_go_as_they_are_listed(house, refresh):
    one, other = house.start("one"), house.start("other")
    refresh()
    house.edit("delete_run", run=one.run)
    held, touched = refresh()
    assert (held.ids, touched, one.run in held.known) == ([other.run], {one.run}, False)
    house.edit("restore_run", run=one.run)
    held, touched = refresh()
    assert (held.ids, touched, one.run in held.known) == ([other.run, one.run], {one.run}, True)
    house.edit("move_run", run=other.run, project="elsewhere")
    assert refresh()[1] == {other.run}


def test_rows_of_every_process_of_a_run_change_it(house, refresh):
    main = house.start()
    member, _ = house.attach(main.run)
    refresh()
    house.log(main, 1)
    assert refresh()[1] == {main.run}
    house.put(member, Row(0, 10**9, {"loss": 1.0}))
    assert refresh()[1] == {main.run}
    with house.store.read() as txn:
        assert read(txn, main.run).rows == 2
        assert read(txn, main.run) == of_record(txn, runs.run(txn, main.run))


def test_bytes_are_those_of_all_records(house, refresh):
    house.start()
    before = refresh()[0].bytes
    assert before > 100
    house.start(name="a name of another length")
    assert refresh()[0].bytes > 2 * before
