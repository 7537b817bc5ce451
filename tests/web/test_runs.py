from __future__ import annotations

import math
import time

import pytest

import trackio
from trackio.wire import ConfigUpdate

#: When runs of these tests begin, in seconds since the epoch.
BEGIN = 1_700_000_000


async def test_the_version_tells_protocol_and_interface(client):
    reply = await (await client()).get("/version")
    assert await reply.json() == {"version": trackio.__version__, "api_version": 1, "protocol": 1}


async def test_without_a_store_the_page_is_told_so_and_later_finds_it(client, places):
    asking = await client()
    reply = await asking.get("/api/v1/projects")
    assert reply.status == 503
    assert "store" in (await reply.json())["error"]


async def test_projects_tell_their_runs_and_the_latest_comes_first(client, folder):
    folder.start("old").store()
    folder.start("new", time=1_800_000_000 * 10**9).store()
    folder.start("new", name="second", time=1_800_000_001 * 10**9).finish().store()
    found = (await (await (await client()).get("/api/v1/projects")).json())["projects"]
    assert [(p["name"], p["runs"], p["running"]) for p in found] == [("new", 2, 1), ("old", 1, 1)]
    assert found[0]["created"] == 1_800_000_000
    assert isinstance(found[0]["last_activity"], float)


async def test_a_run_tells_everything_that_the_page_shows(client, folder):
    writer = folder.start(
        group="g", config={"lr": 0.1, "bad": math.nan}, tags=("a",), user="u", command=("python", "x")
    )
    writer.rows(("loss",), {0: [1.0], 1: [math.nan], 2: [0.5]}).store()
    asking = await client()
    listed = await (await asking.get("/api/v1/runs", params={"project": "p"})).json()
    assert listed["project"] == "p"
    run = await (await asking.get("/api/v1/run", params={"id": writer.run})).json()
    assert listed["runs"] == [run]
    assert run["config"] == {"lr": 0.1, "bad": None}
    assert (run["name"], run["group"], run["status"], run["ended"]) == ("first", "g", "running", None)
    assert (run["rows"], run["tags"], run["command"], run["user"]) == (3, ["a"], ["python", "x"], "u")
    assert run["summary"]["loss"]["min"] == 0.5
    assert run["summary"]["loss"]["count"] == 3
    assert set(run) == {
        *("id", "project", "name", "group", "status", "error", "slot", "created", "started", "ended", "last_activity"),
        *("config", "summary", "rows", "refused", "host", "pid", "user", "command", "tags", "notes"),
        *("colour", "deleted", "members", "ranks"),
    }


async def test_runs_are_filtered_sorted_and_cut_here(client, folder):
    for name, lr in (("a", 0.1), ("b", 0.2), ("c", 0.3)):
        folder.start(name=name, config={"lr": lr}).store()
    asking = await client()

    async def ask(**query):
        reply = await asking.get("/api/v1/runs", params={"project": "p", **query})
        return reply.status, await reply.json()

    status, found = await ask(filter="config.lr < 0.25", sort="config.lr", descending="true", limit="1")
    assert (status, [run["name"] for run in found.pop("runs")]) == (200, ["b"])
    assert found == {"project": "p", "total": 2, "offset": 0}
    assert set((await ask())[1]) == {"project", "runs"}
    named = (await ask(filter="config.lr > 0.15", sort="config.lr", ids="true"))[1]
    whole = (await ask(filter="config.lr > 0.15", sort="config.lr"))[1]
    assert named.pop("ids") == [run["id"] for run in whole.pop("runs")]
    assert named == whole
    twice = await asking.get("/api/v1/runs?project=p&sort=status&sort=-config.lr&limit=2&descending=true")
    assert [run["name"] for run in (await twice.json())["runs"]] == ["a", "b"]
    status, found = await ask(filter="config.lr <")
    assert (status, found) == (400, {"error": "filter: column 12: expected a value after <; found the end"})


async def post(asking, path, body):
    reply = await asking.post(path, json=body)
    return reply.status, await reply.json()


async def test_runs_are_told_whole_by_their_ids_without_those_of_other_projects(client, folder):
    first, second, third = (folder.start(name=name, config={"lr": 0.1}) for name in ("a", "b", "c"))
    elsewhere = folder.start(project="q")
    for writer in (first, second, third, elsewhere):
        writer.store()
    asking = await client()
    status, found = await post(
        asking, "/api/v1/runs", {"project": "p", "ids": [third.run, elsewhere.run, "none", first.run]}
    )
    assert (status, found["project"], [run["name"] for run in found["runs"]]) == (200, "p", ["c", "a"])
    whole = await (await asking.get("/api/v1/run", params={"id": third.run})).json()
    assert found["runs"][0] == whole
    for ids, told in ((3, "a list of text"), ([3], "a list of text"), (["x"] * 2_001, "more than 2000")):
        status, found = await post(asking, "/api/v1/runs", {"project": "p", "ids": ids})
        assert status == 400
        assert told in found["error"]


