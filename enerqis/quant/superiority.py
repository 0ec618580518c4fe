"""Does the best of many configurations beat a benchmark at all? White's reality check and Hansen's test; the door to `arch`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


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
        Expected length of a block of the stationary bootstrap, in periods.
    draws : int
    seed : int

    Returns
    -------
    Superiority
        Fractions; NaN where no configuration varies.

    Notes
    -----
    `arch.bootstrap.SPA` (8.0.0) does not divide by deviations whatever its `studentize` says; the differences given to it
    here are divided already. Their long-run variance is that of the stationary bootstrap.

    References
    ----------
    White (2000), Econometrica 68(5), 1097-1126. Hansen (2005), Journal of Business and Economic Statistics 23(4), 365-380.
    """
    varying = excess[:, np.ptp(excess, axis=0) > 0.0]
    if not varying.shape[1]:
        return Superiority(math.nan, math.nan, math.nan, math.nan)
    block = math.ceil(mean_block)
    plain = _values(varying, block, draws, seed)
    studentised = _values(varying / np.sqrt(long_run_variance(varying, mean_block=block)), block, draws, seed)
    return Superiority(plain["upper"], studentised["consistent"], studentised["lower"], studentised["upper"])


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


NEGLIGIBLE = 1e-12
"""Weight below which a lag changes no digit that is written."""


def _values(excess: Floats, block: int, draws: int, seed: int) -> dict[str, float]:
    """Return the three probabilities of arch's test of differences against a benchmark without losses."""
    from arch.bootstrap import SPA

    test = SPA(np.zeros(len(excess)), -excess, block_size=block, reps=draws, studentize=False, seed=seed)
    test.compute()
    return {str(name): float(value) for name, value in test.pvalues.items()}
