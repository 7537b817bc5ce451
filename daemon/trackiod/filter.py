"""The language that runs are asked for in: `status = running and config.lr < 0.01 and summary.val/loss < 0.3`; pure.

    filter      = either
    either      = both { "or" both }
    both        = one { ["and"] one }
    one         = "not" one | "(" either ")" | comparison | text       a text alone is sought in the run's name
    comparison  = field ( "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~" ) value
                | field ["not"] "in" "(" value { "," value } ")"

docs/HTTP.md tells users of it. What a run does not have makes a comparison false, whichever it is; only `= null` is
true of it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, NamedTuple

from trackio.errors import BadRequest
from trackiod import comparison
from trackiod.comparison import Field, Read, Test, Value
from trackiod.pattern import Pattern

Bind = Callable[[Field], Read]


class Terms(NamedTuple):
    """What the words of a filter mean, for whatever it is a filter of."""

    #: Returns the field of a name of such parts, quoted or not; raises LookupError that says which there are.
    field: Callable[[tuple[str, ...], bool], Field]
    #: The field in whose texts, whatever their case, a text alone is sought.
    mention: Field
    example: str


#: Those of runs.
RUNS: Final = Terms(comparison.of_run, comparison.PLAIN["name"], "status = running, or a part of a name")

#: Longest filter, in characters, and how deep its parts may be nested.
MAX_TEXT: Final = 4_096
MAX_DEPTH: Final = 50
_LONGEST_NUMBER: Final = 40

_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EQUAL: Final = frozenset({"=", "==", "!="})


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or quoted text (`parts` are what its dots divide), a sign, or the end."""

    kind: str  # "word" | "text" | "sign" | "end"
    text: str
    column: int
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else repr(self.text[:50])

    def means(self, *words: str) -> bool:
        """Tell whether this is one of these words or signs, not quoted."""
        return self.kind in {"word", "sign"} and self.text.lower() in words


def parse(text: str, now: float, bind: Bind = attrgetter("read"), terms: Terms = RUNS) -> Test:
    """Return the test that a filter is; `now` is what its times count from, in seconds since the epoch.

    `bind` returns how a field is read of whatever stands for a run there; usually of the run itself. Raises BadRequest
    that names the column of the text and what was expected there.
    """
    return _Parser(text, now, "filter", bind, terms).whole()


def field(text: str, what: str = "sort") -> Field:
    """Return the field of that name; raises BadRequest as `parse` does, about `what`."""
    return _Parser(text, 0, what).field_alone()


# -------------------------------------------------------------------------------------------------------- words

