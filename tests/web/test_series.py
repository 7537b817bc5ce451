from __future__ import annotations

import io
import json
import math

import numpy as np
import pytest


def frames(data: bytes):
    """Every frame of a body as `(header, columns)`, read as docs/HTTP.md says."""
    at, found = 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        header, columns = json.loads(data[at + 4 : at + 4 + size]), {}
        at += 4 + size
        for name, code in header["columns"]:
            columns[name] = np.frombuffer(data, "<" + code, header["n"], at)
            at += -(-columns[name].nbytes // 8) * 8
        found.append((header, columns))
    return found


async def asked(client, series, **fields):
    reply = await client.post("/api/v1/series", json={"series": series, **fields})
    assert reply.status == 200, await reply.text()
    assert reply.content_type == "application/octet-stream"
    return frames(await reply.read())


async def test_few_points_come_as_they_are(client, folder):
    writer = folder.start().rows(("loss",), {0: [1.0], 2: [math.nan], 5: [-math.inf]})
    writer.store()
    ((header, columns),) = await asked(await client(), [{"run": writer.run, "metric": "loss"}])
    assert (header["raw"], header["n"], header["total"], header["last_step"]) == (True, 3, 3, 5)
    assert header["extent"] == [0, 5]
    assert header["member"] == 0
    assert columns["step"].tolist() == [0, 2, 5]
    assert columns["time"].tolist() == [1_700_000_000, 1_700_000_002, 1_700_000_005]
    np.testing.assert_array_equal(columns["value"], [1.0, math.nan, -math.inf])


@pytest.mark.parametrize("compacted", [False, True])
async def test_many_points_come_as_buckets_that_keep_every_extreme(client, folder, compacted):
    values = np.sin(np.arange(10_000) / 500)
    values[[1234, 4321]] = [50.0, -50.0]
    values[7000:7010] = math.nan
    writer = folder.start().rows(("loss",), {step: [value] for step, value in enumerate(values.tolist())})
    writer.store()
    if compacted:
        writer.compact()
    ((header, columns),) = await asked(await client(), [{"run": writer.run, "metric": "loss"}], width=100)
    assert not header["raw"]
    assert header["n"] == len(columns["step"]) <= 100
    assert header["total"] == 10_000
    assert (np.nanmax(columns["max"]), np.nanmin(columns["min"])) == (50.0, -50.0)
    assert columns["count"].sum() == 10_000
    assert columns["nan"].sum() == 10
    assert columns["step"][0] == 0
    assert columns["step_last"][-1] == 9_999


async def test_a_range_is_inclusive_on_either_axis(client, folder):
    writer = folder.start().rows(("loss",), {step: [float(step)] for step in range(100)})
    writer.store()
    asking, series = await client(), [{"run": writer.run, "metric": "loss"}]
    ((_, columns),) = await asked(asking, series, first=10, last=12)
    assert columns["step"].tolist() == [10, 11, 12]
    ((header, columns),) = await asked(asking, series, x="time", first=1_700_000_010, last=1_700_000_012)
    assert columns["step"].tolist() == [10, 11, 12]
    assert header["extent"] == [1_700_000_000, 1_700_000_099]


async def test_frames_come_in_the_order_asked_for_and_missing_series_are_empty(client, folder):
    writer = folder.start().rows(tuple(f"m{at}" for at in range(40)), {0: [float(at) for at in range(40)]})
    writer.store()
    wanted = [{"run": writer.run, "metric": f"m{at}"} for at in reversed(range(40))]
    wanted[5] = {"run": writer.run, "metric": "none"}
    wanted[6] = {"run": "../none", "metric": "m0"}
    found = await asked(await client(), wanted)
    assert [header["metric"] for header, _ in found] == [series["metric"] for series in wanted]
    for header, _ in found[5:7]:
        assert (header["n"], header["total"], header["raw"], header["extent"]) == (0, 0, True, None)
    assert found[0][1]["value"].tolist() == [39.0]


async def test_no_series_is_an_empty_answer(client, folder):
    folder.start().store()
    assert await asked(await client(), []) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"series": 1}', b'{"series": [{"run": 1}]}'])
