"""Rolling standard deviation of the last `lookback_bars` values, about their mean, divided by n."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.spread import slide_squares, variance
from enerqis.quant.sums import Array, is_full, off_grid, on_grid


class RollingStdParams(NamedTuple):
    """Parameters of the deviation.

    Parameters
    ----------
    lookback_bars : float
        Bars in the window.
    tick_size : float
        Grid of the input; 0 = none.
    """

    lookback_bars: float
    tick_size: float


class RollingStdState(NamedTuple):
    """The window and its exact sums.

    Parameters
    ----------
    window : array of shape (lookback_bars,)
        Ring of the last values, in ticks where there is a grid.
    cursor : array of shape (2,)
        Next place in the ring, values seen.
    total : array of shape (2,)
        Exact sum of the window.
    squares, errors : arrays of shape (2,)
        Exact sums of the rounded squares, and of what rounding took from them.
    """

    window: Array
    cursor: Array
    total: Array
    squares: Array
    errors: Array


def rolling_std(source: str, lookback_bars: int) -> IndicatorCall:
    """Declare the population standard deviation of `source` over `lookback_bars`, in its unit."""
    return declare("rolling_std", (source,), lookback_bars=lookback_bars)


def initial_state(p: RollingStdParams) -> RollingStdState:
    """Return the state before the first bar."""
    return RollingStdState(np.zeros(int(p.lookback_bars)), np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(2))


def step(p: RollingStdParams, state: RollingStdState, value: float) -> float:
    """Take the value of one closed bar and return the deviation known at its close."""
    if math.isnan(value):
        return math.nan
    ticks = on_grid(value, p.tick_size)
    slide_squares(state.window, state.cursor, state.total, state.squares, state.errors, ticks)
    if not is_full(state.window, state.cursor):
        return math.nan
    return off_grid(math.sqrt(variance(state.total, state.squares, state.errors, p.lookback_bars)), p.tick_size)


def warmup_bars(p: RollingStdParams) -> int:
    """Return the length of the window."""
    return int(p.lookback_bars)
