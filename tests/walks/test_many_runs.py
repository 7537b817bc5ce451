"""A project of thousands of runs in the browser: lists show all of them, and what else is needed is asked for."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect

from trackio.places import meet
from trackio.wire import Finish, RunStart, Schema, encode, framed, row_struct
from trackiod import apply
from trackiod.live import Changes
from trackiod.store.env import Store

pytestmark = pytest.mark.browser

SLOW = 20_000
SECOND = 10**9
COUNT = 3_000
ONE_MORE = """
import trackio
trackio.init("many", name="late", config={"lr": -1})
trackio.log({"loss": -5})
trackio.finish()
"""


@pytest.fixture
def many(data_dir):
    """The project `many`: run n has lr n / 1000 and loss -n in the end, kind n mod 5, and a seed that all have."""
    data_dir.mkdir(parents=True, exist_ok=True)
    store = Store.open(meet(data_dir, {}).store)
    form, head, commit = row_struct(0, "d")
    with store.write() as txn:
        for n in range(COUNT):
            config = {"lr": n / 1000, "model": {"kind": n % 5}, "seed": 1}
            time = (1_700_000_000 + n) * SECOND
            start = RunStart(uuid.uuid4().hex, "many", f"run {n}", None, config, "never", time)
            records = [framed(encode(each)) for each in (start, Schema(0, ("loss",), "d"))]
            records += [form.pack(head, step, time, 1.0 - step - n, commit) for step in range(2)]
            records.append(framed(encode(Finish(time + SECOND, "finished"))))
            apply.store(txn, apply.Piece(uuid.uuid4().bytes, 0, 5, b"".join(records)), Changes())
    store.close()


@pytest.fixture
def table(many, page):
    def go(query=""):
        page.goto(f"/?project=many&tab=runs{query}")
        expect(rows(page).first).to_have_attribute("data-whole", "true", timeout=SLOW)
        return page

    return go


def part(page, name):
    return page.locator(f'[data-testid="{name}"]')


def rows(page):
    return part(page, "table-run-row")


def first_names(page, count=3):
    return rows(page).evaluate_all(f"rows => rows.slice(0, {count}).map(row => row.dataset.run)")


def test_rows_are_filled_where_they_are_looked_at_in_whichever_order(table):
    page = table()
    expect(part(page, "runs-count")).to_have_text("3,000 runs")
    assert first_names(page) == ["run 2999", "run 2998", "run 2997"]
    page.locator(".runs-scroll").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    oldest = page.locator('[data-testid="table-run-row"][data-run="run 0"]')
    expect(oldest).to_have_attribute("data-whole", "true", timeout=SLOW)
    expect(oldest).to_contain_text("finished")
    part(page, "runs-table").get_by_role("button", name="lr", exact=True).click()
    expect(rows(page).first).to_have_attribute("data-run", "run 0", timeout=SLOW)
    part(page, "runs-table").get_by_role("button", name="loss", exact=True).click()
    expect(rows(page).first).to_have_attribute("data-run", "run 2999", timeout=SLOW)
    expect(rows(page).first).to_contain_text("2,999")


def test_filters_groups_and_colours_tell_of_all_runs_and_follow_new_ones(table, train):
    page = table("&sort=last:loss&column=config:lr&column=last:loss")
    part(page, "run-filter").fill("config.lr < 0.002")
    expect(part(page, "runs-count")).to_have_text("2 of 3,000 runs", timeout=SLOW)
    assert first_names(page) == ["run 1", "run 0"]
    train(ONE_MORE)
    expect(part(page, "runs-count")).to_have_text("3 of 3,001 runs", timeout=SLOW)
    assert first_names(page) == ["late", "run 1", "run 0"]
    part(page, "run-filter").fill("")
    part(page, "group-by").select_option("model.kind")
    groups = part(page, "table-group")
    expect(groups.first).to_contain_text("600", timeout=SLOW)
    expect(groups.first).to_contain_text("1,497.5")
    assert part(page, "group-row").first.evaluate("row => row.dataset.group") == "0"
    part(page, "colour-by").select_option("config:lr")
    expect(part(page, "colour-legend")).to_contain_text("2.999", timeout=SLOW)


def test_only_what_differs_is_shown_and_saved_for_all_runs(table):
    page = table("&column=config:seed&column=config:lr&differing=1")
    head = part(page, "runs-table")
    expect(head.locator('th[data-column="config:lr"]')).to_be_visible(timeout=SLOW)
    expect(head.locator('th[data-column="config:seed"]')).to_have_count(0, timeout=SLOW)
    part(page, "runs-download").click()
    with page.expect_download() as download:
        part(page, "runs-json").click()
    saved = json.loads(Path(download.value.path()).read_text())
    assert saved == [{"name": f"run {n}", "config:lr": n / 1000} for n in reversed(range(COUNT))]


def test_runs_far_down_have_their_pages_and_are_compared_whole(table, ask):
    page = table()
    ids = {run["name"]: run["id"] for run in ask("/api/v1/runs", project="many", filter="config.lr < 0.01")["runs"]}
    page.goto(f"/?project=many&tab=runs&selected_run_id={ids['run 7']}")
    expect(part(page, "run-config")).to_contain_text("0.007", timeout=SLOW)
    page.goto(f"/?project=many&tab=compare&picked={ids['run 3']},{ids['run 4']}")
    expect(part(page, "compare-table")).to_have_attribute("data-runs", "2", timeout=SLOW)
    keys = part(page, "compare-line").evaluate_all("lines => lines.map(line => line.dataset.key)")
    assert keys == ["lr", "model.kind", "loss"]


def test_groups_of_all_runs_are_drawn_without_each_being_known_whole(many, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url.partition("/api/v1/")[2]))
    page.goto("/?project=many&group=model.kind")
    chart = page.locator('[data-testid="chart"][data-metric="loss"]')
    # Mean and deviation of the 600 runs of a kind, not of the newest alone.
    expect(chart).to_have_attribute("data-max", re.compile(r"^-629\.7"), timeout=SLOW)
    assert asked.count("groups") >= 1
    assert asked.count("runs") == 0
