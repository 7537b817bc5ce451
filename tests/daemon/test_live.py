"""Announcements reach every listener in order; whoever missed one is told so, and nobody is waited for."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import zmq
from hypothesis import example, given
from hypothesis import strategies as st

from trackio.errors import ProtocolError
from trackio.wire import pack
from trackiod.live import Changes, Listener, Publisher, RunChange, parse

PATIENCE = 30


@pytest.fixture
def at(tmp_path):
    path = tmp_path / "live.sock"
    return SimpleNamespace(address=f"ipc://{path}", path=path)


@pytest.fixture
def open_publisher(at):
    @contextmanager
    def opened(daemon="d1"):
        publisher = Publisher(at.address, at.path, daemon)
        try:
            yield publisher
        finally:
            publisher.close()

    return opened


@pytest.fixture
def publisher(open_publisher):
    with open_publisher() as opened:
        yield opened


@pytest.fixture
async def listener(at):
    opened = Listener(at.address)
    yield opened
    opened.close()


def change(run, **fields):
    return Changes({run: RunChange("p", **fields)})


async def heard(listener):
    return await asyncio.wait_for(anext(listener.changes()), PATIENCE)


async def met(publisher, listener):
    """Announce until the listener hears, then let it hear all of that; return what it heard first."""
    first = asyncio.ensure_future(heard(listener))
    while not first.done():
        publisher.announce(change("meeting"))
        await asyncio.wait([first], timeout=0.01)
    publisher.announce(change("met"))
    while "met" not in (await heard(listener)).runs:
        pass
    return first.result()


async def test_announcements_arrive_whole_and_in_order(publisher, listener):
    await met(publisher, listener)
    sent = [change(str(n), points=n % 2 == 0, objects={"cat", "dog"}, state=n % 3 == 0) for n in range(50)]
    sent[7].moved("moved", "p", "q")
    sent[8].moved("deleted", "p", None)
    sent[9].of("alarmed", "p").alerts = True
    sent += [Changes(projects=True), Changes(shared={"p", "q"})]
    for changes in sent:
        publisher.announce(changes)
    assert [await heard(listener) for _ in sent] == sent


async def test_who_comes_late_has_missed_nothing_that_it_asked_for(publisher, listener):
    publisher.announce(change("before"))
    assert not (await met(publisher, listener)).missed


async def test_nothing_is_announced_of_a_commit_that_changed_nothing(publisher, listener):
    await met(publisher, listener)
    publisher.announce(Changes())
    publisher.announce(change("r"))
    assert await heard(listener) == change("r")


async def test_another_daemon_means_that_something_may_have_been_missed(open_publisher, listener):
    with open_publisher("d1") as first:
        await met(first, listener)
    with open_publisher("d2") as second:
        assert (await met(second, listener)).missed
        second.announce(change("r"))
        assert not (await heard(listener)).missed


async def test_a_listener_that_is_too_slow_is_not_waited_for_and_learns_that_it_missed_some(publisher, listener):
    await met(publisher, listener)
    for _ in range(20_000):
        publisher.announce(change("flood", objects={"x" * 200}))
    for _ in range(20_000):
        publisher.announce(change("flood"))
        if (await heard(listener)).missed:
            return
    raise AssertionError("nothing was missed")


async def test_what_cannot_be_read_counts_as_missed(at, listener):
    with zmq.Context() as context, context.socket(zmq.PUB) as socket:
        socket.bind(at.address)
        found = asyncio.ensure_future(heard(listener))
        while not found.done():
            socket.send(b"\xc1 nonsense")
            await asyncio.wait([found], timeout=0.01)
        assert found.result() == Changes(missed=True)


async def test_a_socket_that_was_removed_is_bound_again(at, publisher, listener):
    await met(publisher, listener)
    publisher.restore()
    at.path.unlink()
    publisher.restore()
    late = Listener(at.address)
    try:
        await met(publisher, late)
    finally:
        late.close()


def test_closing_takes_the_socket_away(at, open_publisher):
    with open_publisher():
        assert at.path.exists()
    assert not at.path.exists()


runs = st.dictionaries(
    st.text(),
    st.builds(
        lambda *given: dict(zip(("project", "points", "objects", "state"), given, strict=True)),
        st.text() | st.none(),
        st.booleans() | st.none(),
        st.lists(st.text()) | st.none() | st.lists(st.lists(st.text())),
        st.booleans(),
    ),
)
numbers = st.integers(0, 2**64 - 1) | st.floats() | st.text() | st.none()


@given(
    st.binary() | st.fixed_dictionaries({}, optional={"daemon": st.text(), "number": numbers, "runs": runs}).map(pack)
)
@example(pack({"daemon": "d", "number": float("inf"), "runs": {}}))
def test_any_bytes_are_an_announcement_or_refused_by_name(frame):
    try:
        (_, number), changes = parse(frame)
    except ProtocolError:
        return
    assert isinstance(number, int)
    assert all(isinstance(found, RunChange) for found in changes.runs.values())


def test_of_a_run_without_a_project_nobody_is_told():
    changes = Changes()
    changes.of("r", None).points = True
    assert not changes


def test_a_run_that_went_elsewhere_is_told_with_where_it_was():
    changes = Changes()
    changes.of("r", "p").points = True
    changes.moved("r", "p", "q")
    assert changes.runs == {"r": RunChange("q", points=True, state=True, left={"p"})}
    changes.moved("r", "q", "q")
    assert changes.runs["r"].left == {"p"}
