from __future__ import annotations

import pytest

from trackio.wire import Row

PAGE, FIGURE, LIBRARY = "a" * 32, "b" * 32, "c" * 32


@pytest.fixture
def filled(folder):
    """A page that is ready, and a figure whose library is not."""
    page = {"_type": "trackio.html", "id": PAGE, "format": "html", "bytes": 3, "caption": None}
    library = {"_type": "trackio.library", "id": LIBRARY, "bytes": 3}
    figure = {
        "_type": "trackio.html",
        "id": FIGURE,
        "format": "plotly",
        "bytes": 3,
        "caption": None,
        "library": library,
    }
    folder.start().record(Row(0, 1, {"page": page, "figure": figure})).store()
    folder.ready(PAGE, b"<p>hi</p>", "text/html", scripts=False)
    folder.ready(FIGURE, b'{"data": ["</script><b>"]}', "application/vnd.plotly.v1+json")
    return folder


async def test_a_page_is_served_without_scripts_in_a_place_of_its_own(client, filled):
    reply = await (await client()).get(f"/page/{PAGE}")
    assert (reply.status, reply.content_type, await reply.read()) == (200, "text/html", b"<p>hi</p>")
    policy = reply.headers["Content-Security-Policy"].split("; ")
    assert policy[:2] == ["sandbox", "default-src 'none'"]
    assert not [rule for rule in policy if rule.startswith(("script-src", "connect-src"))]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["X-DNS-Prefetch-Control"] == "off"
    assert "immutable" in reply.headers["Cache-Control"]


async def test_scripts_run_only_where_asked_for_and_still_reach_nothing(client, filled):
    reply = await (await client()).get(f"/page/{PAGE}/live")
    policy = reply.headers["Content-Security-Policy"].split("; ")
    assert policy[:2] == ["sandbox allow-scripts", "default-src 'none'"]
    assert not [rule for rule in policy if rule.startswith(("connect-src", "frame-src", "form-action 'self'"))]
    assert not [rule for rule in policy if "allow-same-origin" in rule or "http" in rule]


async def test_a_file_that_was_logged_is_a_page_at_no_other_address(client, filled):
    reply = await (await client()).get(f"/media/{PAGE}")
    assert (reply.content_type, reply.headers["Content-Disposition"]) == ("application/octet-stream", "attachment")


async def test_a_figure_waits_for_its_library_and_holds_it_then(client, filled):
    asking = await client()

    async def told():
        reply = await asking.get("/api/v1/objects", params={"project": "p", "key": "figure"})
        found = (await reply.json())["objects"][0]["value"]
        return found["state"], found["page"], found["format"]

    assert await told() == ("pending", None, "plotly")
    assert (await asking.get(f"/page/{FIGURE}/live")).status == 404
    filled.ready(LIBRARY, b"/* draws */", "text/javascript")
    assert await told() == ("ready", f"page/{FIGURE}", "plotly")
    reply = await asking.get(f"/page/{FIGURE}/live")
    body = await reply.text()
    assert body.index("/* draws */") < body.index('{"data": ["\\u003c/script>\\u003cb>"]}')
    assert body.count("</script>") == 2


async def test_what_is_no_page_is_not_found(client, filled):
    asking = await client()
    for path in (f"/page/{LIBRARY}", f"/page/{'f' * 32}", "/page/..%2f", f"/page/{FIGURE}/other"):
        assert (await asking.get(path)).status == 404
    (filled.places.blobs / "x").mkdir()
    for blob in filled.places.blobs.rglob("*"):
        if blob.is_file():
            blob.unlink()
    reply = await asking.get(f"/page/{PAGE}")
    assert reply.status == 404
    assert "cannot be read" in (await reply.json())["error"]