_PIECES: Final = re.compile(
    r"""(?P<space>\s+)
      | (?P<sign>==|!=|<=|>=|!~|[=<>~(),])
      | (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<word>[^\s=<>~(),!"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


def _tokens(text: str, what: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text):
        piece = _PIECES.match(text, at)
        if piece is None:
            expected = "the closing quote" if text[at] in "\"'" else "= or ~ after it"
            raise BadRequest(f"{what}: column {at + 1}: {text[at]!r} without {expected}")
        if piece["sign"]:
            found.append(_Token("sign", piece["sign"], at + 1))
        elif not piece["space"]:
            fresh = _text_token(piece, at + 1)
            if found and found[-1].kind in {"word", "text"} and not text[at - 1].isspace():
                fresh = _joined(found.pop(), fresh)
            found.append(fresh)
        at = piece.end()
    return [*found, _Token("end", "", len(text) + 1)]


def _text_token(piece: re.Match[str], column: int) -> _Token:
    if piece["word"]:
        return _Token("word", piece["word"], column, tuple(piece["word"].split(".")))
    plain = re.sub(r"\\(.)", r"\1", piece["quoted"][1:-1], flags=re.DOTALL)
    return _Token("text", plain, column, (plain,))


def _joined(before: _Token, after: _Token) -> _Token:
    """Return what stands without space between: `config."my.key".x` is one word of three parts."""
    parts = (*before.parts[:-1], before.parts[-1] + after.parts[0], *after.parts[1:])
    return _Token("word", before.text + after.text, before.column, parts)


# -------------------------------------------------------------------------------------------------------- parser


class _Parser:
    """Recursive descent over the words of one text."""

    def __init__(self, text: str, now: float, what: str, bind: Bind = attrgetter("read"), terms: Terms = RUNS) -> None:
        if len(text) > MAX_TEXT:
            raise BadRequest(f"{what}: is longer than {MAX_TEXT} characters")
        self._what, self._now, self._bind, self._terms = what, now, bind, terms
        self._tokens, self._at, self._depth = _tokens(text, what), 0, 0

    def whole(self) -> Test:
        test = self._either()
        if self._next.kind != "end":
            raise self._expected("and, or, or the end")
        return test

    def field_alone(self) -> Field:
        found = self._field(self._take())
        if self._next.kind != "end":
            raise self._expected("the end")
        return found

    # ------------------------------------------------------------------------------------------- combinations

    def _either(self) -> Test:
        tests = [self._both()]
        while self._next.means("or"):
            self._take()
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda run: any(test(run) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._next.means("and", "not", "(") or (
            self._next.kind in {"word", "text"} and not self._next.means("or")
        ):
            if self._next.means("and"):
                self._take()
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda run: all(test(run) for test in tests)

    def _one(self) -> Test:
        if self._next.means("not", "("):
            return self._nested()
        if self._next.kind not in {"word", "text"} or self._next.means("and", "or", "in"):
            raise self._expected(f"a comparison such as {self._terms.example}")
        token = self._take()
        negated = self._next.means("not") and self._tokens[self._at + 1].means("in")
        if negated:
            self._take()
        if self._next.means("in"):
            return self._among(self._field(token), negated=negated)
        if self._next.kind == "sign" and not self._next.means("(", ")", ","):
            return self._comparison(self._field(token))
        sought, read = token.text.lower(), self._bind(self._terms.mention)
        return lambda run: any(sought in text.lower() for text in comparison.texts(read(run)))

    def _nested(self) -> Test:
        opening = self._take()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._wrong(opening, f"nested more than {MAX_DEPTH} deep")
        if opening.means("not"):
            denied = self._one()
            self._depth -= 1
            return lambda run: not denied(run)
        test = self._either()
        self._close(f"and, or, or ) for the ( in column {opening.column}")
        self._depth -= 1
        return test

    # -------------------------------------------------------------------------------------------- comparisons

    def _comparison(self, of: Field) -> Test:
        if self._next.means("~", "!~"):
            return self._search(of)
        sign, read = self._take().text, self._bind(of)
        token = self._take_text(f"a value after {sign}")
        value = self._value(of, token, sign)
        if sign in {"=", "=="}:
            return lambda run: comparison.is_any(read(run), (value,))
        if sign == "!=":
            return lambda run: comparison.is_none(read(run), (value,))
        if value.is_null:
            raise self._wrong(token, f"null has no order: = or != is expected before it, not {sign}")
        holds = _ORDERS[sign]
        return lambda run: any(comparison.is_ordered(item, value, holds) for item in comparison.items(read(run)))

    def _search(self, of: Field) -> Test:
        if of.kind in {"number", "time", "duration"}:
            raise self._expected(f"= != < <= > >= or in after {of.name}, which is no text")
        sign = self._take().text
        token = self._take_text(f"a regular expression after {sign}")
        try:
            search = Pattern(token.text).search
        except BadRequest as error:
            raise self._wrong(token, str(error)) from error
        wanted, read = sign == "~", self._bind(of)

        def test(run: Any) -> bool:
            texts = comparison.texts(read(run))
            return bool(texts) and any(map(search, texts)) is wanted

        return test

    def _among(self, of: Field, *, negated: bool) -> Test:
        self._take()
        if not self._next.means("("):
            raise self._expected("( and a list of values after in")
        opening, values = self._take(), list[Value]()
        while not values or self._next.means(","):
            if values:
                self._take()
            values.append(self._value(of, self._take_text("a value"), "="))
        self._close(f"a comma, or ) for the ( in column {opening.column}")
        read, holds = self._bind(of), comparison.is_none if negated else comparison.is_any
        return lambda run: holds(read(run), values)

    def _value(self, of: Field, token: _Token, sign: str) -> Value:
        """Return what a field is compared with, checked against what it holds."""
        value = Value(token.text, _number(token), token.kind == "text" or of.kind in {"text", "status"})
        if token.means("null", "none"):
            return Value(token.text, None, quoted=False)
        if of.kind == "status" and sign in _EQUAL and value.text not in comparison.STATUSES:
            raise self._wrong(token, f"a status is expected, {' or '.join(comparison.STATUSES)}, not {token}")
        if of.kind == "number" and value.number is None:
            raise self._wrong(token, f"a number is expected for {of.name}, not {token}")
        if of.kind in {"time", "duration"}:
            seconds = comparison.moment(token.text, self._now) if of.kind == "time" else comparison.seconds(token.text)
            if seconds is None:
                likes = "2026-01-31, 2026-01-31T12:00Z or now-7d" if of.kind == "time" else "90s, 45m, 2h or 7d"
                raise self._wrong(token, f"a {of.kind} is expected for {of.name}, like {likes}, not {token}")
            return Value(token.text, seconds, quoted=False)
        return value

    def _field(self, token: _Token) -> Field:
        try:
            return self._terms.field(token.parts or ("",), token.kind == "text")
        except LookupError as error:
            raise self._wrong(token, str(error.args[0])) from error

    # --------------------------------------------------------------------------------------------------- words

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _take_text(self, expected: str) -> _Token:
        if self._next.kind not in {"word", "text"}:
            raise self._expected(expected)
        return self._take()

    def _close(self, expected: str) -> None:
        if not self._next.means(")"):
            raise self._expected(expected)
        self._take()

    def _expected(self, what: str) -> BadRequest:
        return self._wrong(self._next, f"expected {what}; found {self._next}")

    def _wrong(self, token: _Token, text: str) -> BadRequest:
        return BadRequest(f"{self._what}: column {token.column}: {text}")


def _number(token: _Token) -> float | None:
    # Python also takes underscores and the digits of every script.
    if token.kind != "word" or not token.text.isascii() or "_" in token.text or len(token.text) > _LONGEST_NUMBER:
        return None
    with suppress(ValueError):
        return int(token.text)
    with suppress(ValueError):
        return float(token.text)
    return None
