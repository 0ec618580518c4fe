"""Simple moving average: the mean of the last `lookback_bars` values."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.sums import Array, divided, is_full, off_grid, on_grid, slide_ticks


class SmaParams(NamedTuple):
    """Parameters of the average.

    Parameters
    ----------
    lookback_bars : float
        Bars in the window.
    tick_size : float
        Grid of the input; 0 = none.
    """

    lookback_bars: float
    tick_size: float


class SmaState(NamedTuple):
    """The window and its exact sum.

    Parameters
    ----------
    window : array of shape (lookback_bars,)
        Ring of the last values, in ticks where there is a grid.
    cursor : array of shape (2,)
        Next place in the ring, values seen.
    total : array of shape (2,)
        Exact sum of the window.
    """

    window: Array
    cursor: Array
    total: Array


def sma(source: str, lookback_bars: int) -> IndicatorCall:
    """Declare the mean of the last `lookback_bars` values of `source`, in its unit."""
    return declare("sma", (source,), lookback_bars=lookback_bars)


def initial_state(p: SmaParams) -> SmaState:
    """Return the state before the first bar."""
    return SmaState(np.zeros(int(p.lookback_bars)), np.zeros(2), np.zeros(2))


def step(p: SmaParams, state: SmaState, value: float) -> float:
    """Take the value of one closed bar and return the mean known at its close."""
    if math.isnan(value):
        return math.nan
    slide_ticks(state.window, state.cursor, state.total, on_grid(value, p.tick_size), p.tick_size)
    if not is_full(state.window, state.cursor):
        return math.nan
    return off_grid(divided(state.total, p.lookback_bars), p.tick_size)


def warmup_bars(p: SmaParams) -> int:
    """Return the length of the window."""
    return int(p.lookback_bars)
