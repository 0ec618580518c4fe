"""What a kernel keeps between bars: named tuples for the loop, columns of float64 arrays between tiles."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# columns of the array of assets
UNITS, ENTRY, BEST, HELD, OPENED = 0, 1, 2, 3, 4
DECIDED, ASKED, BLOCKED, STOP, PROFIT = 5, 6, 7, 8, 9
CHANGED, MARK, SEEN, BOUNDED = 10, 11, 12, 13
SHOWN_TARGET, SHOWN_UNITS, SHOWN_ENTRY = 14, 15, 16
ASSET_COLUMNS = 17

# columns of the array of orders, one row a slot
ID, ROW, TARGET, ASKED_UNITS, REASON = 0, 1, 2, 3, 4
ORDER_COLUMNS = 5

# columns of the array of accounts
CASH, EQUITY, PEAK, SESSION_EQUITY, SCALE, LATCH, LATCH_REASON = 0, 1, 2, 3, 4, 5, 6
ORDERS, FILLS, TURNOVER, COSTS = 7, 8, 9, 10
DRAWDOWN, EXPOSURE, SUM1, SUM2, SUM3, SUM4 = 11, 12, 13, 14, 15, 16
FAULT_ROW, FAULT_ASSET, FAULT_FIELD = 17, 18, 19
FIRST_ROW, NOTED = 20, 21
ACCOUNT_COLUMNS = 22

# rows of the scratch array of a cross-section
CROSS_BAR, CROSS_ACCOUNT, CROSS_TARGET, CROSS_SERIES = 0, 5, 9, 10


class Book(NamedTuple):
    """State of one configuration between tiles.

    Parameters
    ----------
    account : ndarray of shape (ACCOUNT_COLUMNS,)
    assets : ndarray of shape (n_assets, ASSET_COLUMNS)
    orders : ndarray of shape (n_assets * n_slots, ORDER_COLUMNS)
        Orders in flight; identity 0 = the slot is empty.
    journal : ndarray of shape (n_rows, JOURNAL_COLUMNS)
        What a recording kernel writes down, see `log.py`.
    equity : ndarray of shape (n_tile, 4)
        Equity, cash, gross and net exposure of a recording kernel.
    """

    account: Floats
    assets: Floats
    orders: Floats
    journal: Floats
    equity: Floats


class Position(NamedTuple):
    """One asset's position, on the raw scale; all zero when flat. `is_new` is 1 until the bar that opened it closes."""

    units: float
    entry_price: float
    best_price: float
    bars_held: float
    is_new: float


class Standing(NamedTuple):
    """What the strategy last said about one asset, and what was made of it.

    Parameters
    ----------
    decided : float
        Target of the strategy; 0 after its own stop or profit price closed the position.
    asked : float
        Target of the last order.
    is_blocked : float
        1 after a limit closed the position, until `decided` changes.
    stop_loss, take_profit : float
        Protective prices of the strategy, raw; NaN = none.
    is_changed : float
        1 from a change of `decided` until it was dealt with.
    """

    decided: float
    asked: float
    is_blocked: float
    stop_loss: float
    take_profit: float
    is_changed: float


class Row(NamedTuple):
    """The account at the moment of a fill, at the prices then known."""

    equity: float
    gross: float


class Traded(NamedTuple):
    """What a fill leaves."""

    cash: float
    held: Position
    cost: float


class Brake(NamedTuple):
    """What the limits on equity say: a factor for all targets, which limit, and whether it latches (1 session, 2 for ever)."""

    factor: float
    reason: float
    latch: float


class Level(NamedTuple):
    """A protective price and the limit it comes from; NaN = none."""

    price: float
    reason: float


def position_of(book: Book, a: int) -> Position:
    """Read asset `a`'s position."""
    row = book.assets
    return Position(row[a, UNITS], row[a, ENTRY], row[a, BEST], row[a, HELD], row[a, OPENED])


def keep_position(book: Book, a: int, held: Position) -> None:
    """Write asset `a`'s position."""
    row = book.assets
    row[a, UNITS] = held.units
    row[a, ENTRY] = held.entry_price
    row[a, BEST] = held.best_price
    row[a, HELD] = held.bars_held
    row[a, OPENED] = held.is_new


def standing_of(book: Book, a: int) -> Standing:
    """Read what is standing about asset `a`."""
    row = book.assets
    return Standing(row[a, DECIDED], row[a, ASKED], row[a, BLOCKED], row[a, STOP], row[a, PROFIT], row[a, CHANGED])


def keep_standing(book: Book, a: int, standing: Standing) -> None:
    """Write what is standing about asset `a`."""
    row = book.assets
    row[a, DECIDED] = standing.decided
    row[a, ASKED] = standing.asked
    row[a, BLOCKED] = standing.is_blocked
    row[a, STOP] = standing.stop_loss
    row[a, PROFIT] = standing.take_profit
    row[a, CHANGED] = standing.is_changed