async def test_an_unusable_body_is_refused_with_its_field(client, folder, body):
    folder.start().store()
    reply = await (await client()).post("/api/v1/series", data=body, headers={"Content-Type": "application/json"})
    assert reply.status == 400
    assert (await reply.json())["error"]


async def test_a_body_without_end_is_refused(client, folder):
    reply = await (await client()).post(
        "/api/v1/series", data=io.BytesIO(b" " * (5 * 2**20)), headers={"Content-Type": "application/json"}
    )
    assert reply.status == 413


async def test_without_a_store_the_request_fails_with_its_status(client):
    reply = await (await client()).post("/api/v1/series", json={"series": [{"run": "r", "metric": "m"}]})
    assert reply.status == 503


async def test_groups_come_as_frames_in_the_order_asked_for(client, folder):
    writers = [folder.start(name=str(n)).rows(("loss",), {s: [float(n)] for s in range(10)}) for n in range(3)]
    for writer in writers:
        writer.store()
    groups = [{"name": "b", "runs": [writers[0].run, writers[2].run]}, {"name": "a", "runs": [writers[1].run]}]
    reply = await (await client()).post("/api/v1/groups", json={"metric": "loss", "groups": groups, "width": 50})
    assert reply.status == 200
    (first, first_columns), (second, second_columns) = frames(await reply.read())
    assert (first["group"], second["group"], first["metric"], first["n"]) == ("b", "a", "loss", 10)
    assert first_columns["mean"].tolist() == second_columns["mean"].tolist() == [1.0] * 10
    assert first_columns["runs"].tolist() == [2] * 10
    assert (first_columns["min"][0], first_columns["max"][0]) == (0.0, 2.0)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "groups"),
        ({"groups": [], "metric": 1}, "metric"),
        ({"groups": [{"name": "a"}], "metric": "m"}, "groups[0].runs"),
        ({"groups": [{"name": 1, "runs": []}], "metric": "m"}, "groups[0].name"),
        ({"groups": [{"name": "a", "runs": ["r"] * 20_000}], "metric": "m"}, "20000"),
        ({"groups": [], "metric": "m", "width": 0}, "width"),
        ({"groups": [], "metric": "m", "x": "metric"}, "axis"),
        ({"groups": [], "metric": "m", "x": "step", "axis": "epoch"}, "axis"),
        ({"groups": [], "metric": "m", "member": "some"}, "member"),
        ({"groups": [], "metric": "m", "x": "hours"}, "x: must be step or time or relative or metric"),
    ],
)
async def test_unusable_groups_are_refused_with_their_field(client, folder, body, field):
    folder.start().store()
    reply = await (await client()).post("/api/v1/groups", json=body)
    assert reply.status == 400
    assert field in (await reply.json())["error"]


async def test_a_formula_is_a_metric_like_others_and_one_that_cannot_be_read_was_never_logged(client, folder):
    writer = folder.start().rows(("a", "b"), {s: [float(s), 1.0] for s in range(3)})
    writer.store()
    asking = await client()
    metrics = ["=a - b * 2", "=a -", "=a - none"]
    wanted = [{"run": writer.run, "metric": metric, "member": None} for metric in metrics]
    reply = await asking.post("/api/v1/series", json={"series": wanted})
    (first, columns), (second, _), (third, _) = frames(await reply.read())
    assert (first["metric"], first["total"], first["last_step"]) == ("=a - b * 2", 3, 2)
    assert columns["value"].tolist() == [-2.0, -1.0, 0.0]
    assert (second["total"], third["total"]) == (0, 0)
    group = {"metric": "=a - b * 2", "groups": [{"name": "g", "runs": [writer.run]}]}
    ((header, columns),) = frames(await (await asking.post("/api/v1/groups", json=group)).read())
    assert (header["n"], columns["mean"].tolist()) == (3, [-2.0, -1.0, 0.0])


async def test_what_a_formula_is_made_of_is_told_or_what_is_wrong_with_it(client, folder):
    asking = await client()
    reply = await asking.get("/api/v1/formula", params={"text": "train/loss - ema(val/loss)"})
    assert await reply.json() == {"metrics": ["train/loss", "val/loss"], "error": None}
    reply = await asking.get("/api/v1/formula", params={"text": "a -"})
    assert await reply.json() == {"metrics": [], "error": "formula: column 4: expected a metric; found the end"}
