from __future__ import annotations

import numpy as np

from trackio.columns import Columns

COLUMNS = Columns({"step": np.arange(3), "tags": [["a"], [], None], "lr": [0.1, None, "auto"]})


def test_columns_are_a_mapping_that_knows_its_rows():
    assert list(COLUMNS) == ["step", "tags", "lr"]
    assert (len(COLUMNS), COLUMNS.rows, COLUMNS["lr"][2]) == (3, 3, "auto")
    assert (len(Columns({})), Columns({}).rows) == (0, 0)
    assert repr(COLUMNS) == "<3 rows of step, tags, lr>"


def test_they_become_frames_of_other_libraries():
    assert list(COLUMNS.to_pandas().columns) == list(COLUMNS)
    assert COLUMNS.to_pandas()["step"].tolist() == [0, 1, 2]
    assert COLUMNS.to_polars().columns == list(COLUMNS)
    assert COLUMNS.to_polars()["step"].to_list() == [0, 1, 2]


def test_libraries_are_loaded_only_when_they_are_asked_for():
    import subprocess
    import sys

    code = "import sys, trackio.columns, trackio.api; print(*{'pandas', 'polars', 'numpy'} & set(sys.modules))"
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert outcome.stdout.strip() == ""
