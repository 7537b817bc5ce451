"""What users change: handed to the daemon, which alone writes; and what was deleted and can still be restored."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from trackio import request as daemon
from trackio_web import params
from trackio_web.appkeys import READER
from trackio_web.reply import json_reply

if TYPE_CHECKING:
    from aiohttp import web

    from trackio.places import Places

#: A change waits for what is being stored, at most so long.
_SECONDS = 10.0


async def edit(request: web.Request) -> web.Response:
    """`POST /api/v1/edit`: the action and its arguments go to the daemon as they are; it checks them."""
    asked = params.json_object(await request.read())
    return json_reply(await change(request.app[READER].places, asked))


async def deleted(request: web.Request) -> web.Response:
    """`GET /api/v1/deleted`: the runs that can be restored, the last deleted first."""
    return await request.app[READER].reply(lambda query: {"runs": query.deleted()})


async def change(places: Places, asked: dict[str, Any]) -> dict[str, Any]:
    """Let the daemon do an edit and return its answer; raises NotFound, BadRequest, DaemonUnavailable, StoreError."""
    return await asyncio.to_thread(daemon.ask, places, "edit", asked, _SECONDS)
