"""trackiod/webhooks.py: webhooks are told in their form, again after what may pass, once, and no log has an address."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from trackiod import webhooks
from trackiod.store.alerts import Told
from trackiod.webhooks import Call, Delivered, Webhooks

NOW = int(time.time() * 1e6)


class Server(HTTPServer):
    """Notes what it is told, and answers with each of `answers` in turn, the last one from then on."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard, self.answers, self.waits = [], [200], threading.Event()
        self.waits.set()
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def url(self, path="/SECRET"):
        return f"http://127.0.0.1:{self.server_port}{path}"

    def end(self):
        self.waits.set()
        self.shutdown()
        self.server_close()
        self.thread.join()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((self.path, self.headers["Content-Type"], body))
        self.server.waits.wait(30)
        answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(answer)
        if answer == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    made = Server()
    yield made
    made.end()


@pytest.fixture
def hooks(monkeypatch):
    monkeypatch.setattr(webhooks, "PAUSES", (0.01, 0.02))
    made = Webhooks()
    yield made
    made.close()


@pytest.fixture
def settled(hooks, until):
    """Waits for so many outcomes."""
    found = []

    def wait(count):
        until(lambda: found.extend(hooks.outcomes()) or len(found) >= count, "outcomes")
        return found

    return wait


def call(url, number=0, **more):
    about = {"time": NOW, "title": "careful", "text": "why", "level": "warn", "step": 7} | more
    return Call(number, url, "p", "n", Told("a" * 32, "r", **about))


def test_a_webhook_is_told_once_and_somebody_is_told_of_it(server, hooks, settled):
    told = threading.Event()
    hooks.told = told.set
    hooks.add([call(server.url(), 5)])
    assert settled(1) == [Delivered(5)]
    assert told.is_set()
    ((path, kind, body),) = server.heard
    assert (path, kind) == ("/SECRET", "application/json")
    assert body == {
        "level": "warn",
        "title": "careful",
        "text": "why",
        "project": "p",
        "run": "n",
        "step": 7,
        "timestamp": body["timestamp"],
    }
    assert body["timestamp"].endswith("+00:00")
    assert hooks.status() == {"pending": 0, "sent": 1, "failed": 0, "tries_failed": 0}


@pytest.mark.parametrize("answer", [500, 503, 429, 408])
def test_what_may_pass_is_tried_again(server, hooks, settled, answer):
    server.answers = [answer, answer, 204]
    hooks.add([call(server.url())])
    assert settled(1) == [Delivered(0)]
    assert len(server.heard) == 3
    assert hooks.status() == {"pending": 0, "sent": 1, "failed": 0, "tries_failed": 2}


@pytest.mark.parametrize("answer", [400, 403, 404, 410, 302])
def test_what_will_not_pass_is_given_up_at_once_and_nobody_else_is_told(server, hooks, settled, answer):
    server.answers = [answer]
    hooks.add([call(server.url())])
    assert settled(1) == [Delivered(0, f"HTTP status {answer}")]
    assert [path for path, _, _ in server.heard] == ["/SECRET"]
    assert hooks.status()["failed"] == 1


def test_what_does_not_pass_is_given_up_in_the_end(server, hooks, settled):
    server.answers = [503]
    hooks.add([call(server.url())])
    assert settled(1) == [Delivered(0, "HTTP status 503")]
    assert len(server.heard) == 3


def test_nobody_there_is_a_reason_without_an_address(hooks, settled, caplog):
    caplog.set_level(logging.INFO, "trackiod.webhooks")
    hooks.add([call("http://127.0.0.1:9/SECRET"), call("http://nobody.invalid/SECRET", 1)])
    assert {outcome.number: outcome.error is not None for outcome in settled(2)} == {0: True, 1: True}
    assert "127.0.0.1" in caplog.text
    assert "SECRET" not in caplog.text
    assert "SECRET" not in str(settled(2))


@pytest.mark.parametrize(
    "url",
    ["file:///SECRET", "ftp://127.0.0.1/SECRET", "http://[SECRET", "http://127.0.0.1:9/SEC RET", "http://a:SECRET/"],
)
def test_an_address_that_cannot_be_used_is_given_up_and_not_told(hooks, settled, caplog, url):
    caplog.set_level(logging.INFO, "trackiod.webhooks")
    hooks.add([call(url), call("http://127.0.0.1:9/", 1, time=0)])
    assert {outcome.number for outcome in settled(2)} == {0, 1}
    assert "SEC" not in caplog.text + str(settled(2))


