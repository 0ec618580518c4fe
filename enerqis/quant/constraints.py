"""Comparisons of parameters, such as ``strategy.fast_bars < strategy.slow_bars``: a grammar of its own, nothing is evaluated.

    constraint := sum COMPARISON sum            COMPARISON: < <= > >= == !=
    sum        := product (("+" | "-") product)*
    product    := value (("*" | "/") value)*
    value      := NUMBER | KEY | "-" value | "(" sum ")"

A KEY is a dotted key of the spec; its value must be a number.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)|(?P<key>[A-Za-z_][A-Za-z0-9_.]*)|(?P<sign><=|>=|==|!=|[-+*/()<>]))"
)
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
DEEPEST = 20
"""Most brackets inside each other."""

Value = Callable[[Mapping[str, Any]], float]
"""A parsed expression: its number, given values by key."""


class Constraint(NamedTuple):
    """A parsed comparison.

    Parameters
    ----------
    text : str
    keys : tuple of str
        Keys that it names, each once.
    holds : callable
        Takes values by key and returns whether the comparison is true; false where one of them is no number.
    """

    text: str
    keys: tuple[str, ...]
    holds: Callable[[Mapping[str, Any]], bool]


def parse_constraint(text: str) -> Constraint:
    """Return the comparison that a text says.

    Raises
    ------
    ValueError
        If it is none; the message says where.
    """
    parser = _Parser(text)
    left = parser.sum()
    sign = parser.take()
    if sign not in COMPARISONS:
        raise parser.fault(f"expected one of {' '.join(COMPARISONS)}")
    right = parser.sum()
    if parser.left:
        parser.take()
        raise parser.fault("expected the end")
    compare = COMPARISONS[sign]

    def holds(values: Mapping[str, Any]) -> bool:
        return compare(left(values), right(values))

    return Constraint(text, tuple(dict.fromkeys(parser.keys)), holds)


class _Parser:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.keys: list[str] = []
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    @property
    def left(self) -> bool:
        """Whether anything is left to read."""
        return self._at < len(self._tokens)

    def fault(self, expected: str) -> ValueError:
        """Return what is wrong with the token read last."""
        at = max(0, self._at - 1)
        found = f"'{self._tokens[at][1]}'" if at < len(self._tokens) and self._at <= len(self._tokens) else "nothing"
        return ValueError(f"'{self.text}': {expected}, found {found}")

    def take(self) -> str:
        """Return the next token's text, empty at the end."""
        self._at += 1
        return self._tokens[self._at - 1][1] if self._at <= len(self._tokens) else ""

    def sum(self) -> Value:
        """Read products with + and - between them."""
        return self._chain(self._product, {"+": operator.add, "-": operator.sub})

    def _product(self) -> Value:
        return self._chain(self._value, {"*": operator.mul, "/": _quotient})

    def _chain(self, read: Callable[[], Value], signs: Mapping[str, Callable[[float, float], float]]) -> Value:
        value = read()
        while self.left and self._tokens[self._at][1] in signs:
            value = _both(signs[self.take()], value, read())
        return value

    def _value(self) -> Value:
        sort, text = self._tokens[self._at] if self.left else ("", "")
        self.take()
        if sort == "number":
            return _constant(float(text))
        if sort == "key":
            self.keys.append(text)
            return _looked_up(text)
        if text == "-":
            value = self._value()
            return lambda values: -value(values)
        if text == "(" and self._depth < DEEPEST:
            self._depth += 1
            inner = self.sum()
            if self.take() != ")":
                raise self.fault("expected )")
            self._depth -= 1
            return inner
        raise self.fault("expected a number, a key or (")


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"'{text}': cannot be read from '{text[at:].strip()}' on")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found


def _constant(number: float) -> Value:
    return lambda _: number


def _looked_up(key: str) -> Value:
    def value(values: Mapping[str, Any]) -> float:
        found = values.get(key)
        return math.nan if found is None or isinstance(found, str) else float(found)

    return value


def _both(operation: Callable[[float, float], float], left: Value, right: Value) -> Value:
    return lambda values: operation(left(values), right(values))


def _quotient(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else math.nan
