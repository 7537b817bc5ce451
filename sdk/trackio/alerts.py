"""What an alert says, how it looks on a terminal, and which webhook is told of it; checks and sends nothing itself."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


class AlertLevel(str, Enum):
    """How much an alert matters; its plain text, like "error", is taken for it everywhere."""

    INFO = "info"
    WARN = "warn"
    ERROR = "error"


_ORDER: Final = list(AlertLevel)
_COLOURS: Final = {AlertLevel.INFO: 94, AlertLevel.WARN: 93, AlertLevel.ERROR: 91}


def level_of(given: Any, name: str = "level") -> AlertLevel:
    """Return the level that is meant, whatever its case; raises ValueError naming one that is none."""
    with suppress(ValueError):
        return AlertLevel(given.strip().lower() if isinstance(given, str) else given)
    raise ValueError(f"{name} is one of {', '.join(level.value for level in AlertLevel)}; got {given!r:.80}")


class Webhook(NamedTuple):
    """The address that is told of a run's alerts, if any, from a level on."""

    url: str | None = None
    least: AlertLevel = AlertLevel.INFO

    @classmethod
    def read(cls, environment: Mapping[str, str], url: str | None, least: Any) -> Webhook:
        """Return what arguments ask for, or else `environment`; raises ValueError naming what cannot be used."""
        found, level = environment.get("TRACKIO_WEBHOOK_URL"), environment.get("TRACKIO_WEBHOOK_MIN_LEVEL")
        return cls(
            address(found, "TRACKIO_WEBHOOK_URL") if url is None else address(url),
            level_of(level or "info", "TRACKIO_WEBHOOK_MIN_LEVEL")
            if least is None
            else level_of(least, "webhook_min_level"),
        )

    def of(self, level: AlertLevel, url: str | None) -> str | None:
        """Return whom to tell of an alert of that level, `url` in the run's stead; None for nobody."""
        named = address(url) or self.url
        return named if _ORDER.index(level) >= _ORDER.index(self.least) else None


#: Nobody is told.
NOBODY: Final = Webhook()


def address(url: str | None, name: str = "webhook_url") -> str | None:
    """Return the address of a webhook; raises ValueError for any but http and https, without telling it."""
    if not url:
        return None
    with suppress(ValueError, AttributeError, TypeError):
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname:
            return url
    raise ValueError(f"{name} is an address that begins with http:// or https://")


def tell(level: AlertLevel, title: str, text: str | None, step: int | None) -> None:
    """Print an alert on stderr, in colour on a terminal; never raises."""
    said = f"{title}: {text}" if text else title
    head, at = f"[TRACKIO {level.name}]", "" if step is None else f" (step {step})"
    # Whatever stderr was replaced by may fail in any way.
    with suppress(Exception):
        if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
            head = f"\033[{_COLOURS[level]}m{head}\033[0m"
        print(f"{head} {said}{at}", file=sys.stderr, flush=True)  # noqa: T201
