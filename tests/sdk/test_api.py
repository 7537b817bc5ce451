from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from trackio import api
from trackio.errors import BadRequest, DaemonUnavailable, NotFound, TrackioError
from trackio.places import Places

ANSWERS = {
    "/version": (200, {"version": "1"}),
    "/api/v1/runs?project=a%26b": (200, {"runs": []}),
    "/missing": (404, {"error": "run 'x': there is no such run"}),
    "/bad": (400, {"error": "width: must be a number"}),
    "/early": (503, {"error": "there is no store yet"}),
    "/broken": (500, None),
}


class Handler(BaseHTTPRequestHandler):
    """Answers what ANSWERS says and remembers what was asked."""

    asked: ClassVar[list] = []

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.command, self.path, dict(self.headers), body))
        status, value = ANSWERS[self.path]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"<html>" if value is None else json.dumps(value).encode())

    do_GET = do_POST = answer  # noqa: N815 -- as http.server calls them

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    Handler.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield api.Server(f"http://127.0.0.1:{listening.server_port}", "t0ken")
        listening.shutdown()
        thread.join()


def test_a_question_carries_its_fields_and_the_token_and_passes_no_proxy(server):
    assert server.get("/api/v1/runs", {"project": "a&b", "left": None}) == {"runs": []}
    ((method, path, headers, _),) = Handler.asked
    assert (method, path) == ("GET", "/api/v1/runs?project=a%26b")
    assert headers["Authorization"] == "Bearer t0ken"


def test_a_post_carries_json(server):
    server.post("/version", {"a": 1})
    ((method, _, headers, body),) = Handler.asked
    assert (method, headers["Content-Type"], json.loads(body)) == ("POST", "application/json", {"a": 1})


@pytest.mark.parametrize(
    ("path", "error", "says"),
    [
        ("/missing", NotFound, "no such run"),
        ("/bad", BadRequest, "width"),
        ("/early", DaemonUnavailable, "no store yet"),
        ("/broken", TrackioError, "500"),
    ],
)
def test_what_the_server_says_is_wrong_is_raised_with_its_text(server, path, error, says):
    with pytest.raises(error, match=says):
        server.get(path)


def test_nobody_there_is_unavailable_and_named():
    with pytest.raises(DaemonUnavailable, match=r"127\.0\.0\.1:9"):
        api.Server("http://127.0.0.1:9", "t").get("/version")


def test_a_server_is_found_only_if_it_answers(server, tmp_path):
    places = Places(tmp_path, tmp_path)
    assert api.find(places) is None
    for text in ("", "[]", '{"url": 3}', json.dumps({"url": "http://127.0.0.1:9", "token": "t"})):
        places.web_address.write_text(text)
        assert api.find(places) is None
    places.web_address.write_text(json.dumps({"url": server.url, "token": server.token, "pid": 1}))
    assert api.find(places) == server


def test_the_address_of_a_page_names_the_project_and_no_token_that_is_not_asked_for(server):
    assert server.page() == f"{server.url}/"
    assert server.page("my project") == f"{server.url}/?project=my+project"
