"""Market velocity: the log return of a bar in volatilities of the bars before it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.energy import in_volatilities, log_price, take_return, volatility
from enerqis.quant.sums import Array


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


class VelocityState(NamedTuple):
    """The returns that give the volatility.

    Parameters
    ----------
    previous : array of shape (2,)
        Log price of the bar before, 1 where there was one.
    returns : array of shape (lookback_bars,)
        Ring of the last log returns.
    cursor : array of shape (2,)
        Next place in that ring, returns seen.
    squares : array of shape (2,)
        Exact sum of the squared returns.
    """

    previous: Array
    returns: Array
    cursor: Array
    squares: Array


def velocity(lookback_bars: int = 20) -> IndicatorCall:
    """Declare the log return of the close in root mean squares of the `lookback_bars` returns before; per bar, signed."""
    return declare("velocity", ("close",), lookback_bars=lookback_bars)


def initial_state(p: VelocityParams) -> VelocityState:
    """Return the state before the first bar."""
    return VelocityState(np.zeros(2), np.zeros(int(p.lookback_bars)), np.zeros(2), np.zeros(2))


def step(p: VelocityParams, state: VelocityState, close: float) -> float:
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
