"""trackio/devices.py: a number on a device is logged as it was at that moment, and nobody waits for the device.

The device is a stand-in: a queue of work that is done when the test says so, and a list of who waited for it.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import types
from collections import Counter, defaultdict, deque
from contextlib import contextmanager
from itertools import count

import pytest

from trackio import devices, process, waiting, writer
from trackio.run import Beginning, Run
from trackio.settings import Settings
from trackio.wire import Finish, Row, RunStart
from trackio.writer import Writer

START = RunStart("0" * 32, "p", "n", None, {}, "never", 1)


class Gpu:
    """Streams of work, one per device; run() does it, up to an end that is not reached by itself."""

    def __init__(self):
        self.work = defaultdict(deque)
        self.waited: list[str] = []
        self.pinned = 0
        self.events = 0
        self.chosen: list = []
        self.capturing = self.inference = False
        self.broken: set[str] = set()

    def enqueue(self, device, act):
        self.work[device].append(act)

    def run(self, device=None, most=math.inf):
        for queue in [self.work[device]] if device else list(self.work.values()):
            for _ in range(int(min(most, len(queue)))):
                queue.popleft()()

    def check(self, call):
        if call in self.broken:
            raise RuntimeError("CUDA error: an illegal memory access was encountered")


class Device:
    def __init__(self, type_, index=None):
        self.type, self.index = type_, index

    def __eq__(self, other):
        return (self.type, self.index) == (other.type, other.index)

    def __hash__(self):
        return hash((self.type, self.index))


def fake_torch(gpu):
    """A module with what is used of torch, whose CUDA devices are the Gpu's."""
    torch = types.ModuleType("torch")
    here = Device("cpu")

    class Tensor:
        def __init__(self, value, device=here, dtype="float32", shape=(), pinned=False, grad=False):
            self.cell, self.device, self.dtype, self.shape = [value], device, dtype, shape
            self.pinned, self.requires_grad, self.inference = pinned, grad, gpu.inference

        def numel(self):
            return math.prod(self.shape)

        def _alias(self, shape, grad):
            alias = Tensor(None, self.device, self.dtype, shape, self.pinned, grad)
            alias.cell = self.cell
            return alias

        def detach(self):
            return self._alias(self.shape, grad=False)

        def reshape(self, shape):
            return self._alias(shape, self.requires_grad)

        def fill_(self, value):
            """Overwrite in place, when it is the stream's turn."""
            gpu.enqueue(self.device, lambda: self.cell.__setitem__(0, value))

        def copy_(self, source, non_blocking=False):
            gpu.check("copy")
            assert not source.requires_grad
            assert not self.inference or gpu.inference, "an inference tensor is written to outside inference mode"
            if not (non_blocking and self.pinned and self.dtype == source.dtype):
                gpu.waited.append("copy_")
            gpu.enqueue(source.device, lambda: self.cell.__setitem__(0, source.cell[0]))

        def unbind(self):
            return [Tensor(None, self.device, self.dtype, (), self.pinned) for _ in range(self.shape[0])]

        def item(self):
            if self.device.type != "cpu":
                gpu.waited.append("item")
                gpu.run(self.device)
            return self.cell[0]

        def _waits(self, *_):
            return self.item()

        def __eq__(self, other):
            return self.item() == other

        __hash__ = object.__hash__
        tolist = cpu = numpy = __float__ = __int__ = __index__ = __bool__ = __array__ = _waits

    class Event:
        def __init__(self):
            gpu.events += 1
            self.device, self.passed = None, False

        def record(self, device):
            gpu.check("record")
            assert self.device in {None, device}, "an event belongs to one device"
            self.device, self.passed = device, False
            gpu.enqueue(device, lambda: setattr(self, "passed", True))

        def query(self):
            assert gpu.chosen[-1:] == [self.device], "asked without choosing the event's device"
            gpu.check("query")
            return self.passed

        def synchronize(self):
            gpu.waited.append("synchronize")

    def empty(size, *, dtype, device, pin_memory):
        gpu.pinned += pin_memory
        return Tensor(None, Device(device), dtype, (size,), pin_memory)

    @contextmanager
    def inference_mode(mode=True):
        before, gpu.inference = gpu.inference, mode
        yield
        gpu.inference = before

    @contextmanager
    def chosen(device):
        gpu.chosen.append(device)
        yield
        gpu.chosen.pop()

    torch.Tensor, torch.empty, torch.inference_mode = Tensor, empty, inference_mode
    torch.cuda = types.SimpleNamespace(
        Event=Event,
        device=chosen,
        current_stream=lambda device: device,
        is_current_stream_capturing=lambda: gpu.capturing,
        synchronize=lambda *_: gpu.waited.append("synchronize"),
    )
    return torch


