"""What the processors, memory, disks and network of this machine do, by psutil: a map of names to numbers."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_GIB: Final = 2**30
_MIB: Final = 2**20
#: Seconds that the first look of log_cpu() takes: what is told since the look before needs two.
_FIRST_LOOK: Final = 0.1


def available() -> bool:
    """Tell whether this machine can be looked at."""
    try:
        import psutil  # noqa: F401, PLC0415 -- it takes time to import, and may be broken
    except ImportError:
        return False
    return True


class Reader:
    """Tells what happened since its last look; its first one is when it is made. Never waits, never raises."""

    def __init__(self) -> None:
        import psutil  # noqa: PLC0415 -- it takes time to import

        self._psutil: Any = psutil
        self._at, self._times = time.monotonic(), self._cores()
        self._disk: Any = self._counted("disk_io_counters")
        self._network: Any = self._counted("net_io_counters")

    def read(self) -> dict[str, float]:
        """Return names and numbers: shares in percent, memory in GiB, rates in MiB or operations per second.

        What this machine does not tell is left out.
        """
        found: dict[str, float] = {}
        for part in (self._utilization, self._frequency, self._memory, self._swap, self._rates, self._temperatures):
            # Sensors and files of the kernel come and go, and some may not be read.
            with suppress(Exception):
                found.update(part())
        return found

    # ------------------------------------------------------------------------------------------------ parts

    def _utilization(self) -> Iterator[tuple[str, float]]:
        before, self._times = self._times, self._cores()
        spent = [(busy - b, total - t) for (busy, total), (b, t) in zip(self._times, before, strict=False)]
        yield "cpu/utilization", _percent(sum(busy for busy, _ in spent), sum(total for _, total in spent))
        for core, (busy, total) in enumerate(spent):
            yield f"cpu/{core}/utilization", _percent(busy, total)
        yield "cpu/count_logical", len(self._times)
        physical = self._psutil.cpu_count(logical=False)
        if physical:
            yield "cpu/count_physical", physical

    def _frequency(self) -> Iterator[tuple[str, float]]:
        found = self._psutil.cpu_freq()
        if found:
            yield "cpu/frequency", found.current
            if found.max:
                yield "cpu/frequency_max", found.max

    def _memory(self) -> Iterator[tuple[str, float]]:
        return _bytes("memory", self._psutil.virtual_memory(), ("used", "total", "available"))

    def _swap(self) -> Iterator[tuple[str, float]]:
        return _bytes("swap", self._psutil.swap_memory(), ("used", "total"))

    def _rates(self) -> Iterator[tuple[str, float]]:
        now = time.monotonic()
        seconds, self._at = now - self._at, now
        disk, self._disk = self._disk, self._counted("disk_io_counters")
        network, self._network = self._network, self._counted("net_io_counters")
        for name, field, unit in (("read_mb_per_sec", "read_bytes", _MIB), ("write_mb_per_sec", "write_bytes", _MIB)):
            yield from _rate(f"disk/{name}", disk, self._disk, field, seconds * unit)
        for name, field in (("read_iops", "read_count"), ("write_iops", "write_count")):
            yield from _rate(f"disk/{name}", disk, self._disk, field, seconds)
        for name, field in (("sent_mb_per_sec", "bytes_sent"), ("recv_mb_per_sec", "bytes_recv")):
            yield from _rate(f"network/{name}", network, self._network, field, seconds * _MIB)

    def _temperatures(self) -> Iterator[tuple[str, float]]:
        for chip, sensors in self._psutil.sensors_temperatures().items():
            for number, sensor in enumerate(sensors):
                yield f"temp/{sensor.label.strip() or f'{chip}_{number}'}", sensor.current

    def _cores(self) -> list[tuple[float, float]]:
        """Return the seconds that each core was busy, and those that it was there."""
        found = []
        for times in self._psutil.cpu_times(percpu=True):
            # What guests take is in the time of users already.
            total = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
            found.append((total - times.idle - getattr(times, "iowait", 0.0), total))
        return found

    def _counted(self, name: str) -> Any:
        count: Callable[[], Any] = getattr(self._psutil, name)
        with suppress(Exception):
            return count()
        return None


def _bytes(name: str, found: Any, fields: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    for field in fields:
        yield f"{name}/{field}", getattr(found, field) / _GIB
    yield f"{name}/percent", found.percent


def _percent(busy: float, total: float) -> float:
    return max(0.0, min(100.0, 100.0 * busy / total)) if total > 0 else 0.0


def _rate(name: str, before: Any, after: Any, field: str, per: float) -> Iterator[tuple[str, float]]:
    # Counters may begin again.
    if before is not None and after is not None and per > 0:
        yield name, max(0.0, (getattr(after, field) - getattr(before, field)) / per)


_reader: Reader | None = None


def look() -> dict[str, float]:
    """Return what happened since the last call, of the first one in 0.1 s, for which it waits; {} without psutil."""
    global _reader  # noqa: PLW0603 -- a process has one look before the next
    if not available():
        return {}
    if _reader is None:
        _reader = Reader()
        time.sleep(_FIRST_LOOK)
    return _reader.read()
