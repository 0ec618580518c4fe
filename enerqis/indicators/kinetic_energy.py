"""Kinetic energy of the market: half of mass times velocity squared."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.energy import MarketState, in_volatilities, log_price, no_bars, take_return, take_volume, volatility


class KineticEnergyParams(NamedTuple):
    """Parameters of the energy.

    Parameters
    ----------
    lookback_bars : float
        Bars, before this one, that give the usual volume and the volatility.
    tick_size : float
        Not used: log prices have a grid of their own.
    """

    lookback_bars: float
    tick_size: float


def kinetic_energy(lookback_bars: int = 20) -> IndicatorCall:
    """Declare half of mass times velocity squared, dimensionless: 0.5 is a usual bar; docs/market_energy.md."""
    return declare("kinetic_energy", ("close", "volume"), lookback_bars=lookback_bars)


def initial_state(p: KineticEnergyParams) -> MarketState:
    """Return the state before the first bar."""
    return no_bars(int(p.lookback_bars), has_volumes=True)


def step(p: KineticEnergyParams, state: MarketState, close: float, volume: float) -> float:
    """Take one closed bar and return its kinetic energy; a price that is not positive counts as not seen."""
    level = log_price(close)
    if math.isnan(level) or math.isnan(volume):
        return math.nan
    mass = take_volume(state.volumes, state.volume_cursor, state.volume_total, volume)
    scale = volatility(state.returns, state.cursor, state.squares)
    moved = take_return(state.previous, state.returns, state.cursor, state.squares, level)
    speed = in_volatilities(moved, scale)
    return 0.5 * mass * speed * speed


def warmup_bars(p: KineticEnergyParams) -> int:
    """Return the bars of the volatility, the bar before them and the bar that moves."""
    return int(p.lookback_bars) + 2
