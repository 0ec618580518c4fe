"""Stationary bootstrap: how far a figure of a return series could lie elsewhere by chance.

Blocks of random length keep what dependence returns have over a few periods. It cannot show what never happened in the sample.
The draws are those of `arch.bootstrap.StationaryBootstrap` for the same seed, and lengths of blocks those of its
`optimal_block_length`, which tests hold; written out here because every validation needs them and importing `arch` costs more
than all the rest of one, and without BLAS, so that no thread changes a bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FEWEST = 10
"""Returns below which no dependence is measured."""


class Interval(NamedTuple):
    """Lower and upper end, in the unit of the figure."""

    lower: float
    upper: float


def block_length(returns: Floats) -> float:
    """Expected length of a block, in periods, at least 1: the longer, the more the returns depend on each other.

    The longer of two lengths: of the returns and of their squares, as a deviation depends on how volatility clusters.
    """
    if len(returns) < FEWEST:
        return 1.0
    found = [optimal_block_length(each) for each in (returns, returns * returns) if np.ptp(each) > 0.0]
    return max([1.0, *(each for each in found if math.isfinite(each))])


def optimal_block_length(series: Floats) -> float:
    """Length of block that makes the stationary bootstrap's variance of a mean most exact, in periods; may be below 1.

    Parameters
    ----------
    series : ndarray of shape (n_periods,)
        Not constant.

    References
    ----------
    Politis and White (2004), Econometric Reviews 23(1), 53-70; Patton, Politis and White (2009), 28(4), 372-375.
    """
    count = len(series)
    apart = series - series.mean()
    in_a_row = max(5, int(math.log10(count)))
    most = math.ceil(math.sqrt(count)) + in_a_row
    lags = min(2 * max(_first_quiet(apart, in_a_row, most), 1), most)
    covariances = [_summed(apart[lag:], apart[: count - lag]) / count for lag in range(lags + 1)]
    weights = [1.0 if 2 * lag <= lags else 2.0 * (1.0 - lag / lags) for lag in range(lags + 1)]
    slope = sum(2.0 * weight * lag * each for lag, (weight, each) in enumerate(zip(weights, covariances, strict=True)))
    level = covariances[0] + sum(2.0 * weights[lag] * covariances[lag] for lag in range(1, lags + 1))
    longest = math.ceil(min(3.0 * math.sqrt(count), count / 3.0))
    return float(min(((slope / level) ** 2 * count) ** (1.0 / 3.0), longest))


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
        Expected length of a block, in periods; rounded up.

    Returns
    -------
    ndarray of shape (draws, n_figures)
    """
    rows = resampled_rows(len(returns), draws=draws, seed=seed, mean_block=mean_block)
    return np.array([figures(returns[each]) for each in rows])


def resampled_rows(count: int, *, draws: int, seed: int, mean_block: float) -> Iterator[Ints]:
    """Yield the row numbers of each drawn series, shape (count,): blocks begin anywhere, and go on at the start after the end.

    References
    ----------
    Politis and Romano (1994), Journal of the American Statistical Association 89, 1303-1313, section 2.
    """
    generator = np.random.default_rng(seed)
    ends = 1.0 / math.ceil(mean_block)
    places = np.arange(count)
    for _ in range(draws):
        starts = generator.integers(count, size=count)
        begins = generator.random(count) <= ends
        begins[:1] = True
        begun = np.maximum.accumulate(np.where(begins, places, 0))
        yield (starts[begun] + places - begun) % count


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


def _first_quiet(apart: Floats, in_a_row: int, most: int) -> int:
    """Return the lag from which so many autocorrelations in a row are within chance; `most` where there is none."""
    count = len(apart)
    limit = 2.0 * math.sqrt(math.log10(count) / count)
    quiet = 0
    for lag in range(most):
        after, before = apart[lag + 1 :], apart[: count - lag - 1]
        size = math.sqrt(_summed(after, after) * _summed(before, before))
        quiet = quiet + 1 if size > 0.0 and abs(_summed(apart[lag:], apart[: count - lag])) / size < limit else 0
        if quiet == in_a_row:
            return lag + 1 - in_a_row
    return most


def _summed(left: Floats, right: Floats) -> float:
    """Return the sum of products, without BLAS."""
    return float(np.einsum("t,t->", left, right))
