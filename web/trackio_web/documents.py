"""Logged pages and figures, each in a place of its own: no script unless asked for, nothing to reach from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from trackio.errors import NotFound
from trackio_web.appkeys import READER
from trackio_web.guard import PAGE_POLICY, SCRIPTS_POLICY

if TYPE_CHECKING:
    from pathlib import Path

    from trackiod.query import Query

_YEAR_SECONDS: Final = 31_536_000
_PLOTLY: Final = "application/vnd.plotly.v1+json"
_HEAD: Final = (
    b'<!doctype html><html><head><meta charset="utf-8"><style>html,body,#figure{margin:0;height:100%}</style></head>'
    b'<body><div id="figure"><noscript>This figure is drawn by a script.</noscript></div><script>'
)
_BETWEEN: Final = b"</script><script>const figure="
_TAIL: Final = (
    b";const options=Object.assign({responsive:true,displaylogo:false},figure.config);"
    b'Plotly.newPlot("figure",figure.data,figure.layout,options)'
    b".then(drawn=>figure.frames&&Plotly.addFrames(drawn,figure.frames));</script></body></html>"
)


async def still(request: web.Request) -> web.Response:
    """`GET /page/{id}`: a logged page without its scripts; 404 until it is ready."""
    return await _document(request, PAGE_POLICY)


async def live(request: web.Request) -> web.Response:
    """`GET /page/{id}/live`: the same, its scripts running."""
    return await _document(request, SCRIPTS_POLICY)


async def _document(request: web.Request, policy: str) -> web.Response:
    media_id = request.match_info["id"]
    body = await request.app[READER].ask(lambda query: _content(query, media_id))
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        # Else a link would look up a name that says what was logged.
        "X-DNS-Prefetch-Control": "off",
        # An id names one logged page for ever.
        "Cache-Control": f"private, max-age={_YEAR_SECONDS}, immutable",
    }
    return web.Response(body=body, headers=headers)


def _content(query: Query, media_id: str) -> bytes:
    info = query.media(media_id)
    if info.path is None or info.mime not in {"text/html", _PLOTLY}:
        raise NotFound(f"page {media_id[:100]!r}: is not there, or not yet")
    data = _read(info.path, media_id)
    if info.mime == "text/html":
        return data
    if info.library is None:
        raise NotFound(f"page {media_id}: the script that draws it is not there, or not yet")
    # Within a script, only this sign could end it.
    return b"".join((_HEAD, _read(info.library, media_id), _BETWEEN, data.replace(b"<", b"\\u003c"), _TAIL))


def _read(path: Path, media_id: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"page {media_id}: its file cannot be read: {error.strerror}") from error
