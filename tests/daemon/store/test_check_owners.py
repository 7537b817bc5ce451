"""Whatever belongs to nothing, or to a run that does not know of it, is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trackio.wire import Alert
from trackiod.store import alerts, check_owners, keys, runs, views
from trackiod.store.env import scan
from trackiod.store.fields import packed, unpacked


@pytest.fixture
def filled(house):
    writer = house.start("first", run="first")
    house.start("first", run="again", resume="allow")
    house.log(writer, cat="text")
    house.start("first", run="again", resume="allow")
    house.image(writer, media="f" * 32)
    house.start("gone", run="gone")
    house.edit("delete_run", run="gone")
    assert house.whole()
    return writer


def told(house, change):
    with house.store.write() as txn:
        change(txn)
    return " / ".join(f"{where} {text}" for where, text in house.read(lambda txn: list(check_owners.faults(txn))))


def test_what_is_not_noted_with_its_run_is_named(house, filled):
    for letter, name, says in (
        (keys.WRITER, filled.id, f"writer {filled.id.hex()}"),
        (keys.MEDIA, bytes.fromhex("f" * 32), "media " + "f" * 32),
    ):
        assert says in told(house, lambda txn: txn.delete(keys.owned("first", letter, name)))  # noqa: B023


def test_what_is_noted_and_not_there_is_named(house, filled):
    assert "owns i " + "f" * 32 in told(house, lambda txn: txn.delete(keys.media("f" * 32)))
    assert "being removed" in told(house, lambda txn: txn.put(keys.remains("first"), b"first"))


def test_a_run_that_is_deleted_by_half_is_named(house, filled):
    assert "run gone is marked as deleted" in told(house, lambda txn: txn.delete(keys.deleted(5_000, "gone")))
    found = told(house, lambda txn: txn.put(keys.deleted(5_000, "nobody"), b"nobody"))
    assert "run nobody is marked as deleted and is not there" in found


def test_a_run_that_is_not_listed_is_named(house, filled):
    assert "is not number 0 of project p" in told(house, lambda txn: txn.delete(keys.project_run("p", 0)))


def test_a_writer_without_its_run_or_of_another_project_is_named(house, filled):
    def change(txn):
        runs.put_writer(txn, replace(runs.writer(txn, filled.id), project="q"))

    assert "belongs to project q, its run to p" in told(house, change)
    assert "which is not there" in told(house, lambda txn: txn.delete(keys.run("first")))


def test_a_collected_writer_needs_no_run_but_no_project_either(house, filled):
    def change(txn):
        runs.put_writer(txn, replace(runs.writer(txn, filled.id), collected=True))

    assert "was collected and belongs to project p" in told(house, change)


def test_an_alias_that_its_run_does_not_know_is_named(house, filled):
    assert "alias" in told(house, lambda txn: txn.put(keys.alias("strange"), b"first"))


def test_a_view_of_a_project_that_is_not_there_is_named(house, filled):
    lost = views.View("a" * 12, "lost", "view", "n", "", 1, 1)
    assert "view aaaaaaaaaaaa belongs to project lost" in told(house, lambda txn: views.put(txn, lost))


def test_a_run_whose_alerts_are_not_to_be_found_in_its_project_is_named(house, filled):
    house.put(filled, Alert(5_000, "careful", None, "warn", webhook="http://there/"))
    assert house.whole()
    assert "marked as one with alerts" in told(house, lambda txn: txn.delete(keys.alerted("p", "first")))
    assert "where it is not listed" in told(house, lambda txn: txn.put(keys.alerted("q", "first"), b"first"))

    def change(txn):
        ((key, value),) = scan(txn, keys.ALERT)
        txn.put(key, packed(replace(unpacked(alerts.Told, value), webhook="sent")))

    assert "waits for its webhook and is sent" in told(house, change)
