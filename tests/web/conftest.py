"""No test of the web may block its event loop."""

from __future__ import annotations

import pytest
from blockbuster import blockbuster_ctx


@pytest.fixture(autouse=True)
def _nothing_blocks():
    with blockbuster_ctx(["trackio_web", "trackiod", "trackio"]):
        yield
