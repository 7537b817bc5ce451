from __future__ import annotations

import pytest

from trackio.wire import Row, pack

IMAGE = "a" * 32
START = 1_700_000_000


def image(media_id=IMAGE, caption="a cat"):
    return {
        "_type": "trackio.image",
        "id": media_id,
        "format": "raw",
        "shape": [4, 4, 3],
        "mode": "RGB",
        "bytes": 48,
        "caption": caption,
    }


def row(step, **values):
    return Row(step=step, time=(START + step) * 10**9, values=values)


async def listed(client, **query):
    reply = await client.get("/api/v1/objects", params={"project": "p"} | query)
    assert reply.status == 200, await reply.text()
    return await reply.json()


async def test_objects_come_newest_step_first_with_their_media_pending(client, folder):
    writer = folder.start().record(row(0, text="hello")).record(row(1, cat=image(), loss=0.5))
    writer.store()
    found = await listed(await client())
    assert [(o["run"], o["key"], o["step"], o["time"]) for o in found["objects"]] == [
        (writer.run, "cat", 1, START + 1),
        (writer.run, "text", 0, START),
    ]
    media = found["objects"][0]["value"]
    assert (media["_type"], media["id"], media["caption"]) == ("trackio.image", IMAGE, "a cat")
    assert media["state"] == "pending"
    assert media["url"] is None
    assert found["objects"][1]["value"] == "hello"
    assert found["next"] is None


async def test_a_ready_image_tells_where_it_is(client, folder):
    folder.start().record(row(0, cat=image())).store()
    folder.ready(IMAGE, b"webp bytes", "image/webp", width=4, height=4, thumb=b"small")
    asking = await client()
    media = (await listed(asking))["objects"][0]["value"]
    assert (media["state"], media["mime"], media["width"], media["height"]) == ("ready", "image/webp", 4, 4)
    assert (media["url"], media["thumb"]) == (f"media/{IMAGE}", f"media/{IMAGE}/thumb")
    assert await (await asking.get("/" + media["url"])).read() == b"webp bytes"


async def test_media_in_lists_and_maps_are_told_too(client, folder):
    other = "b" * 32
    folder.start().record(row(0, cats=[image(), {"deep": image(other)}])).store()
    folder.ready(other, b"x", "image/png", width=1, height=1)
    value = (await listed(await client()))["objects"][0]["value"]
    assert value[0]["state"] == "pending"
    assert value[1]["deep"]["state"] == "ready"


async def test_the_list_is_narrowed_and_turned_page_by_page(client, folder):
    first = folder.start(name="first")
    for step in range(5):
        first.record(row(step, text=f"t{step}", cat=image(f"{step:032x}")))
    first.store()
    second = folder.start(name="second").record(row(9, text="other"))
    second.store()
    asking = await client()
    assert {o["run"] for o in (await listed(asking, runs=second.run))["objects"]} == {second.run}
    assert {o["key"] for o in (await listed(asking, kinds="image"))["objects"]} == {"cat"}
    assert {o["key"] for o in (await listed(asking, key="text"))["objects"]} == {"text"}
    seen, cursor = [], {}
    while cursor is not None:
        part = await listed(asking, limit=3, **cursor)
        assert len(part["objects"]) <= 3
        seen += [(o["run"], o["key"], o["step"]) for o in part["objects"]]
        cursor = {"before": part["next"]} if part["next"] else None
    assert len(seen) == len(set(seen)) == 11
    assert [step for _, _, step in seen] == sorted((step for _, _, step in seen), reverse=True)


async def test_steps_are_where_there_is_something_to_show(client, folder):
    folder.start().record(row(2, text="t")).record(row(7, cat=image())).store()
    asking = await client()
    for query, expected in (({}, [2, 7]), ({"kinds": "image"}, [7]), ({"key": "text"}, [2]), ({"last": "6"}, [2])):
        reply = await asking.get("/api/v1/steps", params={"project": "p"} | query)
        assert await reply.json() == {"steps": expected}


@pytest.mark.parametrize(
    "query", [{"before": "nonsense"}, {"before": "../.."}, {"kinds": "exe"}, {"limit": "x"}, {"last": "1.5"}]
)
async def test_an_unusable_field_is_named(client, folder, query):
    folder.start().record(row(0, text="t")).store()
    reply = await (await client()).get("/api/v1/objects", params={"project": "p"} | query)
    assert reply.status == 400
    assert (await reply.json())["error"].startswith(next(iter(query)))


TRACE = "c" * 32


def rollouts(folder, *said):
    """A run whose step 3 has traces, ready."""
    about = {"_type": "trackio.trace", "id": TRACE, "traces": len(said), "bytes": 1, "media": []}
    folder.start().record(row(3, rollouts=about)).store()
    held = [{"messages": [{"role": "user", "content": text}], "metadata": {}, "spans": []} for text in said]
    folder.ready(TRACE, pack(held), "application/msgpack", rows=len(said))


async def test_traces_are_listed_searched_counted_and_read_one_by_one(client, folder):
    rollouts(folder, "why", "how")
    asking = await client()

    async def got(path, **query):
        reply = await asking.get(path, params={"project": "p"} | query)
        assert reply.status == 200, await reply.text()
        return await reply.json()

    page = await got("/api/v1/traces")
    assert [(t["asked"], t["index"], t["step"], t["key"]) for t in page["traces"]] == [
        ("why", 0, 3, "rollouts"),
        ("how", 1, 3, "rollouts"),
    ]
    assert (page["total"], page["offset"]) == (2, 0)
    assert (await got("/api/v1/traces", search="HOW", descending="false", sort="time"))["total"] == 1
    assert (await got("/api/v1/traces", step="-4"))["total"] == 0
    assert await got("/api/v1/trace_steps") == {"total": 2, "steps": [{"step": 3, "count": 2}]}
    assert (await got("/api/v1/trace", id=TRACE, index="1"))["messages"] == [{"role": "user", "content": "how"}]
    for query in ({"sort": "reward"}, {"step": "x"}, {"step": str(2**63)}, {"descending": "maybe"}):
        assert (await asking.get("/api/v1/traces", params={"project": "p"} | query)).status == 400
    assert (await asking.get("/api/v1/trace", params={"id": TRACE, "index": "2"})).status == 404
