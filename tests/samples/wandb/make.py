"""Wrote the files here with wandb: `WANDB_DIR=. python make.py` in a folder of its own."""

import shutil
from pathlib import Path

import numpy as np
import wandb

ABOUT = {"mode": "offline", "project": "demo", "tags": ["a", "b"], "notes": "a note", "group": "g"}
WITHOUT = ("x_disable_meta", "x_disable_stats", "disable_code", "disable_git", "x_disable_machine_info")
SETTINGS = wandb.Settings(host="node-1", console="off", **dict.fromkeys(WITHOUT, True))

config = {"lr": 0.1, "net": {"depth": 3}}
with wandb.init(name="first run", id="first001", config=config, settings=SETTINGS, **ABOUT) as run:
    run.config.update({"late": 1})
    for step in range(4):
        run.log({"loss": float("nan") if step == 2 else 1 / (step + 1), "train/acc": step, "big": float("inf")})
    run.log({"text": "hello", "nested": {"a": 1.5, "b": [1, 2]}, "hist": wandb.Histogram([1, 2, 2])}, step=10)
    grey = [wandb.Image(np.full((4, 6, 3), 50 * number, np.uint8), caption=f"no {number}") for number in (1, 2, 3)]
    table = wandb.Table(columns=["n", "word"], data=[[1, "a"], [2, None]])
    run.log({"picture": grey[0], "pictures": grey[1:], "table": table}, step=15)
    run.log({"late": 3, "flag": True}, step=20)
files = {run.settings.sync_file: "first.wandb"}
media = Path(run.settings.files_dir) / "media"

run = wandb.init(name="long", id="long0001", settings=SETTINGS, **ABOUT)
for step in range(16):
    run.log({"text": "x" * 1_000, "step2": step * step})
run.finish(exit_code=3)
files[run.settings.sync_file] = "long.wandb"

with wandb.init(name="summed up", id="summed01", settings=SETTINGS, **ABOUT) as run:
    run.define_metric("acc", summary="max")
    for step in range(3):
        run.log({"loss": 1 / (step + 1), "acc": 1 - step})
    run.summary["best/acc"] = 0.93
    run.summary["report"] = {"words": 12, "text": "fine"}
files[run.settings.sync_file] = "summed.wandb"

wandb.teardown()
shutil.copytree(media, "files/media", dirs_exist_ok=True)
for file, name in files.items():
    shutil.copy(Path(file), name)
