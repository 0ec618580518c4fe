"""Exponential averages with a weight of one's own, as portable functions.

The first value is the plain mean of the first `seed_bars` values, the convention of TA-Lib; each later value moves the average
by `weight` of its distance. An average is an array ``[value, values seen]``.
"""

from __future__ import annotations

import math

from enerqis.quant.sums import Array


def ema_weight(lookback_bars: float) -> float:
    """Return the weight of the newest value in an exponential average of `lookback_bars`: 2 / (n + 1)."""
    return 2.0 / (lookback_bars + 1.0)


def smooth(average: Array, value: float, seed_bars: float, weight: float) -> float:
    """Take `value` into `average`, in place, and return the average; NaN until `seed_bars` values were seen."""
    if average[1] < seed_bars:
        average[0] = average[0] + value
        average[1] = average[1] + 1.0
        if average[1] < seed_bars:
            return math.nan
        average[0] = average[0] / seed_bars
    else:
        average[0] = average[0] + weight * (value - average[0])
    smoothed: float = average[0]
    return smoothed
