"""Z-score: how many standard deviations the value lies from the mean of the last `lookback_bars`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.spread import slide_squares, variance
from enerqis.quant.sums import Array, divided, is_full, on_grid


class ZscoreParams(NamedTuple):
    """Parameters of the score.

    Parameters
    ----------
    lookback_bars : float
        Bars in the window, the present one included.
    tick_size : float
        Grid of the input; 0 = none.
    """

    lookback_bars: float
    tick_size: float


class ZscoreState(NamedTuple):
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


def zscore(source: str, lookback_bars: int) -> IndicatorCall:
    """Declare the distance of `source` from its mean over `lookback_bars`, in population standard deviations."""
    return declare("zscore", (source,), lookback_bars=lookback_bars)


def initial_state(p: ZscoreParams) -> ZscoreState:
    """Return the state before the first bar."""
    return ZscoreState(np.zeros(int(p.lookback_bars)), np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(2))


def step(p: ZscoreParams, state: ZscoreState, value: float) -> float:
    """Take the value of one closed bar and return its score; 0 where the window stands still."""
    if math.isnan(value):
        return math.nan
    arriving = on_grid(value, p.tick_size)
    slide_squares(state.window, state.cursor, state.total, state.squares, state.errors, arriving)
    if not is_full(state.window, state.cursor):
        return math.nan
    spread = math.sqrt(variance(state.total, state.squares, state.errors, p.lookback_bars))
    if spread > 0.0:
        return (arriving - divided(state.total, p.lookback_bars)) / spread
    return 0.0


def warmup_bars(p: ZscoreParams) -> int:
    """Return the length of the window."""
    return int(p.lookback_bars)
