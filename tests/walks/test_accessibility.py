"""Every page, in both themes, as axe-core judges it: nothing serious or worse stands in anybody's way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 40_000
AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
#: What axe finds, without what is only advice; frames are other people's pages.
FOUND = """async () => {
  // It takes a page without a ground, as an embedded one is, for a white one.
  const { style } = document.body;
  if (getComputedStyle(document.body).backgroundColor === "rgba(0, 0, 0, 0)") style.backgroundColor = "Canvas";
  const { violations } = await axe.run(document, { resultTypes: ["violations"], iframes: false });
  const grave = violations.filter((each) => ["serious", "critical"].includes(each.impact));
  const told = (each) => each.nodes.map((node) => `${each.id}: ${node.html.slice(0, 160)} ${node.failureSummary}`);
  return grave.flatMap(told);
}"""

LOGGED = """
import numpy as np, trackio
for number, name in enumerate(("alpha", "beta", "gamma")):
    config = {"lr": 0.1 / (number + 1), "model": {"depth": number}}
    run = trackio.init("all", name=name, group="g", config=config, tags=["best"], notes="# Why", auto_log_cpu=False)
    for step in range(3):
        row = {"train/loss": 1 / (step + number + 1), "acc": step, "odd": float("nan"), "told": "text"}
        row["sample"] = trackio.Image(np.full((120, 160, 3), 60 * step, np.uint8), caption=f"{name} {step}")
        row["answers"] = trackio.Table(columns=["n", "answer"], data=[[n, "a long answer " * 9] for n in range(60)])
        row["written"] = trackio.Html("<b>a report</b>")
        row["weights"] = trackio.Histogram(np.arange(99.0))
        row["rollouts"] = [trackio.Trace([{"role": "user", "content": "why?"}, {"role": "assistant", "content": "so"}])]
        trackio.log(row, step=step)
    trackio.log({"clip": trackio.Video(np.zeros((8, 3, 48, 64), np.uint8), fps=8)})
    trackio.log({"sound": trackio.Audio(np.zeros(8_000, np.float32), sample_rate=8_000)})
    trackio.log({"cloud": trackio.Object3D(np.eye(3, dtype=np.float32))})
    trackio.config.update({"lr": 0.05})
    run.log_system({"gpu/0/utilization": 50, "gpu/1/utilization": 60})
    for level in ("info", "warn", "error"):
        trackio.alert(f"{level} of {name}", text="look " * 99, level=level)
    trackio.finish()
"""

CHART = '[data-testid="chart"]:not([data-points="0"])'
IMAGE = '[data-state="ready"] img'


#: Dialogs and menus.
OPEN = "dialog[open], [popover]:popover-open"


def opening(act):
    """Does something, and waits for what it opens."""

    def do(page):
        act(page)
        expect(page.locator(OPEN).first).to_be_visible(timeout=SLOW)

    return do


def opened(testid):
    """Opens what a button of that name leads to."""
    return opening(lambda page: page.locator(f'[data-testid="{testid}"]').first.click())


def pressed(key):
    return opening(lambda page: page.keyboard.press(key))


def enlarged(page):
    expect(page.locator('[data-testid="media"][data-key="sample"] [data-state="ready"]')).to_have_count(3, timeout=SLOW)
    page.locator('[data-testid="media"][data-key="sample"] .media-open').first.click()
    expect(page.get_by_test_id("lightbox")).to_be_visible(timeout=SLOW)
    page.keyboard.press("c")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("comparison")).to_be_visible()


def every_kind(page):
    """Scrolls to media that are fetched only where they are seen."""
    for testid in ("audio", "html-frame", "model"):
        page.get_by_test_id(testid).first.scroll_into_view_if_needed()
        expect(page.get_by_test_id(testid).first).to_be_visible(timeout=SLOW)


row_opened = opening(lambda page: page.get_by_role("button", name="Row 1, whole").click())
line_menu = opening(lambda page: page.get_by_test_id("run-row").first.click(button="right"))


def annotating(page):
    canvas = page.locator('[data-metric="acc"] canvas.chart-top')
    canvas.focus()
    canvas.press("Home")
    canvas.press("n")
    expect(page.get_by_test_id("annotation-text")).to_be_visible(timeout=SLOW)


def annotated(page):
    annotating(page)
    page.get_by_test_id("annotation-text").fill("warmup ends")
    page.get_by_test_id("annotation-save").click()
    expect(page.get_by_test_id("annotation-text")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.get_by_test_id("palette-field").fill("list the annotations")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("annotation-list")).to_contain_text("warmup ends", timeout=SLOW)


def whole_run(page):
    """Sees what a run's page fetches apart."""
    for sign in ('[data-testid="run-alerts"]', '[data-testid="config-history"]', CHART, '[data-testid="system-chart"]'):
        page.locator('[data-testid="chart"]').first.scroll_into_view_if_needed()
        expect(page.locator(sign).first).to_be_visible(timeout=SLOW)


