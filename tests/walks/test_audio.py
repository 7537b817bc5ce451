"""Sound, from samples to a player: one plays at a time, sought by pointer and keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LOG = """
import numpy as np, trackio
trackio.init(project="sounds", name="run")
at = np.arange(16_000 * 8) / 16_000
for name in ("one", "two"):
    trackio.log({name: trackio.Audio(np.sin(at * 3_000).astype(np.float32), caption=name, sample_rate=16_000)})
trackio.finish()
"""


def test_sounds_are_played_one_at_a_time_and_sought_by_keys(page, train):
    train(LOG)
    page.goto("/?project=sounds&tab=media")
    one = page.locator('[data-key="one"] [data-testid="audio"]')
    two = page.locator('[data-key="two"] [data-testid="audio"]')
    expect(one).to_contain_text("0:00 / 0:08", timeout=30_000)
    drawn = one.locator("canvas").evaluate(
        """async canvas => {
            for (let n = 0; n < 50; n++) {
                const row = canvas.width && canvas.getContext("2d").getImageData(0, 4, canvas.width, 1).data;
                if (row && row.some(value => value > 0)) return true;
                await new Promise(requestAnimationFrame);
            }
            return false;
        }"""
    )
    assert drawn, "the outline reaches neither top nor bottom"

    place = one.get_by_role("slider")
    place.focus()
    page.keyboard.press("ArrowRight")
    expect(place).to_have_attribute("aria-valuenow", "0.8")
    page.keyboard.press("End")
    expect(place).to_have_attribute("aria-valuetext", "0:08 of 0:08")
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    expect(one).to_have_attribute("data-on", "true")
    two.get_by_label("Play two").click()
    expect(two).to_have_attribute("data-on", "true")
    expect(one).to_have_attribute("data-on", "false")
    two.get_by_label("Pause two").click()
    expect(two).to_have_attribute("data-on", "false")
    with page.expect_download() as saved:
        one.get_by_label("Save one").click()
    assert saved.value.path().read_bytes()[:4] == b"fLaC"
