"""How handlers reach the store: through one Query, opened when there is a store, asked only in threads."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

from trackio_web.reply import json_response, json_text
from trackiod.query import Query

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from trackio.places import Places

T = TypeVar("T")


class Reader:
    """Owns the Query of one data folder; close() frees it."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._query: Query | None = None
        self._opening = threading.Lock()

    async def ask(self, question: Callable[[Query], T]) -> T:
        """Return `question(query)`, worked out in a thread; raises StoreError while there is no store."""
        return await asyncio.to_thread(lambda: question(self._opened()))

    async def reply(self, question: Callable[[Query], object]) -> web.Response:
        """Return the answer as a JSON response; the JSON, too, is made in the thread."""
        return json_response(await self.ask(lambda query: json_text(question(query))))

    def close(self) -> None:
        """Free the store; whatever is asked afterwards opens it again."""
        with self._opening:
            if self._query is not None:
                self._query.close()
            self._query = None

    def _opened(self) -> Query:
        with self._opening:
            if self._query is None:
                self._query = Query.open(self.places)
            return self._query
