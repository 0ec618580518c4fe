"""Tail ratio: how large good sessions are beside bad ones."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.moments import quotient


class TailRatioParams(MetricParams):
    """No parameters."""

    kind: Literal["tail_ratio"] = "tail_ratio"


def compute(params: TailRatioParams, evidence: Evidence) -> dict[str, float]:
    """Return the absolute 95 % quantile of session returns over the absolute 5 % quantile."""
    if len(evidence.returns) == 0:
        return {"tail_ratio": math.nan}
    low, high = np.quantile(evidence.returns, (0.05, 0.95))
    return {"tail_ratio": quotient(abs(float(high)), abs(float(low)))}
