"""trackiod/store/keys.py: keys sort as what they stand for, prefixes hold what is theirs, nothing is too long."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackiod.store import keys

RUN = "0123456789abcdef" * 2
#: LMDB refuses longer ones.
LONGEST = 511

steps = st.integers(-(2**63), 2**63 - 1)
u32 = st.integers(0, 2**32 - 1)
u64 = st.integers(0, 2**64 - 1)
#: Names as users make them: of any length, with lone surrogates, spelled like ids.
names = st.text(st.characters(), max_size=60) | st.sampled_from([RUN, RUN.upper(), "", "a" * 10_000, "\udcff"])


@given(steps, steps)
def test_steps_sort_as_numbers_and_come_back(one, other):
    prefix = keys.chunks(RUN, 0, "loss")
    assert (keys.at_step(prefix, one) < keys.at_step(prefix, other)) == (one < other)
    assert keys.step_of(keys.at_step(prefix, one)) == one


@given(names, u32, u32)
def test_runs_of_a_project_sort_by_slot(name, one, other):
    for key in (keys.project_run, lambda project, slot: keys.run_named(project, "first", slot)):
        assert (key(name, one) < key(name, other)) == (one < other)


@given(names, u32, u64, u64)
def test_batches_and_changes_sort_by_number_which_comes_back(run, member, one, other):
    tails = keys.tail(run, member, one), keys.tail(run, member, other)
    assert (tails[0] < tails[1]) == (one < other)
    for key in (tails[0], keys.config(run, one), keys.pending(one)):
        assert keys.number_of(key) == one


@given(names, u32, names, st.integers(1, 255), steps)
def test_the_parts_of_a_series_key_come_back(run, member, metric, level, step):
    chunk = keys.at_step(keys.chunks(run, member, metric), step)
    node = keys.at_step(keys.levels(run, member, metric, level), step)
    assert keys.member_of(chunk) == keys.member_of(node) == keys.member_of(keys.tail(run, member, 1)) == member
    assert keys.member_of(keys.member(run, member)) == keys.member_of(keys.summary(run, member)) == member
    assert keys.series_of(chunk) == keys.series_of(node)
    assert keys.level_of(node) == level
    assert keys.step_of(node) == step


@given(names, names, st.tuples(steps, u32), st.tuples(steps, u32))
def test_objects_sort_by_step_then_member_and_tell_both(run, name, one, other):
    found = [keys.object_at(run, name, *place) for place in (one, other)]
    assert (found[0] < found[1]) == (one < other)
    assert [keys.object_place(key) for key in found] == [one, other]


def every_key(run, name, number, step):
    """One key of each kind, and the prefix that all of its kind and owner share."""
    return [
        (keys.project(name), keys.PROJECT),
        (keys.project_run(name, number), keys.project_runs(name)),
        (keys.running(name, run), keys.running_in(name)),
        (keys.run(run), keys.RUN),
        (keys.run_named(name, name, number), keys.runs_named(name, name)),
        (keys.alias(run), keys.ALIAS),
        (keys.config(run, number), keys.configs(run)),
        (keys.name(run, "s", name), keys.names(run)),
        (keys.project_name(name, "s", name), keys.project_names(name)),
        (keys.writer(b"w" * 16), keys.WRITER),
        (keys.schema(b"w" * 16, number % 2**16), keys.SCHEMA),
        (keys.member(run, number), keys.members(run)),
        (keys.tail(run, number, number), keys.tails(run, number)),
        (keys.summary(run, number), keys.summaries(run)),
        (keys.at_step(keys.chunks(run, number, name), step), keys.chunks(run, number, name)),
        (keys.at_step(keys.levels(run, number, name, 1), step), keys.levels(run, number, name, 1)),
        (keys.stamps(run, number, step, b"n" * 8), keys.of_run(keys.STAMPS, run)),
        (keys.aside(keys.tail(run, number, number)), keys.of_run(keys.ASIDE, run)),
        (keys.object_at(run, name, step, number), keys.objects(run, name)),
        (keys.alert(run, number, "ab" * 16), keys.alerts(run)),
        (keys.alerted(name, run), keys.alerted_in(name)),
        (keys.webhook(number), keys.WEBHOOK),
        (keys.media(run), keys.MEDIA),
        (keys.pending(number), keys.PENDING),
        (keys.blob("ab" * 32), keys.BLOB),
        (keys.owned(run, keys.WRITER, b"w" * 16), keys.of_run(keys.OWNED, run)),
        (keys.deleted(number, run), keys.DELETED),
        (keys.remains(run), keys.REMAINS),
        (keys.stripped(run), keys.STRIPPED),
        (keys.view(name, run), keys.views(name)),
    ]


@given(names, names, u32, steps)
def test_keys_begin_with_their_prefix_and_are_short_enough(run, name, number, step):
    for key, prefix in every_key(run, name, number, step):
        assert key.startswith(prefix)
        assert len(key) <= LONGEST


@given(names, names, names, u32, steps)
def test_what_belongs_to_one_run_is_never_below_the_prefix_of_another(run, other, name, number, step):
    if keys.identity(run) == keys.identity(other):
        return
    for (key, prefix), (_, elsewhere) in zip(
        every_key(run, name, number, step), every_key(other, name, number, step), strict=True
    ):
        assert prefix == elsewhere or not key.startswith(elsewhere)


def test_each_letter_stands_for_one_kind_and_is_in_the_format_page():
    letters = [key[:1] for key, _ in every_key(RUN, "name", 1, 1)] + [keys.VERSION]
    assert len(set(letters)) == len(letters)
    page = (Path(__file__).parents[3] / "docs/FORMAT.md").read_text()
    assert sorted(letters) == sorted(letter.encode() for letter in re.findall(r"^\| `(\w)`", page, re.MULTILINE))


@given(st.binary(max_size=12).map(lambda rest: b"c" + rest), st.binary(min_size=1, max_size=16))
def test_the_successor_of_a_prefix_comes_right_behind_what_begins_with_it(prefix, key):
    assert (prefix <= key < keys.successor(prefix)) == key.startswith(prefix)


@pytest.mark.parametrize("prefix", [b"c", b"c\xff", b"c\xff\xff\xff", b"c\x00\xff"])
def test_a_prefix_that_ends_in_the_last_byte_has_a_successor(prefix):
    assert prefix + b"\xff" * 30 < keys.successor(prefix)


def test_an_id_is_the_bytes_that_it_spells_and_any_other_name_a_digest():
    assert keys.identity(RUN) == bytes.fromhex(RUN)
    for name in (RUN.upper(), RUN[:-1], RUN + "\n", "my run", "", "\udcff", "١" * 32):
        assert keys.identity(name) == keys.digest(name)
        assert len(keys.identity(name)) == 16


@given(names, names)
def test_names_of_any_length_are_told_apart(one, other):
    assert (keys.digest(one) == keys.digest(other)) == (one == other)


def test_golden_keys_are_made_as_ever(golden):
    for entry in golden["keys"]:
        place = {"writer": 0, "schema": 0, "stamps": 3, "at_step": 0, "aside": 0}.get(entry["key"])
        arguments = [bytes.fromhex(a) if at == place else a for at, a in enumerate(entry["of"])]
        assert getattr(keys, entry["key"])(*arguments).hex() == entry["hex"], entry["key"]


@given(names, st.integers(0, 2**40), u32)
def test_notes_of_deleted_runs_sort_by_time_and_tell_it(run, time, slot):
    assert keys.deleted(time, run) < keys.deleted(time + 1, run)
    assert keys.deleted_at(keys.deleted(time, run)) == time
    assert keys.owned_name(keys.owned(run, keys.MEDIA, b"m" * 16)) == b"m" * 16
    assert keys.slot_of(keys.project_run(run, slot)) == slot


@given(st.integers(-(2**63), 2**63 - 2))
def test_what_stands_behind_a_step_stands_before_the_next_one(step):
    prefix = keys.chunks(RUN, 0, "loss")
    assert keys.at_step(prefix, step) < keys.behind_step(prefix, step) < keys.at_step(prefix, step + 1)
    assert keys.step_of(keys.at_step(prefix, step)) == step


@given(names, names, u32, steps)
def test_a_key_that_was_laid_aside_tells_what_it_was_and_lies_below_what_its_prefix_becomes(run, name, number, step):
    prefix = keys.chunks(run, number, name)
    key = keys.at_step(prefix, step)
    assert keys.before_aside(keys.aside(key)) == key
    assert keys.aside(key).startswith(keys.aside(prefix))


@given(names, names, u32, steps)
def test_the_key_of_steps_and_times_follows_from_that_of_a_chunk(run, name, number, step):
    chunk = keys.at_step(keys.chunks(run, number, name), step)
    assert keys.stamps_of(chunk, b"n" * 8) == keys.stamps(run, number, step, b"n" * 8)
    assert keys.member_of(keys.stamps_of(chunk, b"n" * 8)) == number
