"""Two results of one backtest held against each other: orders and fills one by one, equity bar by bar.

A row is known by its instant, its symbol and which of that symbol's rows at that instant it is; numbers of orders are names
and do not count, nor does the sequence of different symbols inside one bar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from enerqis.quant.columns import integers
from enerqis.quant.divergence import PARITY, AccountState, Difference, Divergence, Tally, Tolerance, Value, plain

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ORDER_FIELDS = (
    ("units", "units"),
    ("target", "money"),
    ("limit", "money"),
    ("stop", "money"),
    ("status", "text"),
    ("reason", "text"),
)
FILL_FIELDS = (
    ("units", "units"),
    ("price", "money"),
    ("commission", "money"),
    ("slippage", "money"),
    ("reason", "text"),
)
"""Columns held against each other, in the order in which a difference is named, and what is compared in each."""

BAR_FIELDS = (("equity", 0.0), ("cash", 0.0), ("gross_exposure", 1.0), ("net_exposure", 1.0), ("carry", 0.0))
"""Columns of the account; an exposure is held against at least 1, money against the largest equity so far."""


class Books(NamedTuple):
    """The tables of one result that a comparison reads, as in `enerqis.core.tables`."""

    orders: pa.Table
    fills: pa.Table
    equity: pa.Table
    positions: pa.Table


class _Pairs(NamedTuple):
    """Rows of two tables put side by side: row numbers of equal keys, and rows that only one side has."""

    left: Ints
    right: Ints
    only_left: Ints
    only_right: Ints


class _Found(NamedTuple):
    """What comparing one kind of table gave; `first` is the earliest difference, without its bar."""

    tally: Tally
    first: Difference | None


def compare(left: Books, right: Books, tolerance: Tolerance = PARITY) -> Divergence:
    """Return where two results part.

    Parameters
    ----------
    left, right : Books
    tolerance : Tolerance

    Returns
    -------
    Divergence
        Its first difference is the earliest in time; of one instant an order comes before a fill, a fill before the account.
    """
    bars, largest = _bars(left.equity, right.equity, tolerance)
    orders = _rows("order", left.orders, right.orders, ORDER_FIELDS, tolerance)
    fills = _rows("fill", left.fills, right.fills, FILL_FIELDS, tolerance)
    closes = np.union1d(integers(left.equity, "ts"), integers(right.equity, "ts"))
    found = [_in_bar(each.first, closes) for each in (orders, fills, bars) if each.first is not None]
    first = min(found, key=lambda each: (each.bar, each.ts), default=None)
    return Divergence(
        orders=orders.tally,
        fills=fills.tally,
        bars=bars.tally,
        max_relative_equity_difference=largest,
        first=first,
        states=None if first is None else _states(left, right, first.bar),
    )


def _in_bar(first: Difference, closes: Ints) -> Difference:
    """Return `first` with the close of the bar it falls into; a fill says it."""
    if first.bar:
        return first
    place = int(np.searchsorted(closes, first.ts))
    return first._replace(bar=int(closes[place]) if place < closes.size else first.ts)


def _rows(table: str, left: pa.Table, right: pa.Table, fields: Any, tolerance: Tolerance) -> _Found:
    """Compare orders or fills."""
    pairs = _paired(left, right)
    differing = np.zeros(pairs.left.size, dtype=bool)
    ts = integers(left, "ts")[pairs.left]
    candidates: list[Difference] = []
    for field, kind in fields:
        one, other = _values(left, field)[pairs.left], _values(right, field)[pairs.right]
        apart = (one != other) if kind == "text" else _apart(one, other, getattr(tolerance, kind))
        differing |= apart
        if apart.any():
            row = int(np.flatnonzero(apart)[np.argmin(ts[apart])])
            candidates.append(_difference(table, left, int(pairs.left[row]), field, one[row], other[row]))
    candidates += _missing(table, left, pairs.only_left, is_left=True)
    candidates += _missing(table, right, pairs.only_right, is_left=False)
    count = int(np.count_nonzero(differing)) + pairs.only_left.size + pairs.only_right.size
    first = min(candidates, key=lambda each: each.ts, default=None)
    return _Found(Tally(left.num_rows, right.num_rows, count), first)


def _difference(table: str, rows: pa.Table, row: int, field: str, one: Any, other: Any) -> Difference:
    if field == "units" and np.sign(one) == -np.sign(other) != 0.0:
        field = "side"
    symbol = rows.column("symbol")[row].as_py()
    return Difference(table, int(integers(rows, "ts")[row]), _bar(rows, row), symbol, field, plain(one), plain(other))


def _missing(table: str, rows: pa.Table, only: Ints, *, is_left: bool) -> Iterator[Difference]:
    """Yield the earliest row that one side has and the other has not."""
    if only.size:
        ts = integers(rows, "ts")
        row = int(only[np.argmin(ts[only])])
        units: Value = plain(rows.column("units")[row].as_py())
        shown = "sized at fill" if units is None else units
        symbol = rows.column("symbol")[row].as_py()
        sides = (shown, None) if is_left else (None, shown)
        yield Difference(table, int(ts[row]), _bar(rows, row), symbol, "", *sides)


def _bar(rows: pa.Table, row: int) -> int:
    """Return the close of the bar that a fill says it happened in; 0 for other rows."""
    return int(integers(rows, "bar_ts")[row]) if "bar_ts" in rows.column_names else 0


def _bars(left: pa.Table, right: pa.Table, tolerance: Tolerance) -> tuple[_Found, float]:
    """Compare the account bar by bar; return also the largest relative difference of equity."""
    ts, rows_left, rows_right = np.intersect1d(
        integers(left, "ts"), integers(right, "ts"), assume_unique=True, return_indices=True
    )
    equity = [_values(left, "equity")[rows_left], _values(right, "equity")[rows_right]]
    peak = np.maximum.accumulate(np.maximum(np.abs(equity[0]), np.abs(equity[1]))) if ts.size else np.ones(0)
    differing = np.zeros(ts.size, dtype=bool)
    candidates: list[Difference] = []
    for field, floor in BAR_FIELDS:
        one, other = _values(left, field)[rows_left], _values(right, field)[rows_right]
        scale = np.maximum(np.maximum(np.abs(one), np.abs(other)), floor) if floor else peak
        apart = _beyond(one, other, tolerance.money * scale)
        differing |= apart
        if apart.any():
            row = int(np.argmax(apart))
            candidates.append(Difference("bar", int(ts[row]), 0, "", field, plain(one[row]), plain(other[row])))
    only = [np.setdiff1d(integers(each, "ts"), ts) for each in (left, right)]
    for table, instants, is_left in ((left, only[0], True), (right, only[1], False)):
        if instants.size:
            value = plain(_values(table, "equity")[np.searchsorted(integers(table, "ts"), instants[0])])
            sides = (value, None) if is_left else (None, value)
            candidates.append(Difference("bar", int(instants[0]), 0, "", "", *sides))
    count = int(np.count_nonzero(differing)) + only[0].size + only[1].size
    first = min(candidates, key=lambda each: each.ts, default=None)
    gap = np.abs(equity[0] - equity[1]) / np.where(peak > 0.0, peak, 1.0)
    largest = float(np.max(gap)) if gap.size else 0.0
    return _Found(Tally(left.num_rows, right.num_rows, count), first), largest


def _apart(one: Any, other: Any, relative: float) -> Flags:
    return _beyond(one, other, relative * np.maximum(np.abs(one), np.abs(other)))


def _beyond(one: Any, other: Any, allowed: Any) -> Flags:
    """Return where two columns lie further apart than allowed; NaN equals NaN and nothing else."""
    absent = np.isnan(one) | np.isnan(other)
    same_absence = np.isnan(one) & np.isnan(other)
    with np.errstate(invalid="ignore"):
        far = np.abs(one - other) > allowed
    flags: Flags = np.where(absent, ~same_absence, far & (one != other))
    return flags


def _values(table: pa.Table, name: str) -> Any:
    """Return a column as an array: floats with NaN, or text."""
    return table.column(name).to_numpy()


def _paired(left: pa.Table, right: pa.Table) -> _Pairs:
    """Return which rows of two tables belong together, by instant, bar, symbol and occurrence, in the left table's order."""
    keys = [_keys(table) for table in (left, right)]
    places = {key: row for row, key in enumerate(keys[1])}
    both = [(row, places[key]) for row, key in enumerate(keys[0]) if key in places]
    known = set(keys[0])
    rows = np.array(both, dtype=np.int64).reshape(-1, 2)
    return _Pairs(
        rows[:, 0],
        rows[:, 1],
        np.array([row for row, key in enumerate(keys[0]) if key not in places], dtype=np.int64),
        np.array([row for row, key in enumerate(keys[1]) if key not in known], dtype=np.int64),
    )


