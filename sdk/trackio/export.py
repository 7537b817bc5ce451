"""Runs as files that other tools read: CSV, JSON lines, Parquet, TensorBoard's event files; a page at a time."""

from __future__ import annotations

import csv
import json
import math
import re
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final, Protocol

from trackio import tfevents
from trackio.stored import KINDS, Logged, StoredMedia, media_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from trackio.history import Block
    from trackio.stored import StoredRun

#: What `runs.jsonl` tells of a run.
_ABOUT: Final = (
    *("id", "project", "name", "group", "status", "error", "tags", "notes", "user", "host", "command", "rows"),
    *("created", "started", "ended", "config", "summary"),
)


class Writer(Protocol):
    """Writes the blocks of one run, in order."""

    def write(self, block: Block) -> None:
        """Add the rows of a block."""

    def close(self) -> None:
        """End the file."""


def run(of: StoredRun, to: Path, form: str, kind: str = "scalar") -> Path:
    """Write every point of a run's metrics, or of its "system" metrics; return the path, see `StoredRun.export`."""
    suffix = _suffix(form)
    if form == "tensorboard":
        to.mkdir(parents=True, exist_ok=True)
        target = to / f"events.out.tfevents.{int(of.created)}.{_safe(of.host)}.{of.id}"
    else:
        target = to / f"{_safe(of.name)}{suffix}" if to.is_dir() else to
    with _finished(target) as file, closing(_writer(form, file, of, kind)) as writer:
        for block in of.blocks(kind=kind):
            writer.write(block)
    return to if form == "tensorboard" else target


def runs(found: Iterable[StoredRun], to: Path, form: str, *, media: bool) -> list[Path]:
    """Write runs and what is known of them into a folder; return the paths, see `Api.export`."""
    suffix = _suffix(form)
    to.mkdir(parents=True, exist_ok=True)
    paths, taken = [], set[str]()
    with _finished(to / "runs.jsonl") as file, file.open("w", encoding="utf-8") as listing:
        for one in found:
            name = _safe(one.name)
            # Runs may share a name, and names that differ may be the same once they are safe.
            name = f"{name}-{one.id[:8]}" if name.lower() in taken else name
            taken.add(name.lower())
            paths.append(run(one, to / f"{name}{suffix}", form))
            if one.metrics("system"):
                paths.append(run(one, to / f"{name}.system{suffix}", form, "system"))
            paths += [*_values(one, to / name, media=media), *_alerts(one, to / name)]
            about = {field: getattr(one, field) for field in _ABOUT}
            listing.write(_json({"file": f"{name}{suffix}", **about}))
    return [*paths, to / "runs.jsonl"]


def _values(of: StoredRun, to: Path, *, media: bool) -> list[Path]:
    """Write what a run logged beside numbers, with the files if `media`; nothing if it logged no such thing."""
    target = to.with_name(f"{to.name}.values.jsonl")
    logged = of.values(kinds=KINDS)
    first = next(logged, None)
    if first is None:
        return []
    with _finished(target) as unfinished, unfinished.open("w", encoding="utf-8") as file:
        for one in (first, *logged):
            file.write(_json(_value_row(one, to if media else None)))
    return [target]


def _alerts(of: StoredRun, to: Path) -> list[Path]:
    """Write what a run gave alarm of, the newest first; nothing if it gave none."""
    found, target = of.alerts(), to.with_name(f"{to.name}.alerts.jsonl")
    if not found:
        return []
    with _finished(target) as unfinished, unfinished.open("w", encoding="utf-8") as file:
        file.writelines(map(_json, found))
    return [target]


def _value_row(logged: Logged, folder: Path | None) -> dict[str, Any]:
    files = {} if folder is None else _downloaded(logged, folder)

    def plain(item: StoredMedia) -> dict[str, Any]:
        about = {"_type": f"trackio.{item.kind}", "id": item.id, "caption": item.caption, "file": files.get(item.id)}
        return {name: value for name, value in about.items() if value is not None}

    value = json.loads(json.dumps(logged.value, default=plain))
    return {"step": logged.step, "timestamp": _iso(logged.time), "key": logged.key, "value": value}


