"""Costs: what trading and holding took."""

from __future__ import annotations

from typing import Literal

from enerqis.core.units import BPS
from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.moments import quotient
from enerqis.quant.trades import traded_notional


class CostsParams(MetricParams):
    """No parameters."""

    kind: Literal["costs"] = "costs"


def compute(params: CostsParams, evidence: Evidence) -> dict[str, float]:
    """Return commission, slippage and carry; the first two over the notional traded (bps), all over the initial cash."""
    commission = float(evidence.fills.column("commission").to_numpy().sum())
    slippage = float(evidence.fills.column("slippage").to_numpy().sum())
    carry = float(evidence.equity.column("carry").to_numpy().sum())
    traded = traded_notional(evidence.fills, contract_multiplier=evidence.contract_multiplier)
    return {
        "commission_amount": commission,
        "slippage_amount": slippage,
        "carry_amount": carry,
        "costs_bps": quotient(commission + slippage, traded) / BPS,
        "costs_of_initial_cash_fraction": (commission + slippage + carry) / evidence.initial_cash,
    }
