"""Calmar ratio: annual return per unit of the worst fall."""

from __future__ import annotations

import math
from typing import Literal

from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.annualisation import rate_per_year
from enerqis.quant.drawdown import drawdowns
from enerqis.quant.moments import quotient
from enerqis.quant.returns import compounded, growth


class CalmarParams(MetricParams):
    """No parameters."""

    kind: Literal["calmar"] = "calmar"


def compute(params: CalmarParams, evidence: Evidence) -> dict[str, float]:
    """Return the annual return over the maximum drawdown; NaN without a drawdown.

    References
    ----------
    Young (1991), Futures 20(1), 40 (there over 36 months; here over the whole run).
    """
    count = len(evidence.returns)
    if count == 0:
        return {"calmar_ratio": math.nan}
    deepest = float(drawdowns(growth(evidence.returns), initial=1.0).max())
    total = compounded(evidence.returns)
    rate = rate_per_year(total, session_count=count, per_year=evidence.sessions_per_year)
    return {"calmar_ratio": quotient(rate, deepest)}
