"""What all who look at a project share: its saved views and filters, and what one of them or a short link means."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from trackio_web import params
from trackio_web.appkeys import LOOKS, READER

if TYPE_CHECKING:
    from aiohttp import web

    from trackiod.config import Looks
    from trackiod.query import Shared


async def project(request: web.Request) -> web.Response:
    """`GET /api/v1/project?project=`."""
    name = params.required(request.query, "project")
    looks = request.app[LOOKS]
    return await request.app[READER].reply(lambda query: _with(looks, query.shared(name)))


async def view(request: web.Request) -> web.Response:
    """`GET /api/v1/view?id=`."""
    view_id = params.required(request.query, "id")
    return await request.app[READER].reply(lambda query: query.view(view_id))


def _with(looks: Looks, shared: Shared) -> dict[str, Any]:
    """Return what is saved with a project beside how this server draws all of them."""
    order = shared.plot_order or looks.plot_order
    return asdict(shared) | {"plot_order": order, "palette": looks.palette}
