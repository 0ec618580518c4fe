"""Protective exits inside a bar: stops and profit prices, gaps through them included. Portable functions of the loop."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.engines.answering import close_within
from enerqis.engines.assets import assets_of, carried_of, has_bar, keep, market_of, no_prices, units_of
from enerqis.engines.book import OPENED, Book, Carried, Floats, Level, Position, Standing
from enerqis.engines.hooks import Numbers, profit_level, stop_level
from enerqis.engines.log import AT_CLOSE, AT_OPEN, FIRST_LIMIT, PROTECTIVE_EXIT, STOP_LOSS, TAKE_PROFIT, log_event
from enerqis.engines.structure import Structure
from enerqis.engines.tape import FACTOR, HIGH, LOW, OPEN
from enerqis.engines.trading import trade_at_once


class Exit(NamedTuple):
    """A protective exit: the market's raw price, when in the bar, and why."""

    price: float
    instant: float
    reason: float


def side_of(value: float) -> float:
    """Return 1, -1 or 0."""
    if value > 0.0:
        return 1.0
    return -1.0 if value < 0.0 else 0.0


def with_levels(k: Structure, n: Numbers, held: Position, factor: float) -> Position:
    """Return the position with the prices at which limits close it; `factor` leads to the scale that limits see."""
    stop = Level(math.nan, STOP_LOSS)
    profit = Level(math.nan, TAKE_PROFIT)
    side = side_of(held.units)
    if k.limits_stop and side != 0.0:
        found = stop_level(k, n, side, held.entry_price * factor, held.best_price * factor)
        stop = Level(found.price / factor, found.reason)
    if k.limits_profit and side != 0.0:
        found = profit_level(k, n, side, held.entry_price * factor)
        profit = Level(found.price / factor, found.reason)
    return Position(held.units, held.entry_price, held.best_price, held.bars_held, held.is_new, stop, profit)


def stop_of(k: Structure, standing: Standing, held: Position, side: float) -> Level:
    """Return the tightest stop on the position, raw: of the limits and of the strategy."""
    if k.speaks_prices and side_of(standing.decided) == side:
        own = standing.stop_loss
        if own == own and not (held.stop.price * side >= own * side):
            return Level(own, STOP_LOSS)
    return held.stop


def profit_of(k: Structure, standing: Standing, held: Position, side: float) -> Level:
    """Return the nearest profit price of the position, raw: of the limits and of the strategy."""
    if k.speaks_prices and side_of(standing.decided) == side:
        own = standing.take_profit
        if own == own and not (held.profit.price * side <= own * side):
            return Level(own, TAKE_PROFIT)
    return held.profit


def protective_exit(
    k: Structure, opening: float, high: float, low: float, side: float, stop: Level, profit: Level
) -> Exit:
    """Return where a bar that reaches the stop or the profit price closes the position.

    A gap through a price is filled at the open. Inside the bar nobody knows which price came first: `stops_first` decides.
    """
    if opening * side <= stop.price * side:
        return Exit(opening, AT_OPEN, stop.reason)
    if is_won(k, opening, side, profit.price):
        return Exit(opening, AT_OPEN, profit.reason)
    worst = low if side > 0.0 else high
    best = high if side > 0.0 else low
    is_stopped = worst * side <= stop.price * side
    if is_stopped and (k.stops_first or not is_won(k, best, side, profit.price)):
        return Exit(stop.price, AT_CLOSE, stop.reason)
    return Exit(profit.price, AT_CLOSE, profit.reason)


def is_won(k: Structure, price: float, side: float, profit: float) -> bool:
    """Return whether a market at `price` fills a profit price, which is a limit like any other."""
    if k.fills_on_touch:
        return price * side >= profit * side
    return price * side > profit * side


def is_touched(k: Structure, opening: float, high: float, low: float, units: float, stop: float, profit: float) -> bool:
    """Return whether a bar reaches a stop or a profit price, its open included."""
    if units > 0.0:
        if low <= stop or opening <= stop:
            return True
        return high >= profit or opening >= profit if k.fills_on_touch else high > profit or opening > profit
    if high >= stop or opening >= stop:
        return True
    return low <= profit or opening <= profit if k.fills_on_touch else low < profit or opening < profit


