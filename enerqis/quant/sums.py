"""Exact sums over a sliding window, as portable functions.

Why: prices lie on a grid, so two averages are often exactly equal, and the noise of a naive running sum would then decide a
trade. Here a sum depends on the values in the window only, never on the road that led there.

A sum is kept as two floats ``[high, low]``, whose exact sum is the total: each addition to ``high`` leaves an error, which is a
float itself and goes to ``low``. `settled` rounds the total once. It is exact while the total, and the sum of what rounding
took, stay under 2**52 times the smallest magnitude summed: prices and volumes do, and whole numbers, such as ticks, up to
about 2**100.

References
----------
Knuth, The Art of Computer Programming 2, 4.2.2, theorem B (the error of a sum is a float).
Dekker (1971), Numerische Mathematik 18, 224-242 (splitting, double-length arithmetic).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
"""A float64 array of fixed size, changed in place."""

SPLITTER = 134217729.0
"""2**27 + 1: cuts a double into two halves of at most 26 bits."""

WHOLE_BELOW = 4503599627370496.0
"""2**52: sums of two whole numbers of no larger magnitude are floats."""


def on_grid(value: float, tick_size: float) -> float:
    """Return `value` as a whole number of ticks, halves upwards; unchanged where there is no grid (`tick_size` 0)."""
    if tick_size > 0.0:
        return math.floor(value / tick_size + 0.5)
    return value


def off_grid(value: float, tick_size: float) -> float:
    """Return a number of ticks as a price; unchanged where there is no grid (`tick_size` 0)."""
    if tick_size > 0.0:
        return value * tick_size
    return value


def add(total: Array, value: float) -> None:
    """Add `value` to the exact sum `total`, an array ``[high, low]``, in place."""
    before = total[0]
    high = before + value
    shadow = high - before
    total[0] = high
    total[1] = total[1] + ((before - (high - shadow)) + (value - shadow))


class Exact(NamedTuple):
    """A number of double length: its value rounded once, and what rounding took."""

    high: float
    low: float


def settled(total: Array) -> Exact:
    """Return the exact sum `total` in its one form, whatever order its values came in."""
    if total[1] == 0.0:
        return Exact(total[0], 0.0)
    high = total[0] + total[1]
    shadow = high - total[0]
    return Exact(high, (total[0] - (high - shadow)) + (total[1] - shadow))


def divided(total: Array, count: float) -> float:
    """Return the exact sum `total` over `count`, rounded once; `count` is a whole number below 2**26.

    The remainder of the first quotient is computed exactly and divided again, so that n equal values have that very value as
    their mean, and equal means of windows of different length are equal floats. A sum that is one float, as that of ticks, has
    its quotient at once: the remainder is less than half a unit in the last place of it.
    """
    exact = settled(total)
    first = exact.high / count
    if exact.low == 0.0:
        return first
    scaled = SPLITTER * first
    upper = scaled - (scaled - first)
    remainder = ((exact.high - upper * count) - (first - upper) * count) + exact.low
    return first + remainder / count


def slide(window: Array, cursor: Array, value: float) -> float:
    """Put `value` into the ring `window` and return the value that left it; 0 while the ring fills.

    Parameters
    ----------
    window : array of shape (lookback_bars,)
        Ring of the last values, zeros before they come.
    cursor : array of shape (2,)
        Where the next value goes, and how many have come, up to the ring's length.
    value : float
        Not NaN.
    """
    place = int(cursor[0])
    leaving: float = window[place]
    window[place] = value
    if place + 1 == len(window):
        cursor[0] = 0.0
        cursor[1] = float(len(window))
    else:
        cursor[0] = cursor[0] + 1.0
        if cursor[1] < len(window):
            cursor[1] = cursor[1] + 1.0
    return leaving


def is_full(window: Array, cursor: Array) -> bool:
    """Return whether the ring holds as many values as it has places."""
    seen: float = cursor[1]
    return seen >= len(window)


def slide_total(window: Array, cursor: Array, total: Array, value: float) -> None:
    """Put `value` into the ring `window` and keep the exact sum of the ring in `total`, in place."""
    leaving = slide(window, cursor, value)
    exchange(cursor, total, leaving, value)


def slide_ticks(window: Array, cursor: Array, total: Array, value: float, tick_size: float) -> None:
    """Do what `slide_total` does, to the bit, with fewer steps where values lie on a grid (`tick_size` above 0).

    Sums and differences of whole numbers below 2**52 are floats: nothing is rounded, ``low`` stays 0.
    """
    leaving = slide(window, cursor, value)
    if (
        tick_size > 0.0
        and total[1] == 0.0
        and math.fabs(total[0]) + math.fabs(value) + math.fabs(leaving) < WHOLE_BELOW
    ):
        total[0] = total[0] + (value - leaving)
    else:
        exchange(cursor, total, leaving, value)


def exchange(cursor: Array, total: Array, leaving: float, value: float) -> None:
    """Take `leaving` out of the exact sum `total` and `value` into it, in place; settle it once a lap of the ring."""
    change = value - leaving
    shadow = value - change
    lost = (value - (change + shadow)) + (shadow - leaving)
    add(total, change)
    total[1] = total[1] + lost
    if cursor[0] == 0.0:
        settle(total)


def settle(total: Array) -> None:
    """Bring the exact sum `total` into its one form, in place; once a lap is enough to keep ``low`` small."""
    exact = settled(total)
    total[0] = exact.high
    total[1] = exact.low
