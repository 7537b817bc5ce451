"""Sizes are those of what runs own, free space is what was removed, and files are unused when no record names them."""

from __future__ import annotations

import os

from trackiod.store import keys, usage


def test_each_run_takes_about_what_it_logged(house):
    small, large = house.start(run="small"), house.start(run="large")
    house.log(small)
    for _ in range(50):
        house.log(large, 0, text=os.urandom(5_000).hex())
    house.log(large, 20_000)
    house.compact(large)
    sizes = usage.by_run(house.store)
    assert set(sizes) == {keys.identity("small"), keys.identity("large")}
    assert 0 < sizes[keys.identity("small")] < 1_000
    assert 50 * 10_000 < sizes[keys.identity("large")] < 1_500_000


def test_what_a_removed_run_took_is_free(house):
    writer = house.start(run="goes")
    for _ in range(50):
        house.log(writer, 0, text="x" * 20_000)
    house.finish(writer)
    before = usage.space(house.store)
    house.edit("delete_run", run="goes")
    house.remove("goes")
    after = usage.space(house.store)
    assert after.free - before.free > 900_000
    assert before.bytes <= after.bytes < before.bytes + 500_000


def test_files_that_nothing_names_are_unused(house):
    path = house.ready(house.image(house.start()))
    for name in ("ab" * 32, ".unfinished", "strange"):
        (path.parent / name).touch()
    assert sorted(file.name for file in usage.unused(house.store, path.parent)) == [".unfinished", "ab" * 32]
