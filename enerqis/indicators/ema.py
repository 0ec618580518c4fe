"""Exponential moving average: the newest value weighs 2 / (lookback_bars + 1); it starts as the mean of the first window."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare, geometric_settling
from enerqis.quant.averages import ema_weight, smooth
from enerqis.quant.sums import Array


class EmaParams(NamedTuple):
    """Parameters of the average.

    Parameters
    ----------
    lookback_bars : float
        Bars whose simple average has the same mean age.
    tick_size : float
        Not used: the average is recursive.
    """

    lookback_bars: float
    tick_size: float


class EmaState(NamedTuple):
    """The average so far.

    Parameters
    ----------
    average : array of shape (2,)
        Value (while it is seeded: the sum), values seen.
    """

    average: Array


def ema(source: str, lookback_bars: int) -> IndicatorCall:
    """Declare the exponential average of `source` over `lookback_bars`, in its unit."""
    return declare("ema", (source,), lookback_bars=lookback_bars)


def initial_state(p: EmaParams) -> EmaState:
    """Return the state before the first bar."""
    return EmaState(np.zeros(2))


def step(p: EmaParams, state: EmaState, value: float) -> float:
    """Take the value of one closed bar and return the average known at its close."""
    if math.isnan(value):
        return math.nan
    return smooth(state.average, value, p.lookback_bars, ema_weight(p.lookback_bars))


def warmup_bars(p: EmaParams) -> int:
    """Return the bars that seed the average."""
    return int(p.lookback_bars)


def settling_bars(p: EmaParams) -> int:
    """Return the bars after which the seed is forgotten."""
    return warmup_bars(p) + geometric_settling(ema_weight(p.lookback_bars))
