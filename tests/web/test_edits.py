"""Changes go to the daemon and are seen at once; without one they are refused, and so is what another site asks for."""

from __future__ import annotations

import asyncio

import pytest

from trackio_web import edits
from trackiod.store import listing, runs


async def test_an_edit_goes_to_the_daemon_as_it_is(client, folder, ingest):
    folder.start().store()
    asking, asked = await client(), {"action": "rename_run", "run": "r", "name": "x"}
    answering = asyncio.ensure_future(ingest({"run": "r"}))
    reply = await asking.post("/api/v1/edit", json=asked)
    assert (reply.status, await reply.json()) == (200, {"run": "r"})
    assert await answering == ("edit", asked)


@pytest.mark.parametrize(
    ("result", "status"),
    [({"error": "NotFound"}, 404), ({}, 400), ({"error": "StoreFull"}, 503), ({"error": "x"}, 400)],
)
async def test_what_the_daemon_cannot_do_has_its_status_and_its_words(client, folder, ingest, result, status):
    folder.start().store()
    asking = await client()
    answering = asyncio.ensure_future(ingest(result, "run 'r': there is no such run"))
    reply = await asking.post("/api/v1/edit", json={"action": "delete_run", "run": "r"})
    assert (reply.status, await reply.json()) == (status, {"error": "run 'r': there is no such run"})
    await answering


async def test_without_a_daemon_nothing_is_changed(client, folder, monkeypatch):
    monkeypatch.setattr(edits, "_SECONDS", 0.05)
    folder.start().store()
    reply = await (await client()).post("/api/v1/edit", json={"action": "delete_run", "run": "r"})
    assert reply.status == 503


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Origin": "http://evil.example"}, "{}", 403),
        ({"Sec-Fetch-Site": "cross-site"}, "{}", 403),
        ({"Content-Type": "text/plain"}, "{}", 415),
        ({}, "[]", 400),
        ({}, "{", 400),
    ],
)
async def test_what_another_site_or_no_json_asks_for_never_reaches_the_ingest(client, headers, body, status):
    given = {"Content-Type": "application/json"} | headers
    reply = await (await client()).post("/api/v1/edit", data=body, headers=given)
    assert reply.status == status


async def test_deleted_runs_are_listed_with_when(client, folder):
    writer = folder.start()
    writer.store()
    with folder.store.write() as txn:
        listing.hide(txn, runs.run(txn, writer.run), 7_500)
    asking = await client()
    (found,) = (await (await asking.get("/api/v1/deleted")).json())["runs"]
    assert (found["id"], found["deleted"], found["colour"]) == (writer.run, 7.5, None)
    assert (await (await asking.get("/api/v1/runs", params={"project": "p"})).json())["runs"] == []
