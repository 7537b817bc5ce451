from __future__ import annotations

from trackio.wire import Schema
from trackiod import processes


def test_each_process_is_told_of_with_what_it_logged(house):
    main = house.start()
    house.log(main, 5)
    house.compact(main)
    child, _ = house.attach(main.run)
    house.put(child, Schema(0, ("loss",), "d"))
    house.log(child, 2)
    house.attach(main.run)
    with house.store.read() as txn:
        found = processes.of_run(txn, main.run)
    about = [(each.member, each.rows, each.metrics) for each in found]
    assert about == [(0, 5, ["loss"]), (1, 2, ["loss"]), (2, 0, [])]
    assert {(each.pid, each.status) for each in found} == {(0, "running")}
