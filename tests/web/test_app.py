"""Every route is behind the guard and answers errors alike; the application runs with and without a daemon."""

from __future__ import annotations

import asyncio
import io
import json
import urllib.request

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from trackio_web import edits
from trackio_web.app import ROUTES, make_app
from trackio_web.bundle import Bundle
from trackio_web.guard import Door
from trackiod.live import Publisher
from trackiod.store.env import Store

PATHS = [(route.method, route.path.split("/{")[0] + "/x" * route.path.count("/{")) for route in ROUTES]
READING = ["/api/v1/" + name for name in ("projects", "runs", "run", "metrics", "objects", "table")]
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def guarded(places, tmp_path, aiohttp_client):
    """A client of an application with a token."""
    return lambda: aiohttp_client(make_app(places, Door(token="secret"), Bundle(tmp_path / "none")))


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_a_foreign_host_is_turned_away_on_every_route(client, method, path):
    reply = await (await client()).request(method, path, headers=JSON | {"Host": "evil.example.org"})
    assert reply.status == 421
    assert "evil.example.org" in (await reply.json())["error"]


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_the_token_is_asked_for_on_every_route(guarded, method, path, monkeypatch):
    monkeypatch.setattr(edits, "_SECONDS", 0.1)  # no daemon answers here
    asking = await guarded()
    reply = await asking.request(method, path, headers=JSON)
    assert reply.status == 401
    passed = await asking.request(method, path, headers=JSON | {"Authorization": "Bearer secret"}, data=b"{}")
    assert passed.status != 401


@pytest.mark.parametrize("path", [path for method, path in PATHS if method == "POST"])
async def test_what_a_foreign_form_could_send_is_turned_away(client, path):
    asking = await client()
    assert (await asking.post(path, data=b"{}", headers={"Content-Type": "text/plain"})).status == 415
    assert (await asking.post(path, json={}, headers={"Origin": "http://evil.example.org"})).status == 403


async def test_another_sites_page_cannot_listen(client):
    with pytest.raises(WSServerHandshakeError) as refused:
        await (await client()).ws_connect("/api/v1/live", headers={"Origin": "http://evil.example.org"})
    assert refused.value.status == 403


@pytest.mark.parametrize("path", ["/", "/version", "/nowhere", "/api/v1/projects", "/media/x", "/api/v1/run"])
async def test_every_reply_has_the_headers_that_keep_a_browser_safe(client, folder, path):
    reply = await (await client()).get(path)
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/api/v1/run"), ("PUT", "/"), ("POST", "/api/v1/projects")])
async def test_a_method_that_is_not_served_is_named(client, method, path):
    reply = await (await client()).request(method, path, headers=JSON)
    assert reply.status == 405
    assert "GET" in reply.headers["Allow"]
    assert "error" in await reply.json()


async def test_a_body_beyond_the_limit_is_refused(client, folder):
    reply = await (await client()).post("/api/v1/series", data=io.BytesIO(b" " * (4 * 2**20 + 1)), headers=JSON)
    assert reply.status == 413
    assert "error" in await reply.json()


@pytest.mark.parametrize("path", READING)
async def test_without_a_store_data_is_unavailable_and_the_page_is_there(client, path):
    asking = await client()
    reply = await asking.get(path, params={"project": "p", "run": "r", "id": "f" * 32})
    assert reply.status == 503
    assert "there is no store" in (await reply.json())["error"]
    assert (await asking.get("/")).status == 200


async def test_a_store_that_comes_later_is_served(client, places):
    asking = await client()
    assert (await asking.get("/api/v1/projects")).status == 503
    await asyncio.to_thread(lambda: Store.open(places.store).close())
    assert await (await asking.get("/api/v1/projects")).json() == {"projects": []}


async def test_what_the_daemon_announces_reaches_a_page(client, folder):
    asking, where = await client(), folder.places
    publisher = Publisher(where.live_address, where.runtime / "live.sock", "d")
    try:
        async with asking.ws_connect("/api/v1/live") as page:
            await page.send_json({"op": "watch", "project": "p"})
            told = asyncio.ensure_future(until_told(page, "runs"))
            while not told.done():
                publisher.announce(folder.start(name="new").store())
                await asyncio.wait([told], timeout=0.05)
            assert {run["name"] for run in told.result()["runs"]} == {"new"}
    finally:
        await asyncio.to_thread(publisher.close)


async def until_told(page, operation):
    while True:
        message = json.loads((await page.receive(timeout=30)).data)
        if message["op"] == operation:
            return message


async def test_pages_are_told_when_the_application_ends(client, folder):
    asking = await client()
    async with asking.ws_connect("/api/v1/live") as page:
        assert json.loads((await page.receive(timeout=30)).data)["op"] == "hello"
        ending = asyncio.ensure_future(asking.server.close())
        assert (await page.receive(timeout=30)).type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED}
        await ending
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("live")]


def test_the_daemons_own_server_answers(daemon):
    with urllib.request.urlopen(f"{daemon.url}/api/v1/status") as reply:
        assert reply.status == 200
        assert str(daemon.places.data) in reply.read().decode()
    with urllib.request.urlopen(f"{daemon.url}/api/v1/projects") as reply:
        assert json.load(reply) == {"projects": []}
