"""Cards of charts: put in another order, and shared by several metrics, by dragging, by menu, by key and by pattern."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

RUNS = """
import trackio
for name in ("one", "two"):
    trackio.init(project="cards", name=name)
    for step in range(20):
        metrics = [f"{part}/{metric}" for part in ("train", "val") for metric in ("acc", "loss", "rate")]
        trackio.log(dict.fromkeys(metrics, step), step=step)
    trackio.finish()
"""

SLOPES = """
import trackio
for name, slope in (("flat", 1), ("steep", 3)):
    trackio.init(project="slopes", name=name)
    for step in range(20):
        trackio.log({"rate": slope * step}, step=step)
    trackio.finish()
"""


def card(page, metric):
    return page.locator(f'[data-testid="chart"][data-metric="{metric}"]')


def order(page, section):
    return page.locator(f'[data-testid="section"][data-section="{section}"] [data-testid="chart"]')


@pytest.fixture
def cards(page, train):
    train(RUNS)

    def go(query=""):
        page.goto(f"/?project=cards{query}")
        expect(card(page, "train/acc")).to_have_attribute("data-points", re.compile("[48]0"), timeout=20_000)

    return go


def names(page, section):
    return order(page, section).evaluate_all("all => all.map(one => one.dataset.metric)")


def drag(page, metric, target, share):
    """Drag a card by its head over another one, and drop it at a share of its width."""
    head = card(page, metric).locator(".card-title").bounding_box()
    over = card(page, target).bounding_box()
    page.mouse.move(head["x"] + 20, head["y"] + 8)
    page.mouse.down()
    page.mouse.move(head["x"] + 40, head["y"] + 12, steps=3)
    page.mouse.move(over["x"] + over["width"] * share, over["y"] + 100, steps=5)
    expect(card(page, target)).to_have_class(re.compile("drop-"))
    page.mouse.move(over["x"] + over["width"] * share + 1, over["y"] + 101)
    page.mouse.up()


def test_a_card_that_is_dragged_onto_another_shares_it_until_it_is_taken_apart(page, cards):
    cards()
    drag(page, "train/loss", "train/acc", 0.5)
    merged = card(page, "train/acc")
    expect(merged).to_have_attribute("data-points", "80")
    expect(page).to_have_url(re.compile("merged=train/acc,train/loss"))
    expect(merged.locator(".card-title")).to_have_text("train/acc, train/loss")
    expect(merged.locator(".legend li")).to_have_count(4)
    expect(order(page, "train")).to_have_count(2)
    page.evaluate("history.replaceState(null, '', '/?project=cards')")
    page.reload()
    expect(merged).to_have_attribute("data-points", "80", timeout=20_000)
    merged.hover()
    merged.get_by_test_id("chart-menu").click()
    page.get_by_test_id("take-apart").click()
    expect(order(page, "train")).to_have_count(3)


def test_a_card_is_moved_by_dragging_and_by_key(page, cards):
    cards()
    drag(page, "train/rate", "train/acc", 0.1)
    expect(page).to_have_url(re.compile("order=train/rate"))
    assert names(page, "train") == ["train/rate", "train/acc", "train/loss"]
    canvas = card(page, "train/acc").locator("canvas.chart-top")
    canvas.press("Shift+>")
    expect(page).to_have_url(re.compile("order=train/rate,train/loss,train/acc"))
    assert names(page, "train") == ["train/rate", "train/loss", "train/acc"]
    assert names(page, "val") == ["val/acc", "val/loss", "val/rate"]


def test_a_metric_is_added_to_a_card_from_its_menu(page, cards):
    cards()
    train_acc = card(page, "train/acc")
    train_acc.hover()
    train_acc.get_by_test_id("chart-menu").click()
    page.get_by_test_id("merge-metric").click()
    page.get_by_test_id("add-metric-filter").fill("val/a")
    page.get_by_test_id("add-metric").click()
    expect(train_acc.locator(".card-title")).to_have_text("train/acc, val/acc")
    expect(train_acc).to_have_attribute("data-points", "80")
    expect(order(page, "val")).to_have_count(2)


def test_metrics_in_which_a_pattern_finds_the_same_share_cards(page, cards):
    cards()
    page.get_by_test_id("view-options").click()
    field = page.get_by_test_id("merge-by")
    field.fill("^(?:train|val)/(.*)$")
    field.press("Enter")
    expect(page.get_by_test_id("chart")).to_have_count(3)
    expect(card(page, "train/loss").locator(".card-title")).to_have_text("train/loss, val/loss")
    field.fill("(")
    field.press("Enter")
    expect(page.locator(".option-fault")).to_be_visible()
    expect(page.get_by_test_id("chart")).to_have_count(6)


def test_a_formula_is_a_chart_of_what_is_worked_out_of_others(page, cards):
    cards()
    page.get_by_test_id("view-options").click()
    field = page.get_by_test_id("formula")
    field.fill("train/acc -")
    field.press("Enter")
    expect(page.locator(".option-fault")).to_contain_text("column 12: expected a metric")
    field.fill("train/acc * 2 - val/loss")
    field.press("Enter")
    made = card(page, "=train/acc * 2 - val/loss")
    expect(made).to_have_attribute("data-points", "40")
    expect(made).to_have_attribute("data-max", "19")
    expect(page).to_have_url(re.compile("formula=train/acc"))
    made.hover()
    made.get_by_test_id("chart-menu").click()
    page.get_by_test_id("remove-formula").click()
    expect(made).to_have_count(0)


def test_a_line_is_what_those_of_other_runs_are_held_against(page, train):
    train(SLOPES)
    page.goto("/?project=slopes")
    rate = card(page, "rate")
    expect(rate).to_have_attribute("data-points", "40", timeout=20_000)
    box = rate.locator("canvas.chart-top").bounding_box()
    # The steeper of the two lines begins where both do, and ends highest.
    page.mouse.click(box["x"] + box["width"] - 14, box["y"] + 14, button="right")
    menu = page.get_by_test_id("line-menu")
    expect(menu).to_contain_text("steep")
    menu.get_by_role("menuitem", name="Draw each run's difference to it").click()
    made = card(page, "=rate - of(steep, rate)")
    expect(made).to_have_attribute("data-points", "40")
    expect(made).to_have_attribute("data-max", "0")
    expect(order(page, "formulas")).to_have_count(1)
    page.reload()
    expect(made).to_have_attribute("data-points", "40", timeout=20_000)
