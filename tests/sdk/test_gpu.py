"""trackio/gpu.py: what GPUs tell by NVML, of which there is a stand-in, under the names of the original."""
# ruff: noqa: N802, N815 -- the names of NVML

from __future__ import annotations

import os
import sys
import types

import pytest

from trackio import gpu


class Gone(Exception):
    """What NVML raises for all that a GPU does not tell."""


class Nvml(types.ModuleType):
    """A stand-in for pynvml, with as many GPUs as it is given uuids; GPU n uses n % of what there is."""

    NVML_TEMPERATURE_GPU, NVML_CLOCK_SM, NVML_CLOCK_MEM = 0, 1, 2
    NVML_PCIE_UTIL_TX_BYTES, NVML_PCIE_UTIL_RX_BYTES = 0, 1
    NVML_MEMORY_ERROR_TYPE_CORRECTED, NVML_MEMORY_ERROR_TYPE_UNCORRECTED, NVML_VOLATILE_ECC = 0, 1, 0
    nvmlClocksThrottleReasonSwPowerCap = 4
    nvmlClocksThrottleReasonHwSlowdown = 8
    nvmlClocksThrottleReasonSwThermalSlowdown = 32
    nvmlClocksThrottleReasonApplicationsClocksSetting = 2

    def __init__(self, *uuids):
        super().__init__("pynvml")
        self.uuids, self.initialised, self.energy = uuids, 0, 5_000
        self.silent = set()

    def nvmlInit(self):
        self.initialised += 1

    def nvmlDeviceGetCount(self):
        return len(self.uuids)

    def nvmlDeviceGetHandleByIndex(self, number):
        if number >= len(self.uuids):
            raise Gone
        return number

    def nvmlDeviceGetHandleByUUID(self, uuid):
        return self.uuids.index(uuid)

    def __getattribute__(self, name):
        if name.startswith("nvmlDeviceGet") and name in object.__getattribute__(self, "silent"):
            raise Gone
        return object.__getattribute__(self, name)

    def nvmlDeviceGetUtilizationRates(self, gpu):
        return types.SimpleNamespace(gpu=gpu, memory=2 * gpu)

    def nvmlDeviceGetMemoryInfo(self, gpu):
        return types.SimpleNamespace(used=gpu * 2**30, total=8 * 2**30)

    def nvmlDeviceGetPowerUsage(self, gpu):
        return 100_000 + gpu

    def nvmlDeviceGetPowerManagementLimit(self, gpu):
        return 400_000

    def nvmlDeviceGetTemperature(self, gpu, kind):
        return 40 + gpu

    def nvmlDeviceGetClockInfo(self, gpu, kind):
        return 1000 * kind

    def nvmlDeviceGetFanSpeed(self, gpu):
        return 30

    def nvmlDeviceGetPerformanceState(self, gpu):
        return 2

    def nvmlDeviceGetTotalEnergyConsumption(self, gpu):
        return self.energy

    def nvmlDeviceGetPcieThroughput(self, gpu, kind):
        return 1024 * (1 + kind)

    def nvmlDeviceGetCurrentClocksThrottleReasons(self, gpu):
        return 4 | 32

    def nvmlDeviceGetTotalEccErrors(self, gpu, kind, counter):
        return kind


@pytest.fixture
def nvml(monkeypatch):
    made = Nvml("GPU-a", "GPU-b", "GPU-c")
    monkeypatch.setitem(sys.modules, "pynvml", made)
    monkeypatch.setattr(gpu, "_known", None)
    return made


def used(found):
    """Which GPUs are told of, by number, and which physical one each is."""
    return {name.split("/")[1]: value for name, value in found.items() if name.endswith("/utilization")}


def test_every_gpu_tells_of_itself_under_the_names_of_the_original(nvml):
    found = gpu.read_all()
    of_one = {name.removeprefix("gpu/1/"): value for name, value in found.items() if name.startswith("gpu/1/")}
    assert of_one == {
        "utilization": 1,
        "memory_utilization": 2,
        "allocated_memory": 1.0,
        "total_memory": 8.0,
        "memory_usage": 0.125,
        "power": 100.001,
        "power_limit": 400.0,
        "power_percent": pytest.approx(25.00025),
        "temp": 41,
        "performance_state": 2,
        "fan_speed": 30,
        "sm_clock": 1000,
        "memory_clock": 2000,
        "energy_consumed": 5.0,
        "pcie_tx": 1.0,
        "pcie_rx": 2.0,
        "throttle_thermal": 1,
        "throttle_power": 1,
        "throttle_hw_slowdown": 0,
        "throttle_apps": 0,
        "corrected_memory_errors": 0,
        "uncorrected_memory_errors": 1,
    }
    together = {name: value for name, value in found.items() if name.count("/") == 1}
    assert together == {
        "gpu/mean_utilization": 1.0,
        "gpu/total_allocated_memory": 3.0,
        "gpu/total_power": pytest.approx(300.003),
        "gpu/max_temp": 42,
    }


def test_what_a_gpu_does_not_tell_is_left_out(nvml):
    everything = gpu.read_all().keys()
    nvml.silent = {"nvmlDeviceGetFanSpeed", "nvmlDeviceGetTotalEccErrors", "nvmlDeviceGetUtilizationRates"}
    missing = {name.rpartition("/")[2] for name in everything - gpu.read_all().keys()}
    assert missing == {
        *("fan_speed", "corrected_memory_errors", "uncorrected_memory_errors"),
        *("utilization", "memory_utilization", "mean_utilization"),
    }


@pytest.mark.parametrize(
    ("named", "seen"),
    [
        (None, {"0": 0, "1": 1, "2": 2}),
        ("2,0", {"0": 2, "1": 0}),
        (" 1 ", {"0": 1}),
        ("GPU-c,GPU-a", {"0": 2, "1": 0}),
        ("", {}),
        ("-1", {}),
        ("1,7,0", {"0": 1}),
    ],
)
def test_a_process_is_told_of_the_gpus_that_cuda_shows_it(nvml, named, seen):
    environment = {} if named is None else {"CUDA_VISIBLE_DEVICES": named}
    assert used(gpu.read_visible(environment)) == seen


def test_one_of_these_may_be_asked_for(nvml):
    assert used(gpu.read_visible({"CUDA_VISIBLE_DEVICES": "2,0"}, 1)) == {"1": 0}
    assert gpu.read_visible({}, 9) == {}


def test_energy_counts_from_when_it_was_first_seen(nvml):
    begun = {}
    assert gpu.since(gpu.read_all(), begun)["gpu/0/energy_consumed"] == 0.0
    nvml.energy += 250
    found = gpu.since(gpu.read_all(), begun)
    assert (found["gpu/0/energy_consumed"], found["gpu/0/temp"]) == (0.25, 40)


def test_without_a_driver_or_the_library_there_is_nothing(nvml, monkeypatch):
    def fails():
        raise Gone

    monkeypatch.setattr(nvml, "nvmlInit", fails)
    assert not gpu.available()
    assert gpu.read_all() == gpu.read_visible({}) == {}
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert not gpu.available()


def test_a_driver_without_a_gpu_is_no_gpu(nvml):
    nvml.uuids = ()
    assert not gpu.available()
    assert gpu.read_all() == {}


def test_it_is_initialised_once_in_each_process(nvml, monkeypatch):
    assert gpu.available()
    gpu.read_all()
    assert nvml.initialised == 1
    monkeypatch.setattr(os, "getpid", lambda: -1)
    gpu.read_all()
    assert nvml.initialised == 2
