"""trackiod/store/views.py: a project's views are its own, oldest first, and wherever they are they are found."""

from __future__ import annotations

from trackiod.store import views
from trackiod.store.fields import packed, unpacked
from trackiod.store.views import View


def view(number, project="p", created=0):
    return View(f"{number:012x}", project, "view", f"name {number}", "?q", created, created)


def test_views_are_kept_by_project_and_id_and_listed_the_oldest_first(txn):
    for each in (view(2, created=5), view(1, created=5), view(3, created=1), view(1, "q")):
        views.put(txn, each)
    assert views.of_project(txn, "p") == [view(3, created=1), view(1, created=5), view(2, created=5)]
    assert views.get(txn, "q", view(1).id) == view(1, "q")
    assert views.get(txn, "q", view(2).id) is None
    views.put(txn, view(2, created=0))
    assert views.of_project(txn, "p")[0] == view(2, created=0)


def test_what_is_saved_moves_and_goes_with_its_project(txn):
    for each in (view(1), view(2), view(3, "q")):
        views.put(txn, each)
    views.move(txn, "p", "z")
    assert views.of_project(txn, "z") == [view(1, "z"), view(2, "z")]
    assert views.of_project(txn, "p") == []
    views.remove(txn, "z")
    assert list(views.everywhere(txn)) == [view(3, "q")]
    assert views.find(txn, view(3).id) == view(3, "q")
    assert views.find(txn, view(1).id) is None
    views.delete(txn, view(3, "q"))
    assert list(views.everywhere(txn)) == []


def test_a_golden_view_is_read_and_written_as_ever(golden):
    data, held = bytes.fromhex(golden["view"]["hex"]), golden["view"]["holds"]
    assert unpacked(View, data) == View(**held)
    assert packed(View(**held)) == data
