from __future__ import annotations

import asyncio

import pytest

from trackio.wire import Row, System, pack
from trackio_web import compat


async def called(client, name, /, status=200, **arguments):
    reply = await client.post(f"/api/{name}", json=arguments)
    assert reply.status == status, await reply.text()
    body = await reply.json()
    return body["data"] if status == 200 else body["error"]


@pytest.fixture
def filled(folder):
    """Project p: run first with loss at 0…29 and acc at every tenth, run second with nothing but a start."""
    writer = folder.start(config={"lr": 0.1}, user="u", group="g")
    for step in range(30):
        writer.rows(("loss", "acc") if step % 10 == 0 else ("loss",), {step: [step / 2, 1.0][: 2 - bool(step % 10)]})
    writer.store()
    folder.start(name="second", time=1_700_000_100 * 10**9).store()
    return writer


async def test_projects_and_runs_are_listed_as_before(client, filled):
    asking = await client()
    assert await called(asking, "get_all_projects") == ["p"]
    runs = await called(asking, "get_runs_for_project", project="p")
    assert [run["name"] for run in runs] == ["first", "second"]
    assert runs[0] == {"id": filled.run, "name": "first", "created_at": "2023-11-14T22:13:20+00:00"}


async def test_arguments_come_in_three_shapes(client, filled):
    asking = await client()
    shapes = ({"project": "p"}, {"kwargs": {"project": "p"}}, {"args": ["p"]})
    answers = [await called(asking, "get_run_configs", **shape) for shape in shapes]
    assert answers[0] == answers[1] == answers[2]
    config = answers[0][filled.run]
    assert config == {"lr": 0.1, "_Username": "u", "_Created": "2023-11-14T22:13:20+00:00", "_Group": "g"}


async def test_summaries_tell_counts_names_and_the_last_step(client, filled):
    asking = await client()
    project = await called(asking, "get_project_summary", project="p")
    assert project == {"project": "p", "num_runs": 2, "runs": ["first", "second"], "last_activity": 29}
    run = await called(asking, "get_run_summary", project="p", run="first")
    assert (run["num_logs"], run["metrics"], run["last_step"]) == (30, ["acc", "loss"], 29)
    assert await called(asking, "get_metrics_for_run", project="p", run="first") == ["acc", "loss"]


async def test_a_metric_is_read_whole_at_a_step_around_a_step_and_around_a_time(client, filled):
    asking, about = await client(), {"project": "p", "run": "first", "metric_name": "loss"}
    values = await called(asking, "get_metric_values", **about)
    assert len(values) == 30
    assert values[1] == {"timestamp": "2023-11-14T22:13:21+00:00", "step": 1, "value": 0.5}
    assert [v["step"] for v in await called(asking, "get_metric_values", **about, step=7)] == [7]
    around = await called(asking, "get_metric_values", **about, around_step=2, window=3)
    assert [v["step"] for v in around] == [0, 1, 2, 3, 4, 5]
    when = await called(asking, "get_metric_values", **about, at_time="2023-11-14T22:13:30Z", window=1)
    assert [v["step"] for v in when] == [9, 10, 11]
    thin = await called(asking, "get_metric_values", **about, max_points=4)
    assert (len(thin), thin[-1]["step"]) == (4, 29)


async def test_a_snapshot_and_the_log_join_the_metrics(client, filled):
    asking, about = await client(), {"project": "p", "run": "first"}
    snapshot = await called(asking, "get_snapshot", **about, around_step=10, window=1)
    assert {name: [v["step"] for v in values] for name, values in snapshot.items()} == {
        "loss": [9, 10, 11],
        "acc": [10],
    }
    rows = await called(asking, "get_logs", **about)
    assert len(rows) == 30
    assert rows[10] == {"timestamp": "2023-11-14T22:13:30+00:00", "step": 10, "loss": 5.0, "acc": 1.0}


async def test_a_run_is_found_by_its_id_and_a_name_means_the_newest(client, folder, filled):
    newest = folder.start(name="first", time=1_700_000_200 * 10**9)
    newest.store()
    asking = await client()
    assert (await called(asking, "get_run_summary", project="p", run="first"))["run_id"] == newest.run
    for found in ({"run_id": filled.run}, {"project": "p", "run": filled.run}):
        assert (await called(asking, "get_run_summary", **found))["num_logs"] == 30


