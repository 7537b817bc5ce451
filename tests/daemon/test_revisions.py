"""A run's configuration is told with each change that it went through."""

from __future__ import annotations

from trackio.wire import ConfigUpdate
from trackiod import revisions
from trackiod.revisions import Revision


def test_what_a_run_began_with_comes_first_then_each_change(house):
    writer = house.start(run="r")
    house.put(writer, ConfigUpdate(2_500_000_000, {"lr": 0.2, "late": True}, ()))
    house.put(writer, ConfigUpdate(3_000_000_000, {}, ("late",)))
    assert house.read(revisions.of_run, "r") == [
        Revision(1.0, {"lr": 0.1}, []),
        Revision(2.5, {"lr": 0.2, "late": True}, []),
        Revision(3.0, {}, ["late"]),
    ]
