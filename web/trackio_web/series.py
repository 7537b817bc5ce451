"""Series of numbers as binary frames, sent one by one so that the first chart is drawn before the last is read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from aiohttp import web

from trackio.errors import BadRequest
from trackio_web import params
from trackio_web.appkeys import READER
from trackio_web.reply import frame, group_frame, json_reply
from trackiod.formula import parse

if TYPE_CHECKING:
    from trackiod.query import Query, SeriesRequest

#: Series read in one visit to a thread: the first paint waits for these only.
_TOGETHER: Final = 16


async def series(request: web.Request) -> web.StreamResponse:
    """`POST /api/v1/series`: a frame per series, in the order asked for."""
    wanted = params.series_requests(params.json_object(await request.read()))
    reader = request.app[READER]
    # The first part is read before the reply begins, so that what fails at once fails with its status.
    part = await reader.ask(lambda query: _frames(query, wanted[:_TOGETHER]))
    reply = web.StreamResponse(
        headers={"Content-Type": "application/octet-stream", "Cache-Control": "no-store"},
    )
    if len(wanted) <= _TOGETHER:
        reply.content_length = len(part)
    await reply.prepare(request)
    await reply.write(part)
    for at in range(_TOGETHER, len(wanted), _TOGETHER):
        await reply.write(await reader.ask(partial(_frames, wanted=wanted[at : at + _TOGETHER])))
    await reply.write_eof()
    return reply


async def formula(request: web.Request) -> web.Response:
    """`GET /api/v1/formula?text=`: the metrics that a formula is made of, or what is wrong with it."""
    text = params.required(request.query, "text")
    try:
        return json_reply({"metrics": parse(text).names, "error": None})
    except BadRequest as error:  # it is no bad question: who types is told of the answer
        return json_reply({"metrics": [], "error": str(error)})


async def groups(request: web.Request) -> web.Response:
    """`POST /api/v1/groups`: a frame per group of runs, in the order asked for."""
    wanted = params.groups_request(params.json_object(await request.read()))
    body = await request.app[READER].ask(lambda query: b"".join(map(group_frame, query.groups(wanted))))
    return web.Response(body=body, content_type="application/octet-stream", headers={"Cache-Control": "no-store"})


def _frames(query: Query, wanted: list[SeriesRequest]) -> bytes:
    return b"".join(map(frame, query.all_series(wanted)))
