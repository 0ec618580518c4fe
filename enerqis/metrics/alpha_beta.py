"""Alpha and beta: the return that buy-and-hold explains, and the rest."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from enerqis.core.units import Rate
from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.annualisation import rate_per_session
from enerqis.quant.moments import mean, quotient


class AlphaBetaParams(MetricParams):
    """The rate that excess is counted from."""

    kind: Literal["alpha_beta"] = "alpha_beta"
    risk_free_rate_fraction: Rate = Field(0.0, description="yearly rate that the account could earn without risk")


def compute(params: AlphaBetaParams, evidence: Evidence) -> dict[str, float]:
    """Return the slope on the benchmark's excess returns and the annualised rest, by least squares.

    References
    ----------
    Jensen (1968), Journal of Finance 23(2), 389-416, equation 8.
    """
    per_year = evidence.sessions_per_year
    free = rate_per_session(params.risk_free_rate_fraction, per_year)
    excess, market = evidence.returns - free, evidence.benchmark_returns - free
    apart = market - mean(market)
    beta = quotient(mean(apart * (excess - mean(excess))), mean(apart**2))
    alpha = (1.0 + mean(excess) - beta * mean(market)) ** per_year - 1.0
    return {"alpha_fraction": alpha, "beta_ratio": beta}
