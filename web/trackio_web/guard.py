"""Who may ask, and what a browser may do with the answer: checks before routing, security headers on every reply."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

_READING: Final = frozenset({"GET", "HEAD"})
_FOREIGN_SITES: Final = frozenset({"cross-site", "same-site"})

_PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "object-src 'none'; require-trusted-types-for 'script'; trusted-types default dompurify worker; frame-ancestors "
)
_DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
#: For files that were logged: whatever they hold, they run nothing and belong to no origin.
MEDIA_POLICY: Final = (
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)
#: For pages that were logged: a place of their own, from which nothing can be reached. They may be looked at in a frame
#: of our page, which may itself be framed.
PAGE_POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "media-src data: blob:; form-action 'none'; base-uri 'none'; frame-ancestors *"
)
#: The same with scripts, which may make code of text and workers of code: it stays where they are.
SCRIPTS_POLICY: Final = (
    PAGE_POLICY.replace("sandbox;", "sandbox allow-scripts;")
    + "; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; worker-src data: blob:"
)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(self), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
    ),
}


@dataclass(frozen=True, slots=True)
class Door:
    """What a request is checked against: names that `Host` may hold beside the local ones, and a token or none."""

    hosts: frozenset[str] = frozenset()
    token: str | None = None


def guard(door: Door) -> Middleware:
    """Return the outermost middleware: a request that passes it comes from this machine's page or a plain client."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        check_host(request.headers.get("Host", ""), door.hosts)
        check_origin(request)
        if door.token is not None:
            redirect = check_token(request, door.token)
            if redirect is not None:
                return redirect
        return await handler(request)

    return check


def check_host(host: str, allowed: frozenset[str]) -> None:
    """Pass local names, IP literals and allowed names; else 421, because a page rebound its own name to us.

    Rebinding needs a name: an IP literal in `Host` means that the browser was sent to this very address.
    """
    name = _name(host)
    if name == "localhost" or name.endswith(".localhost") or name in allowed or _is_address(name):
        return
    raise web.HTTPMisdirectedRequest(
        text=f"this server does not answer to the host name {name!r}; if it should, start it with --allow-host {name}"
    )


def check_origin(request: web.Request) -> None:
    """Pass what cannot be another site's doing; else 403, or 415 for a body that a foreign form could have sent."""
    upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
    if request.method in _READING and not upgrade:
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("Host", "").lower():
        raise web.HTTPForbidden(text=f"requests from another origin ({origin}) are not served")
    site = request.headers.get("Sec-Fetch-Site")
    if site in _FOREIGN_SITES:
        raise web.HTTPForbidden(text=f"requests from another site are not served (Sec-Fetch-Site: {site})")
    if not upgrade and request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(
            text=f"the body must be sent as Content-Type: application/json, not {request.content_type}"
        )


def check_token(request: web.Request, token: str) -> web.Response | None:
    """Pass a bearer token or the cookie; `?token=` in a page's address sets the cookie and leads there without it."""
    cookie = f"trackio-{request.url.port}"
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and _same(bearer.strip(), token):
        return None
    if _same(request.cookies.get(cookie, ""), token):
        return None
    if not _same(request.query.get("token", ""), token):
        raise web.HTTPUnauthorized(
            text="this server asks for its token: open the address that `trackio show` prints",
            headers={"WWW-Authenticate": 'Bearer realm="trackio"'},
        )
    if request.method not in _READING:
        return None
    clean = request.rel_url.without_query_params("token")
    reply = web.Response(status=302, headers={"Location": "/" + str(clean).lstrip("/"), "Cache-Control": "no-store"})
    reply.set_cookie(cookie, token, httponly=True, samesite="Strict", path="/")
    return reply


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal of aiohttp, run before any reply leaves: the headers that DASHBOARD's security rules ask for."""
    for name, value in _HEADERS.items():
        response.headers[name] = value
    if "Content-Security-Policy" not in response.headers:
        page = response.content_type == "text/html"
        response.headers["Content-Security-Policy"] = _page_policy(request) if page else _DATA_POLICY
        if page:
            response.headers.add("Vary", "Sec-Fetch-Dest")
    if response.status >= 400:
        response.headers["Cache-Control"] = "no-store"


def _page_policy(request: web.Request) -> str:
    # A framed page can be looked at but changes nothing, so a frame cannot steal a click that matters.
    framed = request.headers.get("Sec-Fetch-Dest") == "iframe"
    return _PAGE_POLICY + ("*" if framed else "'none'")


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())


def _name(host: str) -> str:
    """Return the name in a `Host` header, without port and final dot; "" for anything that is none."""
    if set(host) & set("/?#@\\ "):
        return ""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
