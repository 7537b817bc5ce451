"""Named columns of one length, and the data frames that other libraries make of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Columns(Mapping[str, Any]):
    """Columns by name, NumPy arrays or lists, all of `rows` rows; to_pandas() and to_polars() need these libraries."""

    def __init__(self, columns: Mapping[str, Any]) -> None:
        self._columns = dict(columns)
        #: Number of rows of every column.
        self.rows = len(next(iter(self._columns.values()), ()))

    def __getitem__(self, name: str) -> Any:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        return f"<{self.rows} rows of {', '.join(self._columns)}>"

    def to_pandas(self) -> Any:
        """Return a pandas DataFrame; raises ImportError without pandas."""
        import pandas as pd  # noqa: PLC0415 -- only callers that have it call this

        return pd.DataFrame(self._columns)

    def to_polars(self) -> Any:
        """Return a Polars DataFrame; raises ImportError without Polars."""
        import polars as pl  # noqa: PLC0415 -- only callers that have it call this

        return pl.DataFrame(self._columns, strict=False)
