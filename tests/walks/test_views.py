"""Views and filters are saved for everybody, links open them, and each change can be taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 20_000

TRAIN = """
import trackio
for name, lr in (("one", 0.1), ("two", 0.2), ("three", 0.3)):
    trackio.init("p", name=name, config={"lr": lr}, tags=["best"] if lr > 0.2 else None)
    for step in range(5):
        trackio.log({"loss": lr * step, "acc": step}, step=step)
    trackio.finish()
"""


@pytest.fixture
def project(page, train):
    train(TRAIN)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    def go(query=""):
        page.goto(f"/?project=p{query}")
        expect(part(page, "run-row").first).to_be_visible(timeout=SLOW)
        return page

    return go


def part(page, name):
    return page.locator(f'[data-testid="{name}"]')


def save_view(page, name):
    part(page, "views-menu").click()
    part(page, "name-field").fill(name)
    part(page, "name-save").click()
    expect(page.locator(f'[data-testid="view-row"][data-view="{name}"]')).to_be_visible(timeout=SLOW)
    page.keyboard.press("Escape")


def undo(page, said):
    part(page, "toast").filter(has_text=said).locator('[data-testid="undo"]').click()


def stored(ask):
    return {view["name"]: view["query"] for view in ask("/api/v1/project", project="p")["views"]}


def test_a_view_is_saved_and_opened_by_another_reader_who_sees_the_same(project, ask):
    page = project("&metrics=loss&filter=tags = best&smoothing=0.5&group=lr")
    save_view(page, "mine")
    assert set(stored(ask)) == {"mine"}
    other = page.context.new_page()
    other.goto("/?project=p")
    expect(part(other, "chart")).to_have_count(2, timeout=SLOW)
    part(other, "views-menu").click()
    part(other, "open-view").click()
    expect(part(other, "chart")).to_have_count(1)
    expect(part(other, "run-row")).to_have_count(1, timeout=SLOW)
    assert part(other, "run-filter").input_value() == "tags = best"
    other.wait_for_url("**smoothing=0.5**")
    other.close()


def test_views_are_renamed_overwritten_and_deleted_and_each_is_taken_back(project, ask, until):
    page = project("&smoothing=0.5")
    save_view(page, "mine")
    part(page, "log-y").click()
    part(page, "views-menu").click()
    part(page, "overwrite-view").click()
    until(lambda: "y_scale=log" in stored(ask)["mine"], "the view overwritten")
    part(page, "rename-view").click()
    part(page, "name-field").fill("better")
    part(page, "name-save").click()
    until(lambda: "better" in stored(ask), "the view renamed")
    part(page, "delete-view").click()
    until(lambda: stored(ask) == {}, "the view deleted")
    for said, name in (("Deleted better", "better"), ("Renamed mine to better", "mine")):
        undo(page, said)
        until(lambda name=name: name in stored(ask), f"{name} again")
    undo(page, "Overwrote mine")
    until(lambda: "y_scale" not in stored(ask)["mine"], "the view as it was first")


def test_who_opens_the_project_sees_its_first_view_and_an_address_that_says_more_is_left_alone(project):
    page = project("&metrics=loss")
    save_view(page, "only loss")
    part(page, "views-menu").click()
    part(page, "default-view").click()
    expect(part(page, "default-view")).to_have_attribute("aria-pressed", "true", timeout=SLOW)
    other = page.context.new_page()
    other.goto("/")
    part(other, "project-card").click()
    expect(part(other, "only-metrics")).to_be_visible(timeout=SLOW)
    other.goto("/?project=p&log_x=1")
    expect(part(other, "chart")).to_have_count(2, timeout=SLOW)
    other.close()


def test_a_short_link_opens_what_was_shown_when_it_was_copied(project):
    page = project("&tab=runs&column=config:lr&sort=-config:lr")
    part(page, "views-menu").click()
    part(page, "copy-short-link").click()
    expect(part(page, "views-panel")).to_contain_text("Copied", timeout=SLOW)
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert len(link) < 60
    assert "/?saved=" in link
    other = page.context.new_page()
    other.goto(link)
    expect(part(other, "runs-table")).to_be_visible(timeout=SLOW)
    assert "saved=" not in other.url
    names = part(other, "table-run-row").evaluate_all("rows => rows.map(row => row.dataset.run)")
    assert names == ["three", "two", "one"]
    other.close()


def test_saved_filters_are_tabs_that_other_pages_get_at_once(project):
    page = project()
    other = page.context.new_page()
    other.goto("/?project=p")
    expect(part(other, "run-row")).to_have_count(3, timeout=SLOW)
    page.bring_to_front()
    part(page, "run-filter").fill("tags = best")
    expect(part(page, "run-row")).to_have_count(1, timeout=SLOW)
    part(page, "filter-menu").click()
    part(page, "name-field").fill("the best")
    part(page, "name-save").click()
    tab = part(other, "filter-tab")
    expect(tab).to_have_text("the best", timeout=SLOW)
    other.bring_to_front()
    tab.click()
    expect(part(other, "run-row")).to_have_count(1, timeout=SLOW)
    tab.click()
    expect(part(other, "run-row")).to_have_count(3)
    expect(part(page, "filter-tab")).to_have_attribute("aria-pressed", "true")
    page.bring_to_front()
    part(page, "filter-menu").click()
    part(page, "delete-filter").click()
    expect(tab).to_have_count(0, timeout=SLOW)
    undo(page, "Deleted the best")
    expect(tab).to_have_count(1, timeout=SLOW)
    other.close()