def _keys(table: pa.Table) -> list[tuple[int, int, str, int]]:
    """Return instant, bar, symbol and occurrence of every row."""
    seen: Counter[tuple[int, int, str]] = Counter()
    keys = []
    bars = integers(table, "bar_ts" if "bar_ts" in table.column_names else "ts").tolist()
    for place in zip(integers(table, "ts").tolist(), bars, table.column("symbol").to_pylist(), strict=True):
        seen[place] += 1
        keys.append((*place, seen[place]))
    return keys


def _states(left: Books, right: Books, bar: int) -> tuple[AccountState, AccountState] | None:
    """Return both accounts at the close of a bar; None where a side has no such bar."""
    one, other = _state(left, bar), _state(right, bar)
    return None if one is None or other is None else (one, other)


def _state(books: Books, bar: int) -> AccountState | None:
    row = np.flatnonzero(integers(books.equity, "ts") == bar)
    if not row.size:
        return None
    held = books.positions.filter(pc.less_equal(books.positions.column("ts").cast(pa.int64()), bar))
    positions = dict(zip(held.column("symbol").to_pylist(), held.column("units").to_pylist(), strict=True))
    equity, cash = (float(_values(books.equity, name)[row[0]]) for name in ("equity", "cash"))
    return AccountState(equity, cash, {symbol: units for symbol, units in sorted(positions.items()) if units != 0.0})
