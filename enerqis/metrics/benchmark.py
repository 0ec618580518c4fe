"""Benchmark: the same figures for buying and holding the universe, without costs."""

from __future__ import annotations

import math
from typing import Literal

from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.annualisation import rate_per_year
from enerqis.quant.drawdown import drawdowns
from enerqis.quant.moments import deviation, mean, quotient
from enerqis.quant.returns import compounded, growth


class BenchmarkParams(MetricParams):
    """No parameters."""

    kind: Literal["benchmark"] = "benchmark"


def compute(params: BenchmarkParams, evidence: Evidence) -> dict[str, float]:
    """Return total and annual return, volatility, Sharpe ratio (risk-free rate 0) and maximum drawdown of buy-and-hold."""
    returns, per_year = evidence.benchmark_returns, evidence.sessions_per_year
    if len(returns) == 0:
        return {}
    total = compounded(returns)
    root = math.sqrt(per_year)
    return {
        "benchmark_total_return_fraction": total,
        "benchmark_annual_return_fraction": rate_per_year(total, session_count=len(returns), per_year=per_year),
        "benchmark_annual_volatility_fraction": deviation(returns) * root,
        "benchmark_sharpe_ratio": quotient(mean(returns), deviation(returns)) * root,
        "benchmark_max_drawdown_fraction": float(drawdowns(growth(returns), initial=1.0).max()),
    }
