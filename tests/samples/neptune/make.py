"""Wrote the files here, with the storage layer of neptune-exporter on the path: `python make.py` in this folder.

The service that it exports from is no more, so the values are given by hand, in the rows that its exporter makes.
"""

from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from neptune_exporter.model import SCHEMA
from neptune_exporter.storage.parquet_writer import ParquetWriter
from PIL import Image

START = 1_700_000_000
PROJECT = "space/demo"


def when(seconds):
    return datetime.fromtimestamp(START + seconds, timezone.utc)


def batch(run, rows):
    about = dict.fromkeys(SCHEMA.names) | {"project_id": PROJECT, "run_id": run}
    return pa.RecordBatch.from_pylist([about | row for row in rows], schema=SCHEMA)


def attribute(path, kind, value):
    return {"attribute_path": path, "attribute_type": kind, f"{kind}_value": value}


def series(path, kind, step, value, column):
    place = {"step": Decimal(step).quantize(Decimal("1.000000")), "timestamp": when(float(step))}
    return {"attribute_path": path, "attribute_type": kind, column: value} | place


Path("files").mkdir(exist_ok=True)
Image.new("RGB", (4, 4), (9, 9, 9)).save("files/x.png")
storage = ParquetWriter(Path("data"), target_part_size_bytes=1)
with storage.run_writer(PROJECT, "DEM-1") as writer:
    parameters = [
        attribute("parameters/lr", "float", 0.1),
        attribute("parameters/depth", "int", 3),
        attribute("parameters/amp", "bool", True),
        attribute("parameters/when", "datetime", when(1)),
        attribute("sys/tags", "string_set", ["a", "b"]),
        attribute("sys/name", "string", "an experiment"),
        attribute("sys/creation_time", "datetime", when(0)),
        attribute("sys/owner", "string", "ada"),
        attribute("sys/hostname", "string", "node-1"),
        attribute("sys/description", "string", "a note"),
        attribute("sys/failed", "bool", True),
    ]
    writer.save(batch("DEM-1", parameters))
    metrics = []
    for step in range(4):
        value = float("nan") if step == 2 else 1 / (step + 1)
        metrics.append(series("metrics/loss", "float_series", str(step), value, "float_value"))
        metrics.append(series("metrics/acc", "float_series", str(step), step * 1.0, "float_value"))
    writer.save(batch("DEM-1", metrics))
    histogram = {"type": "COUNTING", "edges": [0.0, 1.0, 2.0], "values": [3.0, 1.0]}
    others = [
        series("logs/text", "string_series", "1", "hello", "string_value"),
        series("weights", "histogram_series", "2", histogram, "histogram_value"),
        series("pictures", "file_series", "3", {"path": "x.png"}, "file_value"),
        attribute("model", "file", {"path": "none.pt"}),
    ]
    writer.save(batch("DEM-1", others))
with storage.run_writer(PROJECT, "fractions") as writer:
    rows = [series("loss", "float_series", step, 1.0, "float_value") for step in ("0.25", "0.5", "2")]
    writer.save(batch("fractions", rows))
