"""Wilder's relative strength index: the share of rises in all movement, from 0 to 100."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare, geometric_settling
from enerqis.quant.averages import smooth
from enerqis.quant.sums import Array


class RsiParams(NamedTuple):
    """Parameters of the index.

    Parameters
    ----------
    lookback_bars : float
        Changes that seed the averages; each newer one weighs 1 / lookback_bars.
    tick_size : float
        Not used: the averages are recursive.
    """

    lookback_bars: float
    tick_size: float


class RsiState(NamedTuple):
    """The value before and the two averages.

    Parameters
    ----------
    previous : array of shape (2,)
        Value of the bar before, 1 where there was one.
    rises, falls : arrays of shape (2,)
        Smoothed rise and fall per bar (while they are seeded: the sum), changes seen.
    """

    previous: Array
    rises: Array
    falls: Array


def rsi(source: str, lookback_bars: int = 14) -> IndicatorCall:
    """Declare the index of `source` over `lookback_bars`, from 0 (only falls) to 100 (only rises).

    References
    ----------
    Wilder (1978), New Concepts in Technical Trading Systems, section VI.
    """
    return declare("rsi", (source,), lookback_bars=lookback_bars)


def initial_state(p: RsiParams) -> RsiState:
    """Return the state before the first bar."""
    return RsiState(np.zeros(2), np.zeros(2), np.zeros(2))


def step(p: RsiParams, state: RsiState, value: float) -> float:
    """Take the value of one closed bar and return the index known at its close; 50 where nothing ever moved."""
    if math.isnan(value):
        return math.nan
    change = value - state.previous[0]
    is_first = state.previous[1] == 0.0
    state.previous[0] = value
    state.previous[1] = 1.0
    if is_first:
        return math.nan
    weight = 1.0 / p.lookback_bars
    rise = smooth(state.rises, change if change > 0.0 else 0.0, p.lookback_bars, weight)
    fall = smooth(state.falls, -change if change < 0.0 else 0.0, p.lookback_bars, weight)
    if rise + fall == 0.0:
        return 50.0
    return 100.0 * (rise / (rise + fall))


def warmup_bars(p: RsiParams) -> int:
    """Return the bars that give the first averages."""
    return int(p.lookback_bars) + 1


def settling_bars(p: RsiParams) -> int:
    """Return the bars after which the seed is forgotten."""
    return warmup_bars(p) + geometric_settling(1.0 / p.lookback_bars)
