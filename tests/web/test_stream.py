from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import WSMsgType

from trackio.wire import Row, System
from trackio_web.appkeys import HUB
from trackio_web.stream import MAX_POINTS
from trackiod.live import Changes, RunChange


def frames(data: bytes):
    at, found = 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        header = json.loads(data[at + 4 : at + 4 + size])
        at += 4 + size + 24 * header["n"]
        found.append(header)
    return found


class Page:
    """What a browser's page does with the socket."""

    def __init__(self, client, socket):
        self.hub, self.socket = client.server.app[HUB], socket

    async def say(self, **message):
        await self.socket.send_json(message)

    async def follow(self, *series):
        await self.say(op="subscribe", series=list(series))

    async def hear(self):
        """The next message: a text as its object, a binary one as the headers of its frames."""
        message = await self.socket.receive(timeout=10)
        match message.type:
            case WSMsgType.TEXT:
                return json.loads(message.data)
            case WSMsgType.BINARY:
                return frames(message.data)
            case other:
                return other


@pytest.fixture
def page(client):
    async def make(asking=None):
        asking = asking or await client()
        connected = Page(asking, await asking.ws_connect("/api/v1/live"))
        assert (await connected.hear())["op"] == "hello"
        return connected

    return make


def loss(writer, after=None, **more):
    return {"run": writer.run, "metric": "loss", "after": after, **more}


async def test_a_new_subscription_gets_what_came_since_the_page_asked(page, folder):
    writer = folder.start().rows(("loss",), {step: [1.0] for step in range(10)})
    writer.store()
    connected = await page()
    await connected.follow(loss(writer, after=6))
    ((header,),) = [await connected.hear()]
    assert (header["metric"], header["raw"], header["n"], header["last_step"]) == ("loss", True, 3, 9)


async def test_points_are_pushed_as_they_are_committed_each_once(page, folder):
    writer = folder.start().rows(("loss",), {0: [1.0]})
    writer.store()
    connected = await page()
    await connected.follow(loss(writer))
    seen = (await connected.hear())[0]["n"]
    for step in range(1, 6):
        connected.hub.tell(writer.rows(("loss",), {step: [1.0]}).store())
    while seen < 6:
        seen += sum(header["n"] for header in await connected.hear())
    assert seen == 6


async def test_series_of_other_runs_are_not_read_nor_sent(page, folder):
    mine, other = folder.start(), folder.start(name="second")
    mine.store()
    other.store()
    connected = await page()
    await connected.follow(loss(mine))
    connected.hub.tell(other.rows(("loss",), {0: [1.0]}).store())
    connected.hub.tell(mine.rows(("loss",), {0: [1.0]}).store())
    assert [header["run"] for header in await connected.hear()] == [mine.run]


async def test_a_page_that_is_far_behind_is_told_to_fetch_and_then_goes_on(page, folder):
    writer = folder.start().rows(("loss",), {step: [1.0] for step in range(MAX_POINTS + 1)})
    writer.store()
    connected = await page()
    await connected.follow(loss(writer))
    assert await connected.hear() == {"op": "resync", "run": writer.run, "metric": "loss", "kind": "scalar"}
    connected.hub.tell(writer.rows(("loss",), {MAX_POINTS + 1: [1.0]}).store())
    assert [header["n"] for header in await connected.hear()] == [1]


async def test_a_page_is_told_to_fetch_a_series_again_whose_steps_went_back(page, folder):
    writer = folder.start().rows(("loss",), {step: [1.0] for step in range(10)})
    writer.store()
    connected = await page()
    await connected.follow(loss(writer))
    assert [header["last_step"] for header in await connected.hear()] == [9]
    connected.hub.tell(writer.rows(("loss",), {4: [2.0], 5: [2.0]}).store())
    assert await connected.hear() == {"op": "resync", "run": writer.run, "metric": "loss", "kind": "scalar"}


async def test_runs_and_objects_of_the_watched_project_are_told(page, folder):
    writer = folder.start()
    writer.store()
    connected = await page()
    await connected.say(op="watch", project="p")
    await connected.say(op="subscribe", series=[])
    await until_watching(connected, "p")
    connected.hub.tell(writer.record(Row(step=0, time=0, values={"text": "hi"})).finish().store())
    told = {message["op"]: message for message in [await connected.hear(), await connected.hear()]}
    assert [run["status"] for run in told["runs"]["runs"]] == ["finished"]
    assert (told["objects"]["run"], told["objects"]["keys"]) == (writer.run, ["text"])


