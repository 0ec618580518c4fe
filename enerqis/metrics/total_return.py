"""Total return: what the account became, beside what it started with."""

from __future__ import annotations

from typing import Literal

from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.returns import compounded


class TotalReturnParams(MetricParams):
    """No parameters."""

    kind: Literal["total_return"] = "total_return"


def compute(params: TotalReturnParams, evidence: Evidence) -> dict[str, float]:
    """Return the final equity and the simple return over the whole run."""
    final = evidence.equity.column("equity")[-1].as_py() if evidence.equity.num_rows else evidence.initial_cash
    return {"final_equity_amount": final, "total_return_fraction": compounded(evidence.returns)}