def test_an_old_alert_is_news_to_nobody(server, hooks, settled):
    hooks.add([call(server.url(), time=NOW - 25 * 3600 * 10**6)])
    assert settled(1) == [Delivered(0, "the alert was a day old when it could be sent")]
    assert server.heard == []


def test_a_host_that_fails_does_not_keep_others_waiting(server, hooks, settled, monkeypatch):
    monkeypatch.setattr(webhooks, "PAUSES", (3600.0,))
    hooks.add([call("http://127.0.0.2:9/", number) for number in range(50)])
    hooks.add([call(server.url(), 99)])
    assert settled(1) == [Delivered(99)]
    assert hooks.status() == {"pending": 50, "sent": 1, "failed": 0, "tries_failed": 1}


def test_closing_leaves_what_is_not_answered_yet(server, hooks, until):
    server.waits.clear()
    hooks.add([call(server.url()), call(server.url(), 1)])
    until(lambda: server.heard, "the first call")
    hooks.close()
    assert hooks.outcomes() == []
    assert hooks.status()["pending"] == 2


def test_what_nobody_foresaw_stops_nobody(server, hooks, settled, monkeypatch):
    really = webhooks.body

    def body(one):
        if one.number == 0:
            raise RuntimeError("SECRET")
        return really(one)

    monkeypatch.setattr(webhooks, "body", body)
    hooks.add([call(server.url()), call(server.url(), 1)])
    assert sorted(settled(2), key=lambda outcome: outcome.number) == [Delivered(0, "RuntimeError"), Delivered(1)]


DIES = """
import os, signal, sys, trackio
run = trackio.init("p", name="n", webhook_url=sys.argv[1], webhook_min_level="error")
run.log({"loss": 1.0}, 41)
trackio.alert("unheard")
trackio.alert("the last words", level="error")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_last_words_of_a_process_that_is_killed_are_heard(storing, server, until):
    outcome = subprocess.run([sys.executable, "-c", DIES, server.url()], capture_output=True, text=True, check=False)
    assert outcome.returncode == -signal.SIGKILL
    assert "[TRACKIO ERROR] the last words (step 41)" in outcome.stderr
    until(lambda: server.heard, "the alert")
    ((_, _, body),) = server.heard
    assert (body["title"], body["level"], body["run"], body["step"]) == ("the last words", "error", "n", 41)
    until(lambda: storing.status()["webhooks"]["sent"] == 1, "the answer")
    assert "SECRET" not in storing.log()


# ------------------------------------------------------------------------------------------------------- contents


def test_slack_is_told_in_blocks_without_links_and_mentions():
    found = webhooks.body(call("https://hooks.slack.com/services/T/B/SECRET", title="<!channel> a & b"))
    head, text, place = found["blocks"]
    assert head["text"] == {"type": "mrkdwn", "text": "*⚠️ [WARN] &lt;!channel&gt; a &amp; b*"}
    assert text["text"]["text"] == "why"
    assert place["elements"][0]["text"] == "p · n · step 7"
    assert found["text"] == "<!channel> a & b"


@pytest.mark.parametrize("host", ["discord.com", "discordapp.com", "www.discord.com"])
def test_discord_is_told_in_an_embed(host):
    found = webhooks.body(call(f"https://{host}/api/webhooks/1/SECRET", level="error", text=None, step=None))
    (embed,) = found["embeds"]
    assert (embed["title"], embed["color"], embed["footer"]) == ("🚨 [ERROR] careful", 0xDC2626, {"text": "p · n"})
    assert "description" not in embed
    assert found["allowed_mentions"] == {"parse": []}


def test_long_texts_are_cut_to_what_a_service_takes():
    long = {"title": "t" * 10_000, "text": "x" * 10_000}
    slack = webhooks.body(call("https://hooks.slack.com/services/x", **long))
    assert max(len(block["text"]["text"]) for block in slack["blocks"][:2]) <= 3_000
    (embed,) = webhooks.body(call("https://discord.com/api/webhooks/1/x", **long))["embeds"]
    assert len(embed["title"]) <= 256
    assert len(embed["description"]) <= 4_096
    assert len(webhooks.body(call("http://there/", **long))["text"]) == 10_000


def test_who_only_looks_like_slack_is_told_plainly():
    assert "level" in webhooks.body(call("https://evil.com/hooks.slack.com"))
    assert "level" in webhooks.body(call("https://discord.com/elsewhere"))
