"""Html: a page, a part of one, or another library's figure; shown in a frame that reaches nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from trackio import figures
from trackio.files import caption_of, kept_bytes, kept_file

if TYPE_CHECKING:
    from trackio.files import Filed

#: Largest page, in bytes of UTF-8.
MAX_BYTES: Final = 64 * 2**20
_SUFFIXES: Final = frozenset({".html", ".htm"})
_STYLE: Final = (
    ":root{color-scheme:light dark}body{margin:0;padding:12px;font:14px/1.5 system-ui,sans-serif}"
    "img,svg{max-width:100%;height:auto}"
)


class Html:
    """A page to log: `trackio.log({"report": trackio.Html("<h1>Results</h1>")})`.

    `data`: HTML as text, the path of an .html file (with `data_is_not_path`, text is never taken for one), anything
    with `read()`, a plotly figure, or a matplotlib figure, animation or pyplot. A page without `<html>` gets a plain
    style unless `inject` is false. Scripts in it run when whoever looks asks for them, and a plotly figure is drawn by
    the library that made it; neither reaches the dashboard or the network, so whatever a page needs must be in it.
    Read when it is made. Raises ValueError for anything else, and for more than 64 MiB.
    """

    TYPE: ClassVar[str] = "trackio.html"

    def __init__(
        self, data: Any, inject: bool = True, data_is_not_path: bool = False, caption: str | None = None
    ) -> None:
        self.caption = caption_of(caption)
        self._library: Path | None = None
        drawn = figures.drawing(data)
        if drawn is None:
            self._format, text = "html", _document(_text(data, path=not data_is_not_path), inject=inject)
        else:
            self._format, text, self._library = drawn
        # What is no text at all (half of a surrogate pair) is shown as the sign for that.
        self._data = text.encode("utf-8", "replace")
        if len(self._data) > MAX_BYTES:
            raise ValueError(f"a page of {len(self._data)} bytes; at most {MAX_BYTES} are taken")

    def __repr__(self) -> str:
        return f"trackio.Html({len(self._data)} bytes, caption={self.caption!r})"

    def _describe(self, filed: Filed) -> dict[str, Any]:
        described: dict[str, Any] = {"_type": self.TYPE, "format": self._format, "caption": self.caption}
        if self._library is not None:
            # A thousand figures of a run are drawn by one copy of it.
            about = self._library.stat()
            library = kept_file(filed, self._library, once=(self._library, about.st_mtime_ns, about.st_size))
            described["library"] = {"_type": "trackio.library", **library}
        return described | kept_bytes(filed, self._data)


def _text(data: Any, *, path: bool) -> str:
    if hasattr(data, "read"):
        if hasattr(data, "seek"):
            data.seek(0)
        data = data.read()
        return data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)
    if isinstance(data, os.PathLike) or (path and isinstance(data, str) and _is_page(data)):
        file = Path(data).expanduser()
        if not file.is_file():
            raise ValueError(f"there is no file {str(file)!r}")
        if file.stat().st_size > MAX_BYTES:
            raise ValueError(f"a page of {file.stat().st_size} bytes; at most {MAX_BYTES} are taken")
        return file.read_text("utf-8", "replace")
    if isinstance(data, str):
        return data
    raise ValueError(f"a page is made of text, a path, something with read(), or a figure; got {type(data).__name__}")


def _is_page(text: str) -> bool:
    # Text may be anything, also what no path can be.
    try:
        path = Path(text).expanduser()
        return path.suffix.lower() in _SUFFIXES and path.is_file()
    except (OSError, ValueError, RuntimeError):
        return False


def _document(text: str, *, inject: bool) -> str:
    if not inject or text.lstrip()[:14].lower().startswith(("<!doctype", "<html")):
        return text
    return f'<!doctype html><html><head><meta charset="utf-8"><style>{_STYLE}</style></head><body>{text}</body></html>'
