"""What runs gave alarm of, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackio_web import params
from trackio_web.appkeys import READER

if TYPE_CHECKING:
    from aiohttp import web


async def alerts(request: web.Request) -> web.Response:
    """`GET /api/v1/alerts`: newest first, `next` is the cursor of the following page."""
    wanted = params.alerts_request(request.query)
    return await request.app[READER].reply(lambda query: query.alerts(wanted))
