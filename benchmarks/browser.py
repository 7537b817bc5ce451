"""A page as its reader meets it: how long until something is drawn, how smoothly it moves, what it holds."""

from __future__ import annotations

import gzip
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page, Playwright, Response

#: Without services of its maker, without a GPU, and with no way to other hosts: what asks for one fails at once.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
SIZE = {"width": 1600, "height": 1160}
PATIENCE_MS = 120_000

#: Milliseconds since the page was asked for until an element stands there and has been on screen for a frame.
SHOWN = """(selector) => new Promise((resolve) => {
  const look = () => requestAnimationFrame(() => {
    if (!document.querySelector(selector)) look();
    else requestAnimationFrame(() => resolve(performance.now()));
  });
  look();
})"""
#: Begins to note the time of every frame; `stop()` returns the milliseconds between them.
FRAMES = """() => {
  const times = [];
  let on = true;
  const note = (now) => { times.push(now); if (on) requestAnimationFrame(note); };
  requestAnimationFrame(note);
  window.stop_frames = () => { on = false; return times.slice(1).map((time, at) => time - times[at]); };
}"""
#: Notes, for a card whose values are the seconds at which they were logged, how many milliseconds later each is drawn.
DELAYS = """(selector) => {
  const delays = [], card = document.querySelector(selector);
  let last = card.dataset.last;
  const look = () => requestAnimationFrame(() => {
    if (card.dataset.last !== last) {
      last = card.dataset.last;
      const logged = Number(last) * 1000;
      requestAnimationFrame(() => delays.push(performance.timeOrigin + performance.now() - logged));
    }
    look();
  });
  look();
  window.delays = () => delays.splice(0);
}"""


@dataclass
class Visit:
    """One page in a browser that has nothing cached, and what it fetched."""

    page: Page
    host: str
    scripts: dict[str, int] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)

    def open(self, url: str, selector: str) -> float:
        """Go there; return the milliseconds until an element that `selector` finds is drawn."""
        self.page.goto(url, wait_until="commit")
        return float(self.page.evaluate(SHOWN, selector))

    def frames(self, moves: Iterator[None]) -> list[float]:
        """Return the milliseconds between frames while all of `moves` are made."""
        self.page.evaluate(FRAMES)
        for _ in moves:
            pass
        return list(self.page.evaluate("() => window.stop_frames()"))

    def heap(self) -> float:
        """Return the megabytes that JavaScript holds, its arrays included, after a collection."""
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.send("HeapProfiler.enable")
        devtools.send("HeapProfiler.collectGarbage")
        usage = devtools.send("Runtime.getHeapUsage")
        devtools.detach()
        return (usage["usedSize"] + usage["backingStorageSize"]) / 1e6

    def note(self, response: Response) -> None:
        """Remember what came of a request."""
        if response.request.resource_type == "script" and response.ok:
            self.scripts[response.url] = len(gzip.compress(response.body(), 9))

    def note_host(self, url: str) -> None:
        """Remember where a request went, if not to the server."""
        found = urlsplit(url)
        if found.scheme in {"http", "https", "ws", "wss"} and found.netloc != self.host:
            self.elsewhere.add(found.netloc)


class Chromium:
    """A browser without a window; a visit begins with nothing of the last one."""

    def __init__(self, executable: str | None) -> None:
        self._starting: AbstractContextManager[Playwright] = sync_playwright()
        playwright = self._starting.__enter__()
        self._browser: Browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)

    def visit(self, base: str, *, watch: bool = False) -> Visit:
        """Return a fresh page; with `watch` it tells what is fetched, which costs it time."""
        # What measures is evaluated from text, which the dashboard's own policy forbids.
        context = self._browser.new_context(viewport=SIZE, base_url=base, bypass_csp=True)
        context.set_default_timeout(PATIENCE_MS)
        visit = Visit(context.new_page(), urlsplit(base).netloc)
        visit.page.on("request", lambda request: visit.note_host(request.url))
        if watch:
            visit.page.on("response", visit.note)
        return visit

    def shown(self, url: str, selector: str, rounds: int) -> tuple[float, float]:
        """Return the milliseconds until something is drawn: the first time, and the median of `rounds` more."""
        taken = []
        for _ in range(rounds + 1):
            visit = self.visit(url)
            taken.append(visit.open(url, selector))
            visit.page.context.close()
        return taken[0], statistics.median(taken[1:])

    def close(self) -> None:
        """End the browser."""
        self._browser.close()
        self._starting.__exit__(None, None, None)


def part(values: list[float], share: float) -> float:
    """Return the value below which this share of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
