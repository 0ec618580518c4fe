"""One asset in the loop: where its position and standing are, its bar, its market. Portable functions."""

from __future__ import annotations

import math

from enerqis.engines.book import (
    ASKED,
    BEST,
    BLOCKED,
    BOUNDED,
    CHANGED,
    DECIDED,
    ENTRY,
    GUARD_PROFIT,
    GUARD_PROFIT_REASON,
    GUARD_STOP,
    GUARD_STOP_REASON,
    HELD,
    OPENED,
    ORDER_LIMIT,
    ORDER_STOP,
    PROFIT,
    REPRICED,
    STOP,
    UNITS,
    Book,
    Carried,
    Floats,
    Level,
    Position,
    Prices,
    Standing,
)
from enerqis.engines.structure import Structure
from enerqis.engines.tape import CLOSE, SPREAD, TRADED, VOLATILITY
from enerqis.interfaces.cost import Market


def position_of(book: Book, a: int) -> Position:
    """Read asset `a`'s position."""
    row = book.assets
    stop = Level(row[a, GUARD_STOP], row[a, GUARD_STOP_REASON])
    profit = Level(row[a, GUARD_PROFIT], row[a, GUARD_PROFIT_REASON])
    return Position(row[a, UNITS], row[a, ENTRY], row[a, BEST], row[a, HELD], row[a, OPENED], stop, profit)


def keep_position(book: Book, a: int, held: Position) -> None:
    """Write asset `a`'s position."""
    row = book.assets
    row[a, UNITS] = held.units
    row[a, ENTRY] = held.entry_price
    row[a, BEST] = held.best_price
    row[a, HELD] = held.bars_held
    row[a, OPENED] = held.is_new
    row[a, GUARD_STOP] = held.stop.price
    row[a, GUARD_STOP_REASON] = held.stop.reason
    row[a, GUARD_PROFIT] = held.profit.price
    row[a, GUARD_PROFIT_REASON] = held.profit.reason


def no_prices() -> Prices:
    """Return what an order at the market names."""
    return Prices(math.nan, math.nan, 0.0)


def standing_of(k: Structure, book: Book, a: int) -> Standing:
    """Read what is standing about asset `a`."""
    row = book.assets
    prices = no_prices()
    if k.prices_orders:
        prices = Prices(row[a, ORDER_LIMIT], row[a, ORDER_STOP], row[a, REPRICED])
    return Standing(
        row[a, DECIDED],
        row[a, ASKED],
        row[a, BLOCKED],
        row[a, STOP],
        row[a, PROFIT],
        row[a, CHANGED],
        row[a, BOUNDED],
        prices,
    )


def keep_standing(k: Structure, book: Book, a: int, standing: Standing) -> None:
    """Write what is standing about asset `a`."""
    row = book.assets
    row[a, DECIDED] = standing.decided
    row[a, ASKED] = standing.asked
    row[a, BLOCKED] = standing.is_blocked
    row[a, STOP] = standing.stop_loss
    row[a, PROFIT] = standing.take_profit
    row[a, CHANGED] = standing.is_changed
    row[a, BOUNDED] = standing.bounded
    if k.prices_orders:
        row[a, ORDER_LIMIT] = standing.prices.limit
        row[a, ORDER_STOP] = standing.prices.stop
        row[a, REPRICED] = standing.prices.is_new


def carried_of(k: Structure, a: int, now: Carried, book: Book) -> Carried:
    """Return what is carried for asset `a`: read where there are many."""
    if k.many:
        return Carried(now.cash, position_of(book, a), standing_of(k, book, a))
    return now


def keep(k: Structure, a: int, now: Carried, book: Book) -> Carried:
    """Return what is carried for asset `a`, written where there are many."""
    if k.many:
        keep_position(book, a, now.held)
        keep_standing(k, book, a, now.standing)
    return now


def units_of(k: Structure, a: int, now: Carried, book: Book) -> float:
    """Return the units held of asset `a`."""
    return float(book.assets[a, UNITS]) if k.many else now.held.units


def assets_of(k: Structure, tape: Floats) -> int:
    """Return how many assets there are."""
    return int(tape.shape[2]) if k.many else 1


def has_bar(k: Structure, tape: Floats, t: int, a: int) -> bool:
    """Return whether the asset has a bar in row `t`."""
    return bool(tape[CLOSE, t, a] == tape[CLOSE, t, a]) if k.many else True


def market_of(k: Structure, tape: Floats, t: int, a: int) -> Market:
    """Return the asset's bar of row `t`, or its last one, as a slippage looks at it; NaN where none looks."""
    if k.reads_market:
        return Market(tape[TRADED, t, a], tape[SPREAD, t, a], tape[VOLATILITY, t, a])
    return Market(math.nan, math.nan, math.nan)
