"""Projects, runs, metrics and the health of the daemon, as JSON."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import trackio
from trackio import request as daemon
from trackio.errors import DaemonUnavailable, StoreError
from trackio.wire import PROTOCOL_VERSION
from trackio_web import params
from trackio_web.appkeys import READER
from trackio_web.reply import json_reply

if TYPE_CHECKING:
    from aiohttp import web

    from trackiod.query import RunsPage

_STATUS_SECONDS = 1.0
#: With one of these, the answer tells how many runs there are in all.
_NARROWING = frozenset({"filter", "sort", "descending", "offset", "limit"})


async def version(_request: web.Request) -> web.Response:
    """`GET /version`."""
    return json_reply({"version": trackio.__version__, "api_version": 1, "protocol": PROTOCOL_VERSION})


async def projects(request: web.Request) -> web.Response:
    """`GET /api/v1/projects`."""
    return await request.app[READER].reply(lambda query: {"projects": query.projects()})


async def runs(request: web.Request) -> web.Response:
    """`GET /api/v1/runs?project=[&filter=&sort=&descending=&offset=&limit=&ids=]`."""
    wanted = params.runs_request(request.query, time.time())
    if params.truth(request.query, "ids"):
        return await request.app[READER].reply(lambda query: _ids(query.select(wanted)))
    if not _NARROWING.isdisjoint(request.query):
        return await request.app[READER].reply(lambda query: query.select(wanted))
    return await request.app[READER].reply(
        lambda query: {"project": wanted.project, "runs": query.runs(wanted.project)}
    )


def _ids(page: RunsPage) -> dict[str, Any]:
    """Return a page of runs by their ids alone: a page that holds the runs already asks only which they are."""
    return {"project": page.project, "ids": [run.id for run in page.runs], "total": page.total, "offset": page.offset}


async def run(request: web.Request) -> web.Response:
    """`GET /api/v1/run?id=`."""
    run_id = params.required(request.query, "id")
    return await request.app[READER].reply(lambda query: query.run(run_id))


async def metrics(request: web.Request) -> web.Response:
    """`GET /api/v1/metrics?project=[&run=]`."""
    project, run_id = params.required(request.query, "project"), params.optional(request.query, "run")
    return await request.app[READER].reply(lambda query: {"metrics": query.metrics(project, run_id)})


async def status(request: web.Request) -> web.Response:
    """`GET /api/v1/status`: what the daemon says of itself, or that it is down."""
    reader = request.app[READER]
    try:
        found = await asyncio.to_thread(daemon.ask, reader.places, "status", {}, _STATUS_SECONDS)
    except DaemonUnavailable:
        found = {"ingest": {"up": False}}
    try:
        store: Any = await reader.ask(lambda query: query.usage())
    except StoreError:
        store = None
    about = {"version": trackio.__version__, "data": str(reader.places.data), "store": store}
    return json_reply(about | found)
