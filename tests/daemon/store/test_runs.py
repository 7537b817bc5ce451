"""trackiod/store/runs.py: how runs begin, are resumed, change and end."""

from __future__ import annotations

import uuid
from dataclasses import asdict

import pytest

from trackio.wire import Attach, ConfigUpdate, RunStart
from trackiod.store import keys, members, runs
from trackiod.store.fields import packed, unpacked
from trackiod.store.members import Member
from trackiod.store.runs import Project, Run, WriterState

MS = 10**6
RUN = "a" * 32


class Yard:
    """Begins and ends writers at a clock that only goes forward when told."""

    def __init__(self, txn):
        self.txn, self.now = txn, 1000

    def start(self, run=None, name="first", project="p", resume="never", **fields):
        about = {"group": None, "config": {}, "time": self.now * MS, "pid": 7, "host": "h"}
        record = RunStart(run or uuid.uuid4().hex, project, name, resume=resume, **about | fields)
        return runs.start(self.txn, uuid.uuid4().bytes, record)

    def attach(self, run, project="p", name="first", **fields):
        record = Attach(run, project, name, self.now * MS, "h", 8, **fields)
        return runs.attach(self.txn, uuid.uuid4().bytes, record)

    def log(self, state, rows=1, step=0):
        members.put(self.txn, state.run, state.member, Member(rows=rows, max_step=step))

    def end(self, state, status="finished", error=None, **refused):
        state = runs.writer(self.txn, state.writer)
        state = runs.count(self.txn, state, {**state.refused, **refused}, None)
        runs.end_writer(self.txn, state, status, error, self.now * MS)

    def run(self, state):
        return runs.run(self.txn, state.run)

    def status(self, state):
        found = self.run(state)
        assert (found.id in runs.running_ids(self.txn, found.project)) == (found.status == "running")
        return found.status, found.error


@pytest.fixture
def yard(txn):
    return Yard(txn)


# -------------------------------------------------------------------------------------------------- beginnings


def test_a_run_begins_with_all_that_its_writer_told(yard, txn):
    about = {"group": "g", "config": {"lr": 0.1}, "user": "u", "command": ("a", "b"), "tags": ("t",), "notes": "n"}
    state = yard.start(RUN, **about)
    found = runs.run(txn, RUN)
    assert (found.id, found.project, found.name, found.slot, found.status) == (RUN, "p", "first", 0, "running")
    assert (found.created, found.started, found.ended, found.error) == (1000, 1000, None, None)
    assert (found.group, found.config, found.user, found.command, found.tags, found.notes) == (
        *("g", {"lr": 0.1}, "u", ["a", "b"], ["t"], "n"),
    )
    assert (found.host, found.pid, found.main, found.members, found.writers) == ("h", 7, state.writer, 1, 1)
    assert runs.writer(txn, state.writer) == state
    assert (state.run, state.member, state.base_step, state.stored, state.state) == (RUN, 0, 0, 0, "running")


def test_a_project_numbers_its_runs_and_lists_them_newest_first(yard, txn):
    made = [yard.start(name=f"run {n}") for n in range(300)]
    other = yard.start(project="q")
    assert [found.slot for found in runs.of_project(txn, "p")] == list(range(300))[::-1]
    assert runs.ids_of_project(txn, "p") == [state.run for state in made[::-1]]
    assert runs.ids_of_project(txn, "q") == [other.run]
    assert {(p.name, p.slots, p.runs) for p in runs.projects(txn)} == {("p", 300, 300), ("q", 1, 1)}
    assert runs.project(txn, "none") is None
    assert list(runs.of_project(txn, "none")) == []


def test_a_project_was_last_active_when_a_run_of_it_began_or_ended(yard, txn):
    state = yard.start()
    yard.now = 5000
    yard.end(state)
    assert runs.project(txn, "p") == Project("p", created=1000, slots=1, runs=1, last_activity=5000)
    yard.now = 3000
    yard.start()
    assert runs.project(txn, "p").last_activity == 5000


# ----------------------------------------------------------------------------------------------------- resuming


def test_without_resuming_runs_of_one_name_are_runs_of_their_own(yard, txn):
    first = yard.start()
    yard.log(first)
    assert yard.start().run != first.run
    assert runs.project(txn, "p").runs == 2