async def until_watching(page, project):
    """Wait until the server has read the page's last message: it answers an unusable one in order."""
    await page.say(op="nonsense")
    assert (await page.hear())["op"] == "error"


async def test_a_new_project_changes_the_list_of_projects(page, folder):
    connected = await page()
    await connected.say(op="watch", project=None)
    await until_watching(connected, None)
    connected.hub.tell(folder.start("brand new").store())
    assert await connected.hear() == {"op": "projects"}


@pytest.mark.parametrize("text", ["", "[]", '{"op": "drop"}', '{"op": "subscribe"}', '{"op": "watch", "project": 3}'])
async def test_an_unusable_message_is_answered_and_the_connection_goes_on(page, folder, text):
    folder.start().store()
    connected = await page()
    await connected.socket.send_str(text)
    told = await connected.hear()
    assert told["op"] == "error"
    assert told["error"]
    await until_watching(connected, None)


async def test_messages_are_at_least_a_tenth_of_a_second_apart(page, folder):
    writer = folder.start()
    writer.store()
    connected = await page()
    await connected.follow(loss(writer))
    clock, times, seen = asyncio.get_running_loop().time, [], 0
    for step in range(60):
        connected.hub.tell(writer.rows(("loss",), {step: [1.0]}).store())
        await asyncio.sleep(0.005)
    while seen < 60:
        seen += sum(header["n"] for header in await connected.hear())
        times.append(clock())
    assert len(times) < 30


async def test_after_missed_announcements_every_page_starts_over(page, folder):
    class Listener:
        async def changes(self):
            yield Changes({"r": RunChange("p", points=True)}, missed=True)

    folder.start().store()
    connected = await page()
    await connected.hub.listen(Listener())
    assert await connected.hear() is WSMsgType.CLOSE


async def test_a_page_without_a_store_waits_for_the_first_run(page):
    connected = await page()
    await connected.say(op="watch", project=None)
    await connected.follow({"run": "r", "metric": "loss"})
    await until_watching(connected, None)


async def test_a_run_that_is_deleted_goes_from_every_open_page(client, page, folder):
    writer = folder.start()
    writer.store()
    asking = await client()
    watching, listing = await page(asking), await page(asking)
    await watching.say(op="watch", project="p")
    await listing.say(op="watch", project=None)
    changes = Changes(projects=True)
    changes.moved(writer.run, "p", None)
    for connected, told in (
        (watching, {"op": "gone", "runs": [writer.run]}),
        (listing, {"op": "projects"}),
    ):
        # Whether the page is heard before or after, what it looks at is told.
        hearing = asyncio.ensure_future(connected.hear())
        while not hearing.done():
            connected.hub.tell(changes)
            await asyncio.wait([hearing], timeout=0.02)
        assert hearing.result() == told


async def test_who_looks_at_a_project_is_told_that_its_views_changed(client, page, folder):
    folder.start().store()
    connected = await page(await client())
    await connected.say(op="watch", project="p")
    hearing = asyncio.ensure_future(connected.hear())
    while not hearing.done():
        connected.hub.tell(Changes(shared={"p"}))
        await asyncio.wait([hearing], timeout=0.02)
    assert hearing.result() == {"op": "project"}


async def test_a_system_metric_is_followed_by_its_times_in_ms_apart_from_a_metric_of_that_name(page, folder):
    writer = folder.start().rows(("loss",), {0: [1.0]})
    writer.record(System(5 * 10**9, {"loss": 7})).store()
    connected = await page()
    await connected.follow(loss(writer, kind="system"), loss(writer))
    system, metric = await connected.hear()
    assert (system["kind"], system["n"], system["last_step"]) == ("system", 1, 5_000)
    assert (metric["kind"], metric["n"], metric["last_step"]) == ("scalar", 1, 0)
    connected.hub.tell(writer.record(System(6 * 10**9, {"loss": 8})).store())
    (pushed,) = await connected.hear()
    assert (pushed["kind"], pushed["n"], pushed["last_step"]) == ("system", 1, 6_000)


async def test_who_looks_at_a_project_is_told_which_runs_gave_alarm(client, page, folder):
    writer = folder.start()
    writer.store()
    connected = await page(await client())
    await connected.say(op="watch", project="p")
    hearing = asyncio.ensure_future(connected.hear())
    while not hearing.done():
        connected.hub.tell(Changes({writer.run: RunChange("p", alerts=True)}))
        await asyncio.wait([hearing], timeout=0.02)
    assert hearing.result() == {"op": "alerts", "runs": [writer.run]}
