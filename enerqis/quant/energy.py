"""The mechanics of market energy, as portable functions; docs/market_energy.md derives them.

Log prices lie on a grid of 2**-40 (a trillionth), so that returns and their squares are whole numbers and all sums are exact.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.quant.sums import Array, add, divided, is_full, slide, slide_total

LOG_GRID = 2.0**-40
"""Grid of log prices."""


class MarketState(NamedTuple):
    """What the market's energies remember; a ring that an indicator does not read has no places.

    Parameters
    ----------
    previous : array of shape (2,)
        Log price of the bar before, 1 where there was one.
    returns : array of shape (lookback_bars,)
        Ring of the last log returns, for the volatility.
    cursor : array of shape (2,)
        Next place in that ring, returns seen.
    squares : array of shape (2,)
        Exact sum of the squared returns.
    volumes : array of shape (lookback_bars,) or (0,)
        Ring of the last volumes, for the mass.
    volume_cursor : array of shape (2,)
        Next place in that ring, volumes seen.
    volume_total : array of shape (2,)
        Exact sum of the volumes.
    levels : array of shape (lookback_bars,) or (0,)
        Ring of the last log prices, for the equilibrium.
    level_cursor : array of shape (2,)
        Next place in that ring, log prices seen.
    level_total : array of shape (2,)
        Exact sum of the log prices.
    energies : array of shape (3,)
        Kinetic and potential energy of the bar before, 1 where there were any; only their exchange looks at them.
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


def no_bars(lookback_bars: int, *, has_volumes: bool = False, has_levels: bool = False) -> MarketState:
    """Return the state before the first bar, with the rings that are asked for besides the returns; not portable."""
    return MarketState(
        previous=np.zeros(2),
        returns=np.zeros(lookback_bars),
        cursor=np.zeros(2),
        squares=np.zeros(2),
        volumes=np.zeros(lookback_bars if has_volumes else 0),
        volume_cursor=np.zeros(2),
        volume_total=np.zeros(2),
        levels=np.zeros(lookback_bars if has_levels else 0),
        level_cursor=np.zeros(2),
        level_total=np.zeros(2),
        energies=np.zeros(3),
    )


def log_price(price: float) -> float:
    """Return the natural log of `price` in whole grid steps; NaN where the price is not positive."""
    if price > 0.0:
        return math.floor(math.log(price) / LOG_GRID + 0.5)
    return math.nan


def volatility(returns: Array, cursor: Array, squares: Array) -> float:
    """Return the root mean square of the returns in the ring, in grid steps per bar; NaN until it is full."""
    if not is_full(returns, cursor):
        return math.nan
    return math.sqrt(divided(squares, len(returns)))


def take_return(previous: Array, returns: Array, cursor: Array, squares: Array, level: float) -> float:
    """Take the log price `level` of a closed bar in and return its log return; NaN at the first bar.

    Parameters
    ----------
    previous : array of shape (2,)
        Log price of the bar before, 1 where there was one.
    returns : array of shape (lookback_bars,)
        Ring of the last returns.
    cursor : array of shape (2,)
        Its cursor.
    squares : array of shape (2,)
        Exact sum of the squared returns in the ring.
    level : float
        Log price in grid steps, not NaN.
    """
    moved = level - previous[0]
    is_first = previous[1] == 0.0
    previous[0] = level
    previous[1] = 1.0
    if is_first:
        return math.nan
    leaving = slide(returns, cursor, moved)
    add(squares, -(leaving * leaving))
    add(squares, moved * moved)
    return float(moved)


def in_volatilities(distance: float, scale: float) -> float:
    """Return `distance` over the volatility `scale`; 0 where nothing moved, NaN where a still market jumps."""
    if distance == 0.0 and scale == 0.0:
        return 0.0
    if scale > 0.0:
        return distance / scale
    return math.nan


def take_volume(volumes: Array, cursor: Array, total: Array, volume: float) -> float:
    """Take the volume of a closed bar in and return its mass: volume over the mean of the bars before.

    Returns
    -------
    float
        1 where the bars before traded no volume at all, as in indices and currencies; NaN until the ring is full.
    """
    mass = math.nan
    if is_full(volumes, cursor):
        average = divided(total, len(volumes))
        mass = volume / average if average > 0.0 else 1.0
    slide_total(volumes, cursor, total, volume)
    return mass


def take_level(levels: Array, cursor: Array, total: Array, level: float) -> float:
    """Take the log price of a closed bar in and return its distance from the mean of the ring, in grid steps."""
    slide_total(levels, cursor, total, level)
    if not is_full(levels, cursor):
        return math.nan
    return level - divided(total, len(levels))


def looseness(lookback_bars: float) -> float:
    """Return the root mean square distance of a random walk from its mean over `lookback_bars`, in volatilities per bar.

    The square root of (n - 1) (2 n - 1) / (6 n): the inverse root of the stiffness of the market's spring.
    """
    return math.sqrt((lookback_bars - 1.0) * (2.0 * lookback_bars - 1.0) / (6.0 * lookback_bars))


def take_stretch(state: MarketState, lookback_bars: float, level: float) -> float:
    """Take the log price of a closed bar in and return its displacement: the distance that a random walk would have is 1."""
    scale = volatility(state.returns, state.cursor, state.squares) * looseness(lookback_bars)
    take_return(state.previous, state.returns, state.cursor, state.squares, level)
    distance = take_level(state.levels, state.level_cursor, state.level_total, level)
    return in_volatilities(distance, scale)
