"""What all who look at a project share: its saved views and filters, and what one of them or a short link means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackio_web import params
from trackio_web.appkeys import READER

if TYPE_CHECKING:
    from aiohttp import web


async def project(request: web.Request) -> web.Response:
    """`GET /api/v1/project?project=`."""
    name = params.required(request.query, "project")
    return await request.app[READER].reply(lambda query: query.shared(name))


async def view(request: web.Request) -> web.Response:
    """`GET /api/v1/view?id=`."""
    view_id = params.required(request.query, "id")
    return await request.app[READER].reply(lambda query: query.view(view_id))
