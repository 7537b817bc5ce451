"""Tells webhooks of alerts: on a thread of its own, and again after failures that may pass."""

from __future__ import annotations

import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trackiod.store.alerts import Told, Waiting
    from trackiod.store.runs import Run

log: Final = logging.getLogger(__name__)

#: Seconds that an answer may take.
TIMEOUT: Final = 10.0
#: Seconds until a webhook that failed is tried again, each time longer; then it is given up.
PAUSES: Final = (5.0, 30.0, 120.0, 600.0, 1800.0)
#: An alert older than so many seconds is news to nobody.
OLDEST: Final = 24 * 3600.0
#: Answers after which another try may succeed, besides those of 500 and more.
_PASSING: Final = frozenset({408, 425, 429})
#: Longest texts that Slack and Discord take, less some room for what we add.
_LONGEST: Final = {"slack": (200, 2_900), "discord": (200, 4_000), "": (2**31, 2**31)}
_MARKS: Final = {"info": "ℹ️", "warn": "⚠️", "error": "🚨"}
_COLOURS: Final = {"info": 0x3B82F6, "warn": 0xEAB308, "error": 0xDC2626}


@dataclass(frozen=True, slots=True)
class Call:
    """One alert on its way to a webhook; `run` and `project` by name."""

    number: int
    url: str
    project: str
    run: str
    alert: Told

    @classmethod
    def of(cls, waiting: Waiting, run: Run) -> Call:
        """Return what is to be told of an alert of that run."""
        return cls(waiting.number, waiting.url, run.project, run.name, waiting.alert)

    @property
    def host(self) -> str:
        """Whom it goes to: all of the address that may be told."""
        with suppress(ValueError):
            return urlsplit(self.url).hostname or ""
        return ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a call: told, or given up for the reason that is named."""

    number: int
    error: str | None = None


@dataclass(slots=True)
class _Due:
    call: Call
    at: float
    failures: int = 0


class Webhooks:
    """Owns the thread. add() · outcomes() · status() · close(); what is not settled then is told after the next start.

    A host that failed is left alone for a while, so that one which hangs does not keep the others waiting.
    """

    def __init__(self) -> None:
        #: Called when there are outcomes.
        self.told: Callable[[], None] = lambda: None
        self._due: list[_Due] = []
        self._outcomes: deque[Delivered] = deque()
        self._resting: dict[str, float] = {}
        self._counts: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = False

    def add(self, calls: Iterable[Call]) -> None:
        """Tell webhooks of these alerts soon; returns at once."""
        now = time.monotonic()
        with self._changed:
            self._due += [_Due(call, now) for call in calls]
            if self._due and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="trackio-webhooks", daemon=True)
                self._thread.start()
            self._changed.notify()

    def outcomes(self) -> list[Delivered]:
        """Return what became of calls since the last time that this was asked."""
        found = []
        while self._outcomes:
            found.append(self._outcomes.popleft())
        return found

    def status(self) -> dict[str, int]:
        """Return how many wait, and how many were sent, given up, and tried in vain since the start."""
        counts = {name: self._counts[name] for name in ("sent", "failed", "tries_failed")}
        return {"pending": len(self._due), **counts}

    def close(self) -> None:
        """End the thread, or leave it to its last answer."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(0.5)

    # -------------------------------------------------------------------------------------------- the thread

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._stopping:
                    return
                now = time.monotonic()
                due = min(self._due, key=self._at, default=None)
                wait = None if due is None else self._at(due) - now
                if due is None or (wait is not None and wait > 0):
                    self._changed.wait(wait)
                    continue
            self._try(due)

    def _at(self, due: _Due) -> float:
        return max(due.at, self._resting.get(due.call.host, 0.0))

    def _try(self, due: _Due) -> None:
        call, passing = due.call, False
        try:
            if time.time() - call.alert.time / 1e6 > OLDEST:
                error: str | None = "the alert was a day old when it could be sent"
            else:
                error, passing = post(call.url, body(call))
        except Exception as unforeseen:  # noqa: BLE001 -- the top of a thread: the other calls go on
            error = type(unforeseen).__name__  # its text may hold the address
        if error is not None and passing and due.failures < len(PAUSES):
            self._postpone(due, error)
        else:
            self._settle(due, error)

    def _postpone(self, due: _Due, error: str) -> None:
        pause = PAUSES[due.failures]
        log.info("the webhook at %s failed (%s) and is tried again in %g s", due.call.host, error, pause)
        with self._changed:
            due.at, due.failures = time.monotonic() + pause, due.failures + 1
            # Of those that wait for the same host, the first to try is the one that failed.
            self._resting[due.call.host] = due.at
            self._counts["tries_failed"] += 1

    def _settle(self, due: _Due, error: str | None) -> None:
        if error is not None:
            log.warning("the webhook at %s was not told of an alert: %s", due.call.host, error)
        with self._changed:
            self._due.remove(due)
            self._counts["sent" if error is None else "failed"] += 1
            if error is None:
                self._resting.pop(due.call.host, None)
        self._outcomes.append(Delivered(due.call.number, error))
        self.told()


