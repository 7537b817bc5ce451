from __future__ import annotations

from trackio_web.params import Subscription
from trackio_web.watch import SUMMARY_SECONDS, SeriesKey, Watch
from trackiod.live import RunChange

LOSS = SeriesKey("r1", "loss", None)


def following(after=None):
    watch = Watch()
    watch.subscribe([Subscription("r1", "loss", None, after)])
    return watch


def note(watch, run="r1", project="p", *, points=False, back=False, objects=(), state=False):
    watch.note(run, RunChange(project, points, back, set(objects), state))


def test_a_new_subscription_is_due_at_once_and_only_once():
    watch = following(after=7.0)
    assert watch.take(0.0).series == {LOSS: 7.0}
    assert not watch.take(0.0)


def test_only_series_of_runs_that_grew_are_due():
    watch = Watch()
    watch.subscribe([Subscription("r1", "loss", None, None), Subscription("r2", "loss", 3, None)])
    watch.take(0.0)
    note(watch, "r2", points=True)
    note(watch, "r9", points=True)
    assert list(watch.take(0.0).series) == [SeriesKey("r2", "loss", 3)]


def test_the_next_message_goes_on_after_what_was_sent():
    watch = following()
    watch.take(0.0)
    watch.held(watch.subscription, LOSS, 41.0)
    note(watch, points=True)
    assert watch.take(0.0).series == {LOSS: 41.0}


def test_an_answer_to_an_older_subscription_changes_nothing():
    watch = following()
    old = watch.subscription
    watch.subscribe([Subscription("r1", "loss", None, 5.0)])
    watch.held(old, LOSS, 41.0)
    watch.take(0.0)
    watch.again(old, [LOSS])
    assert not watch.take(0.0)
    note(watch, points=True)
    assert watch.take(0.0).series == {LOSS: 5.0}


def test_series_of_a_run_that_went_back_are_to_be_fetched_again_once():
    watch = following(after=7.0)
    watch.take(0.0)
    note(watch, "r9", points=True, back=True)
    assert watch.take(0.0).resync == []
    note(watch, points=True, back=True)
    due = watch.take(0.0)
    assert (due.resync, due.series) == ([LOSS], {LOSS: 7.0})
    assert not watch.take(0.0)


def test_what_did_not_fit_is_due_again():
    watch = following()
    watch.take(0.0)
    watch.again(watch.subscription, [LOSS])
    assert watch.take(0.0).series == {LOSS: None}


def test_everything_followed_can_be_made_due():
    watch = following()
    watch.take(0.0)
    watch.note_everything()
    assert watch.take(0.0).series == {LOSS: None}


def test_a_page_that_watches_nothing_is_told_nothing():
    watch = Watch()
    note(watch, points=True, objects=["img"], state=True)
    assert not watch.take(100.0)


def test_runs_and_objects_of_the_watched_project_are_told_together():
    watch = Watch()
    watch.watch("p")
    note(watch, objects=["img"], state=True)
    note(watch, objects=["vid", "img"])
    note(watch, "r2", state=True)
    note(watch, "r3", "other", objects=["img"], state=True)
    due = watch.take(0.0)
    assert due.runs == ["r1", "r2"]
    assert due.objects == {"r1": {"img", "vid"}}
    assert not due.projects


def test_the_list_of_projects_is_told_when_a_run_starts_or_ends_anywhere():
    watch = Watch()
    watch.watch(None)
    note(watch, points=True)
    assert not watch.take(0.0)
    note(watch, state=True)
    assert watch.take(0.0).projects


def test_what_is_saved_with_a_project_is_told_to_those_who_look_at_it():
    watch = Watch()
    watch.note_shared({"p"})
    watch.watch("p")
    assert not watch.take(0.0)
    watch.note_shared({"q"})
    assert not watch.take(0.0)
    watch.note_shared({"p", "q"})
    assert watch.take(0.0).shared
    assert not watch.take(0.0)


def test_growing_counts_are_told_at_most_every_two_seconds_but_not_forgotten():
    watch = Watch()
    watch.watch("p")
    note(watch, points=True)
    assert watch.take(100.0).runs == ["r1"]
    note(watch, points=True)
    assert not watch.take(100.5)
    assert watch.next_wait(100.5) == SUMMARY_SECONDS - 0.5
    assert watch.take(100.0 + SUMMARY_SECONDS).runs == ["r1"]
    assert watch.next_wait(200.0) is None


def test_another_project_forgets_what_was_due():
    watch = Watch()
    watch.watch("p")
    note(watch, points=True, objects=["img"], state=True)
    watch.watch("q")
    assert not watch.take(100.0)


def gone(watch, run="r1", left="p", project=None):
    watch.note(run, RunChange(project, state=project is not None, left={left}))


def test_a_run_that_left_the_watched_project_is_told_once_and_nothing_else_of_it():
    watch = Watch()
    watch.watch("p")
    note(watch, points=True, state=True)
    gone(watch)
    gone(watch, "r2", left="other")
    due = watch.take(100.0)
    assert (due.gone, due.runs) == (["r1"], [])
    assert not watch.take(200.0)


def test_a_run_that_was_moved_is_gone_here_and_new_there():
    here, there, nowhere = Watch(), Watch(), Watch()
    here.watch("p")
    there.watch("q")
    nowhere.watch(None)
    for watch in (here, there, nowhere):
        gone(watch, project="q")
    assert here.take(0.0).gone == ["r1"]
    assert there.take(0.0).runs == ["r1"]
    assert nowhere.take(0.0).projects


def test_a_run_that_is_restored_before_the_next_message_was_never_gone():
    watch = Watch()
    watch.watch("p")
    gone(watch)
    note(watch, state=True)
    due = watch.take(0.0)
    assert (due.gone, due.runs) == ([], ["r1"])


def test_another_list_of_projects_is_told_to_those_who_look_at_it():
    looking, elsewhere = Watch(), Watch()
    looking.watch(None)
    elsewhere.watch("p")
    for watch in (looking, elsewhere):
        watch.note_projects()
    assert looking.take(0.0).projects
    assert not elsewhere.take(0.0)


def test_runs_that_gave_alarm_are_told_to_those_who_look_at_their_project():
    watch = Watch()
    watch.watch("p")
    watch.note("r1", RunChange("p", alerts=True))
    watch.note("r9", RunChange("q", alerts=True))
    due = watch.take(0.0)
    assert (due.alerts, bool(due), due.runs) == (["r1"], True, [])
    assert not watch.take(0.0)
    watch.note("r1", RunChange("p", alerts=True))
    watch.watch("q")
    assert not watch.take(0.0)
