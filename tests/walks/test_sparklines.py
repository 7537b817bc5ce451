"""Small lines in the table of runs: of the rows in view only, asked for together, gone on with as runs do."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 20_000

TRAIN = """
import trackio
for at in range(80):
    trackio.init("p", name=f"run-{at}")
    for step in range(4):
        trackio.log({"loss": step * at, "other": 1} if at else {"other": 1}, step=step)
    trackio.finish()
"""


@pytest.fixture
def table(page, train):
    """The table with small lines; gives the page and how many series were asked for in each request."""
    train(TRAIN)
    asked: list[int] = []

    def note(request):
        if request.url.endswith("/api/v1/series"):
            asked.append(len(json.loads(request.post_data)["series"]))

    page.on("request", note)
    page.goto("/?project=p&tab=runs&column=line:loss&column=last:loss")
    expect(part(page, "sparkline").first).to_be_visible(timeout=SLOW)
    return page, asked


def part(page, name):
    return page.locator(f'[data-testid="{name}"]')


def test_rows_in_view_are_asked_for_in_one_request(table):
    page, asked = table
    rows = part(page, "table-run-row").count()
    assert rows < 80
    expect(part(page, "sparkline")).to_have_count(rows, timeout=SLOW)
    assert asked == [rows]
    line = page.locator('[data-run="run-79"] [data-testid="sparkline"]')
    assert line.get_attribute("aria-label") == "loss: 237, between 0 and 237"
    assert line.locator("path").get_attribute("d") == "M0 20L33.3 13.3L66.7 6.7L100 0"


def test_rows_that_come_into_view_are_asked_for_then_and_a_run_without_the_metric_has_no_line(table):
    page, asked = table
    page.locator(".runs-scroll").evaluate("box => { box.scrollTop = box.scrollHeight; }")
    expect(page.locator('[data-run="run-1"] [data-testid="sparkline"]')).to_be_visible(timeout=SLOW)
    assert page.locator('[data-run="run-0"] [data-testid="sparkline"]').count() == 0
    assert sum(asked) < 80 + 40
