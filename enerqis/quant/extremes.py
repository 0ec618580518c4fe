"""The highest value of a sliding window at a constant cost per bar, as a portable function.

Bars are cut into blocks as long as the window. A window then is the tail of the last block and the head of the present one: the
maxima of all tails are computed once a block, the maximum of the head runs along.

References
----------
van Herk (1992), Pattern Recognition Letters 13, 517-521.
Gil and Werman (1993), IEEE Transactions on Pattern Analysis and Machine Intelligence 15, 504-507.
"""

from __future__ import annotations

import math

import numpy as np

from enerqis.quant.sums import Array


def no_tails(lookback_bars: int) -> Array:
    """Return the maxima of tails before any block: none; not portable."""
    return np.full(lookback_bars + 1, -math.inf)


def highest(block: Array, tails: Array, head: Array, value: float) -> float:
    """Take `value` in and return the highest of the last n values; of all there were, while fewer than n came.

    Parameters
    ----------
    block : array of shape (n,)
        Values of the present block.
    tails : array of shape (n + 1,)
        Highest value from each place of the last block to its end, then minus infinity; see `no_tails`.
    head : array of shape (2,)
        Place in the present block, its highest value so far.
    value : float
        Not NaN. The lowest value is ``-highest(..., -value)``.
    """
    place = int(head[0])
    if place == 0 or value > head[1]:
        head[1] = value
    block[place] = value
    peak: float = head[1]
    if tails[place + 1] > peak:
        peak = tails[place + 1]
    if place + 1 == len(block):
        head[0] = 0.0
        for step in range(len(block)):
            at = len(block) - 1 - step
            tails[at] = block[at] if block[at] > tails[at + 1] else tails[at + 1]
    else:
        head[0] = head[0] + 1.0
    return peak
