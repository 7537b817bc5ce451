"""trackio/sampler.py: one look serves all runs, as often as each wants; forks, ranks and slow looks do no harm."""

from __future__ import annotations

import os
import threading
import warnings

import pytest

from trackio import gpu, sampler
from trackio.launch import is_first_here
from trackio.sampler import Sampler, Wanted


class Seen:
    """A run, as the sampler knows it: notes what it is told."""

    def __init__(self):
        self.told = []

    def observe(self, metrics):
        self.told.append(metrics)


class Hardware:
    """Counts the looks; each tells how many there were. `before` is called first."""

    def __init__(self):
        self.looks, self.before = 0, lambda: None

    def __call__(self):
        self.before()
        self.looks += 1
        return {"looks": self.looks}


@pytest.fixture
def hardware(monkeypatch):
    """CPU and GPU, each by kind."""
    made = {"cpu": Hardware(), "gpu": Hardware()}
    monkeypatch.setattr(sampler, "_READERS", {kind: lambda one=one: one for kind, one in made.items()})
    return made


@pytest.fixture
def watch():
    """Has a sampler of its own watch for runs."""
    looking, runs = Sampler(), []

    def begin(run, **intervals):
        runs.append(run)
        looking.watch(run, Wanted(), intervals)
        return looking

    yield begin
    for run in runs:
        looking.forget(run)


def test_a_run_is_told_of_each_kind_as_often_as_it_wants(hardware, watch, until):
    run = Seen()
    watch(run, cpu=0.01, gpu=3600)
    until(lambda: len(run.told) >= 3, "looks")
    assert run.told[:3] == [{"looks": 1}, {"looks": 2}, {"looks": 3}]
    assert hardware["gpu"].looks == 0


def test_one_look_serves_all_runs(hardware, watch, until):
    runs = [Seen() for _ in range(10)]
    for run in runs:
        watch(run, cpu=0.1)
    until(lambda: all(len(run.told) >= 3 for run in runs), "looks")
    told = [run.told[-1]["looks"] for run in runs]
    assert max(told) - min(told) <= 1
    assert hardware["cpu"].looks <= max(told) + 1


def test_a_run_that_is_forgotten_is_told_nothing_and_the_thread_ends(hardware, watch, until):
    run, other = Seen(), Seen()
    watch(run, cpu=0.01)
    looking = watch(other, cpu=0.01)
    until(lambda: run.told, "a look")
    looking.forget(run)
    until(lambda: len(other.told) > 2, "more looks")
    told = len(run.told)
    until(lambda: len(other.told) > 10, "more looks")
    assert len(run.told) <= told + 1
    looking.forget(other)
    until(lambda: looking._thread is None, "the thread's end")
    watch(run, cpu=0.01)
    until(lambda: len(run.told) > told + 1, "looks that begin again")


def test_a_look_that_takes_long_is_had_less_often(hardware, monkeypatch):
    run, spent = Seen(), iter([0.0, 0.02])
    monkeypatch.setattr("time.thread_time", lambda: next(spent))
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    looking = Sampler()
    looking._watches = [sampler._Watch(run, "cpu", 10.0, asked=False, due=0.0)]
    looking._begin("cpu")
    looking._look()
    assert run.told == [{"looks": 1}]
    assert looking._watches[0].due == 1020.0  # 20 ms are 0.1 % of 20 s


def test_energy_counts_for_each_run_from_its_first_look(watch, until, monkeypatch):
    total = iter(range(0, 10**6, 5))
    reader = lambda: {"gpu/0/energy_consumed": float(next(total)), "gpu/0/temp": 40.0}  # noqa: E731
    monkeypatch.setattr(sampler, "_READERS", {"gpu": lambda: reader})
    first, second = Seen(), Seen()
    watch(first, gpu=0.01)
    until(lambda: len(first.told) > 2, "looks")
    watch(second, gpu=0.01)
    until(lambda: second.told, "a look")
    assert first.told[0] == second.told[0] == {"gpu/0/energy_consumed": 0.0, "gpu/0/temp": 40.0}
    assert first.told[2]["gpu/0/energy_consumed"] == 10.0


