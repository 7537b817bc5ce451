"""Metrics that are worked out of others: `=train/loss - val/loss`, at the steps where all of them were logged; pure.

    sum     = product { ( "+" | "-" ) product }
    product = power { ( "*" | "/" ) power }
    power   = [ "-" ] atom [ "^" power ]
    atom    = number | metric | function "(" sum { "," sum } ")" | "of" "(" run "," sum ")" | "(" sum ")"

A metric or run stands as it is, or in double quotes where its name holds anything but letters, digits and `_ . : /`. A
slash without spaces about it is part of a name. Metrics within `of` are those of that run, whichever run the formula is
read of. docs/HTTP.md tells users of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from trackio.errors import BadRequest
from trackiod.store import chunk
from trackiod.store.chunk import Points

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What the name of a metric that is worked out begins with.
SIGN: Final = "="
#: Longest formula, in characters, and how deep its parts may be nested.
MAX_TEXT: Final = 1_000
MAX_DEPTH: Final = 50

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)
        |(?P<word>[^\W\d][\w.:]*(?:/[\w.:]+)*)
        |"(?P<quoted>[^"]+)"
        |(?P<sign>[-+*/^(),]))""",
    re.VERBOSE,
)
#: Digits of a power of the weight at most, so that its inverse is still a number.
_RANGE: Final = 500.0


class Metric(NamedTuple):
    """A metric that a formula names: of the run that it is read of, or of the one of this id or name."""

    name: str
    run: str | None = None


Columns = Mapping[Metric, Any]
Evaluate = Callable[[Columns], Any]


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was understood: the metrics it is made of, in order, and what it makes of their columns."""

    metrics: tuple[Metric, ...]
    evaluate: Evaluate

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics that a run must have for the formula to be read of it."""
        return tuple(name for name, run in self.metrics if run is None)


@lru_cache(maxsize=256)
def parse(text: str) -> Formula:
    """Return what a formula (without its sign) means; raises BadRequest naming the column where it cannot be read."""
    if len(text) > MAX_TEXT:
        raise BadRequest(f"formula: is longer than {MAX_TEXT} characters")
    parser = _Parser(_tokens(text), len(text) + 1)
    found = parser.sum()
    parser.end()
    formula = Formula(tuple(parser.metrics), found)
    if not formula.names:
        raise BadRequest("formula: names no metric")
    return formula


def points(text: str, read: Callable[[Metric], Points]) -> Points:
    """Return what a formula is at each step where all its metrics are; `read` returns the points of one.

    Nothing for a formula that cannot be read: to its reader it is a metric that was never logged.
    """
    try:
        formula = parse(text)
    except BadRequest:
        return chunk.empty()
    held = {metric: read(metric) for metric in formula.metrics}
    first = held[Metric(formula.names[0])]
    steps = reduce(_common, (each.steps for each in held.values()))
    if not len(steps):
        return chunk.empty()
    columns = {metric: _at(steps, each.steps, each.floats()) for metric, each in held.items()}
    with np.errstate(all="ignore"):
        values = np.broadcast_to(formula.evaluate(columns), len(steps)).astype(np.float64)
    times = _at(steps, first.steps, first.times)
    return Points(steps, times, values.view(np.int64), np.zeros(len(steps), np.bool_))