@pytest.fixture
def gpu(monkeypatch):
    gpu = Gpu()
    monkeypatch.setitem(sys.modules, "torch", fake_torch(gpu))
    return gpu


@pytest.fixture
def tensor(gpu):
    """Makes scalars on the first CUDA device."""
    import torch

    return lambda value, index=0, **kind: torch.Tensor(value, Device("cuda", index), **kind)


@pytest.fixture
def log(places, journals):
    """A writer, which warns and does not raise; rows() is what it has journaled."""
    made = Writer(places, Settings(), START, first_step=0, relative=False)
    made._losses.warn = lambda text, once=None: made.told.append(text)
    made.told = []
    made.journaled = lambda: [record for record in journals()[0] if isinstance(record, Row)]
    yield made
    made.close(remove=True)


def found(writer):
    return [(row.step, row.values) for row in writer.journaled()]


# ------------------------------------------------------------------------------------------------- torch, CUDA


def test_a_number_is_the_one_that_was_logged_however_it_is_overwritten_and_nobody_waits(gpu, tensor, log):
    loss = tensor(0.5, grad=True)
    log.log({"loss": loss, "lr": 0.1})
    loss.fill_(-1.0)
    log.log({"loss": loss, "lr": 0.2})
    assert (log.resolve(), found(log)) == (True, [])
    gpu.run()
    assert log.resolve() is False
    assert found(log) == [(0, {"loss": 0.5, "lr": 0.1}), (1, {"loss": -1.0, "lr": 0.2})]
    assert gpu.waited == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ({}, 0.1),
        ({"shape": (1,)}, 0.5),
        ({"shape": (1, 1)}, 0.5),
        ({"dtype": "bfloat16"}, 0.5),
        ({"dtype": "bool"}, True),
        ({"dtype": "int64"}, 2**62 + 1),
        ({"dtype": "uint64"}, 2**64 - 1),
        ({}, math.inf),
    ],
)
def test_a_number_of_any_type_is_exact(gpu, tensor, log, kind, value):
    log.log({"a": tensor(value, **kind)})
    gpu.run()
    log.resolve()
    assert found(log) == [(0, {"a": value})]
    assert gpu.waited == []


def test_a_row_has_the_step_and_time_of_its_call_and_all_that_it_was_given(gpu, tensor, log):
    clock, names = count(1000), ["a", "step", "text", "list"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer.time, "time_ns", lambda: next(clock))
        log.log(dict(zip(names, (tensor(1.5), tensor(2, dtype="int64"), "grün", [1, {"b": None}]), strict=True)), 7)
        gpu.run()
        log.resolve()
    assert log.journaled() == [Row(7, 1000, {"a": 1.5, "__step": 2, "text": "grün", "list": [1, {"b": None}]})]


def test_steps_count_as_if_every_row_were_written_at_once(gpu, tensor, log):
    for value, step in ((tensor(0.0), None), (1.0, None), (tensor(2.0), 10), (3.0, None), (tensor(4.0), None)):
        log.log({"a": value}, step)
    gpu.run()
    log.resolve()
    assert sorted((step, values["a"]) for step, values in found(log)) == [(0, 0), (1, 1), (10, 2), (11, 3), (12, 4)]
    assert log.rows == 5


