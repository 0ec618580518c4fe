"""Potential energy of the market: half of the squared distance from the equilibrium price."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.energy import MarketState, log_price, no_bars, take_stretch


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


def initial_state(p: PotentialEnergyParams) -> MarketState:
    """Return the state before the first bar."""
    return no_bars(int(p.lookback_bars), has_levels=True)


def step(p: PotentialEnergyParams, state: MarketState, close: float) -> float:
    """Take one closed bar and return its potential energy; a price that is not positive counts as not seen."""
    level = log_price(close)
    if math.isnan(level):
        return math.nan
    stretch = take_stretch(state, p.lookback_bars, level)
    return 0.5 * stretch * stretch


def warmup_bars(p: PotentialEnergyParams) -> int:
    """Return the bars of the volatility, the bar before them and the bar itself."""
    return int(p.lookback_bars) + 2