def _common(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the steps that are in both; most often these are all of them."""
    return one if np.array_equal(one, other) else np.intersect1d(one, other, assume_unique=True)


def _at(steps: NDArray[np.int64], held: NDArray[np.int64], column: NDArray[Any]) -> NDArray[Any]:
    """Return a column at some of its steps."""
    return column if len(steps) == len(held) else column[np.searchsorted(held, steps)]


# ------------------------------------------------------------------------------------------------------ functions


def ema(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """Return the debiased exponential moving average; what is not finite is passed over, and stays what it is."""
    if weight <= 0:
        return values
    finite = np.isfinite(values)
    known = values[finite]
    block = max(1, int(_RANGE / -np.log(weight)))
    means, total, mass = np.empty(len(known)), 0.0, 0.0
    for start in range(0, len(known), block):
        part = known[start : start + block]
        decay = weight ** np.arange(1, len(part) + 1)
        sums = (total + np.cumsum(part / decay)) * decay
        masses = (mass + np.cumsum(1 / decay)) * decay
        means[start : start + block] = sums / masses
        total, mass = float(sums[-1]), float(masses[-1])
    out = np.array(values, np.float64)
    out[finite] = means
    return out


def _averaged(values: Any, weight: Any = 0.9) -> Any:
    return ema(np.asarray(values, np.float64), float(np.clip(np.max(weight), 0.0, 0.99999)))


def _differences(values: Any) -> Any:
    return np.diff(values, prepend=np.nan)


class _Function(NamedTuple):
    apply: Callable[..., Any]
    least: int
    most: int


_FUNCTIONS: Final = {
    **{name: _Function(getattr(np, name), 1, 1) for name in ("abs", "sqrt", "log", "log2", "log10", "exp")},
    "min": _Function(lambda *given: reduce(np.fmin, given), 2, 20),
    "max": _Function(lambda *given: reduce(np.fmax, given), 2, 20),
    "cummin": _Function(np.fmin.accumulate, 1, 1),
    "cummax": _Function(np.fmax.accumulate, 1, 1),
    "cumsum": _Function(np.cumsum, 1, 1),
    "diff": _Function(_differences, 1, 1),
    "ema": _Function(_averaged, 1, 2),
}


# -------------------------------------------------------------------------------------------------------- reading


class _Token(NamedTuple):
    kind: str
    text: str
    column: int


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            column = at + len(text[at:]) - len(text[at:].lstrip()) + 1
            raise BadRequest(f"formula: column {column}: {text[column - 1]!r} is not understood")
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind], match.start(kind) + 1))
        at = match.end()
    return found


@dataclass(slots=True)
class _Parser:
    tokens: list[_Token]
    length: int
    metrics: list[Metric] = field(default_factory=list)
    #: Whose metrics are named; None for the run that the formula is read of.
    run: str | None = None
    depth: int = 0

    def sum(self) -> Evaluate:
        return self._chain(self.product, {"+": np.add, "-": np.subtract})

    def product(self) -> Evaluate:
        return self._chain(self.power, {"*": np.multiply, "/": np.divide})

    def power(self) -> Evaluate:
        if self._takes("-"):
            inner = self.power()
            return lambda columns: np.negative(inner(columns))
        base = self.atom()
        if not self._takes("^"):
            return base
        raised = self.power()
        return lambda columns: np.power(base(columns), raised(columns))

    def atom(self) -> Evaluate:
        if not self.tokens:
            raise BadRequest(f"formula: column {self.length}: expected a metric; found the end")
        kind, text, column = self.tokens.pop(0)
        if kind == "number":
            number = float(text)
            return lambda _: number
        if kind == "word" and self._takes("("):
            return self._of_run() if text == "of" else self._called(text, column)
        if kind in {"word", "quoted"}:
            metric = Metric(text, self.run)
            if metric not in self.metrics:
                self.metrics.append(metric)
            return lambda columns: columns[metric]
        if text != "(":
            raise BadRequest(f"formula: column {column}: expected a metric; found {text!r}")
        inner = self._nested(self.sum)
        self._must(")")
        return inner

    def end(self) -> None:
        if self.tokens:
            raise BadRequest(f"formula: column {self.tokens[0].column}: expected an operator or the end")

    def _of_run(self) -> Evaluate:
        if not self.tokens or self.tokens[0].kind not in {"word", "quoted"}:
            raise BadRequest(f"formula: column {self._at}: expected the id or name of a run")
        outer, self.run = self.run, self.tokens.pop(0).text
        self._must(",")
        inner = self._nested(self.sum)
        self._must(")")
        self.run = outer
        return inner

    def _called(self, name: str, column: int) -> Evaluate:
        function = _FUNCTIONS.get(name)
        if function is None:
            raise BadRequest(f"formula: column {column}: {name!r} is none of {', '.join(sorted({*_FUNCTIONS, 'of'}))}")
        given = [self._nested(self.sum)]
        while self._takes(","):
            given.append(self._nested(self.sum))
        self._must(")")
        if not function.least <= len(given) <= function.most:
            raise BadRequest(f"formula: column {column}: {name} takes {function.least} to {function.most} arguments")
        return lambda columns: function.apply(*(each(columns) for each in given))

    def _chain(self, part: Callable[[], Evaluate], operators: Mapping[str, Callable[[Any, Any], Any]]) -> Evaluate:
        found = part()
        while self.tokens and self.tokens[0].kind == "sign" and self.tokens[0].text in operators:
            operator = operators[self.tokens.pop(0).text]
            found = _joined(operator, found, part())
        return found

    def _nested(self, part: Callable[[], Evaluate]) -> Evaluate:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise BadRequest(f"formula: is nested deeper than {MAX_DEPTH}")
        found = part()
        self.depth -= 1
        return found

    def _takes(self, sign: str) -> bool:
        if self.tokens and self.tokens[0].kind == "sign" and self.tokens[0].text == sign:
            self.tokens.pop(0)
            return True
        return False

    def _must(self, sign: str) -> None:
        if not self._takes(sign):
            raise BadRequest(f"formula: column {self._at}: expected {sign!r}")

    @property
    def _at(self) -> int:
        return self.tokens[0].column if self.tokens else self.length


def _joined(operator: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda columns: operator(left(columns), right(columns))