def test_of_a_step_that_is_repeated_the_last_value_counts(gpu, tensor, log):
    for row in ({"a": -1.0}, {"a": -1.0, "b": -1.0}):  # what is known goes the short way from now on
        log.log(row)
    for value in (tensor(0.5), 1.0, tensor(1.5)):
        log.log({"a": value, "b": value}, 10)
    log.log({"a": 2.0}, 10)
    log.log({"b": tensor(2.5), "c": tensor(0.5)}, 11)
    log.log({"c": "text"}, 11)
    gpu.run()
    log.resolve()
    last = {(step, key): value for step, values in found(log) for key, value in values.items()}
    assert {key: value for key, value in last.items() if key[0] >= 10} == {
        (10, "a"): 2.0,
        (10, "b"): 1.5,
        (11, "b"): 2.5,
        (11, "c"): "text",
    }
    assert log.rows == 8


def test_a_relative_row_stays_relative_when_steps_are_given_before_it_arrives(gpu, tensor, places, journals):
    log = Writer(places, Settings(), START, first_step=0, relative=True)
    log.log({"a": tensor(0.5)})
    log.log({"a": 1.0}, 0)
    gpu.run()
    log.resolve()
    rows = [record for record in journals()[0] if isinstance(record, Row)]
    assert [(row.relative, row.values) for row in rows] == [(False, {"a": 1.0}), (True, {"a": 0.5})]
    log.close(remove=True)


def test_memory_and_events_are_used_again_and_no_sooner_than_they_may(gpu, tensor, log):
    for step in range(devices._SLAB):
        for name in range(3):
            log.log({"a": tensor(step), "b": tensor(name)})
        gpu.run(most=5)  # ever more rows are behind, and one is half-way
        log.resolve()
    gpu.run()
    log.resolve()
    assert [(values["a"], values["b"]) for _, values in found(log)] == [
        (step, name) for step in range(devices._SLAB) for name in range(3)
    ]
    pinned, events = gpu.pinned, gpu.events
    for _ in range(devices._SLAB):
        log.log({"a": tensor(1.0), "b": tensor(2.0)})
        gpu.run()
        log.resolve()
    assert (gpu.pinned, gpu.events, log._waiting.pool.out) == (pinned, events, 0)


def test_memory_made_in_inference_mode_may_be_written_to_outside(gpu, tensor, log):
    import torch

    with torch.inference_mode():
        log.log({"a": tensor(1.0)})
    log.log({"a": tensor(2.0)})
    gpu.run()
    log.resolve()
    assert [values for _, values in found(log)] == [{"a": 1.0}, {"a": 2.0}]


def test_numbers_of_several_devices_wait_for_each(gpu, tensor, log):
    log.log({"a": tensor(1.0), "b": tensor(2.0, index=1)})
    gpu.run(Device("cuda", 0))
    assert (log.resolve(), found(log)) == (True, [])
    gpu.run(Device("cuda", 1))
    log.resolve()
    assert found(log) == [(0, {"a": 1.0, "b": 2.0})]


def test_with_too_much_on_its_way_log_waits_for_the_oldest_row_and_loses_none(gpu, tensor, log, monkeypatch):
    monkeypatch.setattr(waiting, "_MAX_AWAITED", 4)
    monkeypatch.setattr(writer.time, "sleep", lambda _: gpu.run(most=1))
    for step in range(10):
        log.log({"a": tensor(step)})
        assert log._waiting.pool.out <= 4
    assert [values["a"] for _, values in found(log)] == list(range(6))
    assert gpu.waited == []


@pytest.mark.parametrize("call", ["copy", "record", "query"])
def test_a_failing_device_costs_its_numbers_and_nothing_else(gpu, tensor, log, call):
    gpu.broken.add(call)
    log.log({"a": tensor(0.5), "b": 1.5})
    log.resolve()
    gpu.broken.clear()
    log.log({"a": tensor(2.5)})
    gpu.run()
    log.resolve()
    assert found(log) == [(0, {"b": 1.5}), (1, {"a": 2.5})]
    assert log.refused == {"value": 1}
    assert "'a' was not logged: RuntimeError: CUDA error" in log.told[0]


def test_a_copy_that_comes_after_it_was_given_up_overwrites_no_other_number(gpu, tensor, log):
    gpu.broken.add("query")
    log.log({"a": tensor(0.5)})
    log.resolve()
    gpu.broken.clear()
    log.log({"a": tensor(1.5, index=1)})
    gpu.run(Device("cuda", 1))
    gpu.run(Device("cuda", 0))
    log.resolve()
    assert found(log) == [(0, {}), (1, {"a": 1.5})]


