"""A query: zooming into a long series asks for the same width again, and ends at the points themselves."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LONG = """
import trackio
trackio.init(project="long", name="run")
for step in range(100_000):
    trackio.log({"loss": 1000.0 if step == 54_321 else step % 7})
trackio.finish()
"""


def test_a_spike_survives_at_every_zoom_and_close_up_are_the_points_themselves(page, train):
    train(LONG)
    page.goto("/?project=long")
    chart = page.locator('[data-testid="chart"][data-metric="loss"]')
    expect(chart).to_have_attribute("data-raw", "false", timeout=20_000)
    assert float(chart.get_attribute("data-max")) == 1000
    assert int(chart.get_attribute("data-points")) < 5_000
    with page.expect_response("**/api/v1/series") as asked:
        drag(page, chart, 0.53, 0.56)
    assert asked.value.ok
    for _ in range(4):
        if chart.get_attribute("data-raw") == "true":
            break
        drag(page, chart, 0.3, 0.7)
        page.wait_for_timeout(600)
    expect(chart).to_have_attribute("data-raw", "true")


def test_the_address_carries_the_view(page, train):
    train("import trackio\ntrackio.init(project='a b', name='r')\nfor i in range(9): trackio.log({'x/y': i, 'z': i})")
    page.goto("/?project=a+b&metrics=z&sidebar=hidden")
    expect(page.locator('[data-testid="chart"][data-metric="z"]')).to_have_attribute("data-points", "9", timeout=20_000)
    assert page.locator('[data-testid="chart"]').count() == 1
    assert not page.locator('[data-testid="sidebar"]').is_visible()


def drag(page, chart, start: float, end: float) -> None:
    box = chart.locator("canvas").first.bounding_box()
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * start, height)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (start + end) / 2, height, steps=3)
    page.mouse.move(box["x"] + box["width"] * end, height, steps=3)
    page.mouse.up()
