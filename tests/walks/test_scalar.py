"""A scalar, from log() to the pixel: through the journal, the socket, the store, the stream and the canvas."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = """
import sys, trackio
trackio.init(project="walk", name="live")
trackio.log({"train/loss": 1.0})
for line in sys.stdin:
    trackio.log({"train/loss": float(line)})
trackio.finish()
"""


def test_what_is_logged_is_drawn_and_what_is_logged_next_follows_without_a_reload(page, daemon, data_dir):
    job = subprocess.Popen([sys.executable, "-c", SLOW], stdin=subprocess.PIPE, text=True)
    try:
        page.goto("/?project=walk")
        chart = page.locator('[data-testid="chart"][data-metric="train/loss"]')
        expect(chart).to_have_attribute("data-points", "1", timeout=20_000)
        page.evaluate("window.stays = true")
        for value in ("0.5", "0.25", "0.125"):
            job.stdin.write(f"{value}\n")
            job.stdin.flush()
            expect(chart).to_have_attribute("data-last", value, timeout=10_000)
        expect(chart).to_have_attribute("data-points", "4")
        row = page.locator('[data-testid="run-row"]')
        expect(row.locator('[data-testid="status-running"]')).to_be_visible()
        job.stdin.close()
        expect(row.locator('[data-testid="status-finished"]')).to_be_visible(timeout=20_000)
        assert job.wait(20) == 0
        assert page.evaluate("window.stays")
        assert drawn(chart), "the canvas is empty"
    finally:
        job.kill()
        job.wait()


def test_a_job_that_is_killed_is_shown_as_crashed_with_all_it_logged(page, daemon, data_dir):
    with subprocess.Popen([sys.executable, "-c", SLOW], stdin=subprocess.PIPE, text=True) as job:
        page.goto("/?project=walk")
        chart = page.locator('[data-testid="chart"][data-metric="train/loss"]')
        expect(chart).to_have_attribute("data-points", "1", timeout=20_000)
        job.kill()
    expect(page.locator('[data-testid="status-crashed"]').first).to_be_visible(timeout=20_000)
    expect(chart).to_have_attribute("data-points", "1")


def drawn(chart) -> bool:
    """Tell whether more than one colour is on a chart's canvas."""
    return chart.locator("canvas").first.evaluate(
        """canvas => {
            const pixels = new Uint32Array(
                canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
            return new Set(pixels).size > 4;
        }"""
    )
