"""The live WebSocket: what a page looks at comes in, what was just committed to it goes out."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aiohttp import WSCloseCode, WSMsgType, web

import trackio
from trackio.errors import BadRequest, NotFound, StoreError
from trackio_web import params
from trackio_web.appkeys import HUB
from trackio_web.reply import frame, json_text
from trackio_web.watch import Watch
from trackiod.query import Followed

if TYPE_CHECKING:
    from trackio_web.reader import Reader
    from trackio_web.watch import Due, SeriesKey
    from trackiod.live import Changes, Listener
    from trackiod.query import Query, Series

_log = logging.getLogger(__name__)

#: Least time between two messages to one page.
_INTERVAL_SECONDS: Final = 0.1
#: Everything followed is looked at this often even if nobody announced anything: an announcement can be missed.
_RECHECK_SECONDS: Final = 5.0
#: A page that does not take a message for this long is dropped; it connects again and starts over.
_SEND_SECONDS: Final = 10.0
_PING_SECONDS: Final = 20.0
#: Most points of one series in one message; a page further behind is told to fetch the series again.
MAX_POINTS: Final = 5_000
#: A message holds about this many bytes of frames; the other series follow in the next one.
_MESSAGE_BYTES: Final = 4 * 2**20
_MAX_PAGES: Final = 256


@dataclass(slots=True)
class Answers:
    """The points that are sent for one Due, and what the page holds after them."""

    #: Messages about series of which the page must fetch all.
    resync: list[str] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    held: dict[SeriesKey, float | None] = field(default_factory=dict)
    left: list[SeriesKey] = field(default_factory=list)


def points(query: Query, due: Due) -> Answers:
    """Read the points that are due; each series from the step that the page holds, at most MAX_POINTS of it."""
    found = Answers()
    runs: dict[str, list[SeriesKey]] = {}
    for key in due.series:
        runs.setdefault(key.run, []).append(key)
    size = 0
    for run, keys in runs.items():
        if size > _MESSAGE_BYTES:
            found.left += keys
            continue
        followed = [Followed(key.metric, key.member, due.series[key], key.kind) for key in keys]
        for key, series in zip(keys, query.followed(run, followed, MAX_POINTS + 1), strict=True):
            size += _add_points(found, key, series)
    return found


def news(query: Query, due: Due) -> list[str]:
    """Return what is due besides points, as messages."""
    changed = {"projects": due.projects, "project": due.shared}
    texts = [json_text({"op": op}) for op, is_due in changed.items() if is_due]
    runs = []
    for run in due.runs:
        with suppress(NotFound):
            runs.append(query.run(run))
    if runs:
        texts.append(json_text({"op": "runs", "runs": runs}))
    if due.alerts:
        texts.append(json_text({"op": "alerts", "runs": due.alerts}))
    if due.gone:
        texts.append(json_text({"op": "gone", "runs": due.gone}))
    for run, keys in due.objects.items():
        texts.append(json_text({"op": "objects", "run": run, "keys": sorted(keys)}))
    return texts + [_resync(key) for key in due.resync]


def _resync(key: SeriesKey) -> str:
    return json_text({"op": "resync", "run": key.run, "metric": key.metric, "kind": key.kind})


def _add_points(found: Answers, key: SeriesKey, series: Series) -> int:
    rows = len(series.columns["step"])
    if rows > MAX_POINTS:
        found.resync.append(_resync(key))
    elif rows:
        found.frames.append(frame(series))
    found.held[key] = series.last_step
    return 24 * rows if rows <= MAX_POINTS else 0


class _Page:
    """One connection: its reader is the request's own task, its sender a task that ends with it."""

    def __init__(self, socket: web.WebSocketResponse, reader: Reader) -> None:
        self.socket = socket
        self.watch = Watch()
        self.woken = asyncio.Event()
        self._reader = reader

    async def receive(self) -> None:
        """Take in what the page looks at until it goes away."""
        async for message in self.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                self._take(message.data)
            except BadRequest as error:
                await self.socket.send_str(json_text({"op": "error", "error": str(error)}))
            self.woken.set()

    def _take(self, text: str) -> None:
        body = params.json_object(text)
        match body.get("op"):
            case "watch":
                self.watch.watch(params.name_or_null(body, "project"))
            case "subscribe":
                self.watch.subscribe(params.subscriptions(body))
            case other:
                raise BadRequest(f"op: {str(other)[:50]!r} is neither watch nor subscribe")

    async def send(self) -> None:
        """Send what is due, at most every _INTERVAL_SECONDS, until cancelled or the page is gone or too slow."""
        clock = asyncio.get_running_loop().time
        await self.socket.send_str(json_text({"op": "hello", "version": trackio.__version__}))
        while True:
            wait = self.watch.next_wait(clock())
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.woken.wait(), wait)
            self.woken.clear()
            await asyncio.wait_for(self._send_due(clock()), _SEND_SECONDS)
            await asyncio.sleep(_INTERVAL_SECONDS)

    async def _send_due(self, now: float) -> None:
        subscription, due = self.watch.subscription, self.watch.take(now)
        if not due:
            return
        try:
            found = await self._reader.ask(lambda query: points(query, due))
            if subscription == self.watch.subscription and found.frames:
                await self.socket.send_bytes(b"".join(found.frames))
            for key, last in found.held.items():
                self.watch.held(subscription, key, last)
            # Runs take longer to tell of than their points, which do not wait for it.
            texts = await self._reader.ask(lambda query: news(query, due))
        except StoreError:
            return  # no store yet: the first commit will be announced
        for text in (*texts, *found.resync):
            await self.socket.send_str(text)
        if found.left:
            self.watch.again(subscription, found.left)
            self.woken.set()


