from __future__ import annotations

import json
import math

import numpy as np
import pytest

from trackio_web import params


def columns(data: bytes):
    """Every frame of a body as `(header, columns)`, read as docs/HTTP.md says."""
    at, found = 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        header = json.loads(data[at + 4 : at + 4 + size])
        at += 4 + size
        read = {}
        for name, _ in header["columns"]:
            read[name] = np.frombuffer(data, "<f8", header["n"], at).tolist()
            at += 8 * header["n"]
        found.append((header, read))
    return found


@pytest.fixture
def ask(client):
    async def asked(body):
        reply = await (asked.client).post("/api/v1/points", json=body)
        return reply.status, await (reply.read() if reply.status == 200 else reply.json())

    async def make():
        asked.client = await client()
        return asked

    return make


@pytest.mark.parametrize("compacted", [False, True])
async def test_points_come_page_by_page_as_they_are(ask, folder, compacted):
    writer = folder.start().rows(("loss",), {step: [step / 4] for step in range(1_000)}).rows(("x",), {3: [math.nan]})
    writer.store()
    if compacted:
        writer.compact()
    asked, after, values = await ask(), None, []
    while True:
        status, body = await asked({"series": [{"run": writer.run, "metric": "loss"}], "after": after, "limit": 300})
        assert status == 200
        ((header, page),) = columns(body)
        assert header["raw"]
        assert header["total"] == 1_000
        values += page["value"]
        if header["n"] < 300:
            break
        after = page["step"][-1]
    assert values == [step / 4 for step in range(1_000)]


async def test_series_come_in_the_order_asked_for_and_one_that_is_not_there_is_empty(ask, folder):
    writer = folder.start().rows(("a", "b"), {1: [1.0, 2.0]})
    writer.store()
    names = ("b", "none", "a")
    _, body = await (await ask())({"series": [{"run": writer.run, "metric": name} for name in names]})
    found = [(header["metric"], page["value"]) for header, page in columns(body)]
    assert found == [("b", [2.0]), ("none", []), ("a", [1.0])]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "series"),
        ({"series": [{"run": "r", "metric": "m"}], "limit": 0}, "limit"),
        ({"series": [{"run": "r", "metric": "m"}], "limit": True}, "limit"),
        ({"series": [{"run": "r", "metric": "m"}], "limit": params.MAX_POINTS + 1}, "limit"),
        ({"series": [{"run": "r", "metric": "m"}] * 101, "limit": 100_000}, "limit"),
        ({"series": [{"run": "r", "metric": "m"}], "after": "1"}, "after"),
    ],
)
async def test_an_unusable_field_is_named(ask, folder, body, field):
    folder.start().store()
    status, said = await (await ask())(body)
    assert (status, said["error"].split(":")[0]) == (400, field)