def test_hardware_that_cannot_be_looked_at_tells_nothing(monkeypatch, watch, until):
    def broken():
        raise ImportError

    monkeypatch.setattr(sampler, "_READERS", {"cpu": broken})
    run = Seen()
    watch(run, cpu=0.01)
    until(lambda: len(run.told) > 1, "looks")
    assert run.told[0] == {}


def test_who_asks_for_a_gpu_where_there_is_none_is_warned(monkeypatch, until):
    monkeypatch.setattr(gpu, "available", lambda: False)
    looking, run = Sampler(), Seen()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        looking._watches = [sampler._Watch(run, "gpu", 10.0, asked=False, due=0.0)]
        looking._begin("gpu")
        assert not caught
        looking._watches = [sampler._Watch(run, "gpu", 10.0, asked=True, due=0.0)]
        looking._begin("gpu")
    assert [str(warning.message) for warning in caught] == ["trackio: auto_log_gpu=True: there is none to look at"]


RANKS = {
    "no launcher": ({}, True),
    "the first": ({"LOCAL_RANK": "0", "RANK": "8"}, True),
    "another one": ({"LOCAL_RANK": "3", "RANK": "3"}, False),
    "Slurm": ({"SLURM_LOCALID": "1"}, False),
    "torchrun within Slurm": ({"LOCAL_RANK": "1", "SLURM_LOCALID": "0"}, False),
    "Open MPI": ({"OMPI_COMM_WORLD_LOCAL_RANK": "0"}, True),
}


@pytest.mark.parametrize(("environment", "first"), RANKS.values(), ids=RANKS)
def test_by_default_the_first_process_of_a_launch_on_a_machine_looks(environment, first):
    assert is_first_here(environment) == first
    assert Wanted().intervals(environment) == ({"cpu": 10.0, "gpu": 10.0} if first else {})


def test_what_is_asked_for_is_done_whatever_the_rank():
    environment = {"LOCAL_RANK": "3"}
    assert Wanted(cpu=True, gpu=False, cpu_seconds=2.0).intervals(environment) == {"cpu": 2.0}
    assert Wanted(cpu=False).intervals({}) == {"gpu": 10.0}


def test_a_driver_that_hangs_does_not_keep_a_fork_waiting(hardware, until, monkeypatch):
    monkeypatch.setattr(sampler, "_sampler", Sampler())
    monkeypatch.setattr(sampler.Wanted, "intervals", lambda *_: {"gpu": 0.01})
    inside, go_on, run = threading.Event(), threading.Event(), Seen()
    hardware["gpu"].before = lambda: inside.set() or go_on.wait(60)
    sampler.watch(run, Wanted())
    assert inside.wait(60)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert not run.told
    go_on.set()
    until(lambda: len(run.told) > 1, "looks in the parent")
    sampler.forget(run)


def test_nobody_forks_in_the_middle_of_a_look_and_the_child_has_no_sampler(hardware, until, monkeypatch):
    monkeypatch.setattr(sampler, "_sampler", Sampler())
    monkeypatch.setattr(sampler, "_FORK_SECONDS", 60.0)
    inside, go_on, run = threading.Event(), threading.Event(), Seen()

    def before():
        inside.set()
        go_on.wait(60)

    hardware["cpu"].before = before
    monkeypatch.setattr(sampler.Wanted, "intervals", lambda *_: {"cpu": 0.01})
    sampler.watch(run, Wanted())
    assert inside.wait(60)
    threading.Timer(0.1, go_on.set).start()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        whole = hardware["cpu"].looks >= 1 and not sampler._sampler._watches and sampler._sampler.looking.acquire(False)
        os._exit(0 if whole else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    told = len(run.told)
    until(lambda: len(run.told) > told, "looks in the parent")
    sampler.forget(run)


def test_without_a_local_rank_the_first_of_all_looks(monkeypatch):
    for name in ("LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)
    assert is_first_here({"PMI_RANK": "0", "PMI_SIZE": "4"})
    assert not is_first_here({"PMI_RANK": "2", "PMI_SIZE": "4"})
