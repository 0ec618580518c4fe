"""Sharpe ratio: excess return per unit of its own deviation, per year."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from enerqis.core.units import Rate
from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.annualisation import rate_per_session
from enerqis.quant.moments import deviation, mean, quotient


class SharpeParams(MetricParams):
    """The rate that excess is counted from."""

    kind: Literal["sharpe"] = "sharpe"
    risk_free_rate_fraction: Rate = Field(0.0, description="yearly rate that the account could earn without risk")


def compute(params: SharpeParams, evidence: Evidence) -> dict[str, float]:
    """Return the annualised ratio of mean to standard deviation (ddof=1) of returns above the risk-free rate.

    References
    ----------
    Sharpe (1994), Journal of Portfolio Management 21(1), 49-58, equations 3 to 6.
    """
    per_year = evidence.sessions_per_year
    excess = evidence.returns - rate_per_session(params.risk_free_rate_fraction, per_year)
    ratio = quotient(mean(excess), deviation(excess))
    return {"sharpe_ratio": ratio * math.sqrt(per_year)}
