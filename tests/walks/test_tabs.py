"""The tabs of a project: those that have something to show."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 20_000
ONE = 'import trackio; trackio.init("tabs", name="one"); trackio.log({"loss": 1}); trackio.finish()'
TWO = """
import trackio
trackio.init("tabs", name="two")
trackio.log({"rows": trackio.Table(columns=["a"], data=[[1]])})
trackio.finish()
"""
ALL = ["charts", "media", "traces", "tables", "runs", "compare", "alerts"]


def tabs(page):
    return page.locator(".tabs .tab").evaluate_all("all => all.map(one => one.dataset.testid.replace('tab-', ''))")


def test_tabs_with_nothing_in_them_are_left_out_until_there_is_something_or_the_address_wants_them(page, train):
    train(ONE)
    page.goto("/?project=tabs")
    expect(page.locator('[data-testid="chart"]')).to_be_visible(timeout=SLOW)
    assert tabs(page) == ["charts", "runs"]
    train(TWO)
    expect(page.locator('[data-testid="tab-tables"]')).to_be_visible(timeout=SLOW)
    expect(page.locator('[data-testid="tab-compare"]')).to_be_visible(timeout=SLOW)
    assert tabs(page) == ["charts", "tables", "runs", "compare"]
    page.locator('[data-testid="metric-filter"]').fill("loss")
    assert tabs(page) == ["charts", "tables", "runs", "compare"]
    page.goto("/?project=tabs&tab=media")
    expect(page.locator('[data-testid="tab-media"]')).to_have_attribute("aria-current", "page", timeout=SLOW)
    page.goto("/?project=tabs&hide_empty_tabs=false")
    expect(page.locator('[data-testid="chart"]')).to_be_visible(timeout=SLOW)
    assert tabs(page) == ALL
