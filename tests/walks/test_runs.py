"""Runs in the browser: the list, the table, a run's page, the comparison, and what users change there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 20_000

SWEEP = """
import trackio
runs = [("alpha", "sgd"), ("beta", "adam"), ("gamma", "adam"), ("<b>delta</b>", "sgd")]
notes = "# Why\\n<img src=x onerror=alert(1)>"
for at, (name, optimizer) in enumerate(runs):
    config = {"lr": 0.1 / (at + 1), "seed": 7, "model": {"optimizer": {"name": optimizer}, "mix": ["web", "code"]}}
    tags = ["best"] if name == "beta" else None
    trackio.init("sweep", name=name, group="g%d" % (at % 2), config=config, tags=tags, notes=notes)
    for step in range(5):
        trackio.log({"val/loss": at + 1 / (step + 1), "acc": at / 10}, step=step)
    trackio.finish()
"""
ONE_MORE = (
    'import trackio; trackio.init("sweep", name="late", config={"lr": 1}); trackio.log({"acc": 1}); trackio.finish()'
)


@pytest.fixture
def sweep(page, train):
    """The page with four runs on it, the newest first: delta, gamma, beta, alpha."""
    train(SWEEP)

    def go(query=""):
        page.goto(f"/?project=sweep{query}")
        expect(page.locator("[data-run]").first).to_be_visible(timeout=SLOW)
        return page

    return go


def part(page, name):
    return page.locator(f'[data-testid="{name}"]')


def listed(page):
    return part(page, "run-row").evaluate_all("rows => rows.map(row => row.dataset.run)")


def in_table(page):
    return part(page, "table-run-row").evaluate_all("rows => rows.map(row => row.dataset.run)")


def row(page, name):
    return page.locator(f'[data-testid="run-row"][data-run="{name}"]')


def drawn(page):
    """Names of the runs that are drawn, by their coloured squares."""
    return page.locator('[data-testid="run-row"]:has([role="checkbox"][aria-checked="true"])').evaluate_all(
        "rows => rows.map(row => row.dataset.run)"
    )


def test_runs_are_filtered_by_words_patterns_and_expressions_and_the_address_keeps_it(sweep):
    page = sweep()
    field = part(page, "run-filter")
    for text, found in (
        ("best", ["beta"]),
        ("/^(alpha|gamma)$/", ["gamma", "alpha"]),
        ("config.model.optimizer.name = adam and summary.val/loss.min < 2", ["beta"]),
        ("g1", ["<b>delta</b>", "beta"]),
    ):
        field.fill(text)
        expect(part(page, "run-row")).to_have_count(len(found), timeout=SLOW)
        assert listed(page) == found, text
    field.fill("status = finished and tags = best")
    expect(part(page, "run-row")).to_have_count(1, timeout=SLOW)
    page.wait_for_url("**filter=status**")
    page.reload()
    expect(part(page, "run-row")).to_have_count(1, timeout=SLOW)


def test_what_is_wrong_with_an_expression_stands_below_it(sweep):
    # A page of its own: browsers note in their console that a request was refused.
    page = sweep().context.new_page()
    page.goto("/?project=sweep&filter=config.lr <")
    expect(part(page, "filter-error")).to_contain_text("expected a value after <", timeout=SLOW)
    part(page, "run-filter").fill("/a(/")
    expect(part(page, "filter-error")).to_contain_text("group", ignore_case=True)
    expect(part(page, "run-row")).to_have_count(4)


def test_squares_hide_and_solo_runs_and_a_rule_draws_the_latest_whichever_they_are(sweep, train):
    page = sweep()
    row(page, "beta").get_by_role("checkbox").click()
    assert drawn(page) == ["<b>delta</b>", "gamma", "alpha"]
    row(page, "beta").get_by_role("checkbox").click(modifiers=["Alt"])
    assert drawn(page) == ["beta"]
    part(page, "shown-menu").click()
    part(page, "latest-1").click()
    expect(part(page, "shown-rule")).to_be_visible()
    assert drawn(page) == ["<b>delta</b>"]
    train(ONE_MORE)
    expect(row(page, "late")).to_be_visible(timeout=SLOW)
    assert drawn(page) == ["late"]
    row(page, "alpha").hover()
    row(page, "alpha").locator('[data-testid="pin-run"]').click()
    assert listed(page)[0] == "alpha"
    assert drawn(page) == ["alpha", "late"]


def test_the_table_sorts_by_several_columns_groups_picks_columns_and_is_saved_as_shown(sweep):
    page = sweep("&tab=runs&column=config:model.optimizer.name&column=last:acc&column=config:seed")
    table = part(page, "runs-table")
    expect(table).to_be_visible(timeout=SLOW)
    table.get_by_role("button", name="model.optimizer.name", exact=True).click()
    table.get_by_role("button", name="acc", exact=True).click(modifiers=["Shift"])
    table.get_by_role("button", name="acc", exact=True).click(modifiers=["Shift"])
    assert in_table(page) == ["gamma", "beta", "<b>delta</b>", "alpha"]
    part(page, "differing").click()
    expect(table.locator('th[data-column="config:seed"]')).to_have_count(0)
    part(page, "column-picker").click()
    page.locator('[data-testid="column-choice"][data-column="min:val/loss"]').check()
    page.keyboard.press("Escape")
    expect(table.locator('th[data-column="min:val/loss"]')).to_be_visible()
    part(page, "runs-download").click()
    with page.expect_download() as download:
        part(page, "runs-json").click()
    saved = json.loads(Path(download.value.path()).read_text())
    assert [each["name"] for each in saved] == ["gamma", "beta", "<b>delta</b>", "alpha"]
    assert saved[0] == {"name": "gamma", "config:model.optimizer.name": "adam", "acc": 0.2, "min:val/loss": 2.2}
    part(page, "group-by").select_option("model.optimizer.name")
    groups = part(page, "table-group")
    expect(groups).to_have_count(2)
    assert groups.evaluate_all("rows => rows.map(row => row.dataset.group)") == ["adam", "sgd"]
    expect(groups.first).to_contain_text("0.15")
    groups.first.get_by_role("button").click()
    assert in_table(page) == ["<b>delta</b>", "alpha"]
    page.wait_for_url("**group=model.optimizer.name**")
    page.reload()
    expect(part(page, "table-group")).to_have_count(2, timeout=SLOW)
    assert in_table(page) == ["<b>delta</b>", "alpha"]


def test_a_run_has_a_page_with_its_settings_results_notes_and_curves_and_nothing_it_holds_is_run(sweep):
    page = sweep()
    row(page, "<b>delta</b>").locator(".run-name").click()
    about = part(page, "run-detail")
    expect(about.get_by_role("heading", name="<b>delta</b>")).to_be_visible(timeout=SLOW)
    expect(part(page, "run-notes").get_by_role("heading", name="Why")).to_be_visible(timeout=SLOW)
    expect(part(page, "run-notes")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(part(page, "run-delivery")).to_contain_text("5 rows", timeout=SLOW)
    config = part(page, "run-config")
    assert config.locator("[data-key]").evaluate_all("keys => keys.map(key => key.dataset.key)") == [
        "lr",
        "seed",
        "model.optimizer.name",
        "model.mix",
    ]
    expect(part(page, "run-summary")).to_contain_text("val/loss")
    chart = page.locator('[data-testid="chart"][data-metric="val/loss"]')
    expect(chart).to_have_attribute("data-points", "5", timeout=SLOW)
    page.go_back()
    expect(chart).to_have_attribute("data-points", "20", timeout=SLOW)


def test_picked_runs_are_compared_by_what_differs_beside_a_baseline(sweep):
    page = sweep()
    row(page, "alpha").locator(".run-name").click(modifiers=["Control"])
    row(page, "gamma").locator(".run-name").click(modifiers=["Shift"])
    expect(part(page, "picked-bar")).to_contain_text("3 runs picked", timeout=SLOW)
    row(page, "beta").locator(".run-name").click(modifiers=["Control"])
    part(page, "compare-picked").click()
    table = part(page, "compare-table")
    expect(table).to_have_attribute("data-runs", "2", timeout=SLOW)
    lines = part(page, "compare-line")
    keys = lines.evaluate_all("lines => lines.map(line => line.dataset.key)")
    assert keys == ["lr", "model.optimizer.name", "acc", "val/loss"]
    table.locator('th[data-run="alpha"] [data-testid="baseline"]').click()
    expect(page.locator('[data-testid="compare-line"][data-key="val/loss"]')).to_contain_text("+2")
    part(page, "only-different").click()
    expect(page.locator('[data-testid="compare-line"][data-key="seed"]')).to_be_visible()
    expect(page.locator('[data-testid="chart"][data-metric="acc"]')).to_have_attribute(
        "data-points", "10", timeout=SLOW
    )


def test_runs_are_renamed_tagged_and_deleted_and_each_can_be_taken_back(sweep, ask):
    page = sweep("&tab=runs")

    def stored():
        return {run["name"]: run["tags"] for run in ask("/api/v1/runs", project="sweep")["runs"]}

    row(page, "alpha").click(button="right")
    part(page, "line-menu").get_by_role("menuitem", name="Edit…").click()
    part(page, "edit-name").fill("omega")
    part(page, "edit-tags").fill("paper, best")
    part(page, "edit-save").click()
    expect(row(page, "omega")).to_be_visible()
    expect(part(page, "toast")).to_contain_text("Changed omega", timeout=SLOW)
    assert stored()["omega"] == ["paper", "best"]
    part(page, "undo").click()
    expect(row(page, "alpha")).to_be_visible()
    for name in ("beta", "gamma"):
        page.locator(f'[data-testid="table-run-row"][data-run="{name}"] [data-testid="pick-run"]').check()
    part(page, "delete-picked").click()
    expect(part(page, "toast").last).to_contain_text("Deleted 2 runs", timeout=SLOW)
    expect(part(page, "table-run-row")).to_have_count(2)
    assert set(stored()) == {"alpha", "<b>delta</b>"}
    part(page, "toast").last.locator('[data-testid="undo"]').click()
    expect(part(page, "table-run-row")).to_have_count(4, timeout=SLOW)


def test_keys_go_through_runs_toggle_solo_and_pin_them_and_are_listed(sweep):
    page = sweep()
    page.mouse.move(900, 600)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert drawn(page) == ["<b>delta</b>", "beta", "alpha"]
    page.keyboard.press("s")
    assert drawn(page) == ["gamma"]
    page.keyboard.press("p")
    assert listed(page)[0] == "gamma"
    page.keyboard.press("/")
    expect(part(page, "run-filter")).to_be_focused()
    page.keyboard.type("j")
    expect(part(page, "run-filter")).to_have_value("j")
    part(page, "run-filter").fill("")
    page.locator("body").press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(part(page, "help")).to_contain_text("Next run", timeout=SLOW)
    page.keyboard.press("Escape")
    expect(part(page, "help")).to_have_count(0)
    page.keyboard.press("o")
    expect(part(page, "run-detail")).to_have_attribute("data-run", "gamma", timeout=SLOW)
