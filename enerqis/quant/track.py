"""A track record: what statistics need of a series of returns, its count, Sharpe ratio, skewness and kurtosis."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from enerqis.quant.return_moments import Moments, moments_of
from enerqis.quant.sharpe import Kurtosis, PeriodSharpe, expect

Floats = npt.NDArray[np.float64]

ROUNDING = 1e-9
"""How far a kurtosis may lie below its bound by rounding alone."""


@dataclass(frozen=True, kw_only=True)
class TrackRecord:
    """Moments of returns, all of one period, so that count and ratio cannot be of different ones.

    Parameters
    ----------
    count : int
        Returns.
    sharpe : PeriodSharpe
    skewness : float
        Third standardised moment; 0 for a normal.
    kurtosis : Kurtosis

    Raises
    ------
    TypeError
        If a ratio per year or a plain number stands where a ratio per period, or a kurtosis, is wanted.
    ValueError
        If there are fewer than two returns, or no distribution has such a skewness and kurtosis.
    """

    count: int
    sharpe: PeriodSharpe
    skewness: float
    kurtosis: Kurtosis

    def __post_init__(self) -> None:
        expect(self.sharpe, PeriodSharpe, "sharpe")
        full = expect(self.kurtosis, Kurtosis, "kurtosis").full
        if self.count < 2:
            raise ValueError(f"count: {self.count} returns say nothing of how they vary. Must be at least 2")
        least = 1.0 + self.skewness * self.skewness
        if full < least * (1.0 - ROUNDING):
            raise ValueError(
                f"kurtosis {full:g} with skewness {self.skewness:g}: no distribution has less than {least:g} "
                "(1 + skewness squared). Was an excess taken for a full kurtosis?"
            )

    @property
    def spread(self) -> float:
        """Variance of the Sharpe ratio's estimate, times count - 1; NaN where the returns do not vary.

        References
        ----------
        Mertens (2002), as in Bailey and Lopez de Prado (2012), Journal of Risk 15(2), 3-44, section 2.
        """
        ratio = self.sharpe.value
        return 1.0 - self.skewness * ratio + (self.kurtosis.full - 1.0) / 4.0 * ratio * ratio


def track_record(returns: Floats) -> TrackRecord:
    """Return the track record of returns.

    Parameters
    ----------
    returns : ndarray of shape (n_periods,)
        Simple returns, or excess returns over a benchmark or rate; two at least.
    """
    return track_of(moments_of(returns, periods_per_year=math.nan))


def track_of(moments: Moments) -> TrackRecord:
    """Return the track record with these moments; what rounding took a kurtosis below its bound is put back."""
    full = max(moments.kurtosis, 1.0 + moments.skew * moments.skew)
    return TrackRecord(
        count=moments.periods,
        sharpe=PeriodSharpe(moments.sharpe),
        skewness=moments.skew,
        kurtosis=Kurtosis(full=full),
    )
