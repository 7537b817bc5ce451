"""The alerts of all runs of a project on one page: as they come, by level and run, leading to where they were given."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 20_000

LOUD = """
import sys, trackio
trackio.init("p", name=sys.argv[1], auto_log_cpu=False)
for step, level in enumerate(sys.argv[2:]):
    trackio.log({"loss": step})
    trackio.alert(f"{level} {step}", text="<i>why</i>", level=level)
trackio.finish()
"""
MANY = """
import trackio
trackio.init("p", name="many", auto_log_cpu=False)
for number in range(60):
    trackio.alert(f"number {number}", level="info")
trackio.finish()
"""


def part(page, name):
    return page.locator(f'[data-testid="{name}"]')


def titles(page):
    return page.locator(".alert-title").all_text_contents()


@pytest.fixture
def loud(train, tmp_path):
    script = tmp_path / "loud.py"
    script.write_text(LOUD)
    return lambda name, *levels: train(script, name, *levels)


def test_a_project_without_alerts_has_no_tab_of_them_and_its_page_says_how_to_give_one(page, quiet, loud):
    quiet()
    page.goto("/?project=p&tab=alerts")
    expect(part(page, "empty")).to_contain_text('trackio.alert("Loss is NaN"', timeout=SLOW)
    page.goto("/?project=p")
    expect(part(page, "chart")).to_be_visible(timeout=SLOW)
    expect(part(page, "tab-alerts")).to_have_count(0)
    loud("one", "warn")
    expect(part(page, "tab-alerts")).to_contain_text("1", timeout=SLOW)


def test_alerts_of_all_runs_come_newest_first_and_by_level_and_run(page, loud):
    loud("one", "info", "error")
    page.goto("/?project=p&tab=alerts")
    expect(part(page, "alert")).to_have_count(2, timeout=SLOW)
    loud("two", "warn")
    expect(part(page, "alert")).to_have_count(3, timeout=SLOW)
    assert titles(page) == ["warn 0", "error 1", "info 0"]
    expect(part(page, "alert").first.locator(".alert-text")).to_have_text("<i>why</i>")
    part(page, "level-warn").click()
    expect(part(page, "alert")).to_have_count(2)
    part(page, "alerts-of").select_option(label="one")
    expect(part(page, "alert")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"level=warn&alerts_of=\w+"))
    page.reload()
    expect(part(page, "alert")).to_have_count(1, timeout=SLOW)
    assert titles(page) == ["error 1"]
    part(page, "alerts-of").select_option(label="two")
    part(page, "level-error").click()
    part(page, "all-alerts").click()
    expect(part(page, "alert")).to_have_count(3)


def test_an_alert_leads_to_its_step_in_its_run(page, loud):
    loud("one", "info", "error")
    page.goto("/?project=p&tab=alerts&xmin=5&xmax=6")
    part(page, "alert-run").first.click()
    expect(part(page, "run-detail")).to_have_attribute("data-run", "one", timeout=SLOW)
    expect(page).to_have_url(re.compile(r"cursor=1\b"))
    assert "xmin" not in page.url


def test_older_alerts_are_fetched_when_they_are_asked_for_and_stay_as_new_ones_come(page, train, loud):
    train(MANY)
    page.goto("/?project=p&tab=alerts")
    expect(part(page, "alert")).to_have_count(50, timeout=SLOW)
    part(page, "older-alerts").click()
    expect(part(page, "alert")).to_have_count(60)
    expect(part(page, "older-alerts")).to_have_count(0)
    loud("one", "error")
    expect(part(page, "alert")).to_have_count(61, timeout=SLOW)
    assert [titles(page)[at] for at in (0, 1, -1)] == ["error 0", "number 59", "number 0"]
