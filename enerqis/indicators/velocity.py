"""Market velocity: the log return of a bar in volatilities of the bars before it."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.energy import MarketState, in_volatilities, log_price, no_bars, take_return, volatility


class VelocityParams(NamedTuple):
    """Parameters of the velocity.

    Parameters
    ----------
    lookback_bars : float
        Returns, before this bar, that give the volatility.
    tick_size : float
        Not used: log prices have a grid of their own.
    """

    lookback_bars: float
    tick_size: float


def velocity(lookback_bars: int = 20) -> IndicatorCall:
    """Declare the log return of the close in root mean squares of the `lookback_bars` returns before; per bar, signed."""
    return declare("velocity", ("close",), lookback_bars=lookback_bars)


def initial_state(p: VelocityParams) -> MarketState:
    """Return the state before the first bar."""
    return no_bars(int(p.lookback_bars))


def step(p: VelocityParams, state: MarketState, close: float) -> float:
    """Take one closed bar and return its velocity; a price that is not positive counts as not seen."""
    level = log_price(close)
    if math.isnan(level):
        return math.nan
    scale = volatility(state.returns, state.cursor, state.squares)
    moved = take_return(state.previous, state.returns, state.cursor, state.squares, level)
    return in_volatilities(moved, scale)


def warmup_bars(p: VelocityParams) -> int:
    """Return the bars of the volatility, the bar before them and the bar that moves."""
    return int(p.lookback_bars) + 2
