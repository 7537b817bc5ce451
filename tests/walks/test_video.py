"""A video, from an array to the player: raw frames beside the journal, a worker's MP4, byte ranges to the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CLIP = """
import numpy as np, trackio
trackio.init(project="clips", name="run")
frames = np.zeros((12, 3, 33, 47), np.uint8)
for number in range(12):
    frames[number, 0] = number * 20
trackio.log({"clip": trackio.Video(frames, caption="it gets redder", fps=6)})
trackio.finish()
"""


def test_a_clip_becomes_a_player_that_plays_in_the_browser(page, train):
    train(CLIP)
    page.goto("/?project=clips&tab=media")
    item = page.locator('[data-testid="media-item"]').first
    expect(item).to_contain_text("it gets redder", timeout=20_000)
    video = item.locator("video")
    expect(video).to_have_count(1, timeout=30_000)
    assert video.evaluate(
        """async player => {
            player.muted = true;
            await player.play();
            await new Promise(resolve => player.addEventListener("timeupdate", resolve, { once: true }));
            return player.videoWidth >= 47 && player.videoHeight >= 33 && Math.abs(player.duration - 2) < 0.2;
        }"""
    )
