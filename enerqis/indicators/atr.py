"""Wilder's average true range: the smoothed distance a bar covers, the gap from the last close included."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare, geometric_settling
from enerqis.quant.averages import smooth
from enerqis.quant.sums import Array


class AtrParams(NamedTuple):
    """Parameters of the range.

    Parameters
    ----------
    lookback_bars : float
        True ranges that seed the average; each newer one weighs 1 / lookback_bars.
    tick_size : float
        Not used: the average is recursive.
    """

    lookback_bars: float
    tick_size: float


class AtrState(NamedTuple):
    """The close before and the average.

    Parameters
    ----------
    previous : array of shape (2,)
        Close of the bar before, 1 where there was one.
    average : array of shape (2,)
        Smoothed true range (while it is seeded: the sum), ranges seen.
    """

    previous: Array
    average: Array


def atr(lookback_bars: int = 14) -> IndicatorCall:
    """Declare the average true range over `lookback_bars`, in the price's unit.

    References
    ----------
    Wilder (1978), New Concepts in Technical Trading Systems, section III.
    """
    return declare("atr", ("high", "low", "close"), lookback_bars=lookback_bars)


def initial_state(p: AtrParams) -> AtrState:
    """Return the state before the first bar."""
    return AtrState(np.zeros(2), np.zeros(2))


def true_range(high: float, low: float, previous_close: float) -> float:
    """Return the distance from the lower of low and last close to the higher of high and last close."""
    top = high if high > previous_close else previous_close
    bottom = low if low < previous_close else previous_close
    return top - bottom


def step(p: AtrParams, state: AtrState, high: float, low: float, close: float) -> float:
    """Take one closed bar and return the average true range known at its close."""
    if math.isnan(high) or math.isnan(low) or math.isnan(close):
        return math.nan
    covered = true_range(high, low, state.previous[0])
    is_first = state.previous[1] == 0.0
    state.previous[0] = close
    state.previous[1] = 1.0
    if is_first:
        return math.nan
    return smooth(state.average, covered, p.lookback_bars, 1.0 / p.lookback_bars)


def warmup_bars(p: AtrParams) -> int:
    """Return the bars that give the first average: the first bar has no close before it."""
    return int(p.lookback_bars) + 1


def settling_bars(p: AtrParams) -> int:
    """Return the bars after which the seed is forgotten."""
    return warmup_bars(p) + geometric_settling(1.0 / p.lookback_bars)
