"""The typed keys by which handlers reach what the app was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from trackio_web.bundle import Bundle
    from trackio_web.reader import Reader
    from trackio_web.stream import Hub
    from trackiod.config import Looks

READER: web.AppKey[Reader] = web.AppKey("reader")
HUB: web.AppKey[Hub] = web.AppKey("hub")
LOOKS: web.AppKey[Looks] = web.AppKey("looks")
BUNDLE: web.AppKey[Bundle] = web.AppKey("bundle")
