"""Pages of alerts, narrowed by run, level and time, on which nothing is told twice or left out."""

from __future__ import annotations

import pytest

from trackio.errors import BadRequest, NotFound
from trackio.wire import Alert
from trackiod import alerting
from trackiod.alerting import AlertsRequest


@pytest.fixture
def ask(house):
    """Runs first and second of project p, which gave alarm in turn at seconds 1 to 20, every third an error."""
    runs = [house.start("first", run="a" * 32), house.start("second", run="b" * 32)]
    for second in range(1, 21):
        level = "error" if second % 3 == 0 else "info"
        house.put(runs[second % 2], Alert(second * 10**9, f"no {second}", None, level, second, webhook=None))
    house.start("elsewhere", project="q", run="c" * 32)

    def asking(project="p", **more):
        return house.read(alerting.page, AlertsRequest(project, **more))

    return asking


def seconds(page):
    return [alert.time for alert in page.alerts]


def test_alerts_are_told_whole_newest_first(ask):
    page = ask()
    assert seconds(page) == list(range(20, 0, -1))
    assert page.next is None
    newest = page.alerts[0]
    assert (newest.run, newest.run_name, newest.level, newest.title) == ("a" * 32, "first", "info", "no 20")
    assert (newest.text, newest.step, newest.member, newest.webhook, newest.error) == (None, 20, 0, None, None)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"run": "b" * 32}, range(19, 0, -2)),
        ({"levels": frozenset({"error"})}, range(18, 0, -3)),
        ({"levels": frozenset({"error", "info"}), "since": 17.0}, [20, 19, 18]),
        ({"since": 18.999999}, [20, 19]),
        ({"run": "a" * 32, "levels": frozenset({"error"})}, [18, 12, 6]),
        ({"since": 20.0}, []),
    ],
)
def test_they_are_narrowed(ask, asked, found):
    assert seconds(ask(**asked)) == list(found)


def test_pages_follow_one_another_without_a_gap_or_a_repetition(ask):
    found, cursor = [], None
    while True:
        page = ask(limit=3, before=cursor, levels=frozenset({"info"}))
        found += seconds(page)
        cursor = page.next
        if cursor is None:
            break
        assert len(page.alerts) == 3
    assert found == [second for second in range(20, 0, -1) if second % 3]


def test_a_cursor_holds_between_alerts_of_one_moment(house):
    writer = house.start("first", run="a" * 32)
    house.put(writer, *[Alert(10**9, f"no {n}", None, "info") for n in range(7)])
    titles, cursor = [], None
    while cursor is not None or not titles:
        page = house.read(alerting.page, AlertsRequest("p", limit=2, before=cursor))
        titles += [alert.title for alert in page.alerts]
        cursor = page.next
    assert sorted(titles) == [f"no {n}" for n in range(7)]


@pytest.mark.parametrize("asked", [{"project": "none"}, {"run": "none"}, {"run": "c" * 32}])
def test_a_project_or_a_run_that_is_not_there_is_named(ask, asked):
    with pytest.raises(NotFound, match="there is no such"):
        ask(**asked)


@pytest.mark.parametrize("cursor", ["", "5", "-a", "x-y", "5-", "٣-a"])
def test_a_cursor_that_is_none_is_refused(ask, cursor):
    with pytest.raises(BadRequest, match="before"):
        ask(before=cursor)


def test_a_project_without_alerts_has_an_empty_page(ask):
    assert ask("q").alerts == []
