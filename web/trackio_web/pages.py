"""The built page: index.html never from a cache, its hashed assets from the cache for ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from aiohttp import web

from trackio.errors import NotFound
from trackio_web.appkeys import BUNDLE
from trackio_web.bundle import TYPES

if TYPE_CHECKING:
    from pathlib import Path

_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>trackio</title>
<h1>The dashboard is not built</h1>
<p>This is a checkout without the page's bundle. Build it with</p>
<pre>pip install -e .</pre>
<p>in the repository's root (it brings its own Node), or with <code>npm ci &amp;&amp; npm run build</code> in
<code>web/</code>. The data is here all the same: <a href="/api/v1/projects">/api/v1/projects</a>.</p>
</html>
"""


async def index(request: web.Request) -> web.StreamResponse:
    """`GET /`: the page itself, or how to build it."""
    path = await asyncio.to_thread(request.app[BUNDLE].file, "index.html")
    if path is None:
        return web.Response(text=_NOT_BUILT, status=503, content_type="text/html")
    return _sent(path, cached=False)


async def asset(request: web.Request) -> web.StreamResponse:
    """`GET /{name}`: a file of the bundle; those below assets/ carry a hash of their content in their name."""
    name = request.match_info["name"]
    path = await asyncio.to_thread(request.app[BUNDLE].file, name)
    if path is None:
        raise NotFound(f"/{name[:200]}: there is no such page")
    return _sent(path, cached=name.startswith("assets/"))


def _sent(path: Path, *, cached: bool) -> web.FileResponse:
    lifetime = "public, max-age=31536000, immutable" if cached else "no-cache"
    return web.FileResponse(path, headers={"Content-Type": TYPES[path.suffix], "Cache-Control": lifetime})