#: Addresses, what stands there once it is whole, and what is done then, one after another: each is looked at.
VISITS = (
    ("/", "text=all", {}),
    (
        "/?project=all",
        CHART,
        {
            "chart options": opened("view-options"),
            "views": opened("views-menu"),
            "which runs are drawn": opened("shown-menu"),
            "the menu of a run": line_menu,
            "finding anything": pressed("Control+k"),
            "keys": pressed("?"),
            "writing at a step": annotating,
            "what is written": annotated,
        },
    ),
    ("/?project=all&group=group", CHART, {}),
    ("/?project=all&full=train/loss", CHART, {}),
    ("/?project=all&sweep=train/loss", CHART, {}),
    ("/?project=all&metric_filter=nothing", '[data-testid="run-row"]', {}),
    ("/?project=all&colour=config:lr&beside=last:acc&sort=-last:acc&top=2:last:acc", CHART, {}),
    ("/?project=all&filter=best", CHART, {"saving a filter": opened("filter-menu")}),
    ("/?project=all&tab=media", IMAGE, {"every kind": every_kind, "an image against another": enlarged}),
    ("/?project=all&tab=media&media=steps", IMAGE, {}),
    ("/?project=all&tab=media&media=keys", IMAGE, {}),
    ("/?project=all&tab=tables", '[data-testid="table-row"]', {"a row": row_opened}),
    ("/?project=all&tab=traces", '[data-testid="trace-line"]', {}),
    ("/?project=all&tab=alerts", '[data-testid="alert"]', {}),
    ("/?project=all&tab=runs", '[data-testid="table-run-row"]', {}),
    ("/?project=all&tab=runs&heat=1&group=group", '[data-testid="table-run-row"]', {}),
    ("/?project=all&tab=runs&column=line:train/loss", '[data-testid="sparkline"]', {}),
    (
        "/?project=all&tab=runs&selected_run_id={run}",
        '[data-testid="run-detail"]',
        {"the whole run": whole_run, "editing": opened("edit-run")},
    ),
    ("/?project=all&tab=compare", "text=config", {"keys left out": opened("ignored-menu")}),
    ("/?project=all&metrics=train/loss&embed=1", CHART, {}),
)


@pytest.fixture
def visit(browser, daemon, train, ask):
    """Opens pages of a project that has something of everything, where axe may be brought in."""
    assert AXE.is_file(), "axe-core is not there: npm ci in web/"
    train(LOGGED)
    run = ask("/api/v1/runs", project="all")["runs"][0]["id"]
    contexts = {}

    def go(address, theme):
        if theme not in contexts:
            # Motion would be caught half way.
            contexts[theme] = browser.new_context(
                viewport={"width": 1280, "height": 900},
                base_url=daemon.url,
                bypass_csp=True,
                reduced_motion="reduce",
                color_scheme=theme,
            )
        page = contexts[theme].new_page()
        page.goto(address.format(run=run))
        return page

    yield go
    for context in contexts.values():
        context.close()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_fault(visit, theme):
    faults = []
    for address, sign, acts in VISITS:
        page = visit(address, theme)
        expect(page.locator(sign).first, address).to_be_visible(timeout=SLOW)
        page.add_script_tag(path=AXE)
        for name, act in {"as it is": None, **acts}.items():
            if act:
                act(page)
            faults += [f"{address}, {name}: {found}" for found in page.evaluate(FOUND)]
            if page.locator(OPEN).count():
                page.keyboard.press("Escape")
                expect(page.locator(OPEN)).to_have_count(0)
        page.close()
    assert not faults, "\n".join(faults)


def test_axe_would_find_a_fault(visit):
    page = visit("/", "light")
    expect(page.get_by_text("all", exact=True).first).to_be_visible(timeout=SLOW)
    page.add_script_tag(path=AXE)
    page.evaluate("() => document.body.append(document.createElement('button'))")
    assert any(re.match("button-name: ", found) for found in page.evaluate(FOUND))
