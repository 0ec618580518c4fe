"""What two results of one backtest differ in: counts, and the first difference with both accounts there.

The computing is in `enerqis.quant.comparison`; this file holds its answer and the words for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Value = float | int | str | None
"""A value of a table, as people and JSON read it; None = not there, or NaN."""


class Tolerance(NamedTuple):
    """How far two numbers may lie apart and still be called equal, relative to the larger; 0 = to the bit.

    Parameters
    ----------
    units : float
        Of units ordered, filled and held.
    money : float
        Of prices, commissions, slippage and targets. Equity and cash are held against the largest equity so far, because
        the cash of an all-in account is the small rest of large numbers.
    """

    units: float = 0.0
    money: float = 1e-9


PARITY = Tolerance()
"""Two engines: units and bars exact, money to 1e-9."""

SAME_ARITHMETIC = Tolerance(units=1e-12, money=1e-12)
"""One engine on two processors, whose log, exp and pow may end in another last bit."""


class Tally(NamedTuple):
    """Rows of one table: how many each side has, and how many are not the same on both."""

    left: int
    right: int
    differing: int


class Difference(NamedTuple):
    """One value that is not the same on both sides.

    Parameters
    ----------
    table : {"order", "fill", "bar"}
        What differs.
    ts : int
        Its instant, UTC ns.
    bar : int
        Close of the bar it falls into, UTC ns.
    symbol : str
        Empty where it concerns the account.
    field : str
        Column; empty where only one side has the row.
    left, right : float, int, str or None
        The two values; where only one side has the row, its units (of a bar: its equity) there and None here.
    """

    table: str
    ts: int
    bar: int
    symbol: str
    field: str
    left: Value
    right: Value


class AccountState(NamedTuple):
    """The account at the close of a bar; `positions` holds signed units of what is held, by symbol."""

    equity: float
    cash: float
    positions: dict[str, float]

    def __str__(self) -> str:
        """Return one line."""
        held = ", ".join(f"{symbol} {units!r}" for symbol, units in self.positions.items()) or "nothing"
        return f"equity {self.equity!r}, cash {self.cash!r}, holds {held}"


@dataclass(frozen=True)
class Divergence:
    """Where two results part, or that they do not.

    Parameters
    ----------
    orders, fills, bars : Tally
    max_relative_equity_difference : float
        Largest difference of equity at one bar, over the largest equity so far.
    first : Difference or None
        The first in time; None where the results agree.
    states : pair of AccountState or None
        Left and right account at the close of the first difference's bar; None where a side has no such bar, or none is needed.
    """

    orders: Tally
    fills: Tally
    bars: Tally
    max_relative_equity_difference: float
    first: Difference | None
    states: tuple[AccountState, AccountState] | None

    @property
    def is_none(self) -> bool:
        """Whether both results agree within the tolerance."""
        return self.first is None

    def lines(self, left: str, right: str) -> Iterator[str]:
        """Yield the first difference in words, then both accounts; nothing where there is none.

        Parameters
        ----------
        left, right : str
            What the two sides are called.
        """
        if self.first is None:
            return
        yield _sentence(self.first, left, right)
        for name, state in zip((left, right), self.states or (), strict=False):
            yield f"  {name} at the close of that bar: {state}"

    def tree(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "orders": self.orders._asdict(),
            "fills": self.fills._asdict(),
            "bars": self.bars._asdict(),
            "max_relative_equity_difference": self.max_relative_equity_difference,
            "first": None if self.first is None else self.first._asdict(),
            "states": None if self.states is None else [each._asdict() for each in self.states],
        }

    @classmethod
    def from_tree(cls, tree: dict[str, Any]) -> Divergence:
        """Return what `tree` wrote."""
        states = tree["states"]
        return cls(
            orders=Tally(**tree["orders"]),
            fills=Tally(**tree["fills"]),
            bars=Tally(**tree["bars"]),
            max_relative_equity_difference=tree["max_relative_equity_difference"],
            first=None if tree["first"] is None else Difference(**tree["first"]),
            states=None if states is None else (AccountState(**states[0]), AccountState(**states[1])),
        )


def plain(value: Any) -> Value:
    """Return a value of a table as JSON has it: a Python number or text, NaN as None."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value


def instant(ns: int) -> str:
    """Return an instant as people read it, in UTC."""
    return str(np.datetime64(ns, "ns").astype("datetime64[s]")).replace("T", " ") + " UTC"


def _sentence(first: Difference, left: str, right: str) -> str:
    where = f"first difference: bar closing {instant(first.bar)}"
    if first.ts != first.bar:
        where += f", at {instant(first.ts)}"
    what = f"{first.symbol} {first.table}".strip()
    if not first.field:
        has, lacks = (left, right) if first.right is None else (right, left)
        value = first.left if first.right is None else first.right
        of = "equity" if first.table == "bar" else "units"
        return f"{where}: {what}: {has} has it ({of} {value!r}), {lacks} has not"
    return f"{where}: {what}: {first.field}: {left} {first.left!r}, {right} {first.right!r}"