def test_a_run_that_is_named_by_its_id_goes_on(yard, txn):
    first = yard.start(RUN, tags=("a", "b"), config={"lr": 0.1, "seed": 1}, group="g", notes="n")
    yard.log(first, rows=3, step=41)
    yard.end(first, "failed", "boom")
    yard.now = 9000
    again = yard.start(RUN, resume="must", tags=("b", "c"), config={"lr": 0.2})
    assert (again.run, again.member, again.base_step) == (RUN, 0, 42)
    found = runs.run(txn, RUN)
    assert (found.created, found.started, found.status, found.ended, found.error) == (1000, 9000, "running", None, None)
    assert (found.tags, found.config) == (["a", "b", "c"], {"lr": 0.2, "seed": 1})
    assert (found.group, found.notes, found.main) == ("g", "n", again.writer)
    assert runs.project(txn, "p").runs == 1


def test_resuming_by_name_goes_on_with_the_newest_run_that_logged_something(yard, txn):
    older, newer, silent = yard.start(), yard.start(), yard.start()
    yard.log(older, step=1)
    yard.log(newer, step=9)
    again = yard.start(name="first", resume="allow")
    assert (again.run, again.base_step) == (newer.run, 10)
    assert runs.find(txn, "p", "first") == (newer.run, 10)
    assert runs.find(txn, "p", "none") is None
    assert silent.run in runs.ids_of_project(txn, "p")


def test_resuming_a_name_that_nobody_had_makes_a_run(yard, txn):
    assert runs.run(txn, yard.start(RUN, name="new", resume="allow").run).name == "new"
    assert runs.find(txn, "p", "new") is None


def test_a_resumed_run_is_known_under_the_id_of_its_new_writer_too(yard, txn):
    first = yard.start()
    yard.log(first)
    own = uuid.uuid4().hex
    yard.start(own, resume="allow")
    assert runs.run(txn, own) == runs.run(txn, first.run)
    member = yard.attach(own)
    assert (member.run, member.member) == (first.run, 1)


def test_runs_of_other_projects_are_not_resumed(yard):
    first = yard.start(project="q")
    yard.log(first)
    assert yard.start(project="p", resume="allow").run != first.run


def test_one_id_in_two_projects_is_two_runs(yard, txn):
    first, second = yard.start("my run", project="p"), yard.start("my run", project="q")
    assert first.run == "my run" != second.run
    assert runs.run(txn, first.run).project == "p"
    assert runs.run(txn, second.run).project == "q"
    assert runs.resolve(txn, "my run", "q").id == second.run
    assert runs.resolve(txn, "my run", "r") is None
    for project, run in (("p", first.run), ("q", second.run)):
        assert yard.start("my run", project=project, resume="must").run == run
        assert yard.attach("my run", project).run == run
        assert runs.ids_of_project(txn, project) == [run]
        assert runs.project(txn, project).runs == 1


# ------------------------------------------------------------------------------------------------------ members


def test_each_process_that_attaches_is_the_next_member(yard, txn):
    main = yard.start(RUN)
    assert [yard.attach(RUN).member for _ in range(3)] == [1, 2, 3]
    found = runs.run(txn, RUN)
    assert (found.members, found.writers, found.main) == (4, 4, main.writer)
    assert {state.member for state in runs.running_writers(txn)} == {0, 1, 2, 3}


def test_a_rank_is_the_member_of_its_number_and_workers_come_after_all_ranks(yard, txn):
    worker, second = yard.attach(RUN, world=4), yard.attach(RUN, rank=2, world=4)
    main, again = yard.start(RUN, world=4), yard.attach(RUN, rank=2, world=4, attempt=1)
    assert [state.member for state in (worker, second, main, again, yard.attach(RUN))] == [4, 2, 0, 2, 5]
    assert (yard.run(main).world, yard.run(main).members, yard.run(main).main) == (4, 6, main.writer)