def nothing_said() -> Standing:
    """Return what stands before the strategy has said anything: a target of 0."""
    return Standing(0.0, 0.0, 0.0, math.nan, math.nan, 0.0, 0.0, no_prices())


def after_exit(standing: Standing, units: float, reason: float) -> Standing:
    """Return what stands after a protective exit from `units`.

    The strategy's own price carried out what the strategy wanted: its target is 0 now, so that any other one is a change. A
    limit overruled it: the target stands, blocked until the strategy changes it. A decision against the side that was closed,
    or one that waits to be dealt with, was not overruled.
    """
    if reason < FIRST_LIMIT:
        return nothing_said()
    if standing.decided * units <= 0.0 or standing.is_changed != 0.0:
        is_done = standing.decided == 0.0 and standing.is_changed == 0.0
        return without_prices(standing) if is_done else standing
    return Standing(standing.decided, 0.0, 1.0, math.nan, math.nan, 0.0, standing.bounded, no_prices())


def without_prices(standing: Standing) -> Standing:
    """Return what stands once the order that had prices is filled or gone."""
    return Standing(
        standing.decided, standing.asked, standing.is_blocked, standing.stop_loss, standing.take_profit,
        standing.is_changed, standing.bounded, no_prices(),
    )  # fmt: skip


def turning(standing: Standing, units: float) -> float:
    """Return the side of a decision that is to turn the position of `units`; 0 = none."""
    return side_of(standing.decided) if standing.decided * units < 0.0 and standing.is_blocked == 0.0 else 0.0


def is_new(k: Structure, a: int, now: Carried, book: Book) -> bool:
    """Return whether the present bar opened the position."""
    return bool(book.assets[a, OPENED] != 0.0) if k.many else now.held.is_new != 0.0


def guard(k: Structure, n: Numbers, tape: Floats, t: int, now: Carried, book: Book) -> Carried:
    """Close the positions whose stop or profit price lies in the bar of row `t`."""
    if k.limits_stop or k.limits_profit or k.speaks_prices:
        for a in range(assets_of(k, tape)):
            is_held = units_of(k, a, now, book) != 0.0 and has_bar(k, tape, t, a)
            if is_held and (k.stops_on_fill_bar or not is_new(k, a, now, book)):
                now = guard_asset(k, n, tape, t, a, now, book)
    return now


def guard_asset(k: Structure, n: Numbers, tape: Floats, t: int, a: int, before: Carried, book: Book) -> Carried:
    """Close one position if its stop or profit price lies in the bar."""
    now = carried_of(k, a, before, book)
    found = exit_in(k, tape[OPEN, t, a], tape[HIGH, t, a], tape[LOW, t, a], now)
    if found.price != found.price:
        return now
    return leave(k, n, tape, t, a, found, now, book)


def exit_in(k: Structure, opening: float, high: float, low: float, now: Carried) -> Exit:
    """Return where a bar closes a position for its stop or its profit price; price NaN = it does not."""
    side = 1.0 if now.held.units > 0.0 else -1.0
    stop = stop_of(k, now.standing, now.held, side)
    profit = profit_of(k, now.standing, now.held, side)
    if not is_touched(k, opening, high, low, now.held.units, stop.price, profit.price):
        return Exit(math.nan, AT_CLOSE, 0.0)
    return protective_exit(k, opening, high, low, side, stop, profit)


def leave(k: Structure, n: Numbers, tape: Floats, t: int, a: int, found: Exit, now: Carried, book: Book) -> Carried:
    """Close one position at its stop or its profit price."""
    if k.record:
        log_event(book, t, found.instant, a, PROTECTIVE_EXIT, found.price, found.reason)
    kept = turning(now.standing, now.held.units)
    standing = after_exit(now.standing, now.held.units, found.reason)
    market = market_of(k, tape, t, a)
    if k.fills_in_parts:
        part = close_within(
            k, n, t, found.instant, a, found.price, found.reason, kept, now.cash, now.held, market, book
        )
        held = with_levels(k, n, part.held, tape[FACTOR, t, a] if k.has_actions else 1.0)
        return keep(k, a, Carried(part.cash, held, standing), book)
    traded = trade_at_once(k, n, t, found.instant, a, found.price, found.reason, kept, now.cash, now.held, market, book)
    return keep(k, a, Carried(traded.cash, traded.held, standing), book)
