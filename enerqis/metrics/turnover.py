"""Turnover: how often the account was traded over, per year."""

from __future__ import annotations

from typing import Literal

from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.moments import mean, quotient
from enerqis.quant.trades import traded_notional


class TurnoverParams(MetricParams):
    """No parameters."""

    kind: Literal["turnover"] = "turnover"


def compute(params: TurnoverParams, evidence: Evidence) -> dict[str, float]:
    """Return the notional traded, buys and sells together, per year and unit of mean equity."""
    equity = mean(evidence.equity.column("equity").to_numpy())
    years = len(evidence.returns) / evidence.sessions_per_year
    traded = traded_notional(evidence.fills, contract_multiplier=evidence.contract_multiplier)
    return {"annual_turnover_ratio": quotient(quotient(traded, equity), years)}