def test_a_rank_brings_a_configuration_that_the_run_s_own_start_goes_before(yard):
    state = yard.attach(RUN, rank=1, world=2, config={"lr": 0.1, "rank": 1})
    assert yard.run(state).config == {"lr": 0.1, "rank": 1}
    yard.start(RUN, world=2, config={"rank": 0})
    yard.attach(RUN, rank=1, world=2, config={"lr": 0.2, "more": True})
    assert yard.run(state).config == {"lr": 0.1, "rank": 0, "more": True}


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [("failed", "ValueError: no", "rank 1: ValueError: no"), ("crashed", "SIGKILL", "rank 1: SIGKILL")],
)
@pytest.mark.parametrize("first", ["main", "rank"])
def test_a_rank_that_fails_or_crashes_fails_its_run(yard, status, error, told, first):
    main, rank = yard.start(RUN, world=2), yard.attach(RUN, rank=1, world=2)
    ends = [lambda: yard.end(main), lambda: yard.end(rank, status, error)]
    for end in ends if first == "main" else reversed(ends):
        end()
    assert yard.status(main) == ("failed", told)


def test_a_rank_that_failed_before_rank_0_was_heard_of_fails_the_run_all_the_same(yard):
    rank = yard.attach(RUN, rank=1, world=2)
    yard.end(rank, "failed", "ValueError: no")
    assert yard.status(rank) == ("failed", "ValueError: no")
    main = yard.start(RUN, world=2)
    assert yard.status(main) == ("running", None)
    yard.end(main)
    assert yard.status(main) == ("failed", "rank 1: ValueError: no")


def test_a_crash_of_rank_0_is_told_with_the_rank_that_failed_before(yard):
    main, rank = yard.start(RUN, world=2), yard.attach(RUN, rank=1, world=2)
    yard.end(rank, "failed", "ValueError: no")
    yard.end(main, "crashed", "SIGTERM")
    assert yard.status(main) == ("crashed", "SIGTERM; rank 1: ValueError: no")


def test_what_an_earlier_attempt_died_of_is_forgotten_once_the_launch_was_started_over(yard):
    before = [yard.start(RUN, world=2), yard.attach(RUN, rank=1, world=2)]
    yard.end(before[1], "failed", "ValueError: no")
    main, rank = yard.start(RUN, world=2, attempt=1), yard.attach(RUN, rank=1, world=2, attempt=1)
    yard.end(before[0], "crashed", "SIGTERM")
    yard.end(rank)
    yard.end(main)
    assert yard.status(main) == ("finished", None)


def test_a_member_may_come_before_its_run(yard, txn):
    early = yard.attach(RUN)
    assert (early.run, early.member) == (RUN, 1)
    assert (runs.run(txn, RUN).status, runs.run(txn, RUN).main) == ("running", None)
    main = yard.start(RUN, config={"lr": 0.1})
    found = runs.run(txn, RUN)
    assert (main.run, main.member, found.main, found.config) == (RUN, 0, main.writer, {"lr": 0.1})
    assert (found.members, found.writers) == (2, 2)
    assert runs.project(txn, "p").runs == 1


def test_a_member_whose_run_never_comes_ends_it(yard):
    early, other = yard.attach(RUN), yard.attach(RUN)
    yard.end(early)
    assert yard.status(early) == ("running", None)
    yard.end(other, "crashed", "killed")
    assert yard.status(early) == ("crashed", "killed")
    main = yard.start(RUN)
    assert yard.status(main) == ("running", None)


# ------------------------------------------------------------------------------------------------------ endings


@pytest.mark.parametrize("status", ["finished", "failed", "crashed"])
def test_a_run_ends_as_its_main_process_does(yard, txn, status):
    main, member = yard.start(RUN), yard.attach(RUN)
    yard.now = 2000
    yard.end(main, status, "why" if status != "finished" else None)
    assert yard.status(main) == (status, "why" if status != "finished" else None)
    assert (yard.run(main).ended, yard.run(main).writers) == (2000, 1)
    assert runs.writer(txn, main.writer).state == status
    assert runs.writer(txn, main.writer).ended == 2000
    assert runs.writer(txn, member.writer).state == "running"


@pytest.mark.parametrize("member_first", [True, False])
def test_a_member_that_failed_makes_a_finished_run_a_failed_one(yard, member_first):
    main = yard.start(RUN)
    member = yard.attach(RUN)
    for state, how in [(member, ("failed", "boom")), (main, ())][:: 1 if member_first else -1]:
        yard.end(state, *how)
    assert yard.status(main) == ("failed", "member 1: boom")


