"""How far the rows of runs have come, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackio.errors import NotFound
from trackio.unsent import unsent
from trackio_web.appkeys import READER

if TYPE_CHECKING:
    from aiohttp import web

    from trackiod.query import Query


async def delivery(request: web.Request) -> web.Response:
    """`GET /api/v1/delivery`: of one run, or of all that are running or have rows that wait."""
    reader, run = request.app[READER], request.query.get("run")

    def answer(query: Query) -> dict[str, Any]:
        found = query.deliveries(unsent(reader.places, query.stored), run)
        if run is not None and not found:
            raise NotFound(f"run {run[:100]!r}: there is no such run")
        return {"runs": found}

    return await reader.reply(answer)
