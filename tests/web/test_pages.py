from __future__ import annotations

import pytest

from trackio_web.app import make_app
from trackio_web.bundle import Bundle
from trackio_web.guard import Door


async def test_the_page_is_asked_for_anew_each_time(client):
    reply = await (await client()).get("/?project=p&metrics=loss&sidebar=hidden")
    assert reply.status == 200
    assert reply.content_type == "text/html"
    assert reply.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in reply.headers["Content-Security-Policy"]


async def test_assets_with_a_hash_in_their_name_are_kept_for_ever(client):
    reply = await (await client()).get("/assets/app-1a2b.js")
    assert reply.content_type == "text/javascript"
    assert "immutable" in reply.headers["Cache-Control"]
    assert await reply.text() == "console.log(1)"


async def test_a_smaller_sibling_is_sent_to_whoever_can_read_it(client, tmp_path):
    asking = await client()
    (tmp_path / "bundle/assets/app-1a2b.js.gz").write_bytes(b"\x1f\x8bnot really")
    reply = await asking.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "br;q=0"})
    assert "Content-Encoding" not in reply.headers
    async with asking.session.get(asking.make_url("/assets/app-1a2b.js"), headers={"Accept-Encoding": "gzip"}) as reply:
        assert reply.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in reply.headers["Vary"]
        assert reply.content_type == "text/javascript"


@pytest.mark.parametrize(
    "path", ["/nowhere", "/assets/none.js", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/.stamp", "/assets/"]
)
async def test_nothing_outside_the_bundle_is_served(client, path):
    reply = await (await client()).get(path)
    assert reply.status == 404
    assert "error" in await reply.json()


async def test_a_bare_checkout_says_how_to_build_the_page(places, tmp_path, aiohttp_client):
    asking = await aiohttp_client(make_app(places, Door(), Bundle(tmp_path / "none")))
    reply = await asking.get("/")
    assert reply.status == 503
    assert "npm run build" in await reply.text()
    assert reply.headers["Cache-Control"] == "no-store"
