"""Logged tables as they are read: any number of rows, filtered, sorted, opened, saved, at any step of any run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 40_000

TABLES = """
import numpy as np, trackio
for name, shift in (("first", 0), ("second", 1000)):
    trackio.init(project="tables", name=name)
    for step in (0, 10):
        rows = [[n, f"answer {n}", (n + shift) / 10 + step, None] for n in range(20_000)]
        rows[0][3] = trackio.Image(np.zeros((8, 8, 3), np.uint8))
        rows[1][1] = "=a line\\nand another"
        trackio.log({"answers": trackio.Table(columns=["n", "a text", "score", "seen"], data=rows)}, step=step)
    trackio.finish()
"""


@pytest.fixture
def table(page, train):
    """The card of a table that two runs logged at two steps."""
    train(TABLES)
    page.goto("/?project=tables&tab=tables")
    card = page.get_by_test_id("table")
    expect(card.locator("table")).to_have_attribute("data-rows", "20000", timeout=SLOW)
    expect(cells(card, 0)).to_have_text("0")
    return card


def test_a_filter_that_is_none_says_where(page, table):
    # A page of its own: browsers note in their console that a request was refused.
    own = page.context.new_page()
    own.goto(page.url)
    card = own.get_by_test_id("table")
    expect(cells(card, 0)).to_have_text("0", timeout=SLOW)
    card.get_by_test_id("row-filter").fill("reward > 1")
    expect(card.get_by_test_id("row-count")).to_have_text(
        re.compile("column 1: there is no column 'reward'; there are n, a text, score, seen")
    )
    expect(cells(card, 0)).to_have_text("0")


def cells(card, column):
    return card.get_by_test_id("table-row").first.locator("td").nth(column)


def test_of_many_rows_those_in_view_exist_and_all_can_be_reached(page, table):
    assert table.get_by_test_id("table-row").count() < 60
    table.locator(".table-scroll").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    last = table.locator('[aria-rowindex="20001"]')
    expect(last.locator("td").nth(1)).to_have_text("answer 19999")
    expect(last.locator("td").nth(2)).to_have_text("2109.9")
    expect(last.locator("td").nth(2)).to_have_css("text-align", "right")


def test_rows_are_filtered_and_sorted_by_the_server(page, table):
    table.get_by_role("button", name="score").click()
    table.get_by_role("button", name="score").click()
    expect(cells(table, 0)).to_have_text("19999")
    table.get_by_test_id("row-filter").fill('n < 100 "ANSWER 7"')
    expect(table.get_by_test_id("row-count")).to_have_text("11 of 20,000 rows")
    expect(cells(table, 0)).to_have_text("79")
    table.get_by_test_id("row-filter").fill("nowhere to be found")
    expect(table.get_by_text("No row is like that.")).to_be_visible()


def test_another_step_or_run_is_shown_in_the_same_way(page, table):
    table.get_by_test_id("row-filter").fill("n = 5")
    expect(cells(table, 2)).to_have_text("110.5")
    table.get_by_role("button", name="Earlier step").click()
    expect(cells(table, 2)).to_have_text("100.5")
    expect(table).to_have_attribute("data-step", "0")
    table.get_by_test_id("table-run").select_option(label="first")
    expect(cells(table, 2)).to_have_text("0.5")
    expect(page).to_have_url(re.compile("own_step=answers:0"))


def test_a_row_is_opened_whole_and_its_neighbours_with_it(page, table):
    expect(table.locator('[data-state="ready"]')).to_have_count(1, timeout=SLOW)
    table.get_by_role("button", name="Row 1, whole").click()
    row = page.get_by_test_id("row-dialog")
    expect(row.locator("img")).to_be_visible()
    expect(row.locator("dt")).to_have_text(["n", "a text", "score", "seen"])
    page.keyboard.press("ArrowDown")
    expect(row.locator("dd").nth(1)).to_contain_text("and another")
    page.keyboard.press("Escape")
    expect(row).to_be_hidden()


def test_the_rows_shown_are_saved_for_spreadsheets(page, table):
    table.get_by_test_id("row-filter").fill("n in (1, 19999)")
    expect(table.get_by_test_id("row-count")).to_have_text("2 of 20,000 rows")
    with page.expect_download() as started:
        table.get_by_test_id("rows-csv").click()
    assert started.value.suggested_filename == "answers-10.csv"
    assert Path(started.value.path()).read_bytes().decode() == (
        'n,a text,score,seen\r\n1,"\'=a line\nand another",110.1,\r\n19999,answer 19999,2109.9,\r\n'
    )


def test_a_table_is_held_against_another_run_or_the_step_before(page, table):
    table.get_by_test_id("table-against").select_option("against the step before")
    changed = table.get_by_test_id("table-row").first
    expect(changed).to_have_attribute("data-change", "changed")
    expect(changed.locator(".cell-changed .cell-text")).to_have_text("110")
    expect(changed.locator(".cell-was")).to_have_text("100")
    table.get_by_test_id("table-against").select_option(label="against first")
    table.get_by_test_id("match-on").select_option("score")
    table.get_by_test_id("row-filter").fill("score < 110")
    table.get_by_test_id("only-changes").click()
    expect(table.get_by_test_id("row-count")).to_have_text("1,000 of 20,000 rows")
    expect(table.get_by_test_id("table-row").first).to_have_attribute("data-change", "gone")
