"""What all who look at a project share, and what a short link means, over HTTP."""

from __future__ import annotations

from trackio_web.app import make_app
from trackio_web.bundle import Bundle
from trackio_web.guard import Door
from trackiod.config import Looks
from trackiod.store import views


async def test_saved_views_are_listed_and_links_are_found_by_their_ids(client, folder):
    folder.start().store()
    with folder.store.write() as txn:
        views.put(txn, views.View("a" * 12, "p", "view", "mine", "?x_axis=time", 1_000, 2_000))
        views.put(txn, views.View("b" * 12, "p", "link", "", "?tab=runs", 1_000, 2_000))
    asking = await client()
    mine = {"id": "a" * 12, "project": "p", "kind": "view", "name": "mine", "query": "?x_axis=time"}
    reply = await asking.get("/api/v1/project?project=p")
    assert await reply.json() == {
        "project": "p",
        "views": [mine | {"created": 1.0, "changed": 2.0}],
        "default_view": None,
        "ignored": [],
        "plot_order": [],
        "annotations": [],
        "palette": [],
    }
    reply = await asking.get(f"/api/v1/view?id={'b' * 12}")
    assert (await reply.json())["query"] == "?tab=runs"


async def test_what_is_not_there_is_not_found_and_what_is_not_named_is_missing(client, folder):
    folder.start().store()
    asking = await client()
    for path, status in (("project?project=q", 404), ("project", 400), ("view?id=c", 404), ("view", 400)):
        reply = await asking.get(f"/api/v1/{path}")
        assert reply.status == status, path


async def test_a_project_has_the_order_that_its_runs_named_and_else_this_servers(folder, places, aiohttp_client):
    folder.start("own", plot_order=("train/reward", "val/*")).store()
    folder.start("other").store()
    looks = Looks(("loss",), ("#3f96ef",))
    asking = await aiohttp_client(make_app(places, Door(), Bundle(places.data), looks))
    for project, order in (("own", ["train/reward", "val/*"]), ("other", ["loss"])):
        found = await (await asking.get(f"/api/v1/project?project={project}")).json()
        assert (found["plot_order"], found["palette"]) == (order, ["#3f96ef"])
