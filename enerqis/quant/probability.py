"""How sure a Sharpe ratio is: the probabilistic Sharpe ratio, and how long a record must be to be sure."""

from __future__ import annotations

import math
from statistics import NormalDist

from enerqis.quant.sharpe import PeriodSharpe, expect
from enerqis.quant.track import TrackRecord

NORMAL = NormalDist()
ZERO = PeriodSharpe(0.0)


def probabilistic_sharpe(track: TrackRecord, *, benchmark: PeriodSharpe = ZERO) -> float:
    """Probability that the true ratio is above the benchmark, for a record of this length, skewness and kurtosis.

    Parameters
    ----------
    track : TrackRecord
    benchmark : PeriodSharpe
        Of the same period as the track record.

    Returns
    -------
    float
        Fraction; NaN where the returns do not vary.

    References
    ----------
    Bailey and Lopez de Prado (2012), The Sharpe ratio efficient frontier, Journal of Risk 15(2), 3-44, section 3.
    """
    excess = track.sharpe.value - expect(benchmark, PeriodSharpe, "benchmark").value
    spread = track.spread
    if math.isnan(excess) or not spread >= 0.0:
        return math.nan
    if spread == 0.0:
        return 0.5 if excess == 0.0 else float(excess > 0.0)
    return NORMAL.cdf(excess * math.sqrt(track.count - 1) / math.sqrt(spread))


def minimum_track_record(
    track: TrackRecord, *, benchmark: PeriodSharpe = ZERO, confidence_fraction: float = 0.95
) -> float:
    """Returns that a record with these moments needs for its ratio to be above the benchmark with that confidence.

    Parameters
    ----------
    track : TrackRecord
    benchmark : PeriodSharpe
    confidence_fraction : float
        Above 0 and below 1.

    Returns
    -------
    float
        Periods, in the track record's own; infinity where its ratio is not above the benchmark, NaN where there is none.

    References
    ----------
    Bailey and Lopez de Prado (2012), section 4.
    """
    if not 0.0 < confidence_fraction < 1.0:
        raise ValueError(f"confidence: {confidence_fraction:g}. Must lie between 0 and 1")
    excess = track.sharpe.value - expect(benchmark, PeriodSharpe, "benchmark").value
    if math.isnan(excess):
        return math.nan
    if excess <= 0.0:
        return math.inf
    quantile = NORMAL.inv_cdf(confidence_fraction)
    return 1.0 + track.spread * (quantile / excess) ** 2
