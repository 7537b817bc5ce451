"""TensorBoard: folders of event files, a run for each folder."""

from __future__ import annotations

import io
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from trackio import media, tfevents
from trackio.past import Past, PastRow, joined

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackio.tfevents import Value

_PATTERN: Final = "*tfevents*"
#: Hyperparameters and the time of the beginning are looked for in so many events of each file.
_OPENING: Final = 20


def runs(folder: Path, project: str, prefix: str | None = None) -> Iterator[Past]:
    """Yield a run for each folder with event files, named by its path inside `folder`, the outermost one "main".

    Names begin with `prefix` and an underscore if there is one. Raises FileNotFoundError, ValueError if there is
    nothing to read, and ProtocolError naming file and byte for what is no event file.
    """
    if not folder.exists():
        raise FileNotFoundError(f"there is no folder {folder}")
    places = sorted({file.parent for file in folder.rglob(_PATTERN) if file.is_file()})
    there = False
    for place in places:
        inside = place.relative_to(folder).as_posix()
        run = _run(place, project, "_".join(part for part in (prefix, "main" if inside == "." else inside) if part))
        if run is not None:
            there = True
            yield run
    if not there:
        raise ValueError(f"{folder}: holds no TensorBoard event file with numbers, text or images")


def _run(place: Path, project: str, name: str) -> Past | None:
    files = sorted(file for file in place.glob(_PATTERN) if file.is_file())
    opening = [event for file in files for event in islice(tfevents.read(file), _OPENING)]
    if not opening:
        return None
    settings = [value.value for event in opening for value in event.values if value.kind == "hparams"]
    config = {key: value for found in settings for key, value in found.items()}
    started = min(event.time for event in opening)
    return Past("tensorboard", name, project, name, rows=lambda: joined(_rows(files)), started=started, config=config)


def _rows(files: list[Path]) -> Iterator[PastRow]:
    for file in files:
        for event in tfevents.read(file):
            values = {_name(value): _logged(value) for value in event.values if value.kind != "hparams"}
            if values:
                yield PastRow(event.step, event.time, values)


def _name(value: Value) -> str:
    return value.tag.removesuffix("/text_summary") if value.kind == "text" else value.tag


def _logged(value: Value) -> Any:
    if value.kind == "text":
        return media.Markdown(value.value)
    if value.kind != "image":
        return value.value
    from PIL import Image  # noqa: PLC0415 -- only where there are images

    try:
        return media.Image(Image.open(io.BytesIO(value.value)))
    except (OSError, ValueError, Image.DecompressionBombError):
        return f"an image of {len(value.value)} bytes that cannot be read"
