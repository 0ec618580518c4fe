"""Bollinger bands: the mean of the last `lookback_bars` values, and bands some standard deviations around it."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.spread import SpreadState, deviation, no_values, take_value
from enerqis.quant.sums import divided, is_full, off_grid, on_grid


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


class Bollinger(NamedTuple):
    """The mean and the two bands, in the unit of the source."""

    middle: float
    upper: float
    lower: float


def bollinger(source: str, lookback_bars: int, width_deviations: float = 2.0) -> IndicatorCall:
    """Declare the bands of `source` over `lookback_bars`, `width_deviations` from the mean."""
    return declare("bollinger", (source,), lookback_bars=lookback_bars, width_deviations=width_deviations)


def initial_state(p: BollingerParams) -> SpreadState:
    """Return the state before the first bar."""
    return no_values(int(p.lookback_bars))


def step(p: BollingerParams, state: SpreadState, value: float) -> Bollinger:
    """Take the value of one closed bar and return the bands known at its close."""
    if math.isnan(value):
        return Bollinger(math.nan, math.nan, math.nan)
    ticks = on_grid(value, p.tick_size)
    take_value(state, ticks)
    if not is_full(state.window, state.cursor):
        return Bollinger(math.nan, math.nan, math.nan)
    middle = off_grid(divided(state.total, p.lookback_bars), p.tick_size)
    width = p.width_deviations * off_grid(deviation(state, p.lookback_bars), p.tick_size)
    return Bollinger(middle, middle + width, middle - width)


def warmup_bars(p: BollingerParams) -> int:
    """Return the length of the window."""
    return int(p.lookback_bars)
