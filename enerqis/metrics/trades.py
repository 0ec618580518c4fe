"""Trades: count, share won, and what a round trip earned."""

from __future__ import annotations

from typing import Literal

import numpy as np

from enerqis.core.units import NANOSECONDS_PER_DAY
from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.columns import integers
from enerqis.quant.moments import mean, quotient


class TradesParams(MetricParams):
    """No parameters."""

    kind: Literal["trades"] = "trades"


def compute(params: TradesParams, evidence: Evidence) -> dict[str, float]:
    """Return figures of the closed round trips; a trip that earned nothing counts as lost, open ones are only counted."""
    is_open = evidence.trades.column("is_open").to_numpy(zero_copy_only=False)
    closed = evidence.trades.filter(~is_open)
    profit = closed.column("profit").to_numpy()
    days = (integers(closed, "exit_ts") - integers(closed, "entry_ts")) / NANOSECONDS_PER_DAY
    won, lost = profit[profit > 0.0], profit[profit <= 0.0]
    return {
        "trades_count": float(len(profit)),
        "open_trades_count": float(is_open.sum()),
        "win_rate_fraction": mean((profit > 0.0).astype(np.float64)),
        "profit_factor_ratio": quotient(float(won.sum()), -float(lost.sum())),
        "average_trade_amount": mean(profit),
        "average_win_amount": mean(won),
        "average_loss_amount": mean(lost),
        "average_trade_return_fraction": mean(closed.column("return_fraction").to_numpy()),
        "average_holding_days": mean(days),
    }
