"""Which HTTP status each known error becomes; an unknown one is written to the log once and becomes 500."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from aiohttp import web

from trackio.errors import BadRequest, DaemonUnavailable, NotFound, StoreError, TrackioError
from trackio_web.reply import json_reply

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

_log = logging.getLogger(__name__)

#: Written to nobody.
_GONE: Final = 499
_STATUSES: Final[dict[type[TrackioError], int]] = {
    NotFound: 404,
    BadRequest: 400,
    DaemonUnavailable: 503,
    StoreError: 503,
}


@web.middleware
async def statuses(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failed request with `{"error": text}` and the status that belongs to the error."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return _http_error(error)
    except TrackioError as error:
        status = next((code for kind, code in _STATUSES.items() if isinstance(error, kind)), 500)
        return json_reply({"error": str(error)}, status=status)
    except ConnectionError:
        # The listener went away: there is nobody to tell, and nothing to write to the log.
        return web.Response(status=_GONE)
    except Exception:  # noqa: BLE001 -- the top of a request
        _log.exception("%s %s failed", request.method, request.path)
        return json_reply({"error": "this request failed inside trackio; the daemon's log says how"}, status=500)


def _http_error(error: web.HTTPException) -> web.Response:
    if error.status < 400:
        raise error
    text = error.reason if error.text == f"{error.status}: {error.reason}" else error.text
    reply = json_reply({"error": text}, status=error.status)
    for name in ("Allow", "WWW-Authenticate"):
        if name in error.headers:
            reply.headers[name] = error.headers[name]
    return reply
