"""Weights & Biases: the `.wandb` files of its runs, offline or not (LevelDB's log format, protobuf records)."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from trackio import media, protobuf
from trackio.errors import ProtocolError
from trackio.past import Past, PastRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAGIC: Final = b":W&B\xe1\xbe"
#: The magic, and one byte of version.
_HEADER: Final = 7
#: Records are cut into pieces, each `u32 CRC-32 of type and data | u16 length | u8 type`; none crosses a block.
_BLOCK: Final = 32_768
_PIECE: Final = struct.Struct("<IHB")
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
#: Numbers of the records that are read.
_HISTORY, _SUMMARY, _CONFIG, _RUN, _EXIT = 2, 3, 5, 17, 18


def runs(path: Path, project: str | None = None) -> Iterator[Past]:
    """Yield the run of a `.wandb` file, or of each one in a folder (such as `wandb/`).

    Raises FileNotFoundError without any, ProtocolError naming the file and byte for anything that is none.
    """
    files = sorted(path.rglob("*.wandb")) if path.is_dir() else [path]
    if not files:
        raise FileNotFoundError(f"there is no .wandb file in {path}")
    for file in files:
        yield _run(file, project)


def _run(file: Path, project: str | None) -> Past:
    about = _About()
    for number, record in records(file):
        about.take(number, record)
    return Past(
        tool="wandb",
        key=about.id or file.name,
        project=project or about.project or "uncategorized",
        name=about.name or about.id or file.stem,
        rows=lambda: _rows(file, about),
        started=about.started,
        ended=None if about.runtime is None else about.started + about.runtime,
        status="finished" if about.exit_code == 0 else "failed",
        error=about.error,
        group=about.group or None,
        config=about.config,
        tags=tuple(about.tags),
        notes=about.notes or None,
        user=about.entity,
        host=about.host,
    )


@dataclass(slots=True)
class _About:
    """What the records of a run, besides its history, say in the end."""

    id: str = ""
    entity: str = ""
    project: str = ""
    group: str = ""
    name: str = ""
    notes: str = ""
    host: str = ""
    tags: list[str] = field(default_factory=list)
    started: float = 0.0
    config: dict[str, Any] = field(default_factory=dict)
    exit_code: int | None = None
    runtime: int | None = None

    @property
    def error(self) -> str | None:
        """Why the run failed, None if it did not."""
        if self.exit_code is None:
            return "it never ended"
        return f"exit code {self.exit_code}" if self.exit_code else None

    def take(self, number: int, record: memoryview) -> None:
        """Note what a record says."""
        if number == _RUN:
            self._run(record)
        elif number == _CONFIG:
            self._configure(record)
        elif number == _EXIT:
            said = dict(protobuf.fields(record))
            self.exit_code = protobuf.whole(said.get(1, 0))
            self.runtime = protobuf.whole(said[2]) if 2 in said else None

    def _run(self, record: memoryview) -> None:
        said: dict[int, Any] = dict(protobuf.fields(record))
        names = {1: "id", 2: "entity", 3: "project", 6: "group", 8: "name", 9: "notes", 13: "host"}
        for number, name in names.items():
            if number in said:
                setattr(self, name, protobuf.text(said[number]))
        self.tags = [bytes(tag).decode("utf-8", "replace") for tag in protobuf.inside(record, 10)]
        if 17 in said:
            when = dict(protobuf.fields(protobuf.held(said[17])))
            self.started = protobuf.whole(when.get(1, 0)) + protobuf.whole(when.get(2, 0)) / 1e9
        for config in protobuf.inside(record, 4):
            self._configure(config)

    def _configure(self, record: memoryview) -> None:
        for item in protobuf.inside(record, 1):
            path, value = _item(item)
            if path and not path[0].startswith("_"):
                _put(self.config, path, value)
        for item in protobuf.inside(record, 2):
            path, _ = _item(item)
            if path:
                self.config.pop(path[0], None)


def _rows(file: Path, about: _About) -> Iterator[PastRow]:
    """Yield the rows of the history, and as one more what the summary alone holds, at the last step.

    What the tool adds itself (`_step`, `_runtime`, …) is left out, and the summary of a run that goes on: its rows are
    told apart by their number.
    """
    logged: set[str] = set()
    last = PastRow(0, about.started, {})
    for row in _history(file, about.started):
        logged.update(row.values)
        last = max(last, row, key=lambda one: one.step)
        yield row
    summary = {name: value for name, value in _summary(file).items() if name not in logged}
    if summary and about.exit_code is not None:
        yield PastRow(last.step, last.time, summary)


def _summary(file: Path) -> dict[str, Any]:
    """Return what the summary came to hold."""
    held: dict[str, Any] = {}
    for number, record in records(file):
        if number == _SUMMARY:
            for item in protobuf.inside(record, 1):
                _put(held, *_item(item))
            for item in protobuf.inside(record, 2):
                held.pop(_item(item)[0][0], None)
    told = {name: value for name, value in held.items() if not name.startswith("_")}
    return dict(_flat(told, file.parent / "files"))


def _history(file: Path, started: float) -> Iterator[PastRow]:
    files = file.parent / "files"
    for number, record in records(file):
        if number != _HISTORY:
            continue
        values: dict[str, Any] = {}
        step = 0
        for field_, held in protobuf.fields(record):
            if field_ == 1:
                _put(values, *_item(protobuf.held(held)))
            elif field_ == 2:
                step = protobuf.whole(dict(protobuf.fields(protobuf.held(held))).get(1, 0))
        step, time = values.get("_step", step), values.get("_timestamp", started)
        kept = {name: value for name, value in values.items() if not name.startswith("_")}
        yield PastRow(int(step), float(time), dict(_flat(kept, files)))


def _put(values: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        inner = values.setdefault(name, {})
        values = inner if isinstance(inner, dict) else {}
    if path:
        values[path[-1]] = value


def _flat(values: dict[str, Any], files: Path, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what was logged: nested values under one name each, media from their files."""
    for name, value in values.items():
        if not isinstance(value, dict):
            yield f"{before}{name}", value
        elif "_type" not in value:
            yield from _flat(value, files, f"{before}{name}.")
        else:
            yield f"{before}{name}", _typed(value, files)


