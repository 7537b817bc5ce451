"""Wrote the files here with MLflow: `MLFLOW_ALLOW_FILE_STORE=true python make.py` in a folder of its own."""

import sqlite3
from contextlib import closing

from mlflow.entities import Metric, Param, RunTag
from mlflow.tracking import MlflowClient

START = 1_700_000_000_000

for uri in ("sqlite:///mlflow.db", "file:./mlruns"):
    client = MlflowClient(tracking_uri=uri)
    experiment = client.create_experiment("demo: one", artifact_location="./none")
    parent = {}
    for number, status in enumerate(("FINISHED", "FAILED", "RUNNING")):
        run = client.create_run(
            experiment, start_time=START + number, run_name=f"run {number}", tags={"team": "a", **parent}
        )
        parent = parent or {"mlflow.parentRunId": run.info.run_id}
        metrics = [Metric("val/loss", 1 / (step + 1), START + step, step) for step in range(3)]
        metrics.append(Metric("acc", float("nan"), START + 1, 1))
        metrics.append(Metric("acc", float("inf"), START + 2, 2))
        params = [Param("lr", "0.1"), Param("name", "adam\nw"), Param("layers", "[1, 2]"), Param("amp", "True")]
        client.log_batch(run.info.run_id, metrics, params, [RunTag("mlflow.note.content", "a note")])
        if status != "RUNNING":
            client.set_terminated(run.info.run_id, status, START + 5_000)
    client.delete_run(client.create_run(experiment, run_name="deleted").info.run_id)

# Only what is read, in small pages: the file is kept in a repository.
KEPT = {"alembic_version", "experiments", "runs", "metrics", "params", "tags"}
with closing(sqlite3.connect("mlflow.db")) as base:
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if name not in KEPT:
            base.execute(f"DROP TABLE {name}")
    base.execute("PRAGMA page_size = 512")
    base.execute("VACUUM")
