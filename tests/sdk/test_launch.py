"""trackio/launch.py: the ranks of one launch know it by themselves, and make one run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import trackio
from trackio import launch
from trackio.launch import ALONE, Launch, detect, shared
from trackio.run import Beginning

TORCHRUN = {"TORCHELASTIC_RUN_ID": "none", "LOCAL_WORLD_SIZE": "4"}
SLURM = {"SLURM_JOB_ID": "77", "SLURM_STEP_ID": "0"}


def ranked(rank, world=4, **others):
    return {"RANK": str(rank), "WORLD_SIZE": str(world), **others}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    """No run has been begun in this process."""
    monkeypatch.setattr(launch, "_begun", type(launch._begun)())


def begun(environment, name="", project="p", run_id=""):
    """Return the beginning of the first run of that name in a process."""
    launch._begun.clear()
    return shared(Beginning(run_id, project, name), environment)


@pytest.mark.parametrize(
    ("launcher", "environment"),
    [
        ("torchrun", ranked(2, **TORCHRUN)),
        ("torchrun", ranked(2, **TORCHRUN, SLURM_PROCID="0", SLURM_NTASKS="2", **SLURM)),
        ("slurm", {"SLURM_PROCID": "2", "SLURM_NTASKS": "4", **SLURM}),
        ("slurm", ranked(2, SLURM_PROCID="2", SLURM_NTASKS="4", **SLURM)),
        ("openmpi", {"OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "4", "PMIX_NAMESPACE": "prterun-7@1"}),
        ("openmpi", {"OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "4", "OMPI_MCA_orte_hnp_uri": "5;tcp"}),
        ("pmi", {"PMI_RANK": "2", "PMI_SIZE": "4"}),
        ("horovod", {"HOROVOD_RANK": "2", "HOROVOD_SIZE": "4"}),
        ("ranks", ranked(2)),
    ],
)
def test_each_launcher_is_known_by_what_it_leaves_in_the_environment(launcher, environment):
    found = detect(environment)
    assert (found.launcher, found.rank, found.world) == (launcher, 2, 4)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"RANK": "0"},
        ranked(0, 1),
        ranked(4, 4),
        ranked(-1),
        ranked("first"),
        ranked(0, 10**9),
        {"SLURM_PROCID": "0", "SLURM_NTASKS": "8", "SLURM_JOB_ID": "77"},
    ],
)
def test_a_single_process_a_batch_script_or_nonsense_is_no_launch(environment):
    assert detect(environment) is ALONE
    beginning = Beginning("", "p", "n")
    assert shared(beginning, environment) is beginning


def test_all_ranks_of_a_launch_arrive_at_one_id_and_name():
    ranks = [begun(ranked(rank, **TORCHRUN)) for rank in range(4)]
    assert len({(rank.id, rank.name) for rank in ranks}) == 1
    assert len(ranks[0].id) == 32
    assert [rank.launch.rank for rank in ranks] == [0, 1, 2, 3]


def test_what_the_user_names_stays():
    assert begun(ranked(1, **TORCHRUN), name="mine").name == "mine"
    assert begun(ranked(1, **TORCHRUN), run_id="chosen").id == "chosen"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "a"}, {"name": "b"}),
        ({"project": "a"}, {"project": "b"}),
        ({"environment": ranked(0, **TORCHRUN)}, {"environment": ranked(0, **TORCHRUN | {"TORCHELASTIC_RUN_ID": "x"})}),
        ({"environment": ranked(0)}, {"environment": {"PMI_RANK": "0", "PMI_SIZE": "4"}}),
    ],
)
def test_another_name_project_or_launch_is_another_run(one, other):
    environment = {"environment": ranked(0, **TORCHRUN)}
    assert begun(**environment | one).id != begun(**environment | other).id


def test_the_next_run_of_a_process_is_another_one_in_which_its_ranks_meet_again():
    def both(rank):
        launch._begun.clear()
        return [shared(Beginning("", "p", ""), ranked(rank, **TORCHRUN)).id for _ in range(2)]

    first, second = both(0)
    assert first != second
    assert both(3) == [first, second]


def test_a_launch_of_several_machines_is_known_by_where_its_ranks_meet():
    there = ranked(1, 8, **TORCHRUN, MASTER_ADDR="node0", MASTER_PORT="29500")
    assert detect(there).key == (str(os.getuid()), "none", "node0", "29500")
    assert detect(there | {"MASTER_PORT": "29501"}).key != detect(there).key


def test_a_restart_is_another_attempt_at_the_same_run():
    again = ranked(1, **TORCHRUN, TORCHELASTIC_RESTART_COUNT="2")
    assert detect(again) == Launch("torchrun", 1, 4, 2, detect(ranked(1, **TORCHRUN)).key)
    assert begun(again).id == begun(ranked(1, **TORCHRUN)).id


# ------------------------------------------------------------------------------------------ through a daemon

RANK = """
import sys, trackio
run = trackio.init("p", config={"rank": int(sys.argv[1]), "lr": 0.1})
for step in range(100):
    trackio.log({"loss": step + int(sys.argv[1])})
if sys.argv[2:] == [sys.argv[1]]:
    raise ValueError("no")
"""


def launched(*arguments, ranks=4, **environment):
    """Run the ranks of a launch, the last one first, side by side; return their exit statuses."""
    command = [sys.executable, "-c", RANK]
    started = [
        subprocess.Popen(
            [*command, str(rank), *arguments],
            env=os.environ | ranked(rank, ranks, **TORCHRUN) | environment,
            stderr=subprocess.DEVNULL,
        )
        for rank in reversed(range(ranks))
    ]
    return [process.wait(60) for process in reversed(started)]


def ended(stored, until, count=1):
    """Return the runs once all have ended and hold every row."""
    until(
        lambda: len(stored.runs()) == count and all(run.status != "running" for run in stored.runs().values()),
        "the end",
    )
    until(lambda: sum(run.rows for run in stored.runs().values()) == 400, "every rank's rows")
    return list(stored.runs().values())


def test_four_ranks_make_one_run_of_which_each_is_the_member_of_its_number(storing, stored, until):
    assert launched() == [0, 0, 0, 0]
    (run,) = ended(stored, until)
    assert (run.status, run.error, run.ranks, run.config) == ("finished", None, 4, {"rank": 0, "lr": 0.1})
    for rank in range(4):
        assert stored.steps(run.name, "loss", rank) == list(range(100))


def test_a_rank_that_fails_fails_the_run_and_is_named(storing, stored, until):
    assert launched("2") == [0, 0, 1, 0]
    until(lambda: {run.status for run in stored.runs().values()} == {"failed"}, "the run's failure")
    (run,) = ended(stored, until)
    assert run.error == "rank 2: ValueError: no"


def test_separate_ranks_make_a_run_each(storing, stored, until):
    assert launched(TRACKIO_DISTRIBUTED="separate") == [0, 0, 0, 0]
    assert {run.ranks for run in ended(stored, until, 4)} == {1}


def test_where_only_rank_0_is_kept_the_others_log_into_nothing(data_dir, monkeypatch):
    for name, value in ranked(3, **TORCHRUN).items():
        monkeypatch.setenv(name, value)
    run = trackio.init("p", distributed="rank0")
    trackio.log({"loss": 1.0})
    trackio.finish()
    assert run.id
    assert not data_dir.exists()
