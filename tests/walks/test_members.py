"""Runs of several processes, and groups of many runs: which of them a chart draws, and what it folds into one line."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PROCESSES = """
import multiprocessing, trackio

def rank(number):
    for step in range(20):
        trackio.log({"loss": number * 10.0, **({"rare": 1.0 + step} if number == 2 else {})}, step=step)

if __name__ == "__main__":
    trackio.init(project="members", name="ranks")
    children = [multiprocessing.get_context("fork").Process(target=rank, args=(n,)) for n in (1, 2)]
    for child in children:
        child.start()
    rank(0)
    for child in children:
        child.join()
    trackio.finish()
    trackio.init(project="members", name="alone")
    rank(0)
    trackio.finish()
"""

MANY = """
import trackio
for number in range(60):
    trackio.init(project="members", name=f"seed-{number}", config={"lr": number % 2})
    for step in range(3):
        trackio.log({"loss": float(number)}, step=step)
    trackio.finish()
"""


def chart(page, metric):
    return page.locator(f'[data-testid="chart"][data-metric="{metric}"]')


def described(found):
    return found.locator("canvas.chart-top")


def test_a_chart_draws_the_processes_of_a_run_that_are_asked_for(page, train):
    train(PROCESSES)
    page.goto("/?project=members")
    loss = chart(page, "loss")
    expect(loss).to_have_attribute("data-points", "40", timeout=20_000)
    page.get_by_test_id("view-options").click()
    page.get_by_test_id("members").select_option("all")
    expect(page).to_have_url(re.compile("members=all"))
    expect(loss).to_have_attribute("data-points", "80")
    expect(loss).to_have_attribute("data-max", "20")
    page.get_by_test_id("members").select_option("band")
    expect(loss).to_have_attribute("data-points", "40")
    expect(loss).to_have_attribute("data-max", "20")
    page.get_by_test_id("members").select_option("1")
    expect(loss).to_have_attribute("data-max", re.compile("[12]0"))
    page.keyboard.press("Escape")


def test_one_chart_can_draw_other_processes_than_all(page, train):
    train(PROCESSES)
    page.goto("/?project=members&own=loss:::members=band")
    loss = chart(page, "loss")
    expect(loss).to_have_attribute("data-max", "20", timeout=20_000)
    expect(described(loss)).to_have_attribute("aria-label", re.compile("values .* to 2[01]"))
    loss.hover()
    loss.get_by_test_id("chart-menu").click()
    expect(loss.get_by_test_id("own-members")).to_have_value("band")
    loss.get_by_test_id("own-members").select_option("main")
    expect(page).not_to_have_url(re.compile("own=loss"))
    expect(loss).to_have_attribute("data-max", "0")


def test_of_a_metric_that_one_process_alone_logged_this_one_is_drawn(page, train):
    train(PROCESSES)
    page.goto("/?project=members&members=all")
    rare = chart(page, "rare")
    expect(rare).to_have_attribute("data-points", "20", timeout=20_000)


def test_every_run_counts_in_the_mean_of_its_group(page, train):
    train(MANY)
    page.goto("/?project=members&group=lr&spread=range")
    loss = chart(page, "loss")
    expect(described(loss)).to_have_attribute(
        "aria-label",
        re.compile(r"line chart of 2 groups, .* now from 29\.0+ \(0\) to 30\.0+ \(1\)|.*29 .*30 "),
        timeout=20_000,
    )
    expect(loss).to_have_attribute("data-max", "59")
    page.get_by_test_id("view-options").click()
    page.get_by_test_id("spread").select_option("quartiles")
    expect(loss).to_have_attribute("data-max", re.compile(r"^4[45]"))


RANKS = """
import os, sys, trackio
rank = int(sys.argv[1])
os.environ |= {"RANK": str(rank), "WORLD_SIZE": "3", "LOCAL_WORLD_SIZE": "3", "TORCHELASTIC_RUN_ID": "none"}
trackio.init(project="members", config={"lr": 0.1})
for step in range(20):
    trackio.log({"loss": rank * 10.0}, step=step)
if rank == 2:
    raise ValueError("no")
"""


def test_ranks_of_a_launch_are_one_run_whose_page_tells_of_each(page, daemon, ask, until):
    started = [subprocess.Popen([sys.executable, "-c", RANKS, str(n)], stderr=subprocess.DEVNULL) for n in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 1]
    until(lambda: [run["status"] for run in ask("/api/v1/runs", project="members")["runs"]] == ["failed"], "the end")
    (run,) = ask("/api/v1/runs", project="members")["runs"]
    page.goto(f"/?project=members&tab=runs&selected_run_id={run['id']}")
    ranks = page.get_by_test_id("run-processes").locator("tbody tr")
    expect(ranks).to_have_count(3)
    expect(ranks.nth(0)).to_contain_text(re.compile(r"rank 0\s*finished.*20"))
    expect(ranks.nth(2)).to_contain_text(re.compile(r"rank 2\s*failed.*20"))
    expect(page.get_by_test_id("run-error")).to_contain_text("rank 2: ValueError: no")
    page.goto("/?project=members&members=2")
    expect(described(chart(page, "loss"))).to_have_attribute("aria-label", re.compile("1 run.*now 20"))
