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
    trackio.init(project="all", name=name, group="g", config={"lr": 0.1 / (number + 1), "model": {"depth": number}},
                 tags=["best"], notes="# Why")
    for step in range(3):
        row = {"train/loss": 1 / (step + number + 1), "acc": step, "odd": float("nan"), "told": "text"}
        row["sample"] = trackio.Image(np.full((120, 160, 3), 60 * step, np.uint8), caption=f"{name} {step}")
        row["answers"] = trackio.Table(columns=["n", "answer"], data=[[n, "a long answer " * 9] for n in range(60)])
        row["written"] = trackio.Html("<b>a report</b>")
        row["weights"] = trackio.Histogram(np.arange(99.0))
        row["rollouts"] = [trackio.Trace([{"role": "user", "content": "why?"}, {"role": "assistant", "content": "so"}])]
        trackio.log(row, step=step)
    trackio.log({"clip": trackio.Video(np.zeros((8, 3, 48, 64), np.uint8), fps=8)})
    trackio.finish()
"""


def opened(testid):
    """Opens what a button of that name leads to."""
    return lambda page: page.locator(f'[data-testid="{testid}"]').first.click()


def pressed(key):
    return lambda page: page.keyboard.press(key)


def enlarged(page):
    expect(page.locator('[data-testid="media"][data-key="sample"] [data-state="ready"]')).to_have_count(3, timeout=SLOW)
    page.locator('[data-testid="media"][data-key="sample"] .media-open').first.click()
    expect(page.get_by_test_id("lightbox")).to_be_visible(timeout=SLOW)
    page.keyboard.press("c")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("comparison")).to_be_visible()


def row_opened(page):
    page.get_by_role("button", name="Row 1, whole").click()


#: Name of a page, its address, what stands there once it is whole, and what is done then.
PAGES = {
    "projects": ("/", "text=all", None),
    "charts": ("/?project=all", CHART := '[data-testid="chart"]:not([data-points="0"])', None),
    "charts in groups": ("/?project=all&group=group", CHART, None),
    "chart options": ("/?project=all", CHART, opened("view-options")),
    "full chart": ("/?project=all&full=train/loss", CHART, None),
    "sweep": ("/?project=all&sweep=train/loss", CHART, None),
    "without a match": ("/?project=all&metric_filter=nothing", '[data-testid="run-row"]', None),
    "views": ("/?project=all", CHART, opened("views-menu")),
    "finding anything": ("/?project=all", CHART, pressed("Control+k")),
    "colours by a number": (
        "/?project=all&colour=config:lr&beside=last:acc&sort=-last:acc&top=2:last:acc",
        CHART,
        None,
    ),
    "which runs are drawn": ("/?project=all", CHART, opened("shown-menu")),
    "saving a filter": ("/?project=all&filter=best", CHART, opened("filter-menu")),
    "media": ("/?project=all&tab=media", '[data-state="ready"] img', None),
    "media over steps": ("/?project=all&tab=media&media=steps", '[data-state="ready"] img', None),
    "media over keys": ("/?project=all&tab=media&media=keys", '[data-state="ready"] img', None),
    "an image against another": ("/?project=all&tab=media", '[data-state="ready"] img', enlarged),
    "tables": ("/?project=all&tab=tables", '[data-testid="table-row"]', None),
    "a row": ("/?project=all&tab=tables", '[data-testid="table-row"]', row_opened),
    "traces": ("/?project=all&tab=traces", '[data-testid="trace-line"]', None),
    "runs": ("/?project=all&tab=runs", '[data-testid="table-run-row"]', None),
    "runs, shaded": ("/?project=all&tab=runs&heat=1&group=group", '[data-testid="table-run-row"]', None),
    "runs with small lines": ("/?project=all&tab=runs&column=line:train/loss", '[data-testid="sparkline"]', None),
    "a run": ("/?project=all&tab=runs&selected_run_id={run}", CHART, None),
    "comparison": ("/?project=all&tab=compare", "text=config", None),
    "keys left out": ("/?project=all&tab=compare", "text=config", opened("ignored-menu")),
    "keys": ("/?project=all", CHART, pressed("?")),
    "an embedded chart": ("/?project=all&metrics=train/loss&embed=1", CHART, None),
}


@pytest.fixture
def visit(browser, daemon, train, ask):
    """Opens pages of a project that has something of everything, where axe may be brought in."""
    assert AXE.is_file(), "axe-core is not there: npm ci in web/"
    train(LOGGED)
    run = ask("/api/v1/runs", project="all")["runs"][0]["id"]

    def go(address, theme):
        # Motion would be caught half way.
        context = browser.new_context(
            viewport={"width": 1280, "height": 900},
            base_url=daemon.url,
            bypass_csp=True,
            reduced_motion="reduce",
            color_scheme=theme,
        )
        page = context.new_page()
        page.goto(address.format(run=run))
        return page

    return go


@pytest.mark.timeout(400)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_fault(visit, theme):
    faults = {}
    for name, (address, sign, act) in PAGES.items():
        page = visit(address, theme)
        expect(page.locator(sign).first).to_be_visible(timeout=SLOW)
        if act:
            act(page)
        page.add_script_tag(path=AXE)
        found = page.evaluate(FOUND)
        if found:
            faults[name] = found
        page.context.close()
    assert not faults, "\n".join(f"== {page}\n" + "\n".join(found) for page, found in faults.items())


def test_axe_would_find_a_fault(visit):
    page = visit("/", "light")
    expect(page.get_by_text("all", exact=True).first).to_be_visible(timeout=SLOW)
    page.add_script_tag(path=AXE)
    page.evaluate("() => document.body.append(document.createElement('button'))")
    assert any(re.match("button-name: ", found) for found in page.evaluate(FOUND))
