"""Neptune: what its `neptune-exporter` made, a folder of Parquet files and one of the runs' own files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final

from trackio import media
from trackio.past import Past, PastRow, joined

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Parts of a run are numbered; the text before is the run.
_PART: Final = re.compile(r"(.+)_part_(\d+)\.parquet")
_ABOUT: Final = ("project_id", "run_id", "attribute_path", "attribute_type", "step", "timestamp")
#: The column that holds a value of each type, of attributes and of series.
_SETTINGS: Final = {
    "float": "float_value",
    "int": "int_value",
    "string": "string_value",
    "bool": "bool_value",
    "datetime": "datetime_value",
    "string_set": "string_set_value",
}
_SERIES: Final = {
    "float_series": "float_value",
    "string_series": "string_value",
    "histogram_series": "histogram_value",
    "file_series": "file_value",
}


def runs(path: Path, project: str | None = None) -> Iterator[Past]:
    """Yield the runs below a folder (such as `exports/data`); their files are in the folder `files` beside it.

    Raises FileNotFoundError without any, ImportError without pyarrow, ValueError naming what is no such file.
    """
    found: dict[Path, dict[int, Path]] = {}
    for file in sorted(path.rglob("*.parquet")):
        part = _PART.fullmatch(file.name)
        if part is not None:
            found.setdefault(file.with_name(part[1]), {})[int(part[2])] = file
    if not found:
        raise FileNotFoundError(f"there is no exported run (…_part_0.parquet) in {path}")
    for run, parts in found.items():
        yield _run([parts[number] for number in sorted(parts)], _files(run), project)


def _files(run: Path) -> Path:
    """Return where the files of the runs are: the export names its two folders so."""
    inside = [folder.with_name("files") for folder in run.parents if folder.name == "data"]
    return inside[0] if inside else run.parent / "files"


@dataclass(slots=True)
class _About:
    """What a first look at all rows of a run tells."""

    project: str = ""
    run: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    first: float | None = None
    decimals: int = 0

    def see(self, row: dict[str, Any]) -> None:
        """Take one more row into account."""
        self.project, self.run = row["project_id"], row["run_id"]
        if row["attribute_type"] in _SETTINGS:
            self.settings[row["attribute_path"]] = row[_SETTINGS[row["attribute_type"]]]
        if row["timestamp"] is not None:
            time = row["timestamp"].timestamp()
            self.first = time if self.first is None else min(self.first, time)
        if row["step"] is not None:
            self.decimals = max(self.decimals, -row["step"].normalize().as_tuple().exponent)


def _run(files: list[Path], beside: Path, project: str | None) -> Past:
    about = _About()
    for row in _read(files, (*_ABOUT, *_SETTINGS.values())):
        about.see(row)
    own = {name.removeprefix("sys/"): value for name, value in about.settings.items() if name.startswith("sys/")}
    created = own.get("creation_time")
    factor = 10**about.decimals
    scaled = f"steps are Neptune's × {factor}" if factor > 1 else None
    return Past(
        tool="neptune",
        key=f"{about.project}/{about.run}",
        project=project or about.project,
        name=about.run,
        rows=lambda: joined(_rows(files, beside, factor)),
        started=created.timestamp() if isinstance(created, datetime) else about.first or 0.0,
        status="failed" if own.get("failed") else "finished",
        error="failed" if own.get("failed") else None,
        group=own.get("name"),
        config={name: _plain(value) for name, value in about.settings.items() if not name.startswith("sys/")},
        tags=tuple(str(tag) for tag in own.get("tags") or ()),
        notes="\n".join(filter(None, (own.get("description"), scaled))) or None,
        user=own.get("owner") or "",
        host=own.get("hostname") or "",
    )


def _plain(value: Any) -> Any:
    return value.astimezone(timezone.utc).isoformat() if isinstance(value, datetime) else value


def _rows(files: list[Path], beside: Path, factor: int) -> Iterator[PastRow]:
    for row in _read(files, (*_ABOUT, *dict.fromkeys(_SERIES.values()))):
        kind, step, when = row["attribute_type"], row["step"], row["timestamp"]
        if kind in _SERIES and step is not None and row[_SERIES[kind]] is not None:
            value = _value(kind, row[_SERIES[kind]], beside)
            yield PastRow(int(step * factor), when.timestamp() if when else 0.0, {row["attribute_path"]: value})


def _value(kind: str, value: Any, beside: Path) -> Any:
    try:
        if kind == "histogram_series":
            return media.Histogram(np_histogram=(value["values"], value["edges"]))
        if kind == "file_series":
            file = (beside / value["path"]).resolve()
            file.relative_to(beside.resolve())
            return media.Image(file)
    except (KeyError, TypeError, ValueError, OSError) as error:
        return f"{kind} that cannot be read: {error}"
    return value


def _read(files: list[Path], columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    from trackio import parquet  # noqa: PLC0415 -- pyarrow only where it is asked for

    for file in files:
        for row in parquet.rows(file, columns):
            if len(row) < len(columns):
                raise ValueError(f"{file}: has not the columns of neptune-exporter")
            yield row
