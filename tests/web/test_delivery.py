from __future__ import annotations

import pytest

from trackio.settings import Settings
from trackio.wire import RunStart
from trackio.writer import Writer


async def told(client, **query):
    reply = await client.get("/api/v1/delivery", params=query)
    return reply.status, await reply.json()


@pytest.fixture
def run(folder):
    """A run with two rows in the store and one in a journal."""
    stored = folder.start().rows(("loss",), {0: [1.0], 1: [2.0]})
    stored.store()
    start = RunStart(stored.run, "p", "first", None, {}, "never", 1)
    writer = Writer(folder.places, Settings(), start, first_step=2, relative=False)
    writer.log({"loss": 3.0})
    yield stored.run
    writer.close(remove=True)


async def test_rows_in_a_journal_are_told_beside_those_in_the_store(client, run):
    status, body = await told(await client())
    (found,) = body["runs"]
    assert (status, found["run"], found["logged"], found["stored"], found["waiting"]) == (200, run, 3, 2, 1)
    assert found["oldest"] > 1_600_000_000


async def test_one_run_may_be_asked_for_and_an_unknown_one_is_not_found(client, folder):
    writer = folder.start().rows(("loss",), {0: [1.0]}).finish()
    writer.store()
    asking = await client()
    assert (await told(asking))[1] == {"runs": []}
    assert (await told(asking, run=writer.run))[1]["runs"][0]["status"] == "finished"
    assert (await told(asking, run="none"))[0] == 404
