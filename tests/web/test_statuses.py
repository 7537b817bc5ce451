from __future__ import annotations

import asyncio
import logging

import pytest
from aiohttp import web

from trackio.errors import BadRequest, DaemonUnavailable, NotFound, StoreUnsuitable, VersionMismatch
from trackio_web.statuses import statuses


@pytest.fixture
def failing(aiohttp_client):
    """A client of an app whose only page fails with a given error."""

    async def make(error):
        async def fail(_request):
            raise error

        app = web.Application(middlewares=[statuses])
        app.router.add_get("/", fail)
        return await aiohttp_client(app)

    return make


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("run 'x': there is no such run"), 404),
        (BadRequest("width: must be a number"), 400),
        (DaemonUnavailable("no daemon"), 503),
        (StoreUnsuitable("no store yet"), 503),
        (VersionMismatch("store version 9"), 500),
        (web.HTTPForbidden(text="not you"), 403),
    ],
)
async def test_a_known_error_has_its_status_and_says_its_text(failing, error, status):
    reply = await (await failing(error)).get("/")
    assert reply.status == status
    said = await reply.json()
    assert said == {"error": error.text if isinstance(error, web.HTTPException) else str(error)}


async def test_an_unknown_error_is_logged_once_and_tells_nothing_of_itself(failing, caplog):
    client = await failing(RuntimeError("secret"))
    with caplog.at_level(logging.ERROR):
        reply = await client.get("/")
    assert reply.status == 500
    assert "secret" not in (await reply.text())
    assert len(caplog.records) == 1
    assert "secret" in caplog.text


async def test_an_address_that_does_not_exist_is_told_as_json(failing):
    client = await failing(NotFound("x"))
    reply = await client.get("/nowhere")
    assert (reply.status, await reply.json()) == (404, {"error": "Not Found"})
    reply = await client.post("/", json={})
    assert (reply.status, reply.headers["Allow"]) == (405, "GET,HEAD")


async def test_a_listener_that_went_away_is_not_written_to_the_log(aiohttp_client, caplog):
    asked, ended = asyncio.Event(), asyncio.Event()

    async def slow(request):
        asked.set()
        while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(0)
        try:
            await web.StreamResponse().prepare(request)
        finally:
            ended.set()

    app = web.Application(middlewares=[statuses])
    app.router.add_get("/", slow)
    client = await aiohttp_client(app)
    _, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await asked.wait()
    writer.transport.abort()
    with caplog.at_level(logging.ERROR):
        await ended.wait()
        await client.close()
    assert not caplog.records