@pytest.mark.parametrize(
    ("name", "arguments", "status", "says"),
    [
        ("drop_everything", {}, 404, "drop_everything"),
        ("__class__", {}, 404, "__class__"),
        ("get_run_configs", {}, 400, "project"),
        ("get_run_configs", {"project": 3}, 400, "project"),
        ("get_run_configs", {"project": "none"}, 404, "none"),
        ("get_run_summary", {"project": "p"}, 400, "run"),
        ("get_run_summary", {"project": "p", "run": "none"}, 404, "none"),
        ("get_metric_values", {"project": "p", "run": "first"}, 400, "metric_name"),
        ("get_metric_values", {"project": "p", "run": "first", "metric_name": "none"}, 404, "none"),
        ("get_snapshot", {"project": "p", "run": "first", "at_time": "noon"}, 400, "at_time"),
        ("get_snapshot", {"project": "p", "run": "first", "around_step": 2**60}, 400, "around_step"),
        ("get_logs", {"args": 3}, 400, "args"),
    ],
)
async def test_an_unusable_call_says_what_is_wrong(client, filled, name, arguments, status, says):
    assert says in await called(await client(), name, status=status, **arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "edit"),
    [
        ("delete_run", {"project": "p", "run": "first"}, {"action": "delete_run"}),
        ("delete_run", {"args": ["p", "first"]}, {"action": "delete_run"}),
        ("rename_run", {"project": "p", "old_name": "first", "new_name": "x"}, {"action": "rename_run", "name": "x"}),
        ("rename_run", {"kwargs": {"new_name": "x"}}, {"action": "rename_run", "name": "x"}),
    ],
)
async def test_runs_are_deleted_and_renamed_as_before(client, filled, ingest, name, arguments, edit):
    if "kwargs" in arguments:
        arguments["kwargs"]["run_id"] = filled.run
    asking = await client()
    answering = asyncio.ensure_future(ingest({"run": filled.run}))
    assert await called(asking, name, **arguments) is True
    assert await answering == ("edit", edit | {"run": filled.run})


async def test_what_is_to_be_changed_must_be_there(client, filled):
    asking = await client()
    assert "none" in await called(asking, "delete_run", status=404, project="p", run="none")
    assert "run" in await called(asking, "rename_run", status=400, project="p", new_name="x")


async def test_traces_of_a_run_are_whole_and_in_the_order_asked_for(client, folder, monkeypatch):
    writer = folder.start()
    for step, said in enumerate((["a", "b"], ["c"])):
        media = f"{step}" * 32
        about = {"_type": "trackio.trace", "id": media, "traces": len(said), "bytes": 1, "media": []}
        writer.record(Row(step, (1_700_000_000 + step) * 10**9, {"rollouts": about}))
        held = [{"messages": [{"role": "user", "content": text}], "metadata": {}, "spans": []} for text in said]
        writer.store()
        folder.ready(media, pack(held), "application/msgpack", rows=len(said))
    asking, about = await client(), {"project": "p", "run": "first"}
    (newest, *others) = await called(asking, "get_traces", **about)
    assert newest == {
        "id": f"{'1' * 32}:0",
        "key": "rollouts",
        "index": 0,
        "run": "first",
        "run_id": writer.run,
        "step": 1,
        "timestamp": "2023-11-14T22:13:21+00:00",
        "messages": [{"role": "user", "content": "c"}],
        "metadata": {},
        "spans": [],
    }
    assert [trace["messages"][0]["content"] for trace in others] == ["a", "b"]
    for order, first in (("step_asc", 0), ("step_desc", 1), ("request_time_asc", 0), ("request_time_desc", 1)):
        assert (await called(asking, "get_traces", **about, sort=order, limit=1))[0]["step"] == first
    assert [t["step"] for t in await called(asking, "get_traces", **about, search="B", step=0)] == [0]
    assert len(await called(asking, "get_traces", **about, offset=1)) == 2
    counted = {"total": 3, "steps": [{"step": 0, "count": 2}, {"step": 1, "count": 1}]}
    assert await called(asking, "get_trace_steps", **about) == counted
    monkeypatch.setattr(compat, "_MOST_TRACES", 2)
    assert "one answer holds 2" in await called(asking, "get_traces", status=400, **about)


async def test_system_metrics_are_named_and_read_by_time_apart_from_metrics(client, filled):
    for second in range(3):
        filled.record(System((1_700_000_000 + second) * 10**9, {"gpu/0/temp": 40 + second, "loss": second / 2}))
    filled.store()
    asking, about = await client(), {"project": "p", "run": "first"}
    assert await called(asking, "get_system_metrics_for_run", **about) == ["gpu/0/temp", "loss"]
    assert await called(asking, "get_metrics_for_run", **about) == ["acc", "loss"]
    assert (await called(asking, "get_run_summary", **about))["metrics"] == ["acc", "loss"]
    rows = await called(asking, "get_system_logs", **about)
    assert rows[1] == {"timestamp": "2023-11-14T22:13:21+00:00", "gpu/0/temp": 41, "loss": 0.5}
    assert [row["loss"] for row in await called(asking, "get_system_logs", **about, max_points=2)] == [0.0, 1.0]
    assert len(await called(asking, "get_metric_values", **about, metric_name="loss")) == 30
    assert await called(asking, "get_system_logs", project="p", run="second") == []
