"""trackio/cpu.py: what this machine does since the last look, under the names of the original, without waiting."""

from __future__ import annotations

import sys
import time
import types

import pytest

from trackio import cpu

Times = types.SimpleNamespace


class Machine(types.ModuleType):
    """A stand-in for psutil, of a machine with two cores, a disk and a network."""

    def __init__(self):
        super().__init__("psutil")
        self.cores = [(10.0, 90.0), (0.0, 100.0)]
        self.disk, self.network = [0, 0, 0, 0], [0, 0]

    def cpu_times(self, *, percpu):
        assert percpu

        class Core(tuple):  # noqa: SLOT001 -- as psutil's
            idle = property(lambda core: core[1])

        return [Core(core) for core in self.cores]

    def cpu_count(self, *, logical):
        return None if logical else 1

    def cpu_freq(self):
        return Times(current=2500.0, max=3000.0)

    def virtual_memory(self):
        return Times(used=2**30, total=4 * 2**30, available=3 * 2**30, percent=25.0)

    def swap_memory(self):
        return Times(used=0, total=2**30, percent=0.0)

    def disk_io_counters(self):
        return Times(**dict(zip(("read_bytes", "write_bytes", "read_count", "write_count"), self.disk, strict=True)))

    def net_io_counters(self):
        return Times(bytes_sent=self.network[0], bytes_recv=self.network[1])

    def sensors_temperatures(self):
        return {"chip": [Times(label=" Core 0 ", current=50.0), Times(label="", current=40.0)]}


@pytest.fixture
def machine(monkeypatch):
    made = Machine()
    monkeypatch.setitem(sys.modules, "psutil", made)
    monkeypatch.setattr(cpu, "_reader", None)
    return made


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes when it is told to."""
    at = types.SimpleNamespace(now=100.0)
    monkeypatch.setattr(time, "monotonic", lambda: at.now)
    return at


def test_shares_and_rates_are_those_since_the_last_look(machine, clock):
    reader = cpu.Reader()
    machine.cores = [(15.0, 95.0), (0.0, 110.0)]
    machine.disk, machine.network = [2**20, 2**21, 10, 20], [2**22, 2**23]
    clock.now += 2
    found = reader.read()
    assert found == {
        "cpu/utilization": 25.0,
        "cpu/0/utilization": 50.0,
        "cpu/1/utilization": 0.0,
        "cpu/count_logical": 2,
        "cpu/count_physical": 1,
        "cpu/frequency": 2500.0,
        "cpu/frequency_max": 3000.0,
        "memory/used": 1.0,
        "memory/total": 4.0,
        "memory/available": 3.0,
        "memory/percent": 25.0,
        "swap/used": 0.0,
        "swap/total": 1.0,
        "swap/percent": 0.0,
        "disk/read_mb_per_sec": 0.5,
        "disk/write_mb_per_sec": 1.0,
        "disk/read_iops": 5.0,
        "disk/write_iops": 10.0,
        "network/sent_mb_per_sec": 2.0,
        "network/recv_mb_per_sec": 4.0,
        "temp/Core 0": 50.0,
        "temp/chip_1": 40.0,
    }


def test_a_second_look_at_the_same_moment_divides_by_nothing(machine, clock):
    reader = cpu.Reader()
    found = reader.read()
    assert found["cpu/utilization"] == 0.0
    assert "disk/read_iops" not in found


def test_counters_that_begin_again_are_no_negative_rates(machine, clock):
    machine.disk = [2**30, 0, 100, 0]
    reader = cpu.Reader()
    machine.disk = [0, 0, 0, 0]
    clock.now += 1
    assert reader.read()["disk/read_mb_per_sec"] == 0.0


def test_what_a_machine_does_not_tell_is_left_out(machine, clock, monkeypatch):
    def missing(*_, **__):
        raise FileNotFoundError

    for name in ("cpu_freq", "sensors_temperatures", "disk_io_counters", "swap_memory"):
        monkeypatch.setattr(machine, name, missing)
    reader = cpu.Reader()
    clock.now += 1
    found = reader.read()
    assert {name.partition("/")[0] for name in found} == {"cpu", "memory", "network"}


def test_this_machine_tells_of_itself():
    assert cpu.available()
    found = cpu.Reader().read()
    assert 0 <= found["cpu/utilization"] <= 100
    assert 0 < found["memory/used"] <= found["memory/total"]
    assert all(isinstance(value, (int, float)) for value in found.values())


def test_only_the_first_look_waits(machine, monkeypatch):
    waited = []
    monkeypatch.setattr(time, "sleep", waited.append)
    assert cpu.look()["cpu/frequency"] == 2500.0
    cpu.look()
    assert waited == [0.1]


def test_without_psutil_there_is_nothing_to_look_at(monkeypatch):
    monkeypatch.setitem(sys.modules, "psutil", None)
    assert not cpu.available()
    assert cpu.look() == {}
