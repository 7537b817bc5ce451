"""Where the built page lies, and which of its files may be asked for."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

#: By ending; a file of the bundle with any other is not served.
TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".map": "application/json",
}


class Bundle:
    """The folder of the built page; files are looked up as they are asked for, so a new build shows at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def installed(cls) -> Bundle:
        """Return the bundle that came with this package; it may be missing in a bare checkout."""
        return cls(Path(str(resources.files("trackio_web"))) / "_bundle")

    def file(self, name: str) -> Path | None:
        """Return a file of the bundle by its path in a URL, or None for anything else."""
        parts = name.split("/")
        if len(name) > 255 or any(part.startswith(".") or not part or "\\" in part or "\0" in part for part in parts):
            return None
        path = self.root.joinpath(*parts)
        return path if path.suffix in TYPES and path.is_file() else None
