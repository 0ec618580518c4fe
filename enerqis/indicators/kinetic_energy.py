"""Kinetic energy of the market: half of mass times velocity squared."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.energy import in_volatilities, log_price, take_return, take_volume, volatility
from enerqis.quant.sums import Array


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


class KineticEnergyState(NamedTuple):
    """The returns that give the volatility and the volumes that give the mass.

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
    """

    previous: Array
    returns: Array
    cursor: Array
    squares: Array
    volumes: Array
    volume_cursor: Array
    volume_total: Array


def kinetic_energy(lookback_bars: int = 20) -> IndicatorCall:
    """Declare half of mass times velocity squared, dimensionless: 0.5 is a usual bar; docs/market_energy.md."""
    return declare("kinetic_energy", ("close", "volume"), lookback_bars=lookback_bars)


def initial_state(p: KineticEnergyParams) -> KineticEnergyState:
    """Return the state before the first bar."""
    bars = int(p.lookback_bars)
    return KineticEnergyState(
        np.zeros(2), np.zeros(bars), np.zeros(2), np.zeros(2), np.zeros(bars), np.zeros(2), np.zeros(2)
    )


def step(p: KineticEnergyParams, state: KineticEnergyState, close: float, volume: float) -> float:
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
