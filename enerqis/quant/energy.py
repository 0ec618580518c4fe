"""The mechanics of market energy, as portable functions; docs/market_energy.md derives them.

Log prices lie on a grid of 2**-40 (a trillionth), so that returns and their squares are whole numbers and all sums are exact.
"""

from __future__ import annotations

import math

from enerqis.quant.sums import Array, add, divided, is_full, slide, slide_total

LOG_GRID = 2.0**-40
"""Grid of log prices."""


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
