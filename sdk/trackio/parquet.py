"""Parquet files, through pyarrow: `pip install trackio[parquet]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    raise ImportError("Parquet files need pyarrow: pip install 'trackio[parquet]'") from error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


class Writer:
    """Writes one table in pieces: `step`, `timestamp` (UTC) and a column of numbers per key. write() · close()."""

    def __init__(self, path: Path, keys: Sequence[str]) -> None:
        columns = [
            ("step", pa.int64()),
            ("timestamp", pa.timestamp("us", "UTC")),
            *((key, pa.float64()) for key in keys),
        ]
        self._schema = pa.schema(columns)
        self._file = pq.ParquetWriter(path, self._schema)

    def write(self, steps: Any, times: Any, columns: Mapping[str, tuple[Any, Any]]) -> None:
        """Add rows: steps, times in seconds since the epoch, and per key its values and where there are none."""
        arrays = [
            pa.array(steps),
            pa.array((times * 1e6).round().astype("int64")).cast(self._schema.field("timestamp").type),
            *(pa.array(values, mask=missing) for values, missing in columns.values()),
        ]
        self._file.write_table(pa.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """End the file."""
        self._file.close()


def rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file, some columns only, a piece at a time; raises ValueError for what is no such file."""
    try:
        with pq.ParquetFile(path) as file:
            there = [name for name in columns if name in file.schema_arrow.names]
            for batch in file.iter_batches(batch_size=10_000, columns=there):
                yield from batch.to_pylist()
    except pa.ArrowInvalid as error:
        raise ValueError(f"{path} cannot be read as Parquet: {error}") from error