async def test_fields_of_all_runs_come_as_columns_the_newest_first(client, folder):
    first = folder.start(name="a", config={"lr": 0.1, "my.key": {"x": 1}}, tags=("t",)).rows(("loss",), {0: [math.nan]})
    second = folder.start(name="b").rows(("loss",), {0: [0.5]})
    first.store(), second.store()
    fields = ["name", "tags", "slot", "config.lr", 'config."my.key".x', "summary.loss"]
    asking = await client()
    status, found = await post(asking, "/api/v1/columns", {"project": "p", "fields": fields})
    assert (status, found["ids"]) == (200, [second.run, first.run])
    assert found["columns"] == {
        "name": ["b", "a"],
        "tags": [[], ["t"]],
        "slot": [1, 0],
        "config.lr": [None, 0.1],
        'config."my.key".x': [None, 1],
        "summary.loss": [0.5, None],
    }
    status, found = await post(asking, "/api/v1/columns", {"project": "p", "fields": ["lr"]})
    assert (status, found["error"][:17]) == (400, "fields: column 1:")
    assert (await post(asking, "/api/v1/columns", {"project": "none", "fields": []}))[0] == 404


async def test_the_keys_of_configurations_tell_how_many_runs_have_them_and_whether_they_differ(client, folder):
    folder.start(config={"lr": 0.1, "model": {"depth": 3}, "seed": 1}).store()
    folder.start(config={"lr": 0.2, "model": {"depth": 3}}).store()
    asking = await client()
    found = (await (await asking.get("/api/v1/keys", params={"project": "p"})).json())["keys"]
    assert found == [
        {"name": "lr", "runs": 2, "same": False},
        {"name": "model.depth", "runs": 2, "same": True},
        {"name": "seed", "runs": 1, "same": False},
    ]
    kept = (await (await asking.get("/api/v1/status")).json())["kept"]
    assert kept["runs"] == 2
    assert kept["bytes"] > 0


async def test_metrics_tell_their_kind_and_how_many_runs_have_them(client, folder):
    for name in ("first", "second"):
        folder.start(name=name).rows(("loss",), {0: [1.0]}).store()
    writer = folder.start(name="third").rows(("acc",), {0: [1.0]})
    writer.store()
    asking = await client()
    found = (await (await asking.get("/api/v1/metrics", params={"project": "p"})).json())["metrics"]
    assert {(m["name"], m["kind"], m["runs"]) for m in found} == {("loss", "scalar", 2), ("acc", "scalar", 1)}
    found = await (await asking.get("/api/v1/metrics", params={"project": "p", "run": writer.run})).json()
    assert [m["name"] for m in found["metrics"]] == ["acc"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/runs", 400),
        ("/api/v1/runs?project=none", 404),
        ("/api/v1/run?id=none", 404),
        ("/api/v1/run?id=../../etc/passwd", 404),
        ("/api/v1/run?id=%00", 404),
        ("/api/v1/run?id=" + "x" * 4_000, 404),
        ("/api/v1/metrics?project=none", 404),
    ],
)
async def test_what_does_not_exist_is_named(client, folder, path, status):
    folder.start().store()
    reply = await (await client()).get(path)
    assert reply.status == status
    assert (await reply.json())["error"]


async def test_status_without_a_daemon_says_that_it_is_down_and_how_much_is_stored(client, folder):
    folder.start().store()
    found = await (await (await client()).get("/api/v1/status")).json()
    assert found["ingest"]["up"] is False
    assert found["store"]["bytes"] > 0
    assert found["data"] == str(folder.places.data)


async def test_the_processes_of_a_run_are_listed_with_their_metrics(client, folder):
    writer = folder.start(pid=7).rows(("loss",), {0: [1.0]})
    writer.store()
    asking = await client()
    reply = await (await asking.get("/api/v1/members", params={"run": writer.run})).json()
    assert reply == {
        "members": [{"member": 0, "rows": 1, "status": "running", "pid": 7, "host": "h", "metrics": ["loss"]}]
    }
    assert (await asking.get("/api/v1/members", params={"run": "none"})).status == 404


async def test_how_a_configuration_came_to_be_is_told_in_order(client, folder):
    writer = folder.start(config={"lr": 0.1})
    writer.record(ConfigUpdate((BEGIN + 5) * 10**9, {"lr": 0.2}, ())).store()
    asking = await client()
    found = await (await asking.get(f"/api/v1/config?run={writer.run}")).json()
    assert found == {
        "changes": [
            {"time": BEGIN, "values": {"lr": 0.1}, "removed": []},
            {"time": BEGIN + 5, "values": {"lr": 0.2}, "removed": []},
        ]
    }
    assert (await asking.get("/api/v1/config?run=none")).status == 404


async def test_projects_are_told_with_the_days_on_which_runs_were_active(client, folder):
    folder.start(time=time.time_ns()).store()
    found = await (await (await client()).get("/api/v1/activity")).json()
    assert found == {"projects": {"p": [0] * 29 + [1]}}
