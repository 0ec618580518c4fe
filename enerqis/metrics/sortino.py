"""Sortino ratio: excess return per unit of downside deviation, per year."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from pydantic import Field

from enerqis.core.units import Rate
from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.annualisation import rate_per_session
from enerqis.quant.moments import mean, quotient


class SortinoParams(MetricParams):
    """The rate that excess is counted from; also the least acceptable return."""

    kind: Literal["sortino"] = "sortino"
    risk_free_rate_fraction: Rate = Field(0.0, description="yearly rate that the account could earn without risk")


def compute(params: SortinoParams, evidence: Evidence) -> dict[str, float]:
    """Return the annualised ratio of mean excess return to the root mean square of its losses, over all sessions.

    References
    ----------
    Sortino and Price (1994), Journal of Investing 3(3), 59-64.
    """
    per_year = evidence.sessions_per_year
    excess = evidence.returns - rate_per_session(params.risk_free_rate_fraction, per_year)
    downside = math.sqrt(mean(np.minimum(excess, 0.0) ** 2))
    return {"sortino_ratio": quotient(mean(excess), downside) * math.sqrt(per_year)}
