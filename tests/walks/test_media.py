"""Media as they are looked through: by step, side by side, closer, played together, held against each other."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 40_000

RUNS = """
import numpy as np, trackio
for shade, name in ((40, "dark"), (200, "light")):
    trackio.init(project="looks", name=name)
    for step in (0, 10, 20):
        row = {"sample": trackio.Image(np.full((120, 160, 3), shade + step, np.uint8), caption=f"{name} {step}")}
        if step != 10:
            row["digit"] = [trackio.Image(np.full((8, 8), shade, np.uint8)) for _ in range(2)]
        trackio.log(row, step=step)
    trackio.finish()
"""
CLIPS = """
import numpy as np, trackio
for name, frames in (("short", 20), ("long", 40)):
    trackio.init(project="looks", name=name)
    trackio.log({"clip": trackio.Video(np.zeros((frames, 3, 32, 48), np.uint8), fps=10)})
    trackio.finish()
"""
PAUSED = "() => [...document.querySelectorAll('video')].map((video) => video.paused)"


@pytest.fixture
def looks(page, train):
    """The media of two runs at three steps, all of them ready."""
    train(RUNS)

    def go(query="", shown=2):
        page.goto(f"/?project=looks&tab=media{query}")
        ready(page, "sample", shown)
        return page

    return go


def panel(page, key):
    return page.locator(f'[data-testid="media"][data-key="{key}"]')


def items(page, key):
    return panel(page, key).get_by_test_id("media-item")


def ready(page, key, count):
    expect(panel(page, key).locator('[data-state="ready"]')).to_have_count(count, timeout=SLOW)


def captions(page, *texts):
    expect(items(page, "sample").locator("figcaption")).to_have_text(list(texts))


def test_one_step_is_shown_of_all_keys_and_a_key_can_have_its_own(looks):
    page = looks()
    captions(page, "light 20", "dark 20")
    page.keyboard.press("ArrowLeft")
    captions(page, "light 10", "dark 10")
    expect(panel(page, "digit")).to_contain_text("step 0")
    expect(page).to_have_url(re.compile("step=10"))
    page.keyboard.press("Home")
    captions(page, "light 0", "dark 0")
    page.keyboard.press("Shift+ArrowRight")
    captions(page, "light 20", "dark 20")
    expect(page).not_to_have_url(re.compile("step="))
    panel(page, "sample").get_by_role("button", name="Earlier step").click()
    captions(page, "light 10", "dark 10")
    expect(page).to_have_url(re.compile("own_step=sample:10"))
    page.get_by_test_id("page-step").get_by_role("slider").press("Home")
    captions(page, "light 10", "dark 10")
    panel(page, "sample").get_by_role("button", name="sample at the page's step again").click()
    captions(page, "light 0", "dark 0")
    expect(page).to_have_url(re.compile(r"(?!.*own_step).*[&?]step=0"))
    page.reload()
    ready(page, "sample", 2)
    captions(page, "light 0", "dark 0")


def test_a_key_is_laid_out_over_its_steps_and_a_run_over_its_keys(looks):
    page = looks("&media=steps", 6)
    grid = panel(page, "sample").get_by_test_id("media-grid")
    expect(grid.get_by_role("columnheader")).to_have_text(["run", "step 0", "step 10", "step 20"])
    expect(grid.locator('[data-run="dark"] figcaption')).to_have_text(["dark 0", "dark 10", "dark 20"])
    page.get_by_test_id("media-keys").click()
    expect(page).to_have_url(re.compile("media=keys"))
    row = page.locator('.media-grid [data-run="light"]')
    expect(row.get_by_test_id("media-item")).to_have_count(2)
    expect(row.locator("td").first).to_contain_text("1 of 2")
    page.keyboard.press("Home")
    expect(row.locator("figcaption")).to_have_text("light 0")


def test_all_images_zoom_and_move_together(looks):
    page = looks()
    first = items(page, "sample").first
    first.hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -600)
    page.keyboard.up("Control")
    expect(page.get_by_test_id("media-whole")).to_be_visible()
    images = page.locator(".zoom-frame img")
    looks_like = images.evaluate_all("images => images.map((image) => image.style.transform)")
    assert len(looks_like) == 6
    assert len(set(looks_like)) == 1
    assert looks_like[0].startswith("scale(")
    box = first.bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 60, steps=3)
    page.mouse.up()
    expect(page.get_by_test_id("lightbox")).to_be_hidden()
    assert images.first.evaluate("image => image.style.transform") != looks_like[0]
    page.keyboard.press("0")
    expect(page.get_by_test_id("media-whole")).to_be_hidden()


def test_an_open_image_turns_to_other_steps_and_runs_and_is_held_against_them(looks):
    page = looks()
    items(page, "sample").first.get_by_role("button").click()
    box = page.get_by_test_id("lightbox")
    expect(box).to_have_attribute("aria-label", "light 20")
    expect(box.get_by_test_id("step-slider")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(box).to_have_attribute("aria-label", "light 10")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-label", "dark 10")
    page.keyboard.press("Home")
    expect(box).to_have_attribute("aria-label", "dark 0")
    page.keyboard.press("+")
    expect(box.get_by_test_id("zoom-scale")).to_have_text("150 %")
    page.keyboard.press("c")
    page.keyboard.press("End")
    comparison = box.get_by_test_id("comparison")
    expect(comparison.locator(".comparison-foot > span")).to_have_text(
        ["dark, sample, step 0", "dark, sample, step 20"]
    )
    comparison.get_by_test_id("wipe").fill("25")
    expect(comparison.locator(".comparison-over")).to_have_css("clip-path", re.compile("25%|0.25"))
    comparison.get_by_test_id("compare-difference").click()
    expect(comparison.locator(".comparison-over")).to_have_css("mix-blend-mode", "difference")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()


def test_videos_play_stop_and_move_together_while_they_are_seen(page, train, until):
    train(CLIPS)
    page.goto("/?project=looks&tab=media")
    ready(page, "clip", 2)
    page.get_by_test_id("play-all").click()
    until(lambda: page.evaluate(PAUSED) == [False, False], "both videos to play")
    below = page.locator(".page-body")
    below.evaluate("body => { body.style.marginTop = '1000px' }")
    until(lambda: False not in page.evaluate(PAUSED), "what is not seen to rest")
    below.evaluate("body => { body.style.marginTop = '' }")
    until(lambda: page.evaluate(PAUSED) == [False, False], "both videos to go on")
    page.get_by_test_id("play-all").click()
    until(lambda: page.evaluate(PAUSED) == [True, True], "both videos to stop")
    page.get_by_test_id("seek-all").fill("3")
    times = "() => [...document.querySelectorAll('video')].map((video) => video.currentTime.toFixed(2))"
    until(lambda: page.evaluate(times) == ["3.00", "1.00"], "each to be where the other is, or begin again")
    page.keyboard.press("Shift+Tab")
    page.locator(".main").click(position={"x": 5, "y": 700})
    page.keyboard.press(",")
    until(lambda: page.evaluate(times) == ["2.95", "0.95"], "both to go back one frame")
    # What a reader does with one of them happens to all.
    page.locator("video").first.evaluate("video => { video.currentTime = 0.5; }")
    until(lambda: page.evaluate(times) == ["0.50", "0.50"], "the other to follow")
