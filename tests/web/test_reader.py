"""Questions reach the store in threads, through one Query that is opened once there is a store."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest

from trackio.errors import NotFound, StoreError
from trackio_web.reader import Reader
from trackiod.query import Query
from trackiod.store.env import Store


@pytest.fixture
def opened(monkeypatch):
    """Every Query that is opened."""
    made, really = [], Query.open

    def count(places):
        made.append(really(places))
        return made[-1]

    monkeypatch.setattr(Query, "open", count)
    return made


@pytest.fixture
def store(places):
    """A data folder whose store is there, and empty."""
    Store.open(places.store).close()


@pytest.fixture
def reader(places):
    made = Reader(places)
    yield made
    made.close()


async def test_a_question_is_asked_in_a_thread_of_its_own(reader, store):
    asked = await reader.ask(lambda query: (threading.current_thread(), query.projects()))
    assert asked[0] is not threading.current_thread()
    assert asked[1] == []


async def test_questions_at_the_same_time_share_one_store_and_do_not_wait_for_each_other(reader, store, opened):
    meeting = threading.Barrier(4)

    def question(query):
        meeting.wait(30)
        return query

    assert set(await asyncio.gather(*(reader.ask(question) for _ in range(4)))) == {opened[0]}
    assert len(opened) == 1


async def test_without_a_store_it_says_so_until_there_is_one(reader, places):
    for _ in range(2):
        with pytest.raises(StoreError, match="there is no store"):
            await reader.ask(Query.projects)
    await asyncio.to_thread(lambda: Store.open(places.store).close())
    assert await reader.ask(Query.projects) == []


async def test_an_error_of_a_question_is_the_askers(reader, store):
    with pytest.raises(NotFound, match="no such run"):
        await reader.ask(lambda query: query.run("nobody"))


async def test_a_reply_is_json_made_in_the_thread(reader, store):
    threads = []

    def question(query):
        threads.append(threading.current_thread())
        return {"projects": query.projects(), "nan": float("nan")}

    reply = await reader.reply(question)
    assert (reply.status, reply.content_type) == (200, "application/json")
    assert json.loads(reply.body)["projects"] == []
    assert threads != [threading.current_thread()]


async def test_closing_frees_the_store_and_the_next_question_opens_it_again(reader, store, opened):
    await reader.ask(Query.projects)
    reader.close()
    reader.close()
    assert await reader.ask(Query.projects) == []
    assert len(opened) == 2
