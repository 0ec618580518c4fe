"""Market displacement: how far the price lies from its equilibrium, as a random walk would measure it."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.energy import MarketState, log_price, no_bars, take_stretch


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


def initial_state(p: DisplacementParams) -> MarketState:
    """Return the state before the first bar."""
    return no_bars(int(p.lookback_bars), has_levels=True)


def step(p: DisplacementParams, state: MarketState, close: float) -> float:
    """Take one closed bar and return its displacement; a price that is not positive counts as not seen."""
    level = log_price(close)
    if math.isnan(level):
        return math.nan
    return take_stretch(state, p.lookback_bars, level)


def warmup_bars(p: DisplacementParams) -> int:
    """Return the bars of the volatility, the bar before them and the bar itself."""
    return int(p.lookback_bars) + 2
