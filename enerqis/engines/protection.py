"""Protective exits inside a bar: stops and profit prices, gaps through them included. Portable functions of the loop."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.engines.book import Floats, Level, Position, Standing
from enerqis.engines.hooks import Numbers, profit_level, stop_level
from enerqis.engines.log import AT_CLOSE, AT_OPEN, STOP_LOSS, TAKE_PROFIT
from enerqis.engines.structure import Structure
from enerqis.engines.tape import HIGH, LOW, OPEN


class Exit(NamedTuple):
    """A protective exit: the market's raw price, when in the bar, and why; price NaN = none."""

    price: float
    instant: float
    reason: float


def side_of(value: float) -> float:
    """Return 1, -1 or 0."""
    if value > 0.0:
        return 1.0
    return -1.0 if value < 0.0 else 0.0


def stop_of(k: Structure, n: Numbers, standing: Standing, held: Position, side: float, factor: float) -> Level:
    """Return the tightest stop on the position, raw: of the limits and of the strategy."""
    level = Level(math.nan, STOP_LOSS)
    if k.limits_stop:
        found = stop_level(k, n, side, held.entry_price * factor, held.best_price * factor)
        level = Level(found.price / factor, found.reason)
    if k.speaks_prices and side_of(standing.decided) == side:
        own = standing.stop_loss
        if own == own and not (level.price * side >= own * side):
            level = Level(own, STOP_LOSS)
    return level


def profit_of(k: Structure, n: Numbers, standing: Standing, held: Position, side: float, factor: float) -> Level:
    """Return the nearest profit price of the position, raw: of the limits and of the strategy."""
    level = Level(math.nan, TAKE_PROFIT)
    if k.limits_profit:
        found = profit_level(k, n, side, held.entry_price * factor)
        level = Level(found.price / factor, found.reason)
    if k.speaks_prices and side_of(standing.decided) == side:
        own = standing.take_profit
        if own == own and not (level.price * side <= own * side):
            level = Level(own, TAKE_PROFIT)
    return level


def protective_exit(
    k: Structure, n: Numbers, tape: Floats, t: int, a: int, standing: Standing, held: Position, factor: float
) -> Exit:
    """Return where the bar of row `t` closes the position, if it does.

    A gap through a price is filled at the open. Inside the bar nobody knows which price came first: `stops_first` decides.
    """
    side = side_of(held.units)
    stop = stop_of(k, n, standing, held, side, factor)
    profit = profit_of(k, n, standing, held, side, factor)
    opening = tape[OPEN, t, a]
    if opening * side <= stop.price * side:
        return Exit(opening, AT_OPEN, stop.reason)
    if opening * side >= profit.price * side:
        return Exit(opening, AT_OPEN, profit.reason)
    worst = tape[LOW, t, a] if side > 0.0 else tape[HIGH, t, a]
    best = tape[HIGH, t, a] if side > 0.0 else tape[LOW, t, a]
    is_stopped = worst * side <= stop.price * side
    is_won = best * side >= profit.price * side
    if is_stopped and (k.stops_first or not is_won):
        return Exit(stop.price, AT_CLOSE, stop.reason)
    if is_won:
        return Exit(profit.price, AT_CLOSE, profit.reason)
    return Exit(math.nan, AT_CLOSE, stop.reason)
