from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

import trackio
from trackio import resume
from trackio.resume import resumed
from trackio.run import Beginning
from trackio.settings import Settings
from trackio.wire import Ask, Reply

FOUND = {"run": "a1", "next_step": 7}
NEW = Beginning("new", "p", "n", config={"lr": 0.1})
ALLOW, MUST = NEW._replace(resume="allow"), NEW._replace(resume="must")


@pytest.fixture
def asking(places, starts):
    """Begins in a thread, so that the test can be the daemon."""
    with ThreadPoolExecutor() as threads:
        yield lambda beginning: threads.submit(resumed, beginning, places, Settings())


@pytest.fixture
def patient(monkeypatch):
    """However slow the machine is, the test is heard."""
    monkeypatch.setattr(resume, "_MUST_SECONDS", 60.0)
    monkeypatch.setattr(resume, "_ALLOW_SECONDS", 60.0)


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(resume, "_MUST_SECONDS", 0.1)


def answer(peer, result):
    ask, to, _ = peer.hear(Ask)
    assert (ask.action, ask.arguments) == ("find_run", {"project": "p", "name": "n"})
    peer.say(to, Reply(ask.id, result))


@pytest.mark.parametrize("beginning", [ALLOW, MUST])
def test_a_run_that_is_found_goes_on_after_its_last_step(asking, peer, patient, beginning):
    begun = asking(beginning)
    answer(peer, FOUND)
    assert begun.result() == beginning._replace(id="a1", first_step=7)


def test_never_asks_nobody(places):
    assert resumed(NEW, places, Settings()) == NEW
    unnamed = ALLOW._replace(name="")
    assert resumed(unnamed, places, Settings()) == unnamed._replace(resume="never")


def test_allow_makes_a_run_when_there_is_none(asking, peer, patient):
    begun = asking(ALLOW)
    answer(peer, {})
    assert begun.result() == ALLOW._replace(relative=True)


def test_allow_does_not_wait_for_a_daemon_that_is_not_there_or_says_nothing(asking, new_peer, places):
    assert not places.ingest_socket.exists()
    assert asking(ALLOW).result() == ALLOW._replace(relative=True)
    new_peer()
    assert asking(ALLOW).result() == ALLOW._replace(relative=True)


def test_must_starts_a_daemon_and_says_so_when_none_answers(asking, places, starts, hasty, monkeypatch):
    with pytest.raises(ValueError, match="no daemon answered"):
        asking(MUST).result()
    assert starts == [places]

    def fails(_):
        raise OSError("no more processes")

    monkeypatch.setattr(resume.locate, "start", fails)
    with pytest.raises(ValueError, match="no more processes"):
        asking(MUST).result()


@pytest.mark.parametrize(
    ("beginning", "settings", "says"),
    [(MUST._replace(name=""), Settings(), "needs the name"), (MUST, Settings(mode="offline"), "works offline")],
)
def test_must_names_what_it_lacks(places, starts, beginning, settings, says):
    with pytest.raises(ValueError, match=says):
        resumed(beginning, places, settings)
    assert starts == []


def test_must_names_the_project_and_the_run_that_it_did_not_find(asking, peer, patient):
    begun = asking(MUST)
    answer(peer, {})
    with pytest.raises(ValueError, match=r"'p' has no run named 'n'.*resume=\"allow\""):
        begun.result()


# ------------------------------------------------------------------------------------ against the real daemon


@pytest.mark.parametrize("how", ["allow", "must"])
def test_a_run_of_this_process_is_resumed_with_its_last_row(storing, stored, how):
    first = trackio.init("p", "n", config={"lr": 0.1, "old": 1})
    for _ in range(100):
        trackio.log({"a": 1})
    second = trackio.init("p", "n", resume=how, config={"lr": 0.2})
    assert second.id == first.id
    trackio.log({"a": 2})
    trackio.finish()
    run = stored.runs()["n"]
    assert stored.steps("n") == list(range(101))
    assert (run.status, run.config) == ("finished", {"lr": 0.2, "old": 1})


def test_what_was_logged_offline_continues_the_run_once_it_arrives(storing, stored, script, until):
    code = "trackio.init('p', 'n', resume='allow')\nfor _ in range(5): trackio.log({'a': 1})"
    script(code, TRACKIO_MODE="online")
    storing.stop()
    script(code)
    script(code)
    storing.start()
    until(lambda: len(stored.steps("n")) == 15, "the rows of two journals")
    assert stored.steps("n") == list(range(15))
    assert stored.runs()["n"].status == "finished"
