"""Potential energy of the market: half of the squared distance from the equilibrium price."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.energy import in_volatilities, log_price, looseness, take_level, take_return, volatility
from enerqis.quant.sums import Array


class PotentialEnergyParams(NamedTuple):
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


class PotentialEnergyState(NamedTuple):
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


def potential_energy(lookback_bars: int = 50) -> IndicatorCall:
    """Declare half of the squared displacement, dimensionless: 0.5 is usual in a random walk; docs/market_energy.md.

    Raises
    ------
    ValueError
        If `lookback_bars` is less than 2: one price is its own equilibrium.
    """
    if lookback_bars < 2:
        raise ValueError(f"potential_energy: lookback_bars must be at least 2, got {lookback_bars}")
    return declare("potential_energy", ("close",), lookback_bars=lookback_bars)


def initial_state(p: PotentialEnergyParams) -> PotentialEnergyState:
    """Return the state before the first bar."""
    bars = int(p.lookback_bars)
    return PotentialEnergyState(
        np.zeros(2), np.zeros(bars), np.zeros(2), np.zeros(2), np.zeros(bars), np.zeros(2), np.zeros(2)
    )


def step(p: PotentialEnergyParams, state: PotentialEnergyState, close: float) -> float:
    """Take one closed bar and return its potential energy; a price that is not positive counts as not seen."""
    level = log_price(close)
    if math.isnan(level):
        return math.nan
    scale = volatility(state.returns, state.cursor, state.squares) * looseness(p.lookback_bars)
    take_return(state.previous, state.returns, state.cursor, state.squares, level)
    distance = take_level(state.levels, state.level_cursor, state.level_total, level)
    stretch = in_volatilities(distance, scale)
    return 0.5 * stretch * stretch


def warmup_bars(p: PotentialEnergyParams) -> int:
    """Return the bars of the volatility, the bar before them and the bar itself."""
    return int(p.lookback_bars) + 2
