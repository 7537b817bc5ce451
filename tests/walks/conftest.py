"""A real browser for the walks, and a way to run a training script as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

#: Chromium must not look for its maker's services; it runs as root in containers, hence no sandbox of its own.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


QUIET = """
import trackio
trackio.init("p", name="quiet", auto_log_cpu=False)
trackio.log({"loss": 1.0})
trackio.finish()
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, daemon) -> Iterator[Page]:
    """A fresh page; an error in its console, a broken policy or a request to another host fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=daemon.url)
    fresh = context.new_page()
    faults: list[str] = []
    fresh.on("pageerror", lambda error: faults.append(str(error)))
    fresh.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    fresh.on(
        "request",
        lambda request: (
            None if request.url.startswith((daemon.url, "data:", "blob:")) else faults.append(f"asked {request.url}")
        ),
    )
    yield fresh
    context.close()
    assert not faults


@pytest.fixture
def train(data_dir) -> Callable[..., str]:
    """Runs a script (a path, or Python source) to its end against the test's daemon; returns what it printed."""

    def run(script: object, *arguments: str) -> str:
        how = ["-c", script] if isinstance(script, str) else [str(script)]
        environment = os.environ | {"TRACKIO_DIR": str(data_dir)}
        outcome = subprocess.run(
            [sys.executable, *how, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
        return outcome.stdout

    return run


@pytest.fixture
def quiet(train) -> Callable[[], str]:
    """Logs the run `quiet` in project `p`: one number, and neither alerts nor system metrics."""
    return lambda: train(QUIET)


@pytest.fixture
def ask(daemon) -> Callable[..., Any]:
    """Asks the HTTP API as anybody may: `ask("/api/v1/runs", project="p")` returns the JSON."""

    def get(path: str, **query: str) -> Any:
        address = f"{daemon.url}{path}?{urlencode(query)}" if query else daemon.url + path
        with urllib.request.urlopen(address, timeout=30) as reply:
            return json.load(reply)

    return get
