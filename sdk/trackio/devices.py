"""A number that a GPU or TPU is still to compute → a number, without waiting for it; imports no library itself."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from trackio.values import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Types whose values are here for sure.
_HERE: Final = frozenset({float, int, bool, str, type(None)})
#: Numbers of one type that one piece of pinned memory has room for.
_SLAB: Final = 512
#: CU_STREAM_CAPTURE_MODE_RELAXED
_RELAXED: Final = 2

#: What a forked child has of its parent's: to free it would be to speak to a device that is not the child's.
_inherited: Final[list[object]] = []


class Number:
    """One number on its way; `there` has it, as a scalar in this process's memory, once its row is ready."""

    __slots__ = ("there",)

    def __init__(self, there: Any) -> None:
        self.there = there


class Arrivals:
    """The numbers of one row that are on their way. ready() · give_up(): from any thread, and they never raise.

    `error` says why the numbers will not come, once `arrived` says that nothing is to be waited for.
    """

    def __init__(self) -> None:
        self.arrived = False
        self.error: Exception | None = None
        self.slots: list[Any] = []
        self.arrays: list[Any] = []
        self.events: dict[Any, Any] = {}

    def __len__(self) -> int:
        return len(self.slots) + len(self.arrays)

    def ready(self) -> bool:
        """Tell whether the numbers may be read, or will never come; does not wait for a device."""
        if not self.arrived:
            try:
                passed = all(_has_passed(event, device) for device, event in self.events.items())
                self.arrived = passed and all(array.is_ready() for array in self.arrays)
            except Exception as error:  # noqa: BLE001 -- whatever a failing device makes of a question
                self.give_up(error)
        return self.arrived

    def give_up(self, error: Exception) -> None:
        """Wait for nothing any more."""
        self.error = error
        self.arrived = True


class Pool:
    """Begins copies, into pinned memory that is used again. take() · sealed() · release(), under its writer's lock."""

    def __init__(self) -> None:
        #: Numbers that are on their way.
        self.out = 0
        self._slots: dict[Any, list[Any]] = {}
        self._events: dict[Any, list[Any]] = {}
        self._open = Arrivals()

    def take(self, value: Any) -> Any:
        """Return a Number for a scalar on a device, with its copy begun, and any other value as it is.

        What is done to the scalar later does not change the copy. Raises Refused, and what the scalar's library raises.
        """
        if type(value) in _HERE:
            return value
        if isinstance(value, _type("torch", "Tensor")):
            return self._copied(_local(value))
        if isinstance(value, _type("jax", "Array")):
            return self._fetched(value)
        return value

    def sealed(self) -> Arrivals | None:
        """Return what was taken since the last call, None if that is nothing."""
        arrivals = self._open
        if not len(arrivals):
            return None
        self._open = Arrivals()
        self.out += len(arrivals)
        try:
            for device, event in arrivals.events.items():
                event.record(sys.modules["torch"].cuda.current_stream(device))
        except Exception as error:  # noqa: BLE001 -- whatever a failing device makes of it
            arrivals.give_up(error)
        return arrivals

    def release(self, arrivals: Arrivals) -> None:
        """Use the memory of numbers that were read again; not if they never came, since they might come yet."""
        self.out -= len(arrivals)
        if arrivals.error is None:
            for slot in arrivals.slots:
                self._slots[slot.dtype].append(slot)
            for device, event in arrivals.events.items():
                self._events[device].append(event)

    def _copied(self, tensor: Any) -> Any:
        """Begin the copy of a torch scalar on the current stream of its device, which an event of its row follows."""
        torch, device = sys.modules["torch"], tensor.device
        if device.type != "cuda" or tensor.numel() != 1:
            return tensor
        if torch.cuda.is_current_stream_capturing():
            raise Refused("a CUDA graph that is being captured computes it; log it after a replay")
        slot = self._slot(torch, tensor.dtype)
        if device not in self._open.events:
            unused = self._events.setdefault(device, [])
            self._open.events[device] = unused.pop() if unused else torch.cuda.Event()
        slot.copy_(tensor.detach().reshape(()), non_blocking=True)
        self._open.slots.append(slot)
        return Number(slot)

    def _slot(self, torch: Any, dtype: Any) -> Any:
        # One type each, since only a copy between equal types is asynchronous.
        unused = self._slots.setdefault(dtype, [])
        if not unused:
            # Seldom, since pinning takes long. What is made in inference mode could not be written to outside of it.
            with torch.inference_mode(mode=False):
                unused.extend(torch.empty(_SLAB, dtype=dtype, device="cpu", pin_memory=True).unbind())
        return unused.pop()

    def _fetched(self, array: Any) -> Any:
        """Begin the copy of a JAX scalar; one that is on the CPU already needs none."""
        # What is traced is an array to JAX, too, but no number yet.
        if not hasattr(array, "is_ready") or array.size != 1:
            return array
        if not array.is_fully_addressable:
            # Every process has the whole number, and no computation may be asked of the other ones.
            array = array.addressable_data(0)
        if array.is_ready() and all(device.platform == "cpu" for device in array.devices()):
            return array
        # Of a copy on the device, since the next step may be given the array's own memory (donation).
        copy = array.copy()
        copy.copy_to_host_async()
        self._open.arrays.append(copy)
        return Number(copy)


def leave(*things: object) -> None:
    """Keep, in a forked child, what is its parent's from being freed."""
    _inherited.extend(things)


def _type(module: str, name: str) -> Any:
    """Return a type of a library that the program has imported, a type of nothing if it has not."""
    found = getattr(sys.modules.get(module), name, ())
    return found if isinstance(found, type) else ()


def _local(tensor: Any) -> Any:
    """Return this process's own tensor of a distributed one (DTensor); raises Refused if others have a part of it."""
    placements = getattr(tensor, "placements", None)
    if placements is None:
        return tensor
    if not all(placement.is_replicate() for placement in placements):
        # Reading it would wait for the other ranks, which may not log at all.
        raise Refused("other ranks have a part of it; log tensor.full_tensor(), which every rank must call")
    return tensor.to_local()


def _has_passed(event: Any, device: Any) -> bool:
    # On the event's device: a thread that never chose one would make itself a context on the first.
    with sys.modules["torch"].cuda.device(device), _beside_captures():
        return bool(event.query())


@contextmanager
def _beside_captures() -> Iterator[None]:
    """Let this thread ask about events while another one captures a CUDA graph, which else would fail by that."""
    exchange = _exchange()
    if exchange is None:
        yield
        return
    from ctypes import byref, c_int  # noqa: PLC0415 -- only where there is a GPU

    mode = c_int(_RELAXED)
    exchange(byref(mode))
    try:
        yield
    finally:
        exchange(byref(mode))


@cache
def _exchange() -> Callable[..., int] | None:
    """Return the driver's cuThreadExchangeStreamCaptureMode, None where there is no such driver."""
    from ctypes import CDLL  # noqa: PLC0415 -- only where there is a GPU

    try:
        function: Callable[..., int] = CDLL("libcuda.so.1").cuThreadExchangeStreamCaptureMode
    except (OSError, AttributeError):
        return None
    return function
