"""trackio/devices.py with JAX, of which there is a stand-in, and with torch itself where it is installed."""

from __future__ import annotations

import math
import sys
import types

import pytest

from trackio import devices
from trackio.devices import Number, Pool
from trackio.settings import Settings
from trackio.wire import Row, RunStart
from trackio.writer import Writer

START = RunStart("0" * 32, "p", "n", None, {}, "never", 1)


class Array:
    """A JAX array: immutable, computed later, and gone once its memory is given away."""

    def __init__(self, value, platform="gpu", ready=False, size=1, whole=True):
        self.value, self.platform, self.computed, self.size = value, platform, ready, size
        self.is_fully_addressable, self.deleted, self.copies, self.fetched = whole, False, [], False
        self.waited = []

    def is_ready(self):
        return self.computed

    def devices(self):
        return [types.SimpleNamespace(platform=self.platform)]

    def copy(self):
        assert self.is_fully_addressable, "a computation that every process must take part in"
        self.copies.append(Array(self.value, self.platform))
        return self.copies[-1]

    def copy_to_host_async(self):
        self.fetched = True

    def addressable_data(self, _):
        self.copies.append(Array(self.value, self.platform))
        return self.copies[-1]

    def item(self):
        assert not self.deleted, "Array has been deleted"
        if not (self.computed and (self.fetched or self.platform == "cpu")):
            self.waited.append("item")
        return self.value


@pytest.fixture
def jax(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", types.SimpleNamespace(Array=Array))


@pytest.fixture
def log(places, journals):
    """A writer; rows() is what it has journaled."""
    made = Writer(places, Settings(), START, first_step=0, relative=False)
    made.journaled = lambda: [record.values for record in journals()[0] if isinstance(record, Row)]
    yield made
    made.close(remove=True)


def test_a_jax_number_is_had_once_it_is_computed_even_if_its_memory_was_given_to_the_next_step(jax, log):
    loss = Array(0.5)
    log.log({"loss": loss, "lr": 0.1})
    loss.deleted = True
    (copy,) = loss.copies
    assert (log.resolve(), log.journaled()) == (True, [])
    copy.computed = True
    assert log.resolve() is False
    assert log.journaled() == [{"loss": 0.5, "lr": 0.1}]
    assert loss.waited == copy.waited == []
    assert log._waiting.pool.out == 0


def test_a_jax_number_that_fails_to_be_computed_is_counted(jax, log, monkeypatch):
    loss = Array(0.5)
    log._warn = lambda *_, **__: None
    log.log({"loss": loss, "lr": 0.1})
    monkeypatch.setattr(loss.copies[0], "is_ready", lambda: 1 / 0)
    log.resolve()
    assert (log.journaled(), log.refused) == ([{"lr": 0.1}], {"value": 1})


def test_what_jax_has_on_the_cpu_already_is_journaled_at_once(jax, log):
    there, later = Array(0.5, "cpu", ready=True), Array(1.5, "cpu")
    log.log({"a": there})
    assert log.journaled() == [{"a": 0.5}]
    log.log({"a": later})
    assert log.journaled() == [{"a": 0.5}]
    later.copies[0].computed = True
    log.resolve()
    assert log.journaled() == [{"a": 0.5}, {"a": 1.5}]
    assert there.copies == there.waited == later.waited == []


def test_of_an_array_of_many_processes_only_the_own_part_is_computed_with(jax, log):
    everywhere = Array(0.5, whole=False)
    log.log({"a": everywhere})
    (own,) = everywhere.copies
    own.copies[0].computed = True
    log.resolve()
    assert log.journaled() == [{"a": 0.5}]


def test_what_jax_traces_is_refused_since_it_has_no_number(jax, log):
    class Tracer(Array):
        shape = ()

        def __getattribute__(self, name):
            if name in {"is_ready", "copy_to_host_async"}:
                raise AttributeError(name)
            return super().__getattribute__(name)

        def item(self):
            raise TypeError("Abstract tracer value encountered where concrete value is expected")

    log._warn = lambda *_, **__: None
    log.log({"a": Tracer(0.0), "b": 1.0})
    assert (log.journaled(), log.refused) == ([{"b": 1.0}], {"value": 1})


@pytest.mark.parametrize("module", [None, types.SimpleNamespace(), types.SimpleNamespace(Tensor=..., Array=...)])
def test_libraries_that_are_absent_or_half_imported_do_no_harm(monkeypatch, module):
    for name in ("torch", "jax"):
        monkeypatch.setitem(sys.modules, name, module)
    thing = object()
    assert Pool().take(thing) is thing
    assert Pool().sealed() is None


def test_importing_trackio_imports_no_library_of_devices(script):
    script("assert not {'torch', 'jax', 'ctypes.util'} & set(sys.modules)")


# ------------------------------------------------------------------------------------------------- torch itself


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def test_torch_numbers_on_the_cpu_are_exact_and_journaled_at_once(torch, log):
    given = {
        "float32": torch.tensor(0.1, requires_grad=True) * 1,
        "bfloat16": torch.tensor(0.1, dtype=torch.bfloat16),
        "float16": torch.tensor([0.1], dtype=torch.float16),
        "float64": torch.tensor([[0.1]], dtype=torch.float64),
        "int64": torch.tensor(2**62 + 1),
        "uint8": torch.tensor([255], dtype=torch.uint8),
        "bool": torch.tensor(True),
        "inf": torch.tensor(math.inf),
        "parameter": torch.nn.Parameter(torch.tensor(2.0)),
    }
    for _ in range(2):
        log.log(given)
    assert log.journaled() == [{name: value.item() for name, value in given.items()}] * 2
    assert log._shapes._known == {}


def test_torch_makes_memory_of_every_type_that_may_be_written_to_whatever_the_mode(torch, monkeypatch):
    empty = torch.empty
    monkeypatch.setattr(torch, "empty", lambda *size, pin_memory, **kind: empty(*size, pin_memory=False, **kind))
    pool = Pool()
    for dtype, value in (
        (torch.bfloat16, 0.5),
        (torch.float8_e4m3fn, 0.5),
        (torch.int64, 2**62 + 1),
        (torch.bool, True),
    ):
        with torch.inference_mode():
            slots = [pool._slot(torch, dtype)]
        slots.append(pool._slot(torch, dtype))
        for slot in slots:
            slot.copy_(torch.tensor([value]).to(dtype).detach().reshape(()), non_blocking=True)
            assert (slot.item(), slot.dtype) == (value, dtype)
        assert len(pool._slots[dtype]) == devices._SLAB - 2


@pytest.mark.filterwarnings("ignore:Synchronization debug mode")
def test_a_cuda_number_is_exact_and_nobody_synchronises(torch, log, until):
    if not torch.cuda.is_available():
        pytest.skip("no GPU")
    value = torch.tensor(0.5, device="cuda", requires_grad=True)
    pool = Pool()
    assert type(pool.take(value)) is Number  # pins memory, which may wait
    log.log({"a": value})
    torch.cuda.set_sync_debug_mode("error")
    try:
        torch.cuda._sleep(200_000_000)
        for dtype in (torch.float32, torch.bfloat16, torch.int64):
            number = torch.ones((1,), device="cuda", dtype=dtype)
            log.log({"a": number})
            number.zero_()
        assert len(log._waiting.rows) == 3 + 1
    finally:
        torch.cuda.set_sync_debug_mode("default")
    until(lambda: not log.resolve(), "the numbers")
    assert [row["a"] for row in log.journaled()] == [0.5, 1.0, 1.0, 1]
