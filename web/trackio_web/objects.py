"""What was logged beside numbers: values, media, tables and traces, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackio_web import params
from trackio_web.appkeys import READER

if TYPE_CHECKING:
    from aiohttp import web


async def objects(request: web.Request) -> web.Response:
    """`GET /api/v1/objects`: newest step first, `next` is the cursor of the following page."""
    wanted = params.objects_request(request.query)
    return await request.app[READER].reply(lambda query: query.objects(wanted))


async def steps(request: web.Request) -> web.Response:
    """`GET /api/v1/steps`: where on the way of its runs a project has such objects."""
    wanted = params.objects_request(request.query)
    return await request.app[READER].reply(lambda query: {"steps": query.steps(wanted)})


async def table(request: web.Request) -> web.Response:
    """`GET /api/v1/table`: one page of a table's rows."""
    wanted = params.table_request(request.query)
    return await request.app[READER].reply(lambda query: query.table(wanted))


async def traces(request: web.Request) -> web.Response:
    """`GET /api/v1/traces`: a page of traces in short."""
    wanted = params.traces_request(request.query)
    return await request.app[READER].reply(lambda query: query.traces(wanted))


async def trace_steps(request: web.Request) -> web.Response:
    """`GET /api/v1/trace_steps`: at which steps there are traces, and how many."""
    wanted = params.traces_request(request.query)
    return await request.app[READER].reply(lambda query: query.trace_steps(wanted))


async def trace(request: web.Request) -> web.Response:
    """`GET /api/v1/trace`: one trace, whole."""
    media_id, index = params.required(request.query, "id"), params.whole(request.query, "index", 0, 2**53)
    return await request.app[READER].reply(lambda query: query.trace(media_id, index))