class Hub:
    """Owns all live connections; listen() and recheck() feed them, close() ends them. Lives on the loop."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._pages: set[_Page] = set()

    def tell(self, changes: Changes) -> None:
        """Let every page know of what was committed; returns at once."""
        for page in self._pages:
            for run, change in changes.runs.items():
                page.watch.note(run, change)
            if changes.projects:
                page.watch.note_projects()
            page.watch.note_shared(changes.shared)
            page.woken.set()

    async def listen(self, listener: Listener) -> None:
        """Pass on what the daemon announces, for ever; pages start over after announcements were missed."""
        async for changes in listener.changes():
            if changes.missed:
                await self.close(WSCloseCode.SERVICE_RESTART)
            self.tell(changes)

    async def recheck(self) -> None:
        """Look at everything that is followed every _RECHECK_SECONDS, for ever."""
        while True:
            await asyncio.sleep(_RECHECK_SECONDS)
            for page in self._pages:
                page.watch.note_everything()
                page.woken.set()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one page until it goes away; 503 when too many are connected."""
        if len(self._pages) >= _MAX_PAGES:
            raise web.HTTPServiceUnavailable(text=f"{_MAX_PAGES} pages are connected already")
        socket = web.WebSocketResponse(heartbeat=_PING_SECONDS, max_msg_size=2**20, compress=False)
        await socket.prepare(request)
        page = _Page(socket, self._reader)
        self._pages.add(page)
        sender = asyncio.create_task(_send(page, request), name="live sender")
        try:
            await page.receive()
        finally:
            self._pages.discard(page)
            sender.cancel()
            await asyncio.wait([sender])
        return socket

    async def close(self, code: WSCloseCode = WSCloseCode.GOING_AWAY) -> None:
        """End every connection; the pages connect again by themselves and fetch what they show."""
        closing = [asyncio.wait_for(page.socket.close(code=code), 1.0) for page in self._pages]
        await asyncio.gather(*closing, return_exceptions=True)


async def _send(page: _Page, request: web.Request) -> None:
    try:
        await page.send()
    except asyncio.TimeoutError:
        _log.info("a page took no message for %g s and was dropped", _SEND_SECONDS)
    except ConnectionError:
        pass  # the page went away
    except Exception:  # noqa: BLE001 -- the top of a task; the page connects again
        _log.exception("a live connection failed")
    if request.transport is not None:
        request.transport.abort()  # ends the receiving side too


async def live(request: web.Request) -> web.WebSocketResponse:
    """`GET /api/v1/live`: one page, from its greeting to its end."""
    return await request.app[HUB].serve(request)
