"""A table's file is what it says it is, or is refused by name."""

from __future__ import annotations

import pytest

from trackio.errors import ProtocolError
from trackio.wire import pack
from trackiod import tables


def test_rows_are_counted(tmp_path):
    file = tmp_path / "table"
    file.write_bytes(pack([["prompt", "reward"], [["a", 0.5], ["b", None], ["c", {"_type": "trackio.image"}]]]))
    assert tables.rows(file) == 3


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", pack({}), pack([[], [], []]), pack([[1], []]), pack([["a"], [[1, 2]]]), pack([["a"], ["b"]])],
)
def test_anything_else_is_refused(tmp_path, content):
    file = tmp_path / "table"
    file.write_bytes(content)
    with pytest.raises(ProtocolError):
        tables.rows(file)


def test_a_table_past_the_limit_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_BYTES", 10)
    file = tmp_path / "table"
    file.write_bytes(pack([["a"], [["b"]] * 10]))
    with pytest.raises(ProtocolError, match="at most 10"):
        tables.rows(file)
