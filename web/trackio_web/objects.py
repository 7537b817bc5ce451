"""What was logged beside numbers: values, media and tables, as JSON."""

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
