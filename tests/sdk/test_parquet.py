from __future__ import annotations

import numpy as np
import pytest

from trackio import parquet


def test_what_was_written_in_pieces_is_read_row_by_row(tmp_path):
    path = tmp_path / "a.parquet"
    writer = parquet.Writer(path, ["x"])
    for first in (0, 3):
        steps = np.arange(first, first + 3)
        writer.write(steps, 1_700_000_000 + steps / 1000, {"x": (steps / 2, steps % 2 == 1)})
    writer.close()
    rows = list(parquet.rows(path, ["x", "step", "none"]))
    assert [row["x"] for row in rows] == [0.0, None, 1.0, None, 2.0, None]
    assert [row["step"] for row in rows] == list(range(6))
    (*_, last) = parquet.rows(path, ["timestamp"])
    assert last["timestamp"].timestamp() == pytest.approx(1_700_000_000.005, abs=1e-6)


def test_what_is_no_parquet_file_is_refused_by_name(tmp_path):
    (tmp_path / "a.parquet").write_text("step,loss\n1,2\n")
    with pytest.raises(ValueError, match=r"a\.parquet"):
        list(parquet.rows(tmp_path / "a.parquet", ["step"]))