def _downloaded(logged: Logged, folder: Path) -> dict[str, str]:
    """Return where the files of a value are by the media's id, beside the list that tells of them."""
    ready = {item.id: item for item in media_in(logged.value) if item.state == "ready"}
    if ready:
        folder.mkdir(exist_ok=True)
    return {name: f"{folder.name}/{item.download(folder).name}" for name, item in ready.items()}


# ------------------------------------------------------------------------------------------------------ formats


class _Csv:
    """`step,timestamp` and a column per key; empty where a step has no such value."""

    def __init__(self, path: Path, keys: Sequence[str]) -> None:
        self._keys = keys
        self._file = path.open("w", newline="", encoding="utf-8")
        self._rows = csv.writer(self._file)
        self._rows.writerow(["step", "timestamp", *keys])

    def write(self, block: Block) -> None:
        for step, time, values in _rows(block, self._keys):
            self._rows.writerow([step, _iso(time), *("" if value is None else value for value in values)])

    def close(self) -> None:
        self._file.close()


class _JsonLines:
    """An object per step; a key is left out where a step has no such value, and what is not finite is text."""

    def __init__(self, path: Path, keys: Sequence[str]) -> None:
        self._keys = keys
        self._file = path.open("w", encoding="utf-8")

    def write(self, block: Block) -> None:
        for step, time, values in _rows(block, self._keys):
            held = {key: value for key, value in zip(self._keys, values, strict=True) if value is not None}
            self._file.write(_json({"step": step, "timestamp": _iso(time), **held}))

    def close(self) -> None:
        self._file.close()


class _Events:
    """TensorBoard scalars, and the configuration as a text."""

    def __init__(self, path: Path, keys: Sequence[str], of: StoredRun) -> None:
        self._keys = keys
        self._file = path.open("wb")
        self._file.write(tfevents.opening_event(of.created))
        config = json.dumps(of.config, indent=2, ensure_ascii=False)
        self._file.write(tfevents.text_event(0, of.created, "config", f"```json\n{config}\n```"))

    def write(self, block: Block) -> None:
        for step, time, values in _rows(block, self._keys):
            held = [(key, value) for key, value in zip(self._keys, values, strict=True) if value is not None]
            self._file.write(tfevents.scalar_event(step, time, held))

    def close(self) -> None:
        self._file.close()


class _Parquet:
    """A table of numbers, with nulls where a step has no such value."""

    def __init__(self, path: Path, keys: Sequence[str]) -> None:
        from trackio import parquet  # noqa: PLC0415 -- pyarrow only where it is asked for

        self._keys, self._file = keys, parquet.Writer(path, keys)

    def write(self, block: Block) -> None:
        columns = {key: (block.columns[key], block.missing[key]) for key in self._keys}
        self._file.write(block.columns["step"], block.columns["time"], columns)

    def close(self) -> None:
        self._file.close()


_SUFFIXES: Final = {"csv": ".csv", "jsonl": ".jsonl", "parquet": ".parquet", "tensorboard": ""}


def _suffix(form: str) -> str:
    if form not in _SUFFIXES:
        raise ValueError(f"a format is one of {', '.join(_SUFFIXES)}; got {form!r}")
    return _SUFFIXES[form]


def _writer(form: str, path: Path, of: StoredRun, kind: str) -> Writer:
    keys = of.metrics(kind)
    if form == "tensorboard":
        return _Events(path, keys, of)
    if form == "parquet":
        return _Parquet(path, keys)
    return _Csv(path, keys) if form == "csv" else _JsonLines(path, keys)


def _rows(block: Block, keys: Sequence[str]) -> Iterator[tuple[int, float, list[float | None]]]:
    """Yield step, time and the value of each key, None where there is none."""
    columns = []
    for key in keys:
        held = block.columns[key].astype(object)
        held[block.missing[key]] = None
        columns.append(held.tolist())
    steps, times = block.columns["step"].tolist(), block.columns["time"].tolist()
    for at, (step, time) in enumerate(zip(steps, times, strict=True)):
        yield step, time, [column[at] for column in columns]


# -------------------------------------------------------------------------------------------------------- files


@contextmanager
def _finished(target: Path) -> Iterator[Path]:
    """Give a path to write to, which becomes `target` once that is done."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        yield unfinished
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")


def _safe(name: str) -> str:
    """Return a name that is one part of a path on every system."""
    return re.sub(r"[^\w.-]+", "_", name).strip(".")[:150] or "run"
