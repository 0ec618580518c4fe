"""Z-score: how many standard deviations the value lies from the mean of the last `lookback_bars`."""

from __future__ import annotations

import math
from typing import NamedTuple

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.spread import SpreadState, deviation, no_values, take_value
from enerqis.quant.sums import divided, is_full, on_grid


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


def zscore(source: str, lookback_bars: int) -> IndicatorCall:
    """Declare the distance of `source` from its mean over `lookback_bars`, in population standard deviations."""
    return declare("zscore", (source,), lookback_bars=lookback_bars)


def initial_state(p: ZscoreParams) -> SpreadState:
    """Return the state before the first bar."""
    return no_values(int(p.lookback_bars))


def step(p: ZscoreParams, state: SpreadState, value: float) -> float:
    """Take the value of one closed bar and return its score; 0 where the window stands still."""
    if math.isnan(value):
        return math.nan
    arriving = on_grid(value, p.tick_size)
    take_value(state, arriving)
    if not is_full(state.window, state.cursor):
        return math.nan
    spread = deviation(state, p.lookback_bars)
    if spread > 0.0:
        return (arriving - divided(state.total, p.lookback_bars)) / spread
    return 0.0


def warmup_bars(p: ZscoreParams) -> int:
    """Return the length of the window."""
    return int(p.lookback_bars)
