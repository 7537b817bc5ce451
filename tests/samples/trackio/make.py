"""Wrote the files here with the original trackio: `TRACKIO_DIR=… python make.py`."""

import time

import numpy as np

import trackio

for number in range(2):
    # Two runs of one name, the second in a group.
    trackio.init(project="demo", name="same", config={"lr": 0.1, "net": {"depth": 3}}, group="g" if number else None)
    for step in range(4):
        trackio.log({"loss": float("nan") if step == 2 else 1 / (step + 1), "train/acc": step}, step=step * 10)
    trackio.finish()
trackio.init(project="demo", name="rich", config={"note": "ü"})
image = trackio.Image(np.full((4, 6, 3), 200, np.uint8), caption="grey")
trackio.log({"sample": image, "text": "hello", "big": float("inf")})
trackio.log({"table": trackio.Table(columns=["n", "word"], data=[[1, "a"], [2, None]]), "list": [1, {"a": 2}]})
trackio.log({"hist": trackio.Histogram([1, 2, 2, 3], num_bins=2), "doc": trackio.Markdown("# hi")})
trackio.log_system({"gpu/0/utilization": 5})
trackio.alert("careful", text="text")
time.sleep(1)
trackio.finish()

# Smaller pages: the file is kept in a repository.
import os  # noqa: E402
import sqlite3  # noqa: E402
from contextlib import closing  # noqa: E402

with closing(sqlite3.connect(os.environ["TRACKIO_DIR"] + "/demo.db")) as base:
    base.execute("PRAGMA journal_mode = DELETE")
    base.execute("PRAGMA page_size = 512")
    base.execute("VACUUM")
