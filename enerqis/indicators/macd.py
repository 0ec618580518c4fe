"""MACD: the distance of a fast exponential average from a slow one, its own average, and the difference of both."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare, geometric_settling
from enerqis.quant.averages import ema_weight, smooth
from enerqis.quant.sums import Array


class MacdParams(NamedTuple):
    """Parameters of the three averages.

    Parameters
    ----------
    fast_bars, slow_bars : float
        Bars in the two averages of the source.
    signal_bars : float
        Bars in the average of their distance.
    tick_size : float
        Not used: the averages are recursive.
    """

    fast_bars: float
    slow_bars: float
    signal_bars: float
    tick_size: float


class MacdState(NamedTuple):
    """The three averages.

    Parameters
    ----------
    fast, slow, signal : arrays of shape (2,)
        Value (while it is seeded: the sum), values seen.
    """

    fast: Array
    slow: Array
    signal: Array


class Macd(NamedTuple):
    """Distance of the averages, its average, and their difference, in the unit of the source."""

    line: float
    signal: float
    histogram: float


def macd(source: str, fast_bars: int = 12, slow_bars: int = 26, signal_bars: int = 9) -> IndicatorCall:
    """Declare the MACD of `source`.

    Raises
    ------
    ValueError
        If the fast average is not faster than the slow one.
    """
    if fast_bars >= slow_bars:
        raise ValueError(f"macd: fast_bars ({fast_bars}) must be less than slow_bars ({slow_bars})")
    return declare("macd", (source,), fast_bars=fast_bars, slow_bars=slow_bars, signal_bars=signal_bars)


def initial_state(p: MacdParams) -> MacdState:
    """Return the state before the first bar."""
    return MacdState(np.zeros(2), np.zeros(2), np.zeros(2))


def step(p: MacdParams, state: MacdState, value: float) -> Macd:
    """Take the value of one closed bar and return the three series known at its close.

    The fast average starts late, so that both are seeded at the same bar.
    """
    if math.isnan(value):
        return Macd(math.nan, math.nan, math.nan)
    fast = math.nan
    if state.slow[1] >= p.slow_bars - p.fast_bars:
        fast = smooth(state.fast, value, p.fast_bars, ema_weight(p.fast_bars))
    line = fast - smooth(state.slow, value, p.slow_bars, ema_weight(p.slow_bars))
    if math.isnan(line):
        return Macd(math.nan, math.nan, math.nan)
    signal = smooth(state.signal, line, p.signal_bars, ema_weight(p.signal_bars))
    if math.isnan(signal):
        return Macd(math.nan, math.nan, math.nan)
    return Macd(line, signal, line - signal)


def warmup_bars(p: MacdParams) -> int:
    """Return the bars that seed the slow average and then the signal."""
    return int(p.slow_bars + p.signal_bars) - 1


def settling_bars(p: MacdParams) -> int:
    """Return the bars after which the seeds are forgotten, the slow one's in the signal included."""
    seeds = geometric_settling(ema_weight(p.slow_bars)) + geometric_settling(ema_weight(p.signal_bars))
    return warmup_bars(p) + seeds
