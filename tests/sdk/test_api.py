from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

import trackio
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


def test_a_file_is_there_only_once_it_is_whole(server, tmp_path):
    target = server.save("/version", tmp_path / "v.json")
    assert json.loads(target.read_text()) == {"version": "1"}
    with pytest.raises(NotFound):
        server.save("/missing", tmp_path / "none")
    assert [path.name for path in tmp_path.iterdir()] == ["v.json"]


def test_nested_configuration_is_spread_out():
    nested = {"a": {"b": {"c": 1}, "d": {}}, "e": [1]}
    assert api.flat(nested, "config.") == {"config.a.b.c": 1, "config.a.d": {}, "config.e": [1]}


SCRIPT = """
import numpy as np, trackio
for name, lr in (("a", 0.1), ("b", 0.2), ('say "hi"', 0.3)):
    trackio.init(project="p", name=name, config={"lr": lr, "optimizer": {"name": "adam"}}, tags=["t"], notes="n")
    for step in range(3):
        trackio.log({"loss": lr * step})
    trackio.finish()
"""


@pytest.fixture
def filled(daemon):
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True, timeout=60)
    return trackio.Api()


def test_runs_are_found_filtered_sorted_and_tabled(filled):
    assert filled.projects() == ["p"]
    assert [run.name for run in filled.runs("p")] == ['say "hi"', "b", "a"]
    assert [run.name for run in filled.runs("p", "config.lr > 0.15", sort="name")] == ["b", 'say "hi"']
    assert [run.name for run in filled.runs("p", sort="summary.loss.max", descending=True, limit=1)] == ['say "hi"']
    assert filled.run("p", 'say "hi"').config["lr"] == 0.3
    b = filled.run("p", "b")
    assert filled.run("p", b.id).name == "b"
    assert (b.status, b.tags, b.notes, b.rows) == ("finished", ["t"], "n", 3)
    assert b.summary["loss"]["max"] == pytest.approx(0.4)
    runs = filled.runs("p", sort="name")
    assert (len(runs), runs[0].name, runs[-1].name, [run.name for run in runs[:2]]) == (3, "a", 'say "hi"', ["a", "b"])
    table = runs.to_pandas()
    assert table["config.optimizer.name"].tolist() == ["adam"] * 3
    assert table["summary.loss"].tolist() == pytest.approx([0.2, 0.4, 0.6])
    assert runs.to_polars()["name"].to_list() == ["a", "b", 'say "hi"']


def test_what_is_not_there_is_a_value_error_and_a_bad_filter_names_its_column(filled):
    with pytest.raises(ValueError, match="none"):
        filled.runs("none")
    with pytest.raises(ValueError, match="no such run"):
        filled.run("p", "none")
    with pytest.raises(BadRequest, match="column 10"):
        filled.runs("p", "status = runing")


def test_another_folder_is_read_by_name(filled, daemon, monkeypatch):
    monkeypatch.delenv("TRACKIO_DIR")
    assert api.Api(daemon.places.data).projects() == ["p"]
