"""Shapes in space, from points and files to a canvas that turns."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect, sync_playwright

pytestmark = pytest.mark.browser

LOG = """
import pathlib, sys, numpy as np, trackio
trackio.init(project="space", name="run")
at = np.random.default_rng(0).normal(size=(2_000, 3))
red = np.full((2_000, 3), (255, 0, 0))
trackio.log({"cloud": trackio.Object3D(np.concatenate([at, red], 1), caption="a cloud")})
trackio.log({"bad": trackio.Object3D(sys.argv[1])})
trackio.finish()
"""

#: Of all pixels of a canvas, how many are drawn, and how many of these are red.
DRAWN = """async canvas => {
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let [drawn, red, sum] = [0, 0, 0];
    for (let at = 0; at < data.length; at += 4) {
        if (data[at + 3] < 128) continue;
        drawn++;
        sum += at;
        if (data[at] > 200 && data[at + 1] < 50) red++;
    }
    return [drawn, red, sum];
}"""


@pytest.fixture(scope="module")
def browser():
    """One that draws in space without a graphics card."""
    flags = [
        "--no-sandbox",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
        "--no-first-run",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def logged(daemon, train, tmp_path):
    (tmp_path / "bad.stl").write_bytes(b"solid but no facets")
    train(LOG, str(tmp_path / "bad.stl"))


def test_a_cloud_is_drawn_turned_and_enlarged(logged, page, until):
    page.goto("/?project=space&tab=media")
    view = page.locator('[data-key="cloud"] [data-testid="model"]')
    expect(view).to_have_attribute("data-drawn", "true", timeout=60_000)
    expect(view).to_contain_text("2,000 points")
    canvas = view.locator("canvas")
    drawn, red, sum_ = canvas.evaluate(DRAWN)
    assert drawn > 200
    assert red > drawn * 0.9

    canvas.focus()
    page.keyboard.press("ArrowLeft")
    until(lambda: canvas.evaluate(DRAWN)[2] != sum_, "another side of it")
    page.keyboard.press("0")
    until(lambda: canvas.evaluate(DRAWN)[2] == sum_, "the first side of it")
    for _ in range(4):
        page.keyboard.press("+")
    until(lambda: canvas.evaluate(DRAWN)[0] > drawn * 1.5, "larger points")

    view.get_by_label("Enlarge").click()
    whole = page.get_by_test_id("lightbox").get_by_test_id("model")
    expect(whole).to_have_attribute("data-drawn", "true")
    assert whole.evaluate("view => view.clientHeight") > 500


def test_a_file_that_is_no_shape_says_why(logged, page):
    page.goto("/?project=space&tab=media")
    failed = page.locator('[data-key="bad"] [data-state="failed"]')
    expect(failed).to_contain_text("there is nothing in the file to be drawn", timeout=30_000)


def test_without_a_way_to_draw_the_file_is_offered(logged, page):
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/?project=space&tab=media")
    view = page.locator('[data-key="cloud"] [data-testid="model"]')
    expect(view).to_contain_text("This browser cannot draw in space", timeout=30_000)
    with page.expect_download() as saved:
        view.get_by_role("link", name="Download it").click()
    assert saved.value.path().read_bytes().startswith(b"ply\n")
