"""Value at risk and expected shortfall of one session, from the run's own returns."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from pydantic import Field

from enerqis.core.units import PositiveFraction
from enerqis.interfaces.metric import Evidence, MetricParams


class ValueAtRiskParams(MetricParams):
    """Where the tail begins."""

    kind: Literal["value_at_risk"] = "value_at_risk"
    tail_fraction: PositiveFraction = Field(0.05, description="share of the sessions that counts as the tail")


def compute(params: ValueAtRiskParams, evidence: Evidence) -> dict[str, float]:
    """Return the loss that the worst `tail_fraction` of sessions reached, and their mean loss; positive = a loss.

    The quantile is interpolated linearly; the shortfall is the mean of the floor((n - 1) x tail) + 1 worst sessions.

    References
    ----------
    Acerbi and Tasche (2002), Journal of Banking and Finance 26(7), 1487-1503.
    """
    count = len(evidence.returns)
    if count == 0:
        return {"value_at_risk_fraction": math.nan, "expected_shortfall_fraction": math.nan}
    worst = np.sort(evidence.returns)[: int((count - 1) * params.tail_fraction) + 1]
    return {
        "value_at_risk_fraction": -float(np.quantile(evidence.returns, params.tail_fraction)),
        "expected_shortfall_fraction": -float(worst.mean()),
    }