def test_a_member_that_failed_does_not_end_a_run_that_goes_on(yard):
    yard.start(RUN)
    member = yard.attach(RUN)
    yard.end(member, "failed", "boom")
    assert yard.status(member) == ("running", None)


def test_members_that_finished_or_crashed_leave_a_finished_run_finished(yard):
    main = yard.start(RUN)
    ends = [yard.attach(RUN), yard.attach(RUN)]
    yard.end(ends[0])
    yard.end(main)
    yard.end(ends[1], "crashed", "killed")
    assert yard.status(main) == ("finished", None)


def test_the_first_failure_is_told_and_the_main_process_own_before_it(yard):
    main = yard.start(RUN)
    for error in ("one", "two"):
        yard.end(yard.attach(RUN), "failed", error)
    yard.end(main)
    assert yard.status(main) == ("failed", "member 1: one")
    again = yard.start(RUN, resume="must")
    yard.end(yard.attach(RUN), "failed", "three")
    yard.end(again, "failed", "mine")
    assert yard.status(again) == ("failed", "mine")


def test_a_resumed_run_is_not_ended_by_the_end_of_its_former_process(yard):
    former = yard.start(RUN)
    current = yard.start(RUN, resume="must")
    yard.end(former, "crashed", "late")
    assert yard.status(current) == ("running", None)
    yard.end(current)
    assert yard.status(current) == ("finished", None)


def test_a_resumed_run_has_forgotten_former_failures(yard):
    main = yard.start(RUN)
    yard.end(yard.attach(RUN), "failed", "boom")
    yard.end(main)
    again = yard.start(RUN, resume="must")
    yard.end(again)
    assert yard.status(again) == ("finished", None)


def test_what_was_refused_is_added_up_over_writers(yard):
    main, member = yard.start(RUN), yard.attach(RUN)
    yard.end(member, outbox=2, disk=1)
    yard.end(main, outbox=3)
    assert yard.run(main).refused == {"outbox": 5, "disk": 1}
    assert runs.writer(yard.txn, member.writer).refused == {"outbox": 2, "disk": 1}


# ------------------------------------------------------------------------------------------------ configuration


def test_a_configuration_is_changed_and_its_history_kept(yard, txn):
    yard.start(RUN, config={"lr": 0.1, "seed": 1})
    changes = [ConfigUpdate(n * MS, {"lr": n, "deep": {"a": [n]}}, ("seed",) if n == 2 else ()) for n in range(2, 300)]
    for change in changes:
        runs.update_config(txn, RUN, change)
    assert runs.run(txn, RUN).config == {"lr": 299, "deep": {"a": [299]}}
    assert list(runs.config_history(txn, RUN)) == [ConfigUpdate(1000 * MS, {"lr": 0.1, "seed": 1}), *changes]


def test_a_run_without_configuration_has_no_history(yard, txn):
    yard.start(RUN)
    assert list(runs.config_history(txn, RUN)) == []
    runs.update_config(txn, "none", ConfigUpdate(1, {"a": 1}))
    assert runs.run(txn, "none") is None


# ------------------------------------------------------------------------------------------------- golden bytes


@pytest.mark.parametrize(
    ("kind", "name", "binary"),
    [(Project, "project", ()), (Run, "run", ("main",)), (WriterState, "writer", ("writer",))],
)
def test_golden_records_are_read_and_written_as_ever(golden, kind, name, binary):
    data, held = bytes.fromhex(golden[name]["hex"]), golden[name]["holds"]
    expected = kind(**held | {field: bytes.fromhex(held[field]) for field in binary})
    assert unpacked(kind, data) == expected
    assert packed(expected) == data
    assert set(held) == set(asdict(expected)), "a field was added: so must it be to the golden bytes"


def test_a_golden_change_of_configuration_is_read_and_written_as_ever(txn, golden):
    held = golden["config"]["holds"]
    txn.put(keys.config(RUN, 0), bytes.fromhex(golden["config"]["hex"]))
    (change,) = runs.config_history(txn, RUN)
    assert change == ConfigUpdate(held["time"], held["values"], tuple(held["removed"]))
    runs._remember(txn, RUN, change)
    assert txn.get(keys.config(RUN, 1)) == txn.get(keys.config(RUN, 0))
