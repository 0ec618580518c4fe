"""Annual volatility: standard deviation of session returns, scaled to a year."""

from __future__ import annotations

import math
from typing import Literal

from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.moments import deviation


class AnnualVolatilityParams(MetricParams):
    """No parameters."""

    kind: Literal["annual_volatility"] = "annual_volatility"


def compute(params: AnnualVolatilityParams, evidence: Evidence) -> dict[str, float]:
    """Return the sample standard deviation (ddof=1) times the square root of the sessions per year."""
    return {"annual_volatility_fraction": deviation(evidence.returns) * math.sqrt(evidence.sessions_per_year)}
