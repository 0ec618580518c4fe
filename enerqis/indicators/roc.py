"""Rate of change: the simple return over `lookback_bars`, as a fraction."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.sums import Array, is_full, slide


class RocParams(NamedTuple):
    """Parameters of the rate.

    Parameters
    ----------
    lookback_bars : float
        Bars between the two values.
    tick_size : float
        Not used: nothing is summed.
    """

    lookback_bars: float
    tick_size: float


class RocState(NamedTuple):
    """The values of the last bars.

    Parameters
    ----------
    window : array of shape (lookback_bars,)
        Ring of the last values.
    cursor : array of shape (2,)
        Next place in the ring, values seen.
    """

    window: Array
    cursor: Array


def roc(source: str, lookback_bars: int) -> IndicatorCall:
    """Declare the change of `source` over `lookback_bars`, as a fraction: 0.05 = 5 %."""
    return declare("roc", (source,), lookback_bars=lookback_bars)


def initial_state(p: RocParams) -> RocState:
    """Return the state before the first bar."""
    return RocState(np.zeros(int(p.lookback_bars)), np.zeros(2))


def step(p: RocParams, state: RocState, value: float) -> float:
    """Take the value of one closed bar and return its change; NaN where the old value is zero."""
    if math.isnan(value):
        return math.nan
    was_full = is_full(state.window, state.cursor)
    old = slide(state.window, state.cursor, value)
    if was_full and old != 0.0:
        return value / old - 1.0
    return math.nan


def warmup_bars(p: RocParams) -> int:
    """Return the bars between the two values and the last one."""
    return int(p.lookback_bars) + 1
