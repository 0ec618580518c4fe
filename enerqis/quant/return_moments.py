"""Number, mean, standard deviation, skew and full kurtosis of returns: from the returns, or from their power sums."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from enerqis.quant.moments import deviation
from enerqis.quant.rounding import significant

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Moments(NamedTuple):
    """Sample moments of returns per period; a period is what was measured, a bar or a session.

    Parameters
    ----------
    periods : int
        How many.
    mean, std : float
        Fractions per period; the standard deviation with ddof=1.
    skew, kurtosis : float
        Third and fourth central moment over powers of the second, all with ddof=0; kurtosis is the full one, 3 for a normal
        distribution. NaN where nothing moved.
    periods_per_year : float
        Periods in a year of the dataset's calendar.
    """

    periods: int
    mean: float
    std: float
    skew: float
    kurtosis: float
    periods_per_year: float

    @property
    def sharpe(self) -> float:
        """Mean over standard deviation, per period and without a risk-free rate; NaN where nothing moved."""
        return self.mean / self.std if self.std > 0.0 else math.nan


def moments_from(figures: Mapping[str, Any]) -> Moments:
    """Return moments from JSON, in which null stands for NaN."""
    rest = (math.nan if figures[name] is None else figures[name] for name in Moments._fields[1:])
    return Moments(figures["periods"], *rest)


def moments_of(returns: Floats, *, periods_per_year: float) -> Moments:
    """Return the moments of `returns`, shape (n_periods,), fractions, rounded to 12 significant digits."""
    std = deviation(returns)
    if not std > 0.0:
        mean = float(returns.mean()) if len(returns) else math.nan
        return Moments(len(returns), significant(mean), std, math.nan, math.nan, significant(periods_per_year))
    mean = float(returns.mean())
    centred = returns - mean
    second, third, fourth = (float(np.mean(centred**power)) for power in (2, 3, 4))
    figures = (mean, std, third / second**1.5, fourth / second**2, periods_per_year)
    return Moments(len(returns), *map(significant, figures))


def moments_from_sums(sums: Floats, *, count: int, periods_per_year: float) -> list[Moments]:
    """Return the moments of many samples from their power sums, as the kernel's batch gives them.

    Parameters
    ----------
    sums : ndarray of shape (n_samples, 4)
        Sums of returns to the powers 1 to 4.
    count : int
        Returns in each sample, at least 2.
    periods_per_year : float
    """
    first, second, third, fourth = (sums[:, power] / count for power in range(4))
    variance = second - first**2
    variance = np.where(variance > 0.0, variance, np.nan)
    cubed = third - 3.0 * first * second + 2.0 * first**3
    fourths = fourth - 4.0 * first * third + 6.0 * first**2 * second - 3.0 * first**4
    std = np.nan_to_num(np.sqrt(variance * (count / (count - 1))), nan=0.0)
    columns = (first, std, cubed / variance**1.5, fourths / variance**2, np.full(len(sums), periods_per_year))
    return [
        Moments(count, *map(significant, figures)) for figures in zip(*(each.tolist() for each in columns), strict=True)
    ]


def bar_returns(equity: Floats) -> Floats:
    """Return the simple return of each bar but the first, shape (n_bars - 1,); 0 after a bar that left nothing."""
    before = equity[:-1]
    alive = before > 0.0
    returns: Floats = np.where(alive, equity[1:] / np.where(alive, before, 1.0) - 1.0, 0.0)
    return returns


def bars_per_year(sessions: Ints, *, sessions_per_year: float) -> float:
    """Return how many bars a year has: those of a session, on average, times the sessions of a year; NaN of no bar.

    One measure for every trial on a dataset, a run or a point of a sweep, whatever bars it lacks.

    Parameters
    ----------
    sessions : ndarray of shape (n_bars,)
        Session of each bar, days since 1970-01-01.
    sessions_per_year : float
        Of the dataset's calendar.
    """
    return len(sessions) / len(np.unique(sessions)) * sessions_per_year if len(sessions) else math.nan
