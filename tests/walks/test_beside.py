"""Beside the metrics in the browser: the alerts of a run, and what its machine did, as they come."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 20_000

#: Goes on as it is told on its standard input: an alert for each line.
BUSY = """
import sys, time, trackio
run = trackio.init("p", name="busy", auto_log_cpu=False)
trackio.log({"loss": 1.0, "gpu/0/utilization": 7.0})
def look(at):
    for gpu in range(2):
        run.log_system({f"gpu/{gpu}/utilization": 50 + at + gpu, f"gpu/{gpu}/temp": 60, "memory/percent": 9.5})
look(0)
trackio.alert("<b>careful</b>", text="since step 0", level="error")
print(run.id, flush=True)
for at, line in enumerate(sys.stdin, 1):
    time.sleep(0.01)
    look(at)
    trackio.alert(line.strip(), level="info")
trackio.finish()
"""


@pytest.fixture
def busy(daemon):
    """A run that goes on: its id, and what makes it give alarm once more."""
    command = [sys.executable, "-c", BUSY]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    run = process.stdout.readline().strip()

    def alarm(text):
        process.stdin.write(f"{text}\n")
        process.stdin.flush()

    yield run, alarm
    process.stdin.close()
    assert process.wait(60) == 0
    process.stdout.close()


def part(page, name):
    return page.locator(f'[data-testid="{name}"]')


def test_alerts_and_system_metrics_of_a_run_are_shown_as_they_come(page, busy, ask):
    run, alarm = busy
    page.goto(f"/?project=p&tab=runs&selected_run_id={run}")
    first = part(page, "alert")
    expect(first).to_have_count(1, timeout=SLOW)
    expect(first).to_have_attribute("data-level", "error")
    expect(first.locator(".alert-title")).to_have_text("<b>careful</b>")
    expect(first.locator(".alert-text")).to_have_text("since step 0")
    expect(first.locator(".alert-about")).to_contain_text("step 0")
    charts = part(page, "system-chart")
    expect(charts).to_have_count(3, timeout=SLOW)
    assert [chart.get_attribute("data-metric") for chart in charts.all()] == [
        "gpu/*/utilization",
        "gpu/*/temp",
        "memory/percent",
    ]
    utilization = charts.first
    utilization.scroll_into_view_if_needed()
    expect(utilization.locator("canvas").first).to_be_visible(timeout=SLOW)
    expect(utilization.locator(".legend li")).to_have_count(2)
    expect(utilization.locator('[aria-busy="false"]')).to_be_visible(timeout=SLOW)
    # A metric of such a name is a chart of its own.
    expect(page.locator('[data-testid="chart"][data-metric="gpu/0/utilization"]')).to_have_count(1)
    alarm("another")
    expect(part(page, "alert")).to_have_count(2, timeout=SLOW)
    expect(part(page, "alert").first.locator(".alert-title")).to_have_text("another")
    found = ask("/api/v1/alerts", project="p")["alerts"]
    assert [alert["title"] for alert in found] == ["another", "<b>careful</b>"]
    page.goto("/?project=p")
    loss = page.locator('[data-testid="chart"][data-metric="loss"]')
    flag = loss.locator('.chart-flag[data-tone="error"]')
    expect(flag).to_have_attribute("aria-label", "Step 0: error of busy: <b>careful</b>", timeout=SLOW)
    alarm("a third")
    expect(loss.locator('.chart-flag[data-tone="info"]')).to_have_count(2, timeout=SLOW)
    flag.press("Enter")
    expect(part(page, "run-detail")).to_be_visible(timeout=SLOW)


def test_a_run_without_them_has_neither(page, quiet, ask):
    quiet()
    (run,) = ask("/api/v1/runs", project="p")["runs"]
    page.goto(f"/?project=p&tab=runs&selected_run_id={run['id']}")
    expect(part(page, "run-detail")).to_be_visible(timeout=SLOW)
    expect(part(page, "run-charts")).to_be_visible(timeout=SLOW)
    expect(part(page, "run-alerts")).to_have_count(0)
    expect(part(page, "run-system")).to_have_count(0)
