"""Maximum drawdown: the worst fall from a peak at session ends, and the longest time below one."""

from __future__ import annotations

import math
from typing import Literal

from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.drawdown import drawdowns, longest_drawdown
from enerqis.quant.returns import growth


class MaxDrawdownParams(MetricParams):
    """No parameters."""

    kind: Literal["max_drawdown"] = "max_drawdown"


def compute(params: MaxDrawdownParams, evidence: Evidence) -> dict[str, float]:
    """Return the deepest drawdown (0.25 = a quarter lost) and the longest stretch of sessions below a peak."""
    if len(evidence.returns) == 0:
        return {"max_drawdown_fraction": math.nan, "longest_drawdown_sessions": math.nan}
    fractions = drawdowns(growth(evidence.returns), initial=1.0)
    return {
        "max_drawdown_fraction": float(fractions.max()),
        "longest_drawdown_sessions": float(longest_drawdown(fractions)),
    }