def _typed(value: dict[str, Any], files: Path) -> Any:  # noqa: PLR0911 -- one case a kind
    """Return a histogram or a medium as it was logged; what cannot be had, or is not known here, as plain text."""
    kind = str(value["_type"])
    try:
        match kind:
            case "histogram" if "bins" in value:
                return media.Histogram(np_histogram=(value["values"], value["bins"]))
            case "image-file":
                return media.Image(_file(files, value["path"]), caption=value.get("caption"))
            case "images/separated":
                captions = value.get("captions") or [None] * len(value["filenames"])
                pairs = zip(value["filenames"], captions, strict=True)
                return [media.Image(_file(files, path), caption=caption or None) for path, caption in pairs]
            case "video-file":
                return media.Video(_file(files, value["path"]), caption=value.get("caption"))
            case "table-file":
                table = json.loads(_file(files, value["path"]).read_text("utf-8"))
                return media.Table(columns=table["columns"], data=table["data"])
    except (KeyError, TypeError, ValueError, OSError) as error:
        return f"{kind} that cannot be read: {error}"
    return f"{kind} that is not kept"


def _file(files: Path, path: object) -> Path:
    """Return where a file of the run is; raises ValueError for one that is not beside it."""
    found = (files / str(path)).resolve()
    found.relative_to(files.resolve())
    return found


def _item(item: memoryview) -> tuple[list[str], Any]:
    """Return the name of an item, in its parts, and its value."""
    path: list[str] = []
    value: Any = None
    for number, held in protobuf.fields(item):
        match number:
            case 1 | 2:
                path.append(protobuf.text(held))
            case 4:
                value = bool(protobuf.whole(held))
            case 5:
                zigzag = protobuf.whole(held) % 2**64
                value = zigzag >> 1 ^ -(zigzag & 1)
            case 6:
                value = protobuf.real(held)
            case 7:
                value = protobuf.text(held)
            case 8 | 16:
                value = _json(protobuf.text(held))
    return [part for part in path if part], value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


# ------------------------------------------------------------------------------------------------------ records


def records(file: Path) -> Iterator[tuple[int, memoryview]]:
    """Yield each record's kind and bytes; a last one that is not whole is left out.

    Raises ProtocolError naming the file and the byte for damage, or for another kind of file.
    """
    with file.open("rb") as opened:
        head = opened.read(_HEADER)
        if not head.startswith(_MAGIC):
            raise ProtocolError(f"{file}: this is no .wandb file")
        try:
            for record in _whole(opened):
                for number, value in protobuf.fields(record):
                    if not isinstance(value, int):
                        yield number, value
        except ProtocolError as error:
            raise ProtocolError(f"{file}: {error} (before byte {opened.tell()})") from error


def _whole(opened: BinaryIO) -> Iterator[bytes]:
    parts: list[bytes] = []
    for kind, data in _pieces(opened):
        if kind in {_FULL, _FIRST} and parts:
            raise ProtocolError("a record has no end")
        if kind in {_MIDDLE, _LAST} and not parts:
            raise ProtocolError("a record has no beginning")
        parts.append(data)
        if kind in {_FULL, _LAST}:
            yield b"".join(parts)
            parts = []


def _pieces(opened: BinaryIO) -> Iterator[tuple[int, bytes]]:
    at = opened.tell()
    while True:
        left = _BLOCK - at % _BLOCK
        if left < _PIECE.size:
            opened.seek(left, 1)
            at += left
            continue
        head = opened.read(_PIECE.size)
        if len(head) < _PIECE.size:
            return
        said, size, kind = _PIECE.unpack(head)
        if not any(head):
            return  # made ready for what was never written
        data = opened.read(size)
        if len(data) < size:
            return
        if kind not in {_FULL, _FIRST, _MIDDLE, _LAST} or zlib.crc32(bytes([kind]) + data) != said:
            raise ProtocolError("the checksum does not fit the data")
        yield kind, data
        at += _PIECE.size + size
