"""What is saved with a project, as readers see it: without links, and with times in seconds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trackio.errors import NotFound
from trackiod import views
from trackiod.store import runs
from trackiod.store import views as stored


def test_what_is_saved_is_told_without_links_and_a_default_that_is_gone_is_none(house):
    house.start("first")
    assert house.read(views.shared, "p") == views.Shared("p", [], None, [], [], [])
    with house.store.write() as txn:
        stored.put(txn, stored.View("0" * 12, "p", "link", "", "?a", 1_500, 2_500))
        stored.put(txn, stored.View("1" * 12, "p", "filter", "best", "tags = best", 1_500, 2_500))
        runs.put_project(txn, replace(runs.project(txn, "p"), default_view="0" * 12, ignored=["seed"]))
    best = views.View("1" * 12, "p", "filter", "best", "tags = best", 1.5, 2.5)
    assert house.read(views.shared, "p") == views.Shared("p", [best], None, ["seed"], [], [])
    assert house.read(views.find, "0" * 12).query == "?a"


def test_what_is_not_there_is_said_by_its_name(house):
    with pytest.raises(NotFound, match="project 'q': there is no such project"):
        house.read(views.shared, "q")
    with pytest.raises(NotFound, match="view 'f00': there is no such view"):
        house.read(views.find, "f00")
