"""The spread of a sliding window from exact sums, as portable functions.

The textbook formula, mean square less squared mean, loses all its digits where prices are large and move little. Here both sums
are exact (`enerqis.quant.sums`), squares included, and their difference is taken in double length, so the result is good to the
last digits and depends on the window only.

References
----------
Dekker (1971), Numerische Mathematik 18, 224-242 (exact product of two floats).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from enerqis.quant.sums import SPLITTER, Array, add, settle, settled, slide

STILL = 2.0**-98
"""A variance below this share of the mean square is rounding noise: the window stands still, its spread is zero."""


class SpreadState(NamedTuple):
    """A window and its exact sums.

    Parameters
    ----------
    window : array of shape (lookback_bars,)
        Ring of the last values, in ticks where there is a grid.
    cursor : array of shape (2,)
        Next place in the ring, values seen.
    total : array of shape (2,)
        Exact sum of the window.
    squares, errors : arrays of shape (2,)
        Exact sums of the rounded squares, and of what rounding took from them.
    """

    window: Array
    cursor: Array
    total: Array
    squares: Array
    errors: Array


def no_values(lookback_bars: int) -> SpreadState:
    """Return the state before the first value; not portable."""
    return SpreadState(np.zeros(lookback_bars), np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(2))


def product_error(first: float, second: float) -> float:
    """Return what rounding took from ``first * second``, exactly."""
    scaled_first = SPLITTER * first
    upper_first = scaled_first - (scaled_first - first)
    lower_first = first - upper_first
    scaled_second = SPLITTER * second
    upper_second = scaled_second - (scaled_second - second)
    lower_second = second - upper_second
    product = first * second
    error = upper_first * upper_second - product
    error = (error + upper_first * lower_second) + lower_first * upper_second
    return error + lower_first * lower_second


def add_square(squares: Array, errors: Array, value: float, sign: float) -> None:
    """Add (`sign` 1) or take away (`sign` -1) the exact square of `value`: its rounded part and what rounding took."""
    add(squares, sign * (value * value))
    add(errors, sign * product_error(value, value))


def take_value(state: SpreadState, value: float) -> None:
    """Put `value` into the window and keep the exact sums of the window and of its squares, in place."""
    leaving = slide(state.window, state.cursor, value)
    add(state.total, -leaving)
    add(state.total, value)
    add_square(state.squares, state.errors, leaving, -1.0)
    add_square(state.squares, state.errors, value, 1.0)
    if state.cursor[0] == 0.0:
        settle(state.total)
        settle(state.squares)
        settle(state.errors)


def deviation(state: SpreadState, count: float) -> float:
    """Return the population standard deviation of a full window of `count` values, in their unit."""
    return math.sqrt(variance(state.total, state.squares, state.errors, count))


def variance(total: Array, squares: Array, errors: Array, count: float) -> float:
    """Return the population variance of `count` values from their exact sums.

    Parameters
    ----------
    total : array of shape (2,)
        Exact sum of the values.
    squares, errors : arrays of shape (2,)
        Exact sums of the rounded squares, and of what rounding took.
    count : float
        How many values, a whole number.

    Returns
    -------
    float
        In the square of the values' unit; 0 where they do not differ.
    """
    mean = settled(total)
    square = settled(squares)
    error = settled(errors)
    mean_square = count * square.high
    squared_mean = mean.high * mean.high
    small = product_error(count, square.high) - product_error(mean.high, mean.high)
    small = small + (count * (square.low + error.high) - 2.0 * mean.high * mean.low)
    difference = (mean_square - squared_mean) + small
    if difference <= STILL * mean_square:
        return 0.0
    return difference / (count * count)
