"""Regular expressions that users send: bounded in length and in time, and nobody waits for their search."""

from __future__ import annotations

import time
from typing import Final

import regex

from trackio.errors import BadRequest

#: Longest expression, and the part of a text that is searched, in characters.
MAX_PATTERN: Final = 500
MAX_TEXT: Final = 4_096
#: Seconds that all searches of one pattern may take together.
MAX_SECONDS: Final = 1.0


class Pattern:
    """One regular expression in Python's syntax, for one question: search() until its time is used up."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_PATTERN:
            raise BadRequest(f"a regular expression of at most {MAX_PATTERN} characters is taken")
        try:
            self._compiled = regex.compile(text)
        except (regex.error, RecursionError, OverflowError) as error:
            raise BadRequest(f"a regular expression is expected ({error})") from error
        self._text, self._left = text, MAX_SECONDS

    def search(self, text: str) -> bool:
        """Tell whether the expression is found anywhere in the beginning of `text`.

        Raises BadRequest once the searches have taken too long: some expressions backtrack without end.
        """
        if self._left <= 0:
            raise self._slow()
        start = time.perf_counter()
        try:
            # Without the interpreter's lock, so that whoever else is served does not wait.
            found = self._compiled.search(text[:MAX_TEXT], timeout=self._left, concurrent=True)
        except TimeoutError as error:
            raise self._slow() from error
        self._left -= time.perf_counter() - start
        return found is not None

    def _slow(self) -> BadRequest:
        return BadRequest(f"filter: the regular expression {self._text[:50]!r} takes more than {MAX_SECONDS:g} s")
