from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackio import request
from trackio.errors import BadRequest, DaemonUnavailable, NotFound, StoreFull
from trackio.wire import Ack, Ask, Refusal, Reply, Welcome, encode

QUESTION = {"project": "p", "name": "n"}


@pytest.fixture
def asking(places):
    """Asks in a thread, so that the test can be the one who answers."""
    with ThreadPoolExecutor() as threads:
        yield lambda seconds=60.0: threads.submit(request.ask, places, "find_run", QUESTION, seconds)


def test_the_question_arrives_and_its_answer_is_returned(asking, peer):
    answer = asking()
    ask, sender, _ = peer.hear()
    assert ask == Ask(1, "find_run", QUESTION)
    peer.say(sender, Reply(1, {"run": "r", "next_step": 7}))
    assert answer.result() == {"run": "r", "next_step": 7}


def test_what_the_daemon_cannot_answer_is_a_bad_request_in_its_words(asking, peer):
    answer = asking()
    _, sender, _ = peer.hear()
    peer.say(sender, Reply(1, error="cannot answer 'find_run'"))
    with pytest.raises(BadRequest, match="cannot answer 'find_run'"):
        answer.result()


noise = st.binary() | st.sampled_from(
    [Reply(2, {"for": "another"}), Welcome(b"w", 0, "d"), Ack(b"w", 1), Refusal("corrupt", "x")]
).map(encode)


@given(st.lists(noise, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_no_answer_to_the_question_is_passed_over(asking, peer, before):
    answer = asking()
    _, sender, _ = peer.hear()
    peer.say(sender, *before, Reply(1, {"found": True}))
    assert answer.result() == {"found": True}


def test_a_daemon_that_comes_late_still_answers(asking, new_peer):
    answer = asking()
    peer = new_peer()
    _, sender, _ = peer.hear()
    peer.say(sender, Reply(1))
    assert answer.result() == {}


def test_a_daemon_that_says_nothing_is_unavailable_and_named(asking, peer, places):
    with pytest.raises(DaemonUnavailable, match=r"within 0\.05 s at ipc://") as raised:
        asking(0.05).result()
    assert str(places.ingest_socket) in str(raised.value)


@pytest.mark.parametrize("seconds", [0.05, 0.0, -1.0])
def test_nobody_there_is_unavailable_also_when_there_is_no_time_to_wait(places, seconds):
    with pytest.raises(DaemonUnavailable):
        request.ask(places, "status", {}, seconds)


def test_the_real_daemon_answers_and_refuses_unknown_questions(storing):
    assert request.ask(storing.places, "status", {}, 10)["pid"] == storing.process.pid
    with pytest.raises(BadRequest, match="'dance'"):
        request.ask(storing.places, "dance", {}, 10)


@pytest.mark.parametrize(("kind", "error"), [("NotFound", NotFound), ("StoreFull", StoreFull), ("other", BadRequest)])
def test_what_kind_of_error_it_is_the_daemon_says(asking, peer, kind, error):
    answer = asking()
    _, sender, _ = peer.hear()
    peer.say(sender, Reply(1, {"error": kind}, "in its words"))
    with pytest.raises(error, match="in its words"):
        answer.result()
