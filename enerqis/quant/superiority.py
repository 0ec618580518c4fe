"""Does the best of many configurations beat a benchmark at all? White's reality check and Hansen's test.

Both are written out here and held against `arch` in the tests, draw for draw: `arch.bootstrap.SPA` (8.0.0) does not divide by
deviations, whatever its `studentize` says, and without that it is not Hansen's test.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.quant.bootstrap import resampled_rows

Floats = npt.NDArray[np.float64]

NEGLIGIBLE = 1e-12
"""Weight below which a lag changes no digit that is written."""


class Superiority(NamedTuple):
    """Probabilities of a best configuration as good as this one where none is better than the benchmark.

    Parameters
    ----------
    reality_check : float
        White: means as they are, every configuration as good as the benchmark. Many bad ones make it rise.
    superior_ability : float
        Hansen, consistent: means over their deviation, hopeless configurations left out.
    lower, upper : float
        Hansen's bounds of the latter.
    """

    reality_check: float
    superior_ability: float
    lower: float
    upper: float


def superiority(excess: Floats, *, mean_block: float, draws: int, seed: int) -> Superiority:
    """Test whether any configuration is better than the benchmark, all of them taken into account.

    Parameters
    ----------
    excess : ndarray of shape (n_periods, n_configs)
        Returns of every configuration less those of the benchmark; those that never vary are left out.
    mean_block : float
        Expected length of a block of the stationary bootstrap, in periods; rounded up.
    draws : int
    seed : int

    Returns
    -------
    Superiority
        Fractions; NaN where no configuration varies.

    References
    ----------
    White (2000), Econometrica 68(5), 1097-1126. Hansen (2005), Journal of Business and Economic Statistics 23(4), 365-380,
    section 3; its three ways to recentre are those of its equation 2 and what follows.
    """
    varying = excess[:, np.ptp(excess, axis=0) > 0.0]
    count, configs = varying.shape
    if not configs:
        return Superiority(math.nan, math.nan, math.nan, math.nan)
    block = math.ceil(mean_block)
    mean = varying.mean(axis=0)
    deviation = np.sqrt(long_run_variance(varying, mean_block=block))
    hopeless = mean < -deviation * math.sqrt(2.0 * math.log(max(math.log(count), 1.0)) / count)
    drawn = _drawn_means(varying, block=block, draws=draws, seed=seed)

    def share(centre: Floats, scale: Floats | float) -> float:
        return float(np.mean(((drawn - centre) / scale).max(axis=1) > (mean / scale).max()))

    return Superiority(
        reality_check=share(mean, 1.0),
        superior_ability=share(np.where(hopeless, 0.0, mean), deviation),
        lower=share(np.maximum(mean, 0.0), deviation),
        upper=share(mean, deviation),
    )


def long_run_variance(series: Floats, *, mean_block: float) -> Floats:
    """Variance of the square root of n times each mean, under the stationary bootstrap with that length of block.

    Parameters
    ----------
    series : ndarray of shape (n_periods, n_configs)
    mean_block : float
        Expected length of a block, in periods.

    Returns
    -------
    ndarray of shape (n_configs,)

    References
    ----------
    Politis and Romano (1994), lemma 1; Hansen (2005), section 3.2.
    """
    count = len(series)
    centred = series - series.mean(axis=0)
    lags = np.arange(1, count)
    stay = 1.0 - 1.0 / mean_block
    weights = (1.0 - lags / count) * stay**lags + lags / count * stay ** (count - lags)
    variance: Floats = np.einsum("tn,tn->n", centred, centred) / count
    for lag, weight in zip(lags.tolist(), weights.tolist(), strict=True):
        if weight > NEGLIGIBLE:
            variance = variance + 2.0 * weight * np.einsum("tn,tn->n", centred[:-lag], centred[lag:]) / count
    return variance


def _drawn_means(series: Floats, *, block: int, draws: int, seed: int) -> Floats:
    """Return the mean of every configuration in each drawn series, shape (draws, n_configs); without BLAS."""
    count = len(series)
    found = np.empty((draws, series.shape[1]))
    for draw, rows in enumerate(resampled_rows(count, draws=draws, seed=seed, mean_block=block)):
        times = np.bincount(rows, minlength=count).astype(np.float64)
        found[draw] = np.einsum("t,tn->n", times, series) / count
    return found