# ------------------------------------------------------------------------------------------------------ over HTTP


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nobody: an alert is meant for the address that was given."""


_opener: Final = urllib.request.build_opener(_NoRedirects)


def post(url: str, body: dict[str, Any]) -> tuple[str | None, bool]:
    """Send JSON; return why it was not taken, None if it was, and whether another try may succeed.

    No part of the address is in the reason: it is a secret.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        return "its address is neither http nor https", False
    asked = urllib.request.Request(  # noqa: S310 -- the scheme was looked at
        url, json.dumps(body).encode(), {"Content-Type": "application/json", "User-Agent": "trackio"}, method="POST"
    )
    try:
        with _opener.open(asked, timeout=TIMEOUT):
            return None, False
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return f"HTTP status {refusal.code}", refusal.code >= 500 or refusal.code in _PASSING
    except OSError as error:  # URLError, too
        reason = getattr(error, "reason", error)
        told = isinstance(reason, OSError) and reason.strerror
        return told or type(reason).__name__, True
    except (ValueError, HTTPException) as error:
        return type(error).__name__, not isinstance(error, ValueError)


# ------------------------------------------------------------------------------------------------------- contents


def body(call: Call) -> dict[str, Any]:
    """Return what a webhook is told: Slack and Discord in blocks of theirs, everybody else in plain fields."""
    host, path = call.host, urlsplit(call.url).path
    if host == "hooks.slack.com":
        return _slack(call)
    if host.removeprefix("www.") in {"discord.com", "discordapp.com"} and path.startswith("/api/webhooks"):
        return _discord(call)
    alert = call.alert
    return {
        "level": alert.level,
        "title": alert.title,
        "text": alert.text,
        "project": call.project,
        "run": call.run,
        "step": alert.step,
        "timestamp": datetime.fromtimestamp(alert.time / 1e6, timezone.utc).isoformat(),
    }


def _slack(call: Call) -> dict[str, Any]:
    title, text = _cut(call, "slack")
    blocks = [_section(f"*{_headline(call, title)}*")]
    if text:
        blocks.append(_section(text))
    return {"text": title, "blocks": [*blocks, {"type": "context", "elements": [_markdown(_place(call))]}]}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _markdown(text)}


def _markdown(text: str) -> dict[str, str]:
    # What Slack takes for the beginning of a link or a mention.
    return {"type": "mrkdwn", "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}


def _discord(call: Call) -> dict[str, Any]:
    title, text = _cut(call, "discord")
    embed = {
        "title": _headline(call, title),
        "color": _COLOURS.get(call.alert.level, 0),
        "footer": {"text": _place(call)},
        **({"description": text} if text else {}),
    }
    return {"embeds": [embed], "allowed_mentions": {"parse": []}}


def _cut(call: Call, service: str) -> tuple[str, str]:
    title, text = _LONGEST[service]
    return _short(call.alert.title, title), _short(call.alert.text or "", text)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _headline(call: Call, title: str) -> str:
    return f"{_MARKS.get(call.alert.level, '')} [{call.alert.level.upper()}] {title}".strip()


def _place(call: Call) -> str:
    step = "" if call.alert.step is None else f" · step {call.alert.step}"
    return f"{_short(call.project, 500)} · {_short(call.run, 500)}{step}"
