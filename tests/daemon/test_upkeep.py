"""What is deleted goes in time, limits hold, and nothing that is referred to goes; a crash anywhere changes nothing.

The model knows which runs there are, listed or deleted, and what each logged; each action is followed by the question
whether the store is whole. A crash leaves what was committed, and files between a commit and their unlinking.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from trackio.errors import BadRequest, NotFound, StoreError
from trackio.places import Places
from trackiod import upkeep as chores
from trackiod.config import Limits
from trackiod.edit import KEPT_SECONDS
from trackiod.store import listing, objects, removal, runs
from trackiod.upkeep import Upkeep

NOW = 1_000.0
START = 1_700_000_000


def now_ms():
    return int(time.time() * 1000)


class Kept:
    """A house, and what keeps it up; `awaited` are writers that may still be heard of."""

    def __init__(self, house, limits=Limits(), clock=time.time):  # noqa: B008
        self.house, self.limits, self.awaited, self.clock = house, limits, set(), clock
        self.places = Places(house.root, house.root / "runtime")
        self.begin()

    def begin(self):
        self.upkeep = Upkeep(self.house.store, self.places, self.limits, self.awaited.__contains__, self.clock)
        self.upkeep.begin(NOW)

    def crash(self):
        self.upkeep.close()
        self.house.crash()
        self.begin()

    def work(self, now=NOW, *, unlink=True):
        """Do everything that is due at `now`; returns all that was announced."""
        told = {}
        for _ in range(1_000):
            if self.upkeep.wait(now) > 0:
                return told
            told |= self.upkeep.tick(now, unlink=unlink).runs
            assert self.house.whole()
        raise AssertionError("there is no end to it")


@pytest.fixture
def kept(house):
    made = Kept(house)
    yield made
    made.upkeep.close()


def aged(path):
    os.utime(path, (0, 0))
    return path


def test_a_deleted_run_goes_after_its_hour_with_its_blobs_and_not_before(kept):
    writer = kept.house.start(run="goes")
    path = kept.house.ready(kept.house.image(writer))
    kept.house.finish(writer)
    kept.house.edit("delete_run", run="goes", now=now_ms() - KEPT_SECONDS * 1000 + 60_000)
    kept.upkeep.wake()
    kept.work()
    assert kept.house.run("goes").deleted
    assert 50 < kept.upkeep.wait(NOW) <= 60
    kept.house.edit("restore_run", run="goes")
    kept.house.edit("delete_run", run="goes", now=now_ms() - KEPT_SECONDS * 1000)
    kept.upkeep.wake()
    kept.work()
    assert kept.house.run("goes") is None
    assert not path.exists()
    status = kept.upkeep.status()
    assert (status["runs_removed"], status["blobs_removed"], status["bytes_freed"]) == (1, 1, 5)
    assert (status["deleted_runs"], status["busy"]) == (0, False)


def test_everything_deleted_goes_at_once_when_that_is_asked_for(kept):
    for run in ("a", "b"):
        kept.house.finish(kept.house.start(run=run))
        kept.house.edit("delete_run", run=run, now=now_ms())
    kept.upkeep.collect(NOW)
    assert kept.upkeep.status()["busy"]
    kept.work()
    assert kept.house.records() == {"V": 1, "p": 1}
    kept.house.edit("delete_run", run=kept.house.start(run="c").run, now=now_ms())
    kept.upkeep.wake()
    kept.work()
    assert kept.house.run("c")


def test_blobs_stay_while_an_outcome_is_on_its_way(kept):
    writer = kept.house.start(run="goes")
    path = kept.house.ready(kept.house.image(writer))
    kept.house.edit("delete_run", run="goes", now=0)
    kept.upkeep.wake()
    kept.work(unlink=False)
    assert path.exists()
    assert kept.upkeep.status()["busy"]
    assert kept.upkeep.wait(NOW) == pytest.approx(0.1)
    kept.work(NOW + 0.2)
    assert not path.exists()


def test_a_blob_that_was_logged_again_before_it_was_unlinked_stays(kept):
    writer = kept.house.start(run="goes")
    path = kept.house.ready(kept.house.image(writer))
    kept.house.edit("delete_run", run="goes", now=0)
    kept.upkeep.wake()
    kept.work(unlink=False)
    kept.house.ready(kept.house.image(kept.house.start(run="stays")))
    kept.work(NOW + 0.2)
    assert path.exists()


def test_blobs_that_nothing_refers_to_are_found_once_they_have_settled(kept):
    folder = kept.places.blobs / "ab"
    folder.mkdir()
    old, new, unfinished = folder / ("ab" * 32), folder / ("ab" + "cd" * 31), folder / ".temporary"
    strange = folder / "strange"
    for path in (old, new, unfinished, strange):
        path.write_bytes(b"x")
    used = aged(kept.house.ready(kept.house.image(kept.house.start())))
    for path in (old, unfinished, strange):
        aged(path)
    while (wait := kept.upkeep.wait(NOW + chores.FIRST)) == 0:
        kept.upkeep.tick(NOW + chores.FIRST, unlink=True)
    assert [path.exists() for path in (old, new, unfinished, strange, used)] == [False, True, False, True, True]
    assert wait > 0


def test_writers_of_a_removed_run_are_let_go_when_they_are_over(kept):
    writer = kept.house.start(run="goes")
    kept.house.edit("delete_run", run="goes", now=0)
    kept.upkeep.wake()
    kept.work()
    assert kept.house.log(writer, 3).dropped == 3
    kept.crash()
    kept.work()
    assert kept.house.read(runs.writer, writer.id)
    kept.upkeep.forget(writer.id)
    kept.work()
    assert kept.house.records() == {"V": 1, "p": 1}


def test_writers_that_ended_are_let_go_at_the_next_start_once_their_journal_is_gone(kept):
    writer = kept.house.start(run="goes")
    kept.house.finish(writer)
    kept.house.edit("delete_run", run="goes", now=0)
    kept.awaited.add(writer.id)
    kept.upkeep.wake()
    kept.work()
    for there in (True, False):
        assert (kept.house.read(runs.writer, writer.id) is not None) is there or there
        kept.awaited.clear() if there else None
        kept.crash()
        kept.work()
    assert kept.house.records() == {"V": 1, "p": 1}


def test_a_writer_of_a_run_that_is_there_is_not_let_go(kept):
    writer = kept.house.start()
    kept.upkeep.forget(writer.id)
    kept.work()
    assert kept.house.read(runs.writer, writer.id)


def test_a_project_whose_end_was_begun_ends_after_a_crash(kept, monkeypatch):
    monkeypatch.setattr(listing, "SLICE", 1)
    for run in ("a", "b", "c"):
        kept.house.start(run=run)
    assert kept.house.edit("rename_project", project="p", name="q")[0] == {"done": False}
    kept.crash()
    told = kept.work()
    assert {run: (change.project, change.left) for run, change in told.items()} == {
        "b": ("q", {"p"}),
        "c": ("q", {"p"}),
    }
    assert kept.house.project("p") is None


def test_a_slice_that_fails_is_tried_again_later_and_nothing_is_lost(kept, monkeypatch):
    kept.house.start(run="goes")
    kept.house.edit("delete_run", run="goes", now=0)
    kept.upkeep.wake()

    def fails(*_):
        raise StoreError("no space")

    with monkeypatch.context() as broken:
        broken.setattr(removal, "begin", fails)
        with pytest.raises(StoreError):
            kept.upkeep.tick(NOW, unlink=True)
    assert kept.upkeep.wait(NOW) == chores.AGAIN
    kept.work(NOW + chores.AGAIN)
    assert kept.house.run("goes") is None


def plans(kept, now):
    """Let a plan be made and carried out."""
    while not kept.upkeep._actions and kept.upkeep._plan_at <= now + chores.LOOK:
        kept.upkeep.tick(now, unlink=True)
        now += chores.LOOK
        if kept.upkeep._planning is not None:
            kept.upkeep._planning[0].wait()
    return kept.work(now)


def test_limits_are_held_in_the_background(house):
    for number in range(4):
        writer = house.start(f"run {number}", run=f"r{number}")
        house.log(writer, 10 * number)
        house.finish(writer) if number < 3 else None
    kept = Kept(house, Limits(runs=2))
    try:
        told = plans(kept, NOW + chores.FIRST)
        assert house.listed() == ["run 3", "run 2"]
        assert set(told) == {"r0", "r1"}
        assert all(change.left == {"p"} for change in told.values())
        assert kept.upkeep.status()["limits"] == {"runs": 2}
        assert {run.id for run in house.read(lambda txn: list(runs.deleted(txn)))} == {"r0", "r1"}
    finally:
        kept.upkeep.close()


def test_media_go_before_the_run_that_logged_them(house):
    writer = house.start("first", run="r")
    house.log(writer)
    path = house.ready(house.image(writer), os.urandom(2**21))
    house.finish(writer)
    kept = Kept(house, Limits(project_bytes=2**20))
    kept.limits = kept.upkeep._limits
    try:
        kept.upkeep._actions.extend(chores.Action("media", "r", "first", "p", "large", 1) for _ in range(2))
        kept.upkeep._actions.append(chores.Action("run", "none", "none", "p", "gone since", 1))
        told = kept.work()
        assert told["r"].state
        assert (house.names(), path.exists()) == ({("loss", "scalar"): 1}, False)
        assert house.listed() == ["first"]
    finally:
        kept.upkeep.close()


def test_a_plan_that_cannot_be_made_is_an_error_and_is_made_again_later(house, monkeypatch):
    kept = Kept(house, Limits(runs=2))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    try:
        with pytest.raises(StoreError, match="no plan was made"):
            plans(kept, NOW + chores.FIRST)
        assert kept.upkeep.wait(NOW + chores.FIRST) > 0
    finally:
        kept.upkeep.close()


# ------------------------------------------------------------------------------------------------------- the model


class Machine(RuleBasedStateMachine):
    #: Makes a house in a folder.
    make = None

    def __init__(self):
        super().__init__()
        self.folder, self.seconds, self.loop = tempfile.TemporaryDirectory(), 0, NOW
        self.kept = Kept(self.make(Path(self.folder.name)), clock=self.clock)
        self.house = self.kept.house
        #: run → [project, name, rows, media, whether it is deleted]; writers alive by run
        self.runs, self.writers, self.contents, self.number = {}, {}, {}, 0
        self.dropped = 0

    def clock(self):
        """No second is like the one before: it is always clear what was deleted before what."""
        self.seconds += 0.001
        return START + self.seconds

    def passing(self):
        """Seconds of the loop's clock: what was put off for a moment is due again."""
        self.loop += 1.0
        return self.loop

    def now(self):
        return int(self.clock() * 1000)

    def teardown(self):
        try:
            self.step_all()
            self.compare()
        finally:
            self.kept.upkeep.close()
            self.house.close()
            self.folder.cleanup()

    def some(self, at, among=None):
        found = sorted(among if among is not None else self.runs)
        return found[at % len(found)] if found else None

    def compare(self):
        assert self.house.whole()
        for project in ("p", "q", "r"):
            listed = sorted(run.id for run in self.house.read(lambda txn, p=project: list(runs.of_project(txn, p))))
            assert listed == sorted(
                run for run, (at, *_, deleted) in self.runs.items() if at == project and not deleted
            )
        deleted = {run.id for run in self.house.read(lambda txn: list(runs.deleted(txn)))}
        assert deleted == {run for run, (*_, gone) in self.runs.items() if gone}
        for run, (_, name, rows, media, _) in self.runs.items():
            found = self.house.run(run)
            assert found.name == name
            with self.house.store.read() as txn:
                writer = self.writers[run]
                assert runs.writer(txn, writer.id).rows == rows
                for item, content in media.items():
                    record = objects.media(txn, item)
                    assert run in record.owners
                    if content is not None:
                        sha256 = hashlib.sha256(content).hexdigest()
                        assert objects.blob_path(self.house.blobs, sha256).read_bytes() == content

    @precondition(lambda self: len(self.runs) < 4)
    @rule(project=st.sampled_from("pq"))
    def start(self, project):
        run = f"run{self.number}"
        self.number += 1
        self.writers[run] = self.house.start(run, project=project, run=run)
        self.runs[run] = [project, run, 0, {}, False]

    @rule(at=st.integers(0, 9), rows=st.integers(1, 5), compact=st.sampled_from([True, True, False]))
    def log(self, at, rows, compact):
        run = self.some(at, self.writers)
        if run is None:
            return
        kept = self.house.log(self.writers[run], rows, text="x")
        if run in self.runs:
            self.runs[run][2] += rows + 1
        assert (kept.rows, kept.dropped) == ((1, 0) if run in self.runs else (0, 1))
        if compact and run in self.runs:
            self.house.compact(self.writers[run])

    @precondition(lambda self: self.runs)
    @rule(at=st.integers(0, 9), content=st.sampled_from([b"one", b"one", b"two", None]), shared=st.integers(0, 3))
    def image(self, at, content, shared):
        run = self.some(at)
        known = sorted({item for _, _, _, media, _ in self.runs.values() for item in media})
        media = known[shared] if shared < len(known) else None
        done = next((m[media] for _, _, _, m, _ in self.runs.values() if media in m), None)
        item = self.house.image(self.writers[run], media=media)
        self.runs[run][2] += 1
        if content is not None and done is None:
            self.house.ready(item, content)
            done = content
        self.runs[run][3][item] = done
        for _, _, _, held, _ in self.runs.values():
            if item in held:
                held[item] = done

    @precondition(lambda self: self.runs)
    @rule(
        at=st.integers(0, 9),
        action=st.sampled_from(["delete_run", "delete_run", "restore_run", "rename_run", "move_run"]),
        give_up=st.sampled_from([False, False, False, True]),
    )
    def edit(self, at, action, give_up):
        run = self.some(at)
        state = self.runs[run]
        more = {"rename_run": {"name": f"name {at}"}, "move_run": {"project": "pq"[at % 2]}}.get(action, {})
        try:
            if give_up:  # killed between the writes of a transaction
                with contextlib.suppress(InterruptedError), begin_and_abort(self.house):
                    self.house.edit(action, run=run, now=self.now(), **more)
                return
            self.house.edit(action, run=run, now=self.now(), **more)
        except NotFound:
            assert state[4]
            return
        match action:
            case "delete_run":
                state[4] = True
            case "restore_run":
                state[4] = False
            case "rename_run":
                state[1] = more["name"]
            case _:
                state[0] = more["project"]

    @rule(project=st.sampled_from("pqr"), to=st.sampled_from(["q", "r", None]))
    def end_project(self, project, to):
        try:
            if to is None:
                answer, _ = self.house.edit("delete_project", project=project, now=self.now())
            else:
                answer, _ = self.house.edit("rename_project", project=project, name=to, now=self.now())
        except (NotFound, BadRequest):
            return
        if not answer["done"]:
            self.kept.upkeep.ends(project)
            self.step_all()
        for state in self.runs.values():
            if state[0] == project and not state[4]:
                if to is None:
                    state[4] = True
                else:
                    state[0] = to

    @rule(at=st.integers(0, 9))
    def over(self, at):
        """A writer of a removed run ends."""
        run = self.some(at, self.writers.keys() - self.runs.keys())
        if run is not None:
            self.kept.upkeep.forget(self.writers.pop(run).id)

    @rule()
    def collect(self):
        self.kept.upkeep.collect(self.passing())
        deleted = [run for run, (*_, gone) in self.runs.items() if gone]
        # As many slices as it takes to begin with all of them; the rest of the work is left to other steps.
        while any(self.house.run(run) is not None for run in deleted):
            self.kept.upkeep.tick(self.passing(), unlink=True)
        for run in deleted:
            del self.runs[run]

    @precondition(lambda self: self.runs)
    @rule(at=st.integers(0, 9), slices=st.integers(0, 12), unlink=st.booleans())
    def remove(self, at, slices, unlink):
        run = self.some(at)
        self.house.edit("delete_run", run=run, now=self.now())
        self.runs[run][4] = True
        self.collect()
        self.tick(slices, unlink)

    @rule(slices=st.integers(1, 5), unlink=st.booleans())
    def tick(self, slices, unlink):
        for _ in range(slices):
            self.kept.upkeep.tick(self.passing(), unlink=unlink)

    @rule()
    def crash(self):
        self.kept.crash()

    @rule()
    def look(self):
        self.compare()

    def step_all(self):
        while self.kept.upkeep.wait(self.passing()) == 0:
            self.kept.upkeep.tick(self.passing(), unlink=True)


@contextlib.contextmanager
def begin_and_abort(house):
    """Let the next write transaction be given up after everything in it was done."""
    write = house.store.write

    @contextlib.contextmanager
    def aborted():
        with write() as txn:
            yield txn
            raise InterruptedError

    house.store.write = aborted
    try:
        yield
    finally:
        house.store.write = write


def test_a_crash_between_any_two_writes_changes_nothing_that_anybody_sees(monkeypatch, make_house):
    monkeypatch.setattr(Machine, "make", staticmethod(make_house))
    monkeypatch.setattr(removal, "SLICE", 2)
    monkeypatch.setattr(listing, "SLICE", 3)
    monkeypatch.setattr(chores, "_FILES", 1)
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Machine,
        settings=settings(max_examples=120, stateful_step_count=40, deadline=None, suppress_health_check=checks),
    )
