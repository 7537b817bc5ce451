"""Keys: what is typed finds anything; two keys go to a page; the last change is taken back; single ones can rest."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 20_000

TRAIN = """
import trackio
for name in ("first-run", "second-run"):
    trackio.init("p", name=name)
    for step in range(20):
        trackio.log({"train/loss": step, "val/acc": step}, step=step)
    trackio.finish()
trackio.init("other project", name="elsewhere")
trackio.log({"loss": 1})
trackio.finish()
"""


@pytest.fixture
def project(page, train):
    train(TRAIN)
    page.goto("/?project=p")
    expect(part(page, "run-row")).to_have_count(2, timeout=SLOW)
    return page


def part(page, name):
    return page.locator(f'[data-testid="{name}"]')


def find(page, typed, found):
    """Open the palette, type, see what is found first, and take it."""
    page.keyboard.press("Control+k")
    part(page, "palette-field").fill(typed)
    expect(part(page, "palette-entry").first).to_contain_text(found, timeout=SLOW)
    page.keyboard.press("Enter")
    expect(part(page, "palette")).to_have_count(0)


def test_what_is_typed_finds_a_run_a_metric_a_page_a_project_and_something_to_do(project):
    page = project
    part(page, "run-filter").focus()
    find(page, "secrun", "second-run")
    expect(part(page, "run-detail")).to_have_attribute("data-run", "second-run", timeout=SLOW)
    find(page, "acc", "val/acc")
    expect(part(page, "full-chart")).to_be_visible(timeout=SLOW)
    page.keyboard.press("Escape")
    find(page, "compare", "Compare")
    page.wait_for_url("**tab=compare**")
    find(page, "dark", "Light or dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    find(page, "other", "other project")
    expect(part(page, "run-row")).to_have_count(1, timeout=SLOW)


def test_arrows_choose_among_what_is_found_and_escape_leaves_it(project):
    page = project
    part(page, "palette-button").click()
    field = part(page, "palette-field")
    field.fill("run")
    titles = part(page, "palette-entry").all_inner_texts()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    chosen = page.locator('[data-testid="palette-entry"][aria-selected="true"]')
    expect(chosen).to_have_count(1)
    assert chosen.inner_text() == titles[1]
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Escape")
    expect(part(page, "palette")).to_have_count(0)


def test_two_keys_go_to_a_page(project):
    page = project
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(part(page, "runs-table")).to_be_visible(timeout=SLOW)
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(part(page, "chart").first).to_be_visible(timeout=SLOW)
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(part(page, "project-card")).to_have_count(2, timeout=SLOW)


def test_the_last_change_is_taken_back_from_anywhere(project):
    page = project
    page.locator('[data-testid="run-row"][data-run="first-run"]').click(button="right")
    part(page, "line-menu").get_by_role("menuitem", name="Delete").click()
    expect(part(page, "run-row")).to_have_count(1, timeout=SLOW)
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.keyboard.press("Control+z")
    expect(part(page, "run-row")).to_have_count(2, timeout=SLOW)


def test_single_keys_rest_where_they_are_turned_off_and_commands_do_not(project):
    page = project
    page.keyboard.press("?")
    expect(part(page, "help")).to_contain_text("Take back the last change", timeout=SLOW)
    part(page, "help").get_by_label("Single letters are keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.keyboard.press("[")
    expect(part(page, "sidebar")).to_be_visible()
    expect(part(page, "chart").first).to_be_visible()
    page.keyboard.press("Control+k")
    expect(part(page, "palette-field")).to_be_focused(timeout=SLOW)


def test_a_chart_that_has_the_focus_is_moved_and_zoomed_by_keys(project):
    page = project
    card = page.locator('[data-testid="chart"][data-metric="train/loss"]')
    expect(card).to_have_attribute("data-points", "40", timeout=SLOW)
    card.locator("canvas[role=img]").focus()
    page.keyboard.press("w")
    page.wait_for_url("**xmin=**")
    before = page.url
    page.keyboard.press("d")
    page.wait_for_url(lambda url: url != before)
    page.keyboard.press("l")
    page.wait_for_url("**own=train/loss:log**")
    page.keyboard.press("0")
    page.wait_for_url(lambda url: "xmin" not in url)
