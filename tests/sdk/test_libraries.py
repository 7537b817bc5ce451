"""The very calls that other libraries make."""

from __future__ import annotations

import enum
import importlib.metadata
import importlib.util
from pathlib import Path

import pytest
from packaging.version import Version

import trackio
from trackio import context_vars


def test_libraries_find_the_package_and_the_distribution():
    assert importlib.util.find_spec("trackio") is not None
    assert importlib.metadata.metadata("trackio")["Name"] == "trackio"
    assert Version(trackio.__version__) >= Version("0.21.1")


class Kind(enum.Enum):
    LORA = "lora"


def test_the_calls_of_the_trainer_s_callback_leave_what_it_logged(storing, stored):
    trackio.init(project="p", name="n", space_id=None, resume="allow", private=None, bucket_id=None)
    assert context_vars.current_space_id.get() is None
    peft = type("Peft", (), {"__repr__": lambda _: "LoraConfig(r=8)", "__str__": lambda _: "LoraConfig(r=8)"})()
    combined = {"lr": 1e-4, "peft_config": {"default": peft}, "kind": Kind.LORA, "output_dir": Path("out"), "eos": None}
    trackio.config.update(combined, allow_val_change=True)
    trackio.config["model/num_parameters"] = 7_000_000_000
    for step in range(10):
        trackio.log({"train/loss": 1 / (step + 1), "train/global_step": step})
    trackio.log({"eval/loss": 0.5, "train/global_step": 10})
    trackio.log({"test_loss": 0.4})
    trackio.finish()
    project = context_vars.current_project.get()
    with pytest.warns(UserWarning, match="sync"):
        trackio.sync(project=project, sdk="static", space_id=None, private=None, bucket_id=None, force=True)
    run = stored.runs()["n"]
    assert (run.status, run.rows, run.refused) == ("finished", 12, {})
    assert run.config == {
        "lr": 1e-4,
        "peft_config": {"default": "LoraConfig(r=8)"},
        "kind": "lora",
        "output_dir": "out",
        "eos": None,
        "model/num_parameters": 7_000_000_000,
    }
    assert run.summary["train/global_step"].last == 10
    assert stored.steps("n", "train/loss") == list(range(10))


def test_the_trainer_s_callback_may_have_no_name_for_its_run(storing, stored):
    run = trackio.init(project="p", name=None, space_id=None, resume="allow", private=None, bucket_id=None)
    trackio.log({"train/loss": 1.0})
    trackio.finish()
    assert stored.runs()[run.name].rows == 1


def test_the_calls_of_the_accelerator_s_tracker_leave_what_it_logged(storing, stored):
    run = trackio.init(project="p", name="n", config={"seed": 1})
    trackio.config.update({"lr": 0.1, "seed": 2}, allow_val_change=True)
    run.log({"loss": 1.0}, step=0)
    run.log({"loss": 0.5}, step=10)
    run.log({"loss": 0.25})
    run.finish()
    found = stored.runs()["n"]
    assert (found.status, found.rows, found.config) == ("finished", 3, {"seed": 2, "lr": 0.1})
    assert stored.steps("n", "loss") == [0, 10, 11]
