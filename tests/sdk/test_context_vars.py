"""trackio/context_vars.py: each context has its own run, and who has none sees the newest."""

from __future__ import annotations

import asyncio
import contextvars
import threading

import pytest

from trackio import context_vars
from trackio.context_vars import Current


@pytest.fixture
def current():
    return Current("test")


def in_thread(act):
    """Return what `act` returns in a thread of its own."""
    found = []
    thread = threading.Thread(target=lambda: found.append(act()))
    thread.start()
    thread.join()
    return found[0]


def test_in_the_beginning_there_is_none(current):
    assert current.get() is None
    assert in_thread(current.get) is None


def test_a_thread_that_sets_nothing_sees_what_was_set_last_anywhere(current):
    current.set("first")
    assert in_thread(current.get) == "first"
    in_thread(lambda: current.set("second"))
    assert in_thread(current.get) == "second"


def test_who_has_set_one_keeps_it_whatever_others_do(current):
    current.set("mine")
    in_thread(lambda: current.set("theirs"))
    assert current.get() == "mine"
    assert contextvars.copy_context().run(current.get) == "mine"


def test_tasks_do_not_see_each_others(current):
    async def task(name):
        current.set(name)
        await asyncio.sleep(0)
        return current.get()

    async def all_tasks():
        return await asyncio.gather(*map(task, "abc"))

    assert asyncio.run(all_tasks()) == ["a", "b", "c"]


def test_none_is_a_value_too(current):
    current.set("mine")
    current.set(None)
    assert current.get() is None
    assert in_thread(current.get) is None


def test_none_takes_back_only_what_this_context_set(current):
    in_thread(lambda: current.set("theirs"))
    current.set(None)
    assert current.get() is None
    assert in_thread(current.get) == "theirs"
    assert in_thread(current.own) is None


@pytest.mark.parametrize(
    "name",
    ["current_run", "current_project", "current_server", "current_space_id", "current_server_write_token"],
)
def test_what_training_libraries_ask_for_is_there_and_none(name):
    assert getattr(context_vars, name).get() is None
