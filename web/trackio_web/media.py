"""Encoded images and videos, their thumbnails and posters: files by id, in ranges, cached for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from trackio.errors import NotFound
from trackio_web.appkeys import READER
from trackio_web.guard import MEDIA_POLICY

if TYPE_CHECKING:
    from pathlib import Path

    from trackiod.query import Query

#: What is shown in place; anything else is handed out for saving. Never taken from the logged file.
_SHOWN: Final = frozenset(
    {
        *("image/png", "image/webp", "image/jpeg", "image/gif", "image/bmp", "image/tiff", "video/mp4", "video/webm"),
        *("audio/flac", "audio/wav", "audio/mpeg", "audio/ogg", "audio/mp4", "audio/aac", "audio/webm"),
    }
)
#: What each part of an item is.
_PARTS: Final = {"thumb": "image/webp", "poster": "image/webp", "peaks": "application/octet-stream"}
_YEAR_SECONDS: Final = 31_536_000


async def media(request: web.Request) -> web.StreamResponse:
    """`GET /media/{id}` and `/media/{id}/{part}`: the bytes; 404 until they are ready."""
    media_id, part = request.match_info["id"], request.match_info.get("part", "file")
    path, mime = await request.app[READER].ask(lambda query: _file(query, media_id, part))
    # An id names one logged item for ever, and what it was encoded to never changes.
    headers = {
        "Content-Type": mime if mime in _SHOWN else "application/octet-stream",
        "Cache-Control": f"private, max-age={_YEAR_SECONDS}, immutable",
        "Content-Security-Policy": MEDIA_POLICY,
    }
    if mime not in _SHOWN:
        headers["Content-Disposition"] = "attachment"
    return web.FileResponse(path, headers=headers)


def _file(query: Query, media_id: str, part: str) -> tuple[Path, str]:
    info = query.media(media_id)
    path, mime = (info.path, info.mime) if part == "file" else (info.parts.get(part), _PARTS[part])
    if path is None or not path.is_file():
        raise NotFound(f"media {media_id}: its {part} is not ready")
    return path, mime or ""
