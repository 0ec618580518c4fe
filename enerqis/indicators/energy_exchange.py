"""Exchange of market energy: how much potential energy turned into kinetic during the bar."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.energy import (
    in_volatilities,
    log_price,
    looseness,
    take_level,
    take_return,
    take_volume,
    volatility,
)
from enerqis.quant.sums import Array


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


class EnergyExchangeState(NamedTuple):
    """The returns, volumes and log prices behind both energies, and the energies of the bar before.

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
    volumes : array of shape (lookback_bars,)
        Ring of the last volumes.
    volume_cursor : array of shape (2,)
        Next place in that ring, volumes seen.
    volume_total : array of shape (2,)
        Exact sum of the volumes.
    levels : array of shape (lookback_bars,)
        Ring of the last log prices.
    level_cursor : array of shape (2,)
        Next place in that ring, log prices seen.
    level_total : array of shape (2,)
        Exact sum of the log prices.
    energies : array of shape (3,)
        Kinetic and potential energy of the bar before, 1 where there were any.
    """

    previous: Array
    returns: Array
    cursor: Array
    squares: Array
    volumes: Array
    volume_cursor: Array
    volume_total: Array
    levels: Array
    level_cursor: Array
    level_total: Array
    energies: Array


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


def initial_state(p: EnergyExchangeParams) -> EnergyExchangeState:
    """Return the state before the first bar."""
    bars = int(p.lookback_bars)
    return EnergyExchangeState(
        previous=np.zeros(2),
        returns=np.zeros(bars),
        cursor=np.zeros(2),
        squares=np.zeros(2),
        volumes=np.zeros(bars),
        volume_cursor=np.zeros(2),
        volume_total=np.zeros(2),
        levels=np.zeros(bars),
        level_cursor=np.zeros(2),
        level_total=np.zeros(2),
        energies=np.zeros(3),
    )


def step(p: EnergyExchangeParams, state: EnergyExchangeState, close: float, volume: float) -> float:
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
