"""What is written at steps of a chart: seen by all who look at the project, listed, changed and taken back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

RUN = """
import trackio
trackio.init(project="notes")
for step in range(100):
    trackio.log({"loss": 100 - step, "acc": step}, step=step)
trackio.finish()
"""


def chart(page, metric):
    return page.locator(f'[data-testid="chart"][data-metric="{metric}"]')


@pytest.fixture
def loss(page, train):
    train(RUN)
    page.goto("/?project=notes")
    found = chart(page, "loss")
    expect(found).to_have_attribute("data-points", "100", timeout=20_000)
    return found


def annotate(page, loss, text, everywhere=False):
    canvas = loss.locator("canvas.chart-top")
    canvas.focus()
    canvas.press("Home")
    canvas.press("Shift+ArrowRight")
    canvas.press("n")
    expect(page.get_by_test_id("annotation-first")).to_have_value("10")
    page.get_by_test_id("annotation-text").fill(text)
    if everywhere:
        page.get_by_test_id("annotation-everywhere").check()
    page.get_by_test_id("annotation-save").click()


def test_what_is_written_at_a_step_is_a_flag_that_other_pages_show_at_once(page, loss):
    other = page.context.new_page()
    other.goto("/?project=notes")
    expect(chart(other, "loss")).to_have_attribute("data-points", "100", timeout=20_000)
    annotate(page, loss, "warmup ends")
    expect(loss.get_by_role("button", name="Step 10: warmup ends")).to_be_visible()
    expect(chart(page, "acc").locator(".chart-flag")).to_have_count(0)
    expect(chart(other, "loss").get_by_role("button", name="Step 10: warmup ends")).to_be_visible()
    other.close()


def test_a_flag_opens_what_was_written_to_change_it_and_to_take_it_away(page, loss):
    annotate(page, loss, "warmup ends", everywhere=True)
    flag = chart(page, "acc").get_by_role("button", name="Step 10: warmup ends")
    flag.click()
    page.get_by_test_id("annotation-last").fill("20")
    page.get_by_test_id("annotation-text").fill("warmup")
    page.get_by_test_id("annotation-save").click()
    changed = loss.get_by_role("button", name="Steps 10 to 20: warmup")
    changed.click()
    page.get_by_test_id("annotation-delete").click()
    expect(changed).to_have_count(0)
    page.get_by_test_id("undo").last.click()
    expect(changed).to_be_visible()


def test_all_that_was_written_is_listed_and_a_click_shows_its_steps(page, loss):
    annotate(page, loss, "warmup ends")
    expect(loss.locator(".chart-flag")).to_be_visible()
    page.get_by_test_id("view-options").click()
    page.get_by_test_id("list-annotations").click()
    listed = page.get_by_test_id("annotation-list")
    expect(listed.locator("li")).to_have_text([re.compile("10warmup ends · loss")])
    listed.get_by_role("button", name="10", exact=True).click()
    expect(page).to_have_url(re.compile("xmin=0&xmax=20"))
    expect(loss.locator(".chart-flag")).to_be_visible()
