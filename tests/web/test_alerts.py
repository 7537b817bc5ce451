from __future__ import annotations

import pytest

from trackio.wire import Alert

START = 1_700_000_000
URL = "https://hooks.slack.com/services/SECRET"


@pytest.fixture
def filled(folder):
    writer = folder.start()
    for second, level in enumerate(("info", "warn", "error")):
        writer.record(Alert((START + second) * 10**9, f"a {level}", "why", level, second, webhook=URL))
    writer.store()
    return writer


async def asked(client, status=200, **query):
    reply = await client.get("/api/v1/alerts", params={"project": "p"} | query)
    assert reply.status == status, await reply.text()
    return await reply.json()


async def test_alerts_come_newest_first_and_tell_no_address(client, filled):
    found = await asked(await client())
    assert [alert["title"] for alert in found["alerts"]] == ["a error", "a warn", "a info"]
    assert found["next"] is None
    newest = found["alerts"][0]
    assert newest == {
        "id": newest["id"],
        "run": filled.run,
        "run_name": "first",
        "time": START + 2,
        "level": "error",
        "title": "a error",
        "text": "why",
        "step": 2,
        "member": 0,
        "webhook": "pending",
        "error": None,
    }
    assert "SECRET" not in str(found)


async def test_they_are_narrowed_and_paged(client, filled):
    asking = await client()
    assert [a["level"] for a in (await asked(asking, level="warn,error"))["alerts"]] == ["error", "warn"]
    assert [a["level"] for a in (await asked(asking, since=str(START + 1)))["alerts"]] == ["error"]
    assert [a["level"] for a in (await asked(asking, since="2023-11-14T22:13:20+00:00"))["alerts"]] == ["error", "warn"]
    page = await asked(asking, limit="2", run=filled.run)
    assert len(page["alerts"]) == 2
    assert [a["level"] for a in (await asked(asking, before=page["next"]))["alerts"]] == ["info"]


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ({"level": "loud"}, 400, "level"),
        ({"since": "noon"}, 400, "since"),
        ({"since": "nan"}, 400, "since"),
        ({"before": "x"}, 400, "before"),
        ({"limit": "many"}, 400, "limit"),
        ({"run": "none"}, 404, "run"),
        ({"project": "none"}, 404, "project"),
    ],
)
async def test_what_cannot_be_used_is_named(client, filled, query, status, says):
    assert says in (await asked(await client(), status, **query))["error"]


async def test_the_older_call_has_the_older_shape(client, filled):
    reply = await (await client()).post("/api/get_alerts", json={"project": "p", "run": "first", "level": "ERROR"})
    assert (await reply.json())["data"] == [
        {
            "timestamp": "2023-11-14T22:13:22+00:00",
            "run": "first",
            "title": "a error",
            "text": "why",
            "level": "error",
            "step": 2,
        }
    ]
