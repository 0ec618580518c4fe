"""What a kernel keeps between bars: named tuples for the loop, columns of float64 arrays between tiles."""

from __future__ import annotations

from typing import NamedTuple

from enerqis.interfaces.engine import Floats as Floats
from enerqis.interfaces.engine import Ints as Ints

# columns of the array of assets
UNITS, ENTRY, BEST, HELD, OPENED = 0, 1, 2, 3, 4
DECIDED, ASKED, BLOCKED, STOP, PROFIT = 5, 6, 7, 8, 9
CHANGED, BOUNDED, MARK, SEEN = 10, 11, 12, 13
SHOWN_TARGET, SHOWN_UNITS, SHOWN_ENTRY = 14, 15, 16
GUARD_STOP, GUARD_STOP_REASON, GUARD_PROFIT, GUARD_PROFIT_REASON = 17, 18, 19, 20
ORDER_LIMIT, ORDER_STOP, REPRICED, WAITS, USED = 21, 22, 23, 24, 25
ASSET_COLUMNS = 26

ABSENT_PRICES: tuple[int, ...] = (STOP, PROFIT, GUARD_STOP, GUARD_PROFIT, ORDER_LIMIT, ORDER_STOP)
"""Columns of the array of assets that hold NaN until there is a price."""

# columns of the array of orders, one row a slot
ID, ROW, TARGET, ASKED_UNITS, REASON, AT_LIMIT, AT_STOP, SIDE, IS_BESIDE, FILLED_SO_FAR, MET = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
)
ORDER_COLUMNS = 11

UNSIZED, SIZED, IN_PART = 0.0, 1.0, 2.0
"""What FILLED_SO_FAR says: the bar that answers it sizes the order; its units are fixed; some of them are filled."""

# columns of the array of accounts
CASH, EQUITY, PEAK, SESSION_EQUITY, SCALE, LATCH, LATCH_REASON = 0, 1, 2, 3, 4, 5, 6
ORDERS, FILLS, TURNOVER, COSTS = 7, 8, 9, 10
DRAWDOWN, EXPOSURE, SUM1, SUM2, SUM3, SUM4 = 11, 12, 13, 14, 15, 16
FAULT_ROW, FAULT_ASSET, FAULT_FIELD = 17, 18, 19
FIRST_ROW, HIGHEST, CARRY, NOTED = 20, 21, 22, 23
ACCOUNT_COLUMNS = 29

# rows of the array of the curve; a kernel that does not record writes equity and gross exposure only
CURVE_EQUITY, CURVE_CASH, CURVE_GROSS, CURVE_NET, CURVE_CARRY = 0, 1, 2, 3, 4
CURVE_ROWS = 5

# rows of the scratch array of a cross-section
CROSS_BAR, CROSS_ACCOUNT, CROSS_TARGET, CROSS_SERIES = 0, 5, 9, 10


class Book(NamedTuple):
    """State of one configuration between tiles.

    Parameters
    ----------
    account : ndarray of shape (ACCOUNT_COLUMNS,)
    assets : ndarray of shape (n_assets, ASSET_COLUMNS)
    orders : ndarray of shape (n_assets * (n_slots + 2), ORDER_COLUMNS)
        Orders in flight, then one row an asset for the order that rests in the market, then one an asset for what is left of a
        protective exit; identity 0 = the slot is empty.
    journal : ndarray of shape (SECTIONS, n_entries, JOURNAL_FIELDS)
        What a recording kernel writes down, see `log.py`; `account` counts the entries of each section from NOTED on.
    curve : ndarray of shape (CURVE_ROWS, n_rows)
        Equity, cash, gross and net exposure, carry, of every row of the panel for a recording kernel; else scratch of a tile.
    """

    account: Floats
    assets: Floats
    orders: Floats
    journal: Floats
    curve: Floats


class Level(NamedTuple):
    """A protective price and the limit it comes from; NaN = none."""

    price: float
    reason: float


class Position(NamedTuple):
    """One asset's position, on the raw scale; all zero when flat.

    Parameters
    ----------
    units, entry_price : float
    best_price : float
        Most favourable price since entry, of bars before this one; moves only where a stop looks at it.
    bars_held : float
    is_new : float
        1 until the bar that opened the position closes.
    stop, profit : Level
        Where limits close it; NaN = nowhere. They move with entry and best price.
    """

    units: float
    entry_price: float
    best_price: float
    bars_held: float
    is_new: float
    stop: Level
    profit: Level


class Prices(NamedTuple):
    """Prices of the order that leads to the target, raw; NaN = none.

    Parameters
    ----------
    limit, stop : float
    is_new : float
        1 from a change until it was asked for.
    """

    limit: float
    stop: float
    is_new: float


class Wish(NamedTuple):
    """What is asked of the market.

    Parameters
    ----------
    target : float
        Exposure that is to be held once it is filled.
    units : float
        Raw units that are to be held then; NaN = sized when it fills.
    reason : float
    limit, stop : float
        Raw; NaN = none.
    is_beside : float
        1 where it takes the place of no other order.
    """

    target: float
    units: float
    reason: float
    limit: float
    stop: float
    is_beside: float


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
    bounded : float
        `decided` within the limits on targets; where there are many assets, only within those on one.
    prices : Prices
        Of the order that leads to `decided`, until it is filled.
    """

    decided: float
    asked: float
    is_blocked: float
    stop_loss: float
    take_profit: float
    is_changed: float
    bounded: float
    prices: Prices


class Carried(NamedTuple):
    """What goes from step to step: cash, and position and standing of the one asset; of many, those last looked at."""

    cash: float
    held: Position
    standing: Standing


class Marked(NamedTuple):
    """The account at a close: equity, gross and net notional."""

    equity: float
    gross: float
    net: float


class Watch(NamedTuple):
    """What limits on equity look at: the last equity, its peak, and the last before the session.

    Parameters
    ----------
    equity, peak, session_equity : float
    free_from : float
        An equity from which on no limit is known to bind, at this peak and in this session; infinity = none is known.
    """

    equity: float
    peak: float
    session_equity: float
    free_from: float


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
