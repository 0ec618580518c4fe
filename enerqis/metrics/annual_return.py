"""Annual return: the yearly rate that compounds to the total return."""

from __future__ import annotations

import math
from typing import Literal

from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.annualisation import rate_per_year
from enerqis.quant.returns import compounded


class AnnualReturnParams(MetricParams):
    """No parameters."""

    kind: Literal["annual_return"] = "annual_return"


def compute(params: AnnualReturnParams, evidence: Evidence) -> dict[str, float]:
    """Return the compound annual growth rate; -1 where all was lost."""
    count = len(evidence.returns)
    if count == 0:
        return {"annual_return_fraction": math.nan}
    total = compounded(evidence.returns)
    rate = rate_per_year(total, session_count=count, per_year=evidence.sessions_per_year)
    return {"annual_return_fraction": rate}
