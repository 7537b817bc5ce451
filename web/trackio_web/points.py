"""The points of series themselves, however many, page by page."""

from __future__ import annotations

from aiohttp import web

from trackio_web import params
from trackio_web.appkeys import READER
from trackio_web.reply import frame


async def points(request: web.Request) -> web.Response:
    """`POST /api/v1/points`: a frame of raw points per series, in the order asked for."""
    wanted = params.points_requests(params.json_object(await request.read()))
    body = await request.app[READER].ask(lambda query: b"".join([frame(query.points_after(asked)) for asked in wanted]))
    return web.Response(body=body, content_type="application/octet-stream", headers={"Cache-Control": "no-store"})
