"""Donchian channel: the highest high and the lowest low of the bars before this one."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall, declare
from enerqis.quant.extremes import highest, no_tails
from enerqis.quant.sums import Array


class DonchianParams(NamedTuple):
    """Parameters of the channel.

    Parameters
    ----------
    lookback_bars : float
        Bars in the window; the present bar is not one of them.
    tick_size : float
        Not used: nothing is summed.
    """

    lookback_bars: float
    tick_size: float


class DonchianState(NamedTuple):
    """The blocks of highs and of lows turned upside down; see `enerqis.quant.extremes`.

    Parameters
    ----------
    highs, lows : arrays of shape (lookback_bars,)
        Values of the present block.
    high_tails, low_tails : arrays of shape (lookback_bars + 1,)
        Extremes of the tails of the last block.
    high_head, low_head : arrays of shape (2,)
        Place in the block, its extreme so far.
    channel : array of shape (3,)
        Upper and lower edge over the bars so far, bars seen.
    """

    highs: Array
    lows: Array
    high_tails: Array
    low_tails: Array
    high_head: Array
    low_head: Array
    channel: Array


class Donchian(NamedTuple):
    """The edges of the channel, in the price's unit."""

    upper: float
    lower: float


def donchian(lookback_bars: int = 20) -> IndicatorCall:
    """Declare the channel of the `lookback_bars` bars before this one; a close outside it is a breakout."""
    return declare("donchian", ("high", "low"), lookback_bars=lookback_bars)


def initial_state(p: DonchianParams) -> DonchianState:
    """Return the state before the first bar."""
    bars = int(p.lookback_bars)
    return DonchianState(
        np.zeros(bars), np.zeros(bars), no_tails(bars), no_tails(bars), np.zeros(2), np.zeros(2), np.zeros(3)
    )


def step(p: DonchianParams, state: DonchianState, high: float, low: float) -> Donchian:
    """Take one closed bar and return the channel that it met."""
    if math.isnan(high) or math.isnan(low):
        return Donchian(math.nan, math.nan)
    met = Donchian(math.nan, math.nan)
    if state.channel[2] >= p.lookback_bars:
        met = Donchian(state.channel[0], state.channel[1])
    else:
        state.channel[2] = state.channel[2] + 1.0
    state.channel[0] = highest(state.highs, state.high_tails, state.high_head, high)
    state.channel[1] = -highest(state.lows, state.low_tails, state.low_head, -low)
    return met


def warmup_bars(p: DonchianParams) -> int:
    """Return the bars of the window and the one that meets it."""
    return int(p.lookback_bars) + 1
