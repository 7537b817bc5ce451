"""A run that goes on is seen to: how fast, for how long, what was changed, whether it went quiet, and when it died."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 20_000

LIVING = """
import time, trackio
trackio.init("p", name="living", config={"lr": 0.1, "max_steps": 100000})
for step in range(50):
    trackio.log({"loss": step}, step=step)
    time.sleep(0.01)
trackio.config.update({"lr": 0.2})
time.sleep(600)
"""


@pytest.fixture
def living(data_dir, daemon):
    """A process that logs and then hangs."""
    environment = os.environ | {"TRACKIO_DIR": str(data_dir)}
    process = subprocess.Popen(
        [sys.executable, "-c", LIVING], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    yield process
    process.kill()
    process.wait()


def part(page, name):
    return page.locator(f'[data-testid="{name}"]')


def test_a_running_run_is_followed_to_its_end(page, living, until):
    page.clock.install()
    page.goto("/?project=p")
    expect(part(page, "run-row")).to_have_count(1, timeout=SLOW)
    until(lambda: page.title() == "(1) p · trackio", "the count of running runs in the title")
    part(page, "run-row").locator(".run-name").click()
    expect(part(page, "run-pulse")).to_contain_text("steps/s", timeout=SLOW)
    expect(part(page, "run-pulse")).to_contain_text("left")
    change = part(page, "config-change")
    expect(change).to_have_count(1, timeout=SLOW)
    assert change.locator("th, td").all_inner_texts()[:3] == ["lr", "0.1", "0.2"]
    page.clock.fast_forward(600_000)
    expect(part(page, "run-quiet")).to_contain_text("nothing logged for", timeout=SLOW)
    expect(part(page, "run-row").locator(".status-quiet")).to_be_visible()
    living.kill()
    expect(part(page, "status-crashed").first).to_be_visible(timeout=3 * SLOW)
    until(lambda: page.title() == "p · trackio", "the title without running runs")


def test_projects_show_the_days_on_which_they_were_busy(page, train):
    train('import trackio; trackio.init("p", name="a"); trackio.log({"loss": 1}); trackio.finish()')
    page.goto("/")
    expect(part(page, "activity")).to_have_attribute("data-days", ",".join(["0"] * 29 + ["1"]), timeout=SLOW)
