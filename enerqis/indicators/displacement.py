"""Market displacement: how far the price lies from its equilibrium, as a random walk would measure it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.energy import in_volatilities, log_price, looseness, take_level, take_return, volatility
from enerqis.quant.sums import Array


class DisplacementParams(NamedTuple):
    """Parameters of the equilibrium.

    Parameters
    ----------
    lookback_bars : float
        Log prices that give the equilibrium, this bar's included, and returns, before this bar, that give the volatility;
        at least 2.
    tick_size : float
        Not used: log prices have a grid of their own.
    """

    lookback_bars: float
    tick_size: float


class DisplacementState(NamedTuple):
    """The returns that give the volatility and the log prices that give the equilibrium.

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
    levels : array of shape (lookback_bars,)
        Ring of the last log prices.
    level_cursor : array of shape (2,)
        Next place in that ring, log prices seen.
    level_total : array of shape (2,)
        Exact sum of the log prices.
    """

    previous: Array
    returns: Array
    cursor: Array
    squares: Array
    levels: Array
    level_cursor: Array
    level_total: Array


def displacement(lookback_bars: int = 50) -> IndicatorCall:
    """Declare the distance of the log close from its mean, over the usual distance of a random walk; signed, dimensionless.

    Raises
    ------
    ValueError
        If `lookback_bars` is less than 2: one price is its own equilibrium.
    """
    if lookback_bars < 2:
        raise ValueError(f"displacement: lookback_bars must be at least 2, got {lookback_bars}")
    return declare("displacement", ("close",), lookback_bars=lookback_bars)


def initial_state(p: DisplacementParams) -> DisplacementState:
    """Return the state before the first bar."""
    bars = int(p.lookback_bars)
    return DisplacementState(
        np.zeros(2), np.zeros(bars), np.zeros(2), np.zeros(2), np.zeros(bars), np.zeros(2), np.zeros(2)
    )


def step(p: DisplacementParams, state: DisplacementState, close: float) -> float:
    """Take one closed bar and return its displacement; a price that is not positive counts as not seen."""
    level = log_price(close)
    if math.isnan(level):
        return math.nan
    scale = volatility(state.returns, state.cursor, state.squares) * looseness(p.lookback_bars)
    take_return(state.previous, state.returns, state.cursor, state.squares, level)
    distance = take_level(state.levels, state.level_cursor, state.level_total, level)
    return in_volatilities(distance, scale)


def warmup_bars(p: DisplacementParams) -> int:
    """Return the bars of the volatility, the bar before them and the bar itself."""
    return int(p.lookback_bars) + 2
