"""Colours mean the same in the list and in the charts; charts come in the order that runs asked for."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 20_000

TRAIN = """
import os
os.environ["TRACKIO_PLOT_ORDER"] = "val/*,train/reward"
import trackio
for at, (name, optimizer) in enumerate([("one", "sgd"), ("two", "adam"), ("three", "sgd")]):
    trackio.init("p", name=name, config={"lr": 10.0**-at, "optimizer": optimizer})
    for step in range(5):
        trackio.log({"loss": step, "train/loss": step, "train/reward": at, "val/loss": step * at}, step=step)
    trackio.finish()
"""


@pytest.fixture
def project(page, train):
    train(TRAIN)

    def go(query=""):
        page.goto(f"/?project=p{query}")
        expect(part(page, "run-row").first).to_be_visible(timeout=SLOW)
        expect(part(page, "chart").first).not_to_have_attribute("data-points", "0", timeout=SLOW)
        return page

    return go


def part(page, name):
    return page.locator(f'[data-testid="{name}"]')


def squares(page):
    """The colours of the runs in the list, from above."""
    return page.locator('[data-testid="run-row"] [data-testid="shown-toggle"] rect').evaluate_all(
        "squares => squares.map(square => square.getAttribute('stroke'))"
    )


def lines(page):
    """The colours of the first chart's lines, by name."""
    return (
        part(page, "chart")
        .first.locator(".legend li")
        .evaluate_all(
            "all => Object.fromEntries(all.map(o => [o.textContent, o.querySelector('path').getAttribute('stroke')]))"
        )
    )


def test_a_group_has_one_colour_in_the_list_on_its_runs_and_on_its_line(project):
    page = project("&group=optimizer")
    marks = part(page, "group-ink").evaluate_all("marks => marks.map(mark => mark.dataset.color)")
    assert lines(page) == dict(zip(["adam", "sgd"], marks, strict=True))
    assert squares(page) == [marks[0], marks[1], marks[1]]
    part(page, "colour-by").select_option("run")
    assert len(set(squares(page))) == 3


def test_a_number_colours_runs_along_a_ramp_whose_ends_are_told(project):
    page = project()
    part(page, "colour-by").select_option("config:lr")
    legend = part(page, "colour-legend")
    expect(legend).to_be_visible(timeout=SLOW)
    expect(legend).to_contain_text("0.01")
    expect(legend.get_by_role("img")).to_have_attribute("aria-label", "from 0.010000 to 1, by powers")
    assert squares(page) == ["#482878", "#1f8b8d", "#929814"]
    page.wait_for_url("**colour=config:lr**")
    page.reload()
    expect(legend).to_be_visible(timeout=SLOW)
    part(page, "colour-by").select_option("config:optimizer")
    expect(legend.locator("li")).to_have_text(["sgd", "adam"])


def test_charts_come_in_the_order_that_the_runs_named(project):
    page = project()
    charts = part(page, "chart").evaluate_all("charts => charts.map(chart => chart.dataset.metric)")
    assert charts == ["val/loss", "train/reward", "train/loss", "loss"]
