"""Exchange of market energy: how much potential energy turned into kinetic during the bar."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.energy import (
    MarketState,
    in_volatilities,
    log_price,
    looseness,
    no_bars,
    take_level,
    take_return,
    take_volume,
    volatility,
)


class EnergyExchangeParams(NamedTuple):
    """Parameters of both energies.

    Parameters
    ----------
    lookback_bars : float
        Bars that give the usual volume, the volatility and the equilibrium; at least 2.
    tick_size : float
        Not used: log prices have a grid of their own.
    """

    lookback_bars: float
    tick_size: float


def energy_exchange(lookback_bars: int = 20) -> IndicatorCall:
    """Declare the energy that went from potential to kinetic; negative the other way; docs/market_energy.md.

    Raises
    ------
    ValueError
        If `lookback_bars` is less than 2: one price is its own equilibrium.
    """
    if lookback_bars < 2:
        raise ValueError(f"energy_exchange: lookback_bars must be at least 2, got {lookback_bars}")
    return declare("energy_exchange", ("close", "volume"), lookback_bars=lookback_bars)


def initial_state(p: EnergyExchangeParams) -> MarketState:
    """Return the state before the first bar."""
    return no_bars(int(p.lookback_bars), has_volumes=True, has_levels=True)


def step(p: EnergyExchangeParams, state: MarketState, close: float, volume: float) -> float:
    """Take one closed bar and return the energy exchanged in it; a price that is not positive counts as not seen."""
    level = log_price(close)
    if math.isnan(level) or math.isnan(volume):
        return math.nan
    mass = take_volume(state.volumes, state.volume_cursor, state.volume_total, volume)
    scale = volatility(state.returns, state.cursor, state.squares)
    moved = take_return(state.previous, state.returns, state.cursor, state.squares, level)
    distance = take_level(state.levels, state.level_cursor, state.level_total, level)
    speed = in_volatilities(moved, scale)
    stretch = in_volatilities(distance, scale * looseness(p.lookback_bars))
    kinetic = 0.5 * mass * speed * speed
    potential = 0.5 * stretch * stretch
    exchanged = math.nan
    if state.energies[2] > 0.0:
        exchanged = 0.5 * ((state.energies[1] - potential) + (kinetic - state.energies[0]))
    state.energies[0] = kinetic
    state.energies[1] = potential
    if not math.isnan(kinetic) and not math.isnan(potential):
        state.energies[2] = 1.0
    return exchanged


def warmup_bars(p: EnergyExchangeParams) -> int:
    """Return the bars of the energies and one more, whose energies they are compared with."""
    return int(p.lookback_bars) + 3
