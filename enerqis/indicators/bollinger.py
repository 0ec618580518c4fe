"""Bollinger bands: the mean of the last `lookback_bars` values, and bands some standard deviations around it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.spread import slide_squares, variance
from enerqis.quant.sums import Array, divided, is_full, off_grid, on_grid


class BollingerParams(NamedTuple):
    """Parameters of the bands.

    Parameters
    ----------
    lookback_bars : float
        Bars in the window.
    width_deviations : float
        Distance of each band from the middle, in population standard deviations.
    tick_size : float
        Grid of the input; 0 = none.
    """

    lookback_bars: float
    width_deviations: float
    tick_size: float


class BollingerState(NamedTuple):
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


class Bollinger(NamedTuple):
    """The mean and the two bands, in the unit of the source."""

    middle: float
    upper: float
    lower: float


def bollinger(source: str, lookback_bars: int, width_deviations: float = 2.0) -> IndicatorCall:
    """Declare the bands of `source` over `lookback_bars`, `width_deviations` from the mean."""
    return declare("bollinger", (source,), lookback_bars=lookback_bars, width_deviations=width_deviations)


def initial_state(p: BollingerParams) -> BollingerState:
    """Return the state before the first bar."""
    return BollingerState(np.zeros(int(p.lookback_bars)), np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(2))


def step(p: BollingerParams, state: BollingerState, value: float) -> Bollinger:
    """Take the value of one closed bar and return the bands known at its close."""
    if math.isnan(value):
        return Bollinger(math.nan, math.nan, math.nan)
    ticks = on_grid(value, p.tick_size)
    slide_squares(state.window, state.cursor, state.total, state.squares, state.errors, ticks)
    if not is_full(state.window, state.cursor):
        return Bollinger(math.nan, math.nan, math.nan)
    middle = off_grid(divided(state.total, p.lookback_bars), p.tick_size)
    deviation = math.sqrt(variance(state.total, state.squares, state.errors, p.lookback_bars))
    width = p.width_deviations * off_grid(deviation, p.tick_size)
    return Bollinger(middle, middle + width, middle - width)


def warmup_bars(p: BollingerParams) -> int:
    """Return the length of the window."""
    return int(p.lookback_bars)
