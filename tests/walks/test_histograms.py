"""Histograms over steps: drawn as a heat map or ridges, read with the cursor, for each run, as they come."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LOGGED = """
import trackio
for name, shift in (("low", 0), ("high", 10)):
    trackio.init(project="histograms", name=name)
    for step in range(50):
        counts, edges = [step + 1, 0, 9], [shift, shift + 1, shift + 2, shift + 3]
        trackio.log({"loss": 1, "layer/weights": trackio.Histogram(np_histogram=(counts, edges))})
    trackio.finish()
"""

LIVE = """
import sys, trackio
trackio.init(project="histograms")
for line in sys.stdin:
    trackio.log({"h": trackio.Histogram([1, 2, 3])})
trackio.finish()
"""


def test_the_cursor_reads_the_bin_and_its_count_of_each_run(page, train):
    train(LOGGED)
    page.goto("/?project=histograms")
    plots = page.get_by_test_id("histogram")
    expect(plots).to_have_count(2, timeout=20_000)
    expect(plots.first).to_have_attribute("data-count", "50")
    canvas = plots.nth(1).locator("canvas.chart-top")
    expect(canvas).to_have_attribute("aria-label", re.compile("of low: 50 histograms, steps 0 to 49, values 0 to 13"))
    canvas.focus()
    canvas.press("Home")
    expect(plots.nth(1).locator(".chart-live")).to_have_text("Step 0, [2, 3]: 9 of 10 · 90.0 %")
    canvas.press("ArrowRight")
    canvas.press("ArrowDown")
    canvas.press("ArrowDown")
    expect(plots.nth(1).locator(".chart-live")).to_have_text("Step 1, [0, 1): 2 of 11 · 18.2 %")
    expect(plots.nth(1).locator(".chart-tip")).to_contain_text("Step 1")


def test_ridges_are_the_other_choice_and_in_the_address(page, train):
    train(LOGGED)
    page.goto("/?project=histograms")
    plot = page.get_by_test_id("histogram").first
    expect(plot).to_have_attribute("data-count", "50", timeout=20_000)
    page.get_by_test_id("histogram-ridges").click()
    expect(page).to_have_url(re.compile("histograms=ridges"))
    plot.locator("canvas.chart-top").focus()
    plot.locator("canvas.chart-top").press("End")
    expect(plot.locator(".chart-live")).to_contain_text("Step 49, [10, 11): 50 of 59")
    page.reload()
    expect(page.get_by_test_id("histogram-ridges")).to_have_attribute("aria-pressed", "true", timeout=20_000)


def test_a_zoom_of_the_charts_shows_the_same_steps_of_histograms(page, train):
    train(LOGGED)
    page.goto("/?project=histograms&xmin=10&xmax=19")
    expect(page.get_by_test_id("histogram").first).to_have_attribute("data-count", "10", timeout=20_000)


def test_histograms_of_a_running_run_come_by_themselves(page, daemon, data_dir):
    writer = subprocess.Popen(
        [sys.executable, "-c", LIVE], env={"TRACKIO_DIR": str(data_dir), "PATH": ""}, stdin=subprocess.PIPE, text=True
    )
    try:
        for count in (1, 2):
            writer.stdin.write("\n")
            writer.stdin.flush()
            if count == 1:
                page.goto("/?project=histograms")
            expect(page.get_by_test_id("histogram")).to_have_attribute("data-count", str(count), timeout=20_000)
    finally:
        writer.stdin.close()
        writer.wait(30)
