from __future__ import annotations

from trackiod import run
from trackiod.store import members, runs


def test_a_run_is_the_same_whole_and_read_part_by_part(house):
    writer = house.start(tags=("a",))
    house.log(writer, 3)
    with house.store.read() as txn:
        record = runs.run(txn, writer.run)
        part = run.of_records(txn, record, list(members.of_run(txn, writer.run)))
        whole = run.of_record(txn, record)
        assert run.whole(part) == whole
    assert (whole.rows, whole.tags, whole.summary["loss"].count) == (3, ["a"], 3)
    assert (whole.started, whole.last_activity) == (1.0, 2.0)
