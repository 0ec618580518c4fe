"""Stationary bootstrap: how far a figure of a return series could lie elsewhere by chance; one of two doors to `arch`.

Blocks of random length keep what dependence returns have over a few periods. It cannot show what never happened in the sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Interval(NamedTuple):
    """Lower and upper end, in the unit of the figure."""

    lower: float
    upper: float


def block_length(returns: Floats) -> float:
    """Expected length of a block, in periods, at least 1: the longer, the more the returns depend on each other.

    The longer of two lengths: of the returns and of their squares, as a deviation depends on how volatility clusters.

    References
    ----------
    Politis and White (2004), Econometric Reviews 23(1), 53-70; Patton, Politis and White (2009), 28(4), 372-375.
    """
    from arch.bootstrap import optimal_block_length

    if len(returns) < 10 or not np.ptp(returns) > 0.0:
        return 1.0
    squares = returns * returns
    columns = [returns, squares] if np.ptp(squares) > 0.0 else [returns]
    found = optimal_block_length(np.column_stack(columns))["stationary"].to_numpy()
    return float(min(max(1.0, *found[np.isfinite(found)]), len(returns) / 2.0))


def bootstrap(
    returns: Floats, figures: Callable[[Floats], Floats], *, draws: int, seed: int, mean_block: float
) -> Floats:
    """Figures of `draws` series put together from blocks of the given one.

    Parameters
    ----------
    returns : ndarray of shape (n_periods,)
    figures : callable
        From a series of that shape to an array of shape (n_figures,).
    draws : int
    seed : int
    mean_block : float
        Expected length of a block, in periods.

    Returns
    -------
    ndarray of shape (draws, n_figures)

    References
    ----------
    Politis and Romano (1994), Journal of the American Statistical Association 89, 1303-1313.
    """
    from arch.bootstrap import StationaryBootstrap

    source = StationaryBootstrap(math.ceil(mean_block), returns, seed=seed)
    found: Floats = source.apply(figures, reps=draws)
    return found


def intervals(draws: Floats, *, confidence_fraction: float = 0.95) -> list[Interval]:
    """Return the interval of each figure between the percentiles that leave half of the rest at either side.

    Parameters
    ----------
    draws : ndarray of shape (draws, n_figures)
        As `bootstrap` gives them; draws in which a figure is NaN do not count for it.
    confidence_fraction : float
    """
    tail = (1.0 - confidence_fraction) / 2.0
    found = []
    for column in draws.T:
        known = column[np.isfinite(column)]
        ends = np.quantile(known, [tail, 1.0 - tail]) if len(known) else (math.nan, math.nan)
        found.append(Interval(float(ends[0]), float(ends[1])))
    return found
