"""Files beside the journal: what was given for one is looked at here, and its bytes are written as they are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackio import figures
from trackio.values import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from typing import Protocol

    from trackio.values import File

    class Filed(Protocol):
        """Makes a file beside the records: calls its argument with the path, returns the file's id.

        What is filed with the same `once` is filed one time, and its id returned from then on.
        """

        def __call__(self, fill: Callable[[Path], int], once: Hashable = None) -> str:
            """File what `fill` writes; it returns the size. Raises Full."""


def caption_of(given: Any) -> str | None:
    """Return a caption as text."""
    return None if given is None else str(given)


def path_of(value: Any) -> Path | None:
    """Return the file that a path names, None for what is no path; raises ValueError if there is none."""
    if not isinstance(value, (str, os.PathLike)):
        return None
    path = Path(value).expanduser()
    if not path.is_file():
        raise ValueError(f"there is no file {str(path)!r}")
    return path


def described(item: Any, filed: Filed) -> dict[str, Any]:
    """Return the map that stands for a media object, or for another library's figure; raises Refused for all else."""
    if not hasattr(item, "_describe"):
        found = figures.media(item)
        if found is None:
            raise Refused(f"{type(item).__module__}.{type(item).__qualname__} has no plain form; log a number or text")
        item = found
    told: dict[str, Any] = item._describe(filed)  # noqa: SLF001 -- not for users
    return told


def inside(filed: Filed) -> tuple[File, list[dict[str, Any]]]:
    """Return what files the media inside a file, and the list that it fills: what the row is to say of them."""
    media: list[dict[str, Any]] = []

    def file(item: Any) -> dict[str, Any]:
        found = described(item, filed)
        if "id" not in found:
            return found
        media.append(found)
        return {name: found.get(name) for name in ("_type", "id", "caption")}

    return file, media


def written(filed: Filed, value: Any) -> dict[str, Any]:
    """File the bytes of an array or of an image; return the fields that name the file."""
    import numpy as np  # noqa: PLC0415 -- the SDK's import stays light

    return kept_bytes(filed, np.ascontiguousarray(value).data.cast("B") if hasattr(value, "dtype") else value.tobytes())


def kept_bytes(filed: Filed, data: bytes | memoryview) -> dict[str, Any]:
    """File bytes; return the fields that name the file."""
    name = filed(lambda target: target.write_bytes(data))
    return {"id": name, "bytes": len(data)}


def kept_file(filed: Filed, source: Path, once: Hashable = None) -> dict[str, Any]:
    """File a copy of a file; return the fields that name it. Raises OSError if it cannot be read."""
    # Opened first: a file that cannot be read is no want of room.
    with source.open("rb") as file:
        size = os.fstat(file.fileno()).st_size

    def fill(target: Path) -> int:
        shutil.copyfile(source, target)
        return size

    return {"id": filed(fill, once), "bytes": size}
