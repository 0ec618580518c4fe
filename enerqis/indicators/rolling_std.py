"""Rolling standard deviation of the last `lookback_bars` values, about their mean, divided by n."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.spread import SpreadState, deviation, no_values, take_value
from enerqis.quant.sums import is_full, off_grid, on_grid


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


def rolling_std(source: str, lookback_bars: int) -> IndicatorCall:
    """Declare the population standard deviation of `source` over `lookback_bars`, in its unit."""
    return declare("rolling_std", (source,), lookback_bars=lookback_bars)


def initial_state(p: RollingStdParams) -> SpreadState:
    """Return the state before the first bar."""
    return no_values(int(p.lookback_bars))


def step(p: RollingStdParams, state: SpreadState, value: float) -> float:
    """Take the value of one closed bar and return the deviation known at its close."""
    if math.isnan(value):
        return math.nan
    ticks = on_grid(value, p.tick_size)
    take_value(state, ticks)
    if not is_full(state.window, state.cursor):
        return math.nan
    return off_grid(deviation(state, p.lookback_bars), p.tick_size)


def warmup_bars(p: RollingStdParams) -> int:
    """Return the length of the window."""
    return int(p.lookback_bars)
