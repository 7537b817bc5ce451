from __future__ import annotations

import pytest
from aiohttp import web

from trackio_web.guard import Door, add_headers, check_host, guard
from trackio_web.statuses import statuses

OPEN = Door()


@pytest.fixture
def opened(aiohttp_client):
    """A client of an app that answers everything with its method, behind a guard."""

    async def answer(request):
        return web.Response(text=request.method)

    async def page(request):
        return web.Response(text="<p>page", content_type="text/html")

    async def live(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.close()
        return socket

    async def make(door=OPEN):
        app = web.Application(middlewares=[statuses, guard(door)])
        app.on_response_prepare.append(add_headers)
        app.router.add_get("/page", page)
        app.router.add_get("/live", live)
        app.router.add_route("*", "/", answer)
        return await aiohttp_client(app)

    return make


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:7860",
        "trackio.localhost",
        "localhost.",
        "127.0.0.1:80",
        "10.1.2.3",
        "[::1]:7860",
        "gpu7:1",
    ],
)
def test_local_names_addresses_and_allowed_names_are_answered(host):
    check_host(host, frozenset({"gpu7"}))


@pytest.mark.parametrize(
    "host",
    [
        "evil.com",
        "localhost.evil.com",
        "evil.com:7860",
        "",
        "127.0.0.1.evil.com",
        "a@localhost@evil.com",
        "evil.com/localhost",
        "[::1",
        "localhost evil",
        "xlocalhost",
    ],
)
def test_any_other_name_is_misdirected(host):
    with pytest.raises(web.HTTPMisdirectedRequest):
        check_host(host, frozenset({"gpu7"}))


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/live", "/nowhere"])
async def test_a_rebound_name_gets_421_and_the_flag_to_use(opened, method, path):
    client = await opened()
    reply = await client.request(method, path, headers={"Host": "evil.com:7860"})
    assert reply.status == 421
    assert "--allow-host evil.com" in (await reply.json())["error"]


async def test_a_plain_client_may_read_and_post_json(opened):
    client = await opened()
    assert (await client.get("/")).status == 200
    assert (await client.post("/", json={})).status == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_a_body_that_a_foreign_form_can_send_gets_415(opened, kind):
    client = await opened()
    assert (await client.post("/", data=b"{}", headers={"Content-Type": kind})).status == 415
    assert (await client.delete("/", headers={"Content-Type": kind})).status == 415


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_site_may_not_post(opened, site):
    client = await opened()
    assert (await client.post("/", json={}, headers={"Sec-Fetch-Site": site})).status == 403


async def test_a_foreign_origin_may_not_post_and_our_own_may(opened):
    client = await opened()
    for origin in ("http://evil.com", "null", "http://localhost:1", "https://127.0.0.1"):
        assert (await client.post("/", json={}, headers={"Origin": origin})).status == 403
    own = f"http://{client.host}:{client.port}"
    assert (await client.post("/", json={}, headers={"Origin": own, "Sec-Fetch-Site": "same-origin"})).status == 200


async def test_a_foreign_page_may_not_open_the_websocket(opened):
    client = await opened()
    for headers in ({"Origin": "http://evil.com"}, {"Sec-Fetch-Site": "cross-site"}):
        with pytest.raises(Exception, match="403"):
            await client.ws_connect("/live", headers=headers)
    own = f"http://{client.host}:{client.port}"
    socket = await client.ws_connect("/live", headers={"Origin": own})
    await socket.close()


async def test_without_the_token_nothing_is_answered(opened):
    client = await opened(Door(token="s3cret"))
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "s3cret"}, {"Authorization": "Bearer é"}):
        reply = await client.get("/", headers=headers)
        assert reply.status == 401
        assert "token" in (await reply.json())["error"]
    assert (await client.get("/?token=wrong")).status == 401
    assert (await client.get("/nowhere")).status == 401


async def test_a_bearer_token_is_enough(opened):
    client = await opened(Door(token="s3cret"))
    assert (await client.post("/", json={}, headers={"Authorization": "Bearer s3cret"})).status == 200


async def test_the_token_in_an_address_becomes_a_cookie_and_leaves_the_address(opened):
    client = await opened(Door(token="s3cret"))
    first = await client.get("/page?project=a%26b&token=s3cret", allow_redirects=False)
    assert first.status == 302
    assert first.headers["Location"] == "/page?project=a%26b"
    cookie = first.headers["Set-Cookie"]
    assert cookie.startswith(f"trackio-{client.port}=s3cret")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert (await client.get("/page", headers={"Cookie": cookie.split(";")[0]})).status == 200


async def test_the_redirect_never_leads_to_another_host(opened):
    client = await opened(Door(token="s3cret"))
    async with client.session.get(
        f"http://{client.host}:{client.port}//evil.com/?token=s3cret", allow_redirects=False
    ) as reply:
        assert reply.headers["Location"].startswith("/evil.com")


async def test_a_page_runs_only_our_scripts_and_is_framed_by_nobody(opened):
    reply = await (await opened()).get("/page")
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert policy.endswith("frame-ancestors 'none'")
    assert reply.headers["Vary"] == "Sec-Fetch-Dest"


async def test_a_page_that_is_asked_for_a_frame_may_be_framed(opened):
    reply = await (await opened()).get("/page", headers={"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"})
    assert reply.headers["Content-Security-Policy"].endswith("frame-ancestors *")


@pytest.mark.parametrize("path", ["/", "/page", "/nowhere"])
async def test_every_reply_carries_the_headers_and_none_opens_it_to_other_origins(opened, path):
    reply = await (await opened()).get(path, headers={"Origin": "http://evil.com"})
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in reply.headers["Permissions-Policy"]
    assert "Content-Security-Policy" in reply.headers
    assert not [name for name in reply.headers if name.startswith("Access-Control")]
