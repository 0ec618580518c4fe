"""The source itself, unchanged: how a strategy looks at a feature column as it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.sums import Array


class ValueParams(NamedTuple):
    """No parameter but the grid.

    Parameters
    ----------
    tick_size : float
        Not used: nothing is summed.
    """

    tick_size: float


class ValueState(NamedTuple):
    """One array, as a state must have some; never changed.

    Parameters
    ----------
    nothing : array of shape (1,)
        Zero.
    """

    nothing: Array


def value(source: str) -> IndicatorCall:
    """Declare `source` itself, in its unit."""
    return declare("value", (source,))


def initial_state(p: ValueParams) -> ValueState:
    """Return the state before the first bar."""
    return ValueState(np.zeros(1))


def step(p: ValueParams, state: ValueState, latest: float) -> float:
    """Return the value of one closed bar."""
    return latest


def warmup_bars(p: ValueParams) -> int:
    """Return one bar: the value is there at once."""
    return 1
