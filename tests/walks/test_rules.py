"""Rules hold for runs to come, and the list of runs shows and goes by a metric."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 20_000

TRAIN = """
import trackio
for name, loss in (("one", 0.3), ("two", 0.1), ("three", 0.2)):
    trackio.init("p", name=name)
    trackio.log({"val/loss": loss, "acc": 1 - loss})
    trackio.finish()
trackio.init("p", name="none")
trackio.log({"other": 1})
trackio.finish()
"""
BETTER = 'import trackio; trackio.init("p", name="better"); trackio.log({"val/loss": 0.05}); trackio.finish()'


@pytest.fixture
def project(page, train):
    train(TRAIN)
    page.goto("/?project=p")
    expect(part(page, "run-row")).to_have_count(4, timeout=SLOW)
    return page


def part(page, name):
    return page.locator(f'[data-testid="{name}"]')


def listed(page):
    return part(page, "run-row").evaluate_all("rows => rows.map(row => row.dataset.run)")


def drawn(page):
    return page.locator('[data-testid="run-row"]:has([role="checkbox"][aria-checked="true"])').evaluate_all(
        "rows => rows.map(row => row.dataset.run)"
    )


def test_the_best_so_many_are_drawn_whichever_they_are(project, train):
    page = project
    part(page, "shown-menu").click()
    assert part(page, "top-metric").input_value() == "val/loss"
    assert part(page, "top-direction").input_value() == "less"
    part(page, "top-1").click()
    expect(part(page, "shown-rule")).to_contain_text("top 1")
    assert drawn(page) == ["two"]
    train(BETTER)
    expect(page.locator('[data-testid="run-row"][data-run="better"] [aria-checked="true"]')).to_be_visible(timeout=SLOW)
    assert drawn(page) == ["better"]
    page.wait_for_url("**top=1:last:val/loss**")
    page.reload()
    expect(part(page, "shown-rule")).to_be_visible(timeout=SLOW)
    assert drawn(page) == ["better"]
    part(page, "shown-rule").click()
    assert len(drawn(page)) == 5


def test_the_list_shows_a_metric_and_goes_by_it_best_first_then_worst_then_newest(project):
    page = project
    newest = listed(page)
    part(page, "beside").select_option("acc")
    assert part(page, "run-value").all_inner_texts() == ["–", "0.80000", "0.90000", "0.70000"]
    for order in (["two", "three", "one", "none"], ["one", "three", "two", "none"], newest):
        part(page, "beside-sort").click()
        assert listed(page) == order
