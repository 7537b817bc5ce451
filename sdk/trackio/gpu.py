"""What the NVIDIA GPUs of this machine do, by NVML: a map of names to numbers."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_GIB: Final = 2**30
#: What NVML tells of the reasons why clocks are lower than they could be.
_THROTTLES: Final = {
    "throttle_thermal": "nvmlClocksThrottleReasonSwThermalSlowdown",
    "throttle_power": "nvmlClocksThrottleReasonSwPowerCap",
    "throttle_hw_slowdown": "nvmlClocksThrottleReasonHwSlowdown",
    "throttle_apps": "nvmlClocksThrottleReasonApplicationsClocksSetting",
}
#: Ends the names of what is counted since a run began.
_ENERGY: Final = "/energy_consumed"
#: The initialised library, and the process that initialised it: a forked child has to do that again.
_known: tuple[Any, int] | None = None


def library() -> Any:
    """Return NVML ready to be asked, None where there is no driver or no nvidia-ml-py."""
    global _known  # noqa: PLW0603 -- a process initialises it once
    if _known is None or _known[1] != os.getpid():
        try:
            import pynvml  # noqa: PLC0415 -- only where somebody looks at GPUs

            pynvml.nvmlInit()
        except Exception:  # noqa: BLE001 -- whatever a missing driver makes of it
            return None
        _known = pynvml, os.getpid()
    return _known[0]


def available() -> bool:
    """Tell whether there is an NVIDIA GPU that can be looked at."""
    nvml = library()
    with suppress(Exception):
        return nvml is not None and nvml.nvmlDeviceGetCount() > 0
    return False


def read_all() -> dict[str, float]:
    """Return names and numbers of every GPU of this machine, numbered as NVML does; {} if there is none.

    Shares in percent (`memory_usage` of 1), memory in GiB, power in W, clocks in MHz, temperatures in °C, energy in J,
    PCIe in MiB/s. What a GPU does not tell is left out.
    """
    nvml = library()
    return {} if nvml is None else _read(nvml, enumerate(_every(nvml)))


def read_visible(environment: Mapping[str, str], device: int | None = None) -> dict[str, float]:
    """Return the same of the GPUs that CUDA shows this process, numbered as CUDA does, or of one of them."""
    nvml = library()
    if nvml is None:
        return {}
    numbered = [(at, handle) for at, handle in enumerate(_visible(nvml, environment)) if device in {None, at}]
    return _read(nvml, numbered)


def since(found: dict[str, float], begun: dict[str, float]) -> dict[str, float]:
    """Return what was read with energy counted from when it was first seen, which `begun` remembers."""
    return {
        name: value - begun.setdefault(name, value) if name.endswith(_ENERGY) else value
        for name, value in found.items()
    }


# --------------------------------------------------------------------------------------------------- which GPUs


def _every(nvml: Any) -> Iterator[Any]:
    with suppress(Exception):
        for number in range(nvml.nvmlDeviceGetCount()):
            yield nvml.nvmlDeviceGetHandleByIndex(number)


def _visible(nvml: Any, environment: Mapping[str, str]) -> Iterator[Any]:
    named = environment.get("CUDA_VISIBLE_DEVICES")
    if named is None:
        yield from _every(nvml)
        return
    for name in named.split(","):
        handle = _named(nvml, name.strip())
        if handle is None:
            return  # CUDA, too, sees no device behind one that is not there
        yield handle


def _named(nvml: Any, name: str) -> Any:
    with suppress(Exception):
        return nvml.nvmlDeviceGetHandleByIndex(int(name)) if name.isdigit() else nvml.nvmlDeviceGetHandleByUUID(name)
    return None


# ------------------------------------------------------------------------------------------------ what they tell


def _read(nvml: Any, numbered: Iterable[tuple[int, Any]]) -> dict[str, float]:
    found: dict[str, float] = {}
    devices = []
    for number, handle in numbered:
        one = _device(nvml, handle)
        devices.append(one)
        found |= {f"gpu/{number}/{name}": value for name, value in one.items()}
    return found | dict(_together(devices))


def _device(nvml: Any, handle: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in (_load, _memory, _power, _clocks, _condition, _energy, _pcie, _throttles, *_ERRORS):
        # Each model tells other things.
        with suppress(Exception):
            found.update(part(nvml, handle))
    return found


def _load(nvml: Any, handle: Any) -> Iterator[tuple[str, float]]:
    rates = nvml.nvmlDeviceGetUtilizationRates(handle)
    yield "utilization", rates.gpu
    yield "memory_utilization", rates.memory


def _memory(nvml: Any, handle: Any) -> Iterator[tuple[str, float]]:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    yield "allocated_memory", memory.used / _GIB
    yield "total_memory", memory.total / _GIB
    if memory.total:
        yield "memory_usage", memory.used / memory.total


def _power(nvml: Any, handle: Any) -> Iterator[tuple[str, float]]:
    power = nvml.nvmlDeviceGetPowerUsage(handle) / 1000
    yield "power", power
    limit = nvml.nvmlDeviceGetPowerManagementLimit(handle) / 1000
    yield "power_limit", limit
    if limit:
        yield "power_percent", 100 * power / limit


def _clocks(nvml: Any, handle: Any) -> Iterator[tuple[str, float]]:
    yield "sm_clock", nvml.nvmlDeviceGetClockInfo(handle, nvml.NVML_CLOCK_SM)
    yield "memory_clock", nvml.nvmlDeviceGetClockInfo(handle, nvml.NVML_CLOCK_MEM)


def _condition(nvml: Any, handle: Any) -> Iterator[tuple[str, float]]:
    yield "temp", nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU)
    yield "performance_state", nvml.nvmlDeviceGetPerformanceState(handle)
    # Last, since many have no fan.
    yield "fan_speed", nvml.nvmlDeviceGetFanSpeed(handle)


def _energy(nvml: Any, handle: Any) -> Iterator[tuple[str, float]]:
    yield _ENERGY[1:], nvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1000


def _pcie(nvml: Any, handle: Any) -> Iterator[tuple[str, float]]:
    yield "pcie_tx", nvml.nvmlDeviceGetPcieThroughput(handle, nvml.NVML_PCIE_UTIL_TX_BYTES) / 1024
    yield "pcie_rx", nvml.nvmlDeviceGetPcieThroughput(handle, nvml.NVML_PCIE_UTIL_RX_BYTES) / 1024


def _throttles(nvml: Any, handle: Any) -> Iterator[tuple[str, float]]:
    reasons = nvml.nvmlDeviceGetCurrentClocksThrottleReasons(handle)
    for name, bit in _THROTTLES.items():
        yield name, int(bool(reasons & getattr(nvml, bit)))


def _errors(name: str, kind: str) -> Callable[[Any, Any], Iterator[tuple[str, float]]]:
    def read(nvml: Any, handle: Any) -> Iterator[tuple[str, float]]:
        yield name, nvml.nvmlDeviceGetTotalEccErrors(handle, getattr(nvml, kind), nvml.NVML_VOLATILE_ECC)

    return read


_ERRORS: Final = (
    _errors("corrected_memory_errors", "NVML_MEMORY_ERROR_TYPE_CORRECTED"),
    _errors("uncorrected_memory_errors", "NVML_MEMORY_ERROR_TYPE_UNCORRECTED"),
)


def _together(devices: list[dict[str, float]]) -> Iterator[tuple[str, float]]:
    """Yield what is told of all GPUs as one."""
    for name, of, fold in (
        ("mean_utilization", "utilization", lambda held: sum(held) / len(held)),
        ("total_allocated_memory", "allocated_memory", sum),
        ("total_power", "power", sum),
        ("max_temp", "temp", max),
    ):
        held = [one[of] for one in devices if of in one]
        if held:
            yield f"gpu/{name}", fold(held)