def test_what_has_not_arrived_at_the_end_is_counted_and_the_rest_is_kept(gpu, tensor, log, journals):
    log.log({"a": tensor(0.5)})
    gpu.run()
    log.log({"a": tensor(1.5), "b": 2.5})
    log.settle(0)
    log.finish("finished", None)
    gpu.run()
    assert found(log) == [(0, {"a": 0.5}), (1, {"b": 2.5})]
    end = journals()[0][-1]
    assert isinstance(end, Finish)
    assert (end.rows, end.refused) == (2, {"value": 1})
    assert "still on its device when the run ended" in log.told[0]


def test_a_writer_that_is_closed_unfinished_keeps_what_has_arrived(gpu, tensor, log):
    log.log({"a": tensor(0.5)})
    gpu.run()
    log.close(remove=False)
    assert found(log) == [(0, {"a": 0.5})]


def test_a_number_of_a_graph_that_is_being_captured_is_refused_untouched(gpu, tensor, log):
    gpu.capturing = True
    log.log({"a": tensor(0.5), "b": 1.0})
    assert found(log) == [(0, {"b": 1.0})]
    assert log.refused == {"value": 1}
    assert not any(gpu.work.values())


@pytest.mark.parametrize("whole", [True, False])
def test_a_number_that_other_ranks_have_a_part_of_is_refused(gpu, tensor, log, whole):
    distributed = tensor(math.nan)
    distributed.placements = [types.SimpleNamespace(is_replicate=lambda: whole)]
    distributed.to_local = lambda: tensor(0.5)
    log.log({"a": distributed})
    gpu.run()
    log.resolve()
    assert found(log) == [(0, {"a": 0.5} if whole else {})]
    assert log.refused == ({} if whole else {"value": 1})
    assert gpu.waited == []


def test_steps_and_what_is_nested_are_read_on_the_spot(gpu, tensor, log, journals):
    log.log({"a": [tensor(0.5)], "b": {"c": tensor(1.5)}}, tensor(7, dtype="int64"))
    log.configure({"lr": tensor(0.25)}, ())
    assert found(log) == [(7, {"a": [0.5], "b": {"c": 1.5}})]
    assert journals()[0][-1].values == {"lr": 0.25}
    assert Counter(gpu.waited) == {"item": len(gpu.waited)}


def test_no_tensor_goes_the_short_way(gpu, tensor, log):
    import torch

    for value in (torch.Tensor(0.5), tensor(1.5), torch.Tensor(2, dtype="int64")):
        log.log({"a": value})
        gpu.run()
        log.resolve()
    assert [values["a"] for _, values in found(log)] == [0.5, 1.5, 2]
    assert log._shapes._known == {}
    assert gpu.waited == []


def test_a_forked_child_leaves_what_waits_to_its_parent(gpu, tensor, log):
    log.log({"a": tensor(0.5)})
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            log.orphan()
            gpu.run()
            status = 0 if log.resolve() is False and log._waiting.pool.out == 0 and devices._inherited else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    gpu.run()
    log.resolve()
    assert found(log) == [(0, {"a": 0.5})]


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_a_row_is_journaled_without_another_call_once_its_number_is_there(
    gpu, tensor, places, journals, starts, until, mode
):
    run = Run(Beginning("a", "p", "n"), places, Settings(mode=mode, finish_seconds=0))
    run.log({"a": tensor(0.5)})
    gpu.run()
    until(lambda: [record.values for record in journals()[0] if isinstance(record, Row)] == [{"a": 0.5}], "the row")
    run.finish()
    until(lambda: "trackio-arrivals" not in {thread.name for thread in threading.enumerate()}, "the thread's end")
    assert gpu.waited == []


def test_the_end_of_a_run_waits_a_while_for_its_numbers(gpu, tensor, places, journals, monkeypatch):
    monkeypatch.setattr(process, "_look_after", lambda _: None)
    run = Run(Beginning("a", "p", "n"), places, Settings(mode="offline"))
    run.log({"a": tensor(0.5)})
    monkeypatch.setattr(writer.time, "sleep", lambda _: gpu.run())
    run.finish()
    assert [record.values for record in journals()[0] if isinstance(record, Row)] == [{"a": 0.5}]
