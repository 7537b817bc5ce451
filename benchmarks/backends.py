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


def media_of(name: str) -> tuple[Callable[[], Any] | None, Callable[[], Any] | None]:
    """Return what makes a 256 × 256 RGB image and a 60-frame 128 × 128 video to log; None for what there is not."""
    return _MEDIA.get(name, lambda: (None, None))()


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


def _trackio_media() -> tuple[Callable[[], Any], Callable[[], Any]]:
    import numpy as np

    import trackio

    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (256, 256, 3), np.uint8)
    video = rng.integers(0, 256, (60, 3, 128, 128), np.uint8)
    return (lambda: trackio.Image(image)), (lambda: trackio.Video(video, fps=30))


def _wandb_media() -> tuple[Callable[[], Any], Callable[[], Any] | None]:
    import numpy as np
    import wandb

    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (256, 256, 3), np.uint8)
    return (lambda: wandb.Image(image)), None


#: Module whose import is what a script pays for each.
IMPORTS = {name: name for name in ("trackio", "wandb", "tensorboardX", "mlflow", "aim")} | {"none": "sys"}
_MEDIA: dict[str, Callable[[], tuple[Callable[[], Any] | None, Callable[[], Any] | None]]] = {
    "trackio": _trackio_media,
    "wandb": _wandb_media,
}
_OPENERS: dict[str, Callable[[], Tracker]] = {
    "none": _none,
    "trackio": _trackio,
    "wandb": _wandb,
    "tensorboardX": _tensorboardx,
    "mlflow": _mlflow,
    "aim": _aim,
}
