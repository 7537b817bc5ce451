"""Patterns that people type are tried beside the page: none of them, however bad, holds it up."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 20_000

TRAIN = """
import trackio
for name in ("a" * 60 + "b", "resnet-50", "resnet-101"):
    trackio.init("p", name=name, config={"long": name, "lr": len(name)})
    trackio.log({"loss": 1, "val/loss": 1, "x" * 60 + "!": 1})
    trackio.finish()
"""
#: Backtracks for longer than anybody waits.
ENDLESS = "(a+)+$"
ENDLESS_METRIC = "(x+x+)+y"


@pytest.fixture
def project(page, train):
    train(TRAIN)

    def go(query=""):
        page.goto(f"/?project=p{query}")
        expect(part(page, "run-row").first).to_be_visible(timeout=SLOW)
        return page

    return go


def part(page, name):
    return page.locator(f'[data-testid="{name}"]')


def test_an_endless_pattern_for_runs_is_given_up_with_a_word_and_the_page_goes_on(project):
    page = project()
    part(page, "run-filter").fill(f"/{ENDLESS}/")
    expect(part(page, "filter-error")).to_contain_text("takes too long", timeout=SLOW)
    part(page, "run-filter").fill("/resnet-\\d+$/")
    expect(part(page, "run-row")).to_have_count(2, timeout=SLOW)
    expect(part(page, "filter-error")).to_have_count(0)


def test_an_endless_pattern_in_an_address_lets_the_page_open(project):
    page = project(f"&metric_filter={quote(ENDLESS_METRIC)}")
    expect(part(page, "chart")).to_have_count(3, timeout=SLOW)
    field = part(page, "metric-filter")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("^val.*s$")
    expect(part(page, "chart")).to_have_count(1, timeout=SLOW)
    expect(field).to_have_attribute("aria-invalid", "false")
    field.fill("val|^loss$")
    expect(part(page, "chart")).to_have_count(2, timeout=SLOW)


def test_keys_of_a_comparison_and_columns_are_found_by_patterns_as_well(project):
    page = project("&tab=compare")
    search = part(page, "compare-search")
    search.fill("^l.*g$")
    expect(part(page, "compare-line")).to_have_count(1, timeout=SLOW)
    search.fill("(")
    expect(search).to_have_attribute("aria-invalid", "true")
    page.goto("/?project=p&tab=runs")
    part(page, "column-picker").click()
    part(page, "column-search").fill("^val/loss m.*n$")
    expect(part(page, "column-choice")).to_have_count(2, timeout=SLOW)


def test_a_key_is_left_out_of_comparisons_for_everybody_and_taken_back(project):
    page = project("&tab=compare")
    line = page.locator('[data-testid="compare-line"][data-key="long"]')
    line.hover()
    line.locator('[data-testid="ignore-key"]').click()
    expect(line).to_have_count(0, timeout=SLOW)
    other = page.context.new_page()
    other.goto("/?project=p&tab=compare")
    expect(part(other, "compare-line").first).to_be_visible(timeout=SLOW)
    expect(other.locator('[data-testid="compare-line"][data-key="long"]')).to_have_count(0)
    part(other, "ignored-menu").click()
    part(other, "name-field").fill("l*")
    part(other, "name-save").click()
    expect(part(page, "compare-line")).to_have_count(0, timeout=SLOW)
    for _ in range(2):
        part(other, "compare-again").first.click()
    expect(line).to_have_count(1, timeout=SLOW)
    other.close()
