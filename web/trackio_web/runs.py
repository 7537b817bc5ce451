"""Projects, runs, metrics and the health of the daemon, as JSON."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import trackio
from trackio import request as daemon
from trackio.errors import DaemonUnavailable, StoreError
from trackio.wire import PROTOCOL_VERSION
from trackio_web import params
from trackio_web.appkeys import READER
from trackio_web.reply import json_reply

if TYPE_CHECKING:
    from aiohttp import web

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
        return await request.app[READER].reply(lambda query: query.select_ids(wanted))
    if not _NARROWING.isdisjoint(request.query):
        return await request.app[READER].reply(lambda query: query.select(wanted))
    return await request.app[READER].reply(
        lambda query: {"project": wanted.project, "runs": query.runs(wanted.project)}
    )


async def runs_by_ids(request: web.Request) -> web.Response:
    """`POST /api/v1/runs`: whole runs by their ids."""
    project, ids = params.runs_by_ids(params.json_object(await request.read()))
    return await request.app[READER].reply(lambda query: {"project": project, "runs": query.runs_of(project, ids)})


async def columns(request: web.Request) -> web.Response:
    """`POST /api/v1/columns`: fields of all runs."""
    project, fields = params.columns_request(params.json_object(await request.read()))
    return await request.app[READER].reply(lambda query: query.columns(project, fields))


async def keys(request: web.Request) -> web.Response:
    """`GET /api/v1/keys?project=`: what runs were configured by."""
    project = params.required(request.query, "project")
    return await request.app[READER].reply(lambda query: {"keys": query.config_keys(project)})


async def run(request: web.Request) -> web.Response:
    """`GET /api/v1/run?id=`."""
    run_id = params.required(request.query, "id")
    return await request.app[READER].reply(lambda query: query.run(run_id))


async def config(request: web.Request) -> web.Response:
    """`GET /api/v1/config?run=`: how its configuration came to be."""
    run_id = params.required(request.query, "run")
    return await request.app[READER].reply(lambda query: {"changes": query.config_history(run_id)})


async def activity(request: web.Request) -> web.Response:
    """`GET /api/v1/activity`: how busy projects were of late."""
    now = time.time()
    return await request.app[READER].reply(lambda query: {"projects": query.activity(now)})


async def metrics(request: web.Request) -> web.Response:
    """`GET /api/v1/metrics?project=[&run=]`."""
    project, run_id = params.required(request.query, "project"), params.optional(request.query, "run")
    return await request.app[READER].reply(lambda query: {"metrics": query.metrics(project, run_id)})


async def members(request: web.Request) -> web.Response:
    """`GET /api/v1/members?run=`."""
    run_id = params.required(request.query, "run")
    return await request.app[READER].reply(lambda query: {"members": query.processes(run_id)})


async def status(request: web.Request) -> web.Response:
    """`GET /api/v1/status`: what the daemon says of itself, or that it is down."""
    reader = request.app[READER]
    try:
        found = await asyncio.to_thread(daemon.ask, reader.places, "status", {}, _STATUS_SECONDS)
    except DaemonUnavailable:
        found = {"ingest": {"up": False}}
    try:
        store, kept = await reader.ask(lambda query: (query.usage(), query.kept()))
    except StoreError:
        store, kept = None, None
    about = {"version": trackio.__version__, "data": str(reader.places.data), "store": store, "kept": kept}
    return json_reply(about | found)
