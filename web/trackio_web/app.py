"""Every route in one list, and the application that serves them over one data folder."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from aiohttp import web

from trackio_web import (
    alerts,
    compat,
    delivery,
    documents,
    edits,
    media,
    objects,
    pages,
    points,
    runs,
    series,
    stream,
    views,
)
from trackio_web.appkeys import BUNDLE, HUB, LOOKS, READER
from trackio_web.bundle import Bundle
from trackio_web.guard import Door, add_headers, guard
from trackio_web.reader import Reader
from trackio_web.serve import serve
from trackio_web.statuses import statuses
from trackiod.config import Looks
from trackiod.live import Listener

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from trackio.places import Places
    from trackiod.config import Config

#: Longest request body: a thousand series with long names fit.
_MAX_BODY_BYTES: Final = 4 * 2**20

_USUAL: Final = Looks()

ROUTES: Final = (
    web.get("/", pages.index),
    web.get("/version", runs.version),
    web.get("/api/v1/status", runs.status),
    web.get("/api/v1/projects", runs.projects),
    web.get("/api/v1/runs", runs.runs),
    web.post("/api/v1/runs", runs.runs_by_ids),
    web.get("/api/v1/run", runs.run),
    web.post("/api/v1/columns", runs.columns),
    web.get("/api/v1/keys", runs.keys),
    web.get("/api/v1/config", runs.config),
    web.get("/api/v1/activity", runs.activity),
    web.get("/api/v1/metrics", runs.metrics),
    web.get("/api/v1/members", runs.members),
    web.get("/api/v1/formula", series.formula),
    web.get("/api/v1/project", views.project),
    web.get("/api/v1/view", views.view),
    web.get("/api/v1/alerts", alerts.alerts),
    web.get("/api/v1/objects", objects.objects),
    web.get("/api/v1/steps", objects.steps),
    web.get("/api/v1/table", objects.table),
    web.get("/api/v1/traces", objects.traces),
    web.get("/api/v1/trace_steps", objects.trace_steps),
    web.get("/api/v1/trace", objects.trace),
    web.get("/api/v1/delivery", delivery.delivery),
    web.get("/api/v1/deleted", edits.deleted),
    web.post("/api/v1/edit", edits.edit),
    web.post("/api/v1/series", series.series),
    web.post("/api/v1/points", points.points),
    web.post("/api/v1/groups", series.groups),
    web.get("/api/v1/live", stream.live),
    web.get("/media/{id}", media.media),
    web.get("/page/{id}", documents.still),
    web.get("/page/{id}/live", documents.live),
    web.get("/media/{id}/{part:thumb|poster|peaks}", media.media),
    web.post("/api/{name}", compat.call),
    web.get("/{name:.+}", pages.asset),
)


def make_app(places: Places, door: Door, bundle: Bundle, looks: Looks = _USUAL) -> web.Application:
    """Return the application; it opens the store and hears the daemon only while it runs."""
    app = web.Application(middlewares=[statuses, guard(door)], client_max_size=_MAX_BODY_BYTES)
    app.on_response_prepare.append(add_headers)
    app[READER] = Reader(places)
    app[HUB] = stream.Hub(app[READER])
    app[BUNDLE] = bundle
    app[LOOKS] = looks
    app.router.add_routes(ROUTES)
    app.cleanup_ctx.append(_hear)
    app.on_shutdown.append(_end_pages)
    return app


def main(config: Config) -> None:
    """Serve the dashboard until SIGTERM, SIGINT or the end of a piped stdin; raises OSError if no port is free."""
    serve(config, lambda door: make_app(config.places, door, Bundle.installed(), config.looks))


async def _hear(app: web.Application) -> AsyncIterator[None]:
    listener = Listener(app[READER].places.live_address)
    tasks = [
        asyncio.create_task(app[HUB].listen(listener), name="live listener"),
        asyncio.create_task(app[HUB].recheck(), name="live recheck"),
    ]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    listener.close()
    app[READER].close()


async def _end_pages(app: web.Application) -> None:
    await app[HUB].close()
