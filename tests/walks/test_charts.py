"""Charts as they are worked with: zoomed, smoothed, compared, grouped and saved, by pointer, by key and by address."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from trackiod.store import keys
from trackiod.store.env import Store, scan

pytestmark = pytest.mark.browser

RUNS = """
import math, trackio
for name, lr in (("low", 0.1), ("middle", 0.1), ("high", 0.2)):
    height = {"low": 1, "middle": 2, "high": 5}[name]
    trackio.init(project="charts", name=name, config={"lr": lr})
    for step in range(100):
        odd = step in (40, 41) and name == "low"
        trackio.log({"train/loss": float("nan") if odd else height + 0.1 * math.sin(step), "train/signed": step - 50,
                     "epoch": step / 10}, step=step)
    trackio.log({"test/score": height / 10})
    trackio.finish()
"""

WIDE = """
import trackio
trackio.init(project="charts")
for step in range(3):
    trackio.log({f"m/{k}": k + step for k in range(2000)})
"""

LIVE = """
import sys, trackio
trackio.init(project="charts", name="live")
for step in range(100):
    trackio.log({"loss": step}, step=step)
for line in sys.stdin:
    trackio.log({"loss": float(line)}, step=int(line))
trackio.finish()
"""


@pytest.fixture
def charts(page, train):
    """A project of three runs, and a way to open its charts at an address."""
    train(RUNS)

    def go(query: str = "", metric: str = "train/loss"):
        page.goto(f"/?project=charts{query}")
        found = chart(page, metric)
        expect(found).not_to_have_attribute("data-points", "0", timeout=20_000)
        return found

    return go


def test_a_drag_zooms_all_charts_and_every_zoom_can_be_undone(page, charts):
    loss = charts()
    drag(page, loss, 0.5, 0.75)
    expect(chart(page, "train/signed").get_by_test_id("zoom-reset")).to_be_visible()
    expect(page).to_have_url(re.compile(r"xmin=.*xmax="))
    first = bounds(page)
    assert 30 < first[0] < first[1] < 90
    wheel(page, loss, -100, "Control")
    expect(page).not_to_have_url(re.compile(f"xmin={first[0]}"))
    closer = bounds(page)
    assert first[0] < closer[0] < closer[1] < first[1]
    wheel(page, loss, 100, "Shift")
    expect(page).not_to_have_url(re.compile(f"xmin={closer[0]}"))
    moved = bounds(page)
    assert moved[0] > closer[0]
    assert moved[1] - moved[0] == pytest.approx(closer[1] - closer[0])
    canvas(loss).press("Backspace")
    canvas(loss).press("Backspace")
    expect(page).not_to_have_url(re.compile("xmin="))
    drag(page, loss, 0.5, 0.75)
    expect(loss.get_by_test_id("zoom-reset")).to_be_visible()
    canvas(loss).dblclick()
    expect(loss.get_by_test_id("zoom-reset")).to_be_hidden()


def test_after_a_gesture_every_chart_says_what_it_shows_and_asked_for_finer_points_once(page, charts, until):
    loss, signed = charts(), chart(page, "train/signed")
    expect(canvas(signed)).to_have_attribute("aria-label", re.compile("step 0 to 99"))
    page.wait_for_load_state("networkidle")
    asked: list[tuple[str, str]] = []
    page.on("request", lambda request: asked.extend(series_of(request)))
    hover(page, loss, 0.6, 0.5)
    page.keyboard.down("Control")
    for _ in range(4):
        page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    shown = "step {:.0f} to {:.0f},".format
    until(lambda: all(shown(*bounds(page)) in label(each) for each in (loss, signed)), "charts to say what they show")
    expect(page.locator(".chart-tip:popover-open .chart-tip-row").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert asked
    assert len(asked) == len(set(asked))


def test_a_chart_that_is_not_linked_zooms_alone(page, charts):
    loss = charts("&linked=0")
    drag(page, loss, 0.5, 0.75)
    expect(loss.get_by_test_id("zoom-reset")).to_be_visible()
    expect(chart(page, "train/signed").get_by_test_id("zoom-reset")).to_be_hidden()
    expect(page).to_have_url(re.compile("view=train/loss:"))
    page.reload()
    expect(loss.get_by_test_id("zoom-reset")).to_be_visible(timeout=20_000)


def test_how_charts_look_is_in_the_address_and_shows_the_same_elsewhere(page, charts):
    charts()
    page.get_by_test_id("smoothing").fill("0.5")
    page.get_by_test_id("view-options").click()
    page.get_by_test_id("smoothing-kind").select_option("gaussian")
    page.get_by_test_id("y-scale").select_option("symlog")
    page.get_by_test_id("height").select_option("large")
    page.keyboard.press("Escape")
    page.get_by_test_id("outliers").click()
    # What is said in one turn stands in the order of docs/HTTP.md, what comes later behind it.
    last = "(outliers=1&height=large|height=large&outliers=1)"
    expect(page).to_have_url(re.compile(f"smoothing=0.99&smoothing_kind=gaussian&y_scale=symlog&{last}"))
    address = page.url
    page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator(".toolbar .slider-value")).to_have_text("0.9900", timeout=20_000)
    expect(page.get_by_test_id("outliers")).to_have_attribute("aria-pressed", "true")
    page.get_by_test_id("view-options").click()
    expect(page.get_by_test_id("smoothing-kind")).to_have_value("gaussian")
    expect(page.get_by_test_id("y-scale")).to_have_value("symlog")


def test_one_chart_can_look_otherwise_than_all(page, charts):
    loss = charts("&own=train/signed::0.5")
    canvas(loss).press("l")
    expect(page).to_have_url(re.compile("own=train/signed::0.5&own=train/loss:log:"))
    expect(page.get_by_test_id("log-y")).to_have_attribute("aria-pressed", "false")
    signed = chart(page, "train/signed")
    expect(signed.get_by_test_id("unplaced-note")).to_be_hidden()
    signed.hover()
    signed.get_by_test_id("chart-menu").click()
    expect(signed.get_by_test_id("own-smoothing")).to_have_attribute("aria-valuetext", "0.50")
    signed.get_by_test_id("own-scale").select_option("log")
    expect(signed.get_by_test_id("unplaced-note")).to_have_text("153 ≤ 0")
    signed.get_by_test_id("own-reset").click()
    expect(signed.get_by_test_id("unplaced-note")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("own=train/signed"))


def test_charts_say_what_is_no_number_and_what_a_log_axis_leaves_out(page, charts):
    loss = charts()
    note = loss.get_by_test_id("odd-note")
    expect(note).to_have_text("2 NaN from 40")
    expect(canvas(loss)).to_have_attribute("aria-label", re.compile("line chart of 3 runs, .* 2 NaN and 0 infinite"))
    note.click()
    expect(page).to_have_url(re.compile(r"xmin=30&xmax=51"))
    canvas(loss).press("0")
    page.get_by_test_id("log-y").click()
    expect(chart(page, "train/signed").get_by_test_id("unplaced-note")).to_have_text("153 ≤ 0")
    expect(loss.get_by_test_id("unplaced-note")).to_be_hidden()


def test_a_chart_draws_what_can_be_read_and_says_what_is_missing(page, charts, daemon, until):
    loss = charts()
    expect(loss.get_by_test_id("missing-note")).to_be_hidden()
    store = Store.open(daemon.places.store)

    def chunks():
        with store.read() as txn:
            return [item for item in scan(txn, keys.CHUNK) if keys.series_of(item[0])[20:] == keys.digest("train/loss")]

    until(lambda: len(chunks()) == 3, "chunks of all three runs")
    with store.write() as txn:
        key, value = chunks()[0]
        txn.put(key, value[:-5] + bytes([value[-5] ^ 1]) + value[-4:])
    store.close()
    page.reload()
    note = loss.get_by_test_id("missing-note")
    expect(note).to_have_text("points missing")
    expect(note).to_have_attribute("title", re.compile(r"Points from step 0 on are damaged"))
    expect(chart(page, "train/signed").get_by_test_id("missing-note")).to_be_hidden()


def test_the_cursor_is_shared_names_the_nearest_run_and_measures_from_where_it_was_fixed(page, charts):
    loss = charts()
    hover(page, loss, 0.5, 0.1)
    rows = page.locator(".chart-tip:popover-open .chart-tip-row:visible .chart-tip-label")
    expect(rows).to_have_text(["high", "middle", "low"])
    expect(page.locator(".chart-tip-near .chart-tip-label:visible")).to_have_text("high")
    expect(chart(page, "train/signed").locator(".chart-cursor:not(.chart-fixed)")).to_be_visible()
    canvas(loss).click(position=spot(loss, 0.5, 0.1))
    expect(page).to_have_url(re.compile(r"cursor=\d+"))
    hover(page, loss, 0.8, 0.1)
    expect(page.locator(".chart-tip-step:visible")).to_contain_text("Δ +")
    expect(chart(page, "train/signed").locator(".chart-fixed")).to_be_visible()
    page.mouse.move(5, 5)
    canvas(loss).press("Escape")
    expect(page).not_to_have_url(re.compile("cursor="))
    canvas(loss).press("End")
    expect(loss.locator("[aria-live]")).to_have_text(re.compile(r"^(low|middle|high): .*, Step 99$"))
    canvas(loss).click(button="right", position=spot(loss, 0.5, 0.04))
    page.get_by_test_id("line-menu").get_by_role("menuitem", name="Hide this run").click()
    expect(canvas(loss)).to_have_attribute("aria-label", re.compile("line chart of 2 runs"))


def test_any_metric_can_be_the_x_axis(page, charts):
    loss = charts()
    page.get_by_test_id("x-metric").click()
    page.get_by_test_id("axis-metric-filter").fill("epo")
    page.get_by_test_id("axis-metric").click()
    expect(page).to_have_url(re.compile("x_axis=epoch"))
    expect(canvas(loss)).to_have_attribute("aria-label", re.compile("epoch 0 to 9.9"))
    drag(page, loss, 0.5, 0.75)
    expect(canvas(loss)).to_have_attribute("aria-label", re.compile(r"epoch [4-5]\.\d+ to [6-8]\.\d+"))


def test_the_ends_of_the_y_axis_are_fixed_by_typing_and_let_go_by_a_click(page, charts):
    loss = charts()
    canvas_of = canvas(loss)
    loss.get_by_test_id("fix-yMax").click()
    loss.get_by_test_id("axis-yMax").fill("20")
    loss.get_by_test_id("axis-yMax").press("Enter")
    expect(page).to_have_url(re.compile("own=train/loss:::ymax=20"))
    expect(canvas_of).to_have_attribute("aria-label", re.compile("values 0?.* to 20,"))
    loss.get_by_test_id("fix-yMin").click()
    loss.get_by_test_id("axis-yMin").fill("-5")
    loss.get_by_test_id("axis-yMin").press("Enter")
    expect(canvas_of).to_have_attribute("aria-label", re.compile("values \u22125 to 20,"))
    loss.get_by_test_id("fix-yMin").click()
    loss.get_by_test_id("axis-yMin").fill("7")
    loss.get_by_test_id("axis-yMin").press("Escape")
    expect(loss.get_by_test_id("ends-note")).to_have_text("y \u22125 … 20")
    loss.get_by_test_id("ends-note").click()
    expect(page).not_to_have_url(re.compile("own="))
    expect(loss.get_by_test_id("ends-note")).to_be_hidden()


def test_what_is_in_view_is_a_table_too(page, charts):
    loss = charts("&xmin=38&xmax=45")
    loss.hover()
    loss.get_by_test_id("chart-menu").click()
    loss.get_by_test_id("show-table").click()
    table = page.get_by_test_id("chart-table")
    expect(table.locator("thead th")).to_have_text(["step", "high", "middle", "low"])
    expect(table.locator("tbody tr")).to_have_count(8)
    expect(table.locator("tbody tr").nth(2)).to_have_text(re.compile(r"^40.*NaN$"))
    expect(table.locator("table")).to_have_attribute("aria-rowcount", "9")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    table.get_by_test_id("copy-table").click()
    copied = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert copied[0] == "step\thigh\tmiddle\tlow"
    assert copied[3].startswith("40\t")
    assert copied[3].endswith("\tNaN")
    page.keyboard.press("Escape")
    expect(table).to_be_hidden()


def test_the_best_so_far_is_drawn_of_one_chart(page, charts):
    charts()
    signed = chart(page, "train/signed")
    signed.hover()
    signed.get_by_test_id("chart-menu").click()
    signed.get_by_test_id("own-best").select_option("min")
    expect(page).to_have_url(re.compile("own=train/signed:::best=min"))
    expect(canvas(signed)).to_have_attribute("aria-label", re.compile(r"now from \u221250 \(.*\) to \u221250"))
    page.goto(page.url + "&xmin=60&xmax=80")
    expect(canvas(signed)).to_have_attribute("aria-label", re.compile(r"now from \u221250 \("), timeout=20_000)


def test_groups_are_drawn_as_their_mean_with_its_members_behind(page, charts):
    loss = charts("&group=lr")
    expect(loss.locator(".legend li")).to_have_text(["0.1", "0.2"])
    hover(page, loss, 0.5, 0.5)
    tip = page.locator(".chart-tip:popover-open")
    expect(tip.locator(".chart-tip-row", has_text="0.1").first).to_contain_text("n 2")
    expect(canvas(loss)).to_have_attribute("aria-label", re.compile("line chart of 2 groups"))


def test_single_values_are_bars_and_pinned_metrics_come_first(page, charts):
    charts()
    score = chart(page, "test/score")
    score.scroll_into_view_if_needed()
    expect(score.locator(".bars li")).to_have_text(["high0.50000", "middle0.20000", "low0.10000"])
    score.hover()
    score.get_by_test_id("pin-metric").click()
    expect(page.get_by_test_id("section").first).to_have_attribute("data-section", "pinned")
    expect(page).to_have_url(re.compile("pinned=test/score"))
    page.reload()
    expect(page.get_by_test_id("chart").first).to_have_attribute("data-metric", "test/score", timeout=20_000)


def test_parameters_are_shown_against_results_and_a_part_of_them_chosen(page, charts):
    charts()
    page.get_by_test_id("sweep").click()
    expect(page).to_have_url(re.compile("sweep=test/score"))
    expect(page.get_by_test_id("scatter").get_by_role("button")).to_have_count(3)
    strip = page.locator('[data-axis="outcome:test/score"] .parallel-strip').bounding_box()
    page.mouse.move(strip["x"] + 10, strip["y"] + strip["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(strip["x"] + 10, strip["y"] + strip["height"], steps=2)
    page.mouse.up()
    page.get_by_test_id("sweep-keep").click()
    expect(page.get_by_text("2 of 3 runs shown")).to_be_visible()


def test_one_chart_fills_the_window_and_keys_turn_to_the_next(page, charts):
    loss = charts()
    canvas(loss).press("f")
    full = page.get_by_test_id("full-chart")
    expect(full.get_by_test_id("value-legend").locator("li")).to_have_count(3)
    expect(full.get_by_test_id("value-legend").locator("li").first).to_contain_text("high")
    page.keyboard.press("ArrowRight")
    expect(full.get_by_test_id("chart")).to_have_attribute("data-metric", "train/signed")
    page.go_back()
    expect(full.get_by_test_id("chart")).to_have_attribute("data-metric", "train/loss")
    page.keyboard.press("Escape")
    expect(full).to_be_hidden()
    expect(page).not_to_have_url(re.compile("full="))


def test_a_chart_is_saved_as_its_points_and_as_a_picture(page, charts):
    loss = charts()
    points = saved(page, loss, "csv").read_text().splitlines()
    assert points[0] == "run,run_id,step,time,train/loss"
    assert len(points) == 301
    assert sum(line.endswith(",NaN") for line in points) == 2
    drawing = saved(page, loss, "svg").read_text()
    assert drawing.startswith("<svg ")
    assert ">middle</text>" in drawing
    assert saved(page, loss, "png").read_bytes().startswith(b"\x89PNG")


def test_an_embedded_chart_fills_its_frame_and_has_nothing_around_it(page, charts):
    loss = charts("&metrics=train/loss&embed=1")
    assert loss.bounding_box()["height"] > 850
    for gone in ("sidebar", "metric-filter", "tab-charts"):
        expect(page.get_by_test_id(gone)).to_be_hidden()


def test_of_thousands_of_metrics_only_those_on_screen_are_made(page, train):
    train(WIDE)
    page.goto("/?project=charts")
    expect(chart(page, "m/0")).to_have_attribute("data-points", "3", timeout=20_000)
    assert page.get_by_test_id("chart").count() == 2000
    assert page.locator("canvas").count() < 100
    last = chart(page, "m/1999")
    last.scroll_into_view_if_needed()
    expect(last).to_have_attribute("data-last", "2001", timeout=20_000)
    expect(chart(page, "m/0").locator("canvas")).to_have_count(0)


def test_a_zoom_that_reaches_the_end_moves_along_with_what_is_new(page, daemon, data_dir):
    with subprocess.Popen([sys.executable, "-c", LIVE], stdin=subprocess.PIPE, text=True) as job:
        page.goto("/?project=charts")
        loss = chart(page, "loss")
        expect(loss).to_have_attribute("data-points", "100", timeout=20_000)
        drag(page, loss, 0.6, 1)
        expect(page.get_by_test_id("follow")).to_have_attribute("aria-pressed", "true")
        before = bounds(page)
        job.stdin.write("150\n")
        job.stdin.flush()
        expect(page).to_have_url(re.compile("xmax=150"))
        assert bounds(page)[1] - bounds(page)[0] == pytest.approx(before[1] - before[0])
        page.get_by_test_id("follow").click()
        job.stdin.write("200\n")
        job.stdin.close()
        expect(loss).to_have_attribute("data-last", "200", timeout=10_000)
        assert bounds(page)[1] == 150


def chart(page, metric: str):
    return page.locator(f'[data-testid="chart"][data-metric="{metric}"]').last


def canvas(of):
    return of.locator("canvas").last


def label(of) -> str:
    return canvas(of).get_attribute("aria-label")


def spot(of, across: float, down: float) -> dict[str, float]:
    """A place in the plot, as shares of the canvas."""
    box = canvas(of).bounding_box()
    return {"x": box["width"] * across, "y": 8 + (box["height"] - 32) * down}


def hover(page, of, across: float, down: float) -> None:
    canvas(of).scroll_into_view_if_needed()
    box, at = canvas(of).bounding_box(), spot(of, across, down)
    page.mouse.move(box["x"] + at["x"] - 3, box["y"] + at["y"])
    page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])


def drag(page, of, start: float, end: float) -> None:
    hover(page, of, start, 0.5)
    page.mouse.down()
    hover(page, of, end, 0.5)
    page.mouse.up()


def wheel(page, of, by: float, key: str) -> None:
    hover(page, of, 0.6, 0.5)
    page.keyboard.down(key)
    page.mouse.wheel(0, by)
    page.keyboard.up(key)


def series_of(request) -> list[tuple[str, str]]:
    """Ranges and series that a request asks for."""
    if not request.url.endswith("/series"):
        return []
    asked = request.post_data_json
    return [(f"{asked['first']} to {asked['last']}", f"{each['run']} {each['metric']}") for each in asked["series"]]


def bounds(page) -> tuple[float, float]:
    """What the address says is in view along x, once it says so."""
    expect(page).to_have_url(re.compile(r"xmin=.*xmax="))
    return tuple(float(re.search(rf"{name}=([^&]+)", page.url)[1]) for name in ("xmin", "xmax"))


def saved(page, of, kind: str) -> Path:
    of.hover()
    of.get_by_test_id("chart-menu").click()
    with page.expect_download() as download:
        of.get_by_test_id(f"save-{kind}").click()
    return Path(download.value.path())
