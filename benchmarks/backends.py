"""The trackers that are measured, each behind the same three calls; run in whichever environment has them."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Log = Callable[[dict[str, Any], int], None]
    Tracker = tuple[Log, Callable[[], None]]


def open_tracker(name: str) -> Tracker:
    """Return `(log, finish)` of a fresh run; raises ImportError if it is not installed, KeyError if unknown."""
    return _OPENERS[name]()


def _none() -> Tracker:
    return (lambda row, step: None), (lambda: None)


def _trackio() -> Tracker:
    import trackio

    trackio.init(project="benchmark", auto_log_gpu=False, auto_log_cpu=False)
    return (lambda row, step: trackio.log(row)), trackio.finish


def _wandb() -> Tracker:
    os.environ |= {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_DIR": tempfile.mkdtemp()}
    import wandb

    wandb.init(project="benchmark")
    return (lambda row, step: wandb.log(row)), wandb.finish


def _tensorboardx() -> Tracker:
    from tensorboardX import SummaryWriter

    writer = SummaryWriter(tempfile.mkdtemp())

    def log(row: dict[str, Any], step: int) -> None:
        for key, value in row.items():
            writer.add_scalar(key, value, step)

    return log, writer.close


def _mlflow() -> Tracker:
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{tempfile.mkdtemp()}/mlflow.db")
    mlflow.start_run()
    return (lambda row, step: mlflow.log_metrics(row, step=step)), mlflow.end_run


def _aim() -> Tracker:
    import aim

    run = aim.Run(repo=tempfile.mkdtemp(), system_tracking_interval=None)

    def log(row: dict[str, Any], step: int) -> None:
        for key, value in row.items():
            run.track(value, name=key, step=step)

    return log, run.close


_OPENERS: dict[str, Callable[[], Tracker]] = {
    "none": _none,
    "trackio": _trackio,
    "wandb": _wandb,
    "tensorboardX": _tensorboardx,
    "mlflow": _mlflow,
    "aim": _aim,
}
