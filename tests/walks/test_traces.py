"""Traces, from lists of conversations to a page that is searched and read."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LOG = """
import numpy as np, trackio
def trace(step, n):
    picture = trackio.Image(np.full((8, 8, 3), 99, np.uint8), caption="seen")
    call = {"id": "1", "function": {"name": "add", "arguments": '{"a": 1}'}}
    asked = [{"type": "text", "text": f"question {step}.{n}"}, {"type": "image", "image": picture}]
    messages = [
        {"role": "user", "content": asked},
        {"role": "assistant", "content": "<img src=x onerror=alert(1)> **sum**", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": "42"},
    ]
    spans = [
        {"id": "a", "name": "agent", "start_time": 10.0, "end_time": 14.0},
        {"id": "b", "parent_id": "a", "name": "generate", "start_time": 12.0, "end_time": 13.0, "error": "too long"},
    ]
    return trackio.Trace(messages, {"reward": n / 2}, spans)
trackio.init(project="rl", name="run")
for step in (0, 10, 20):
    trackio.log({"rollouts": [trace(step, n) for n in range(400)]}, step=step)
trackio.finish()
"""


def test_thousands_of_traces_are_listed_searched_and_read(page, train):
    train(LOG)
    page.goto("/?project=rl&tab=traces")
    card = page.get_by_test_id("traces")
    expect(card).to_have_attribute("data-total", "1200", timeout=30_000)
    lines = card.get_by_test_id("trace-line")
    expect(lines.first).to_contain_text("question 20.0")
    assert lines.count() < 60

    card.locator(".virtual").evaluate("list => { list.scrollTop = list.scrollHeight }")
    expect(lines.last).to_contain_text("question 0.399")

    card.get_by_test_id("trace-step").select_option("10")
    expect(card).to_have_attribute("data-total", "400")
    expect(lines.first).to_contain_text("question 10.0")

    card.get_by_test_id("trace-search").fill("QUESTION 10.37")
    expect(card).to_have_attribute("data-total", "11")
    lines.nth(1).click()
    expect(lines.nth(1)).to_have_attribute("aria-current", "true")
    open_ = card.get_by_test_id("conversation")
    expect(open_).to_contain_text("question 10.370")
    page.keyboard.press("ArrowDown")
    expect(open_).to_contain_text("question 10.371")


def test_a_conversation_shows_roles_tools_pictures_metadata_and_spans(page, train):
    train(LOG)
    page.goto("/?project=rl&tab=traces")
    open_ = page.get_by_test_id("conversation")
    expect(open_.get_by_test_id("message")).to_have_count(3, timeout=30_000)
    roles = [message.get_attribute("data-role") for message in open_.get_by_test_id("message").all()]
    assert roles == ["user", "assistant", "tool"]
    expect(open_.locator("img")).to_have_count(1, timeout=30_000)
    expect(open_.get_by_test_id("trace-metadata")).to_contain_text("reward")
    # What was said is text, never markup.
    expect(open_.get_by_test_id("message").nth(1)).to_contain_text("<img src=x onerror=alert(1)> **sum**")
    call = open_.get_by_test_id("tool-call")
    expect(call.locator("pre")).to_be_hidden()
    call.locator("summary").click()
    expect(call.locator("pre")).to_contain_text('"a": 1')
    expect(open_.get_by_test_id("message").nth(2)).to_contain_text("add")

    spans = open_.get_by_test_id("span")
    expect(spans).to_have_count(2)
    bar = spans.nth(1).locator("i").evaluate("bar => [bar.style.left, bar.style.width]")
    assert bar == ["50%", "25%"]
    spans.nth(1).locator("summary").click()
    expect(spans.nth(1)).to_contain_text("too long")

    open_.get_by_test_id("trace-markdown").click()
    expect(open_.locator(".markdown strong")).to_have_text("sum")
    expect(open_.locator(".markdown img")).to_have_count(0)


def test_a_run_page_and_a_narrow_window_show_traces_too(page, train, ask):
    train(LOG)
    (run,) = ask("/api/v1/runs", project="rl")["runs"]
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(f"/?project=rl&tab=runs&selected_run_id={run['id']}")
    card = page.get_by_test_id("traces")
    expect(card).to_have_attribute("data-total", "1200", timeout=30_000)
    expect(card.get_by_test_id("conversation")).to_be_hidden()
    card.get_by_test_id("trace-line").first.click()
    expect(card.get_by_test_id("conversation")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    card.get_by_label("Back to the list").click()
    expect(card.get_by_test_id("trace-line").first).to_be_visible()
