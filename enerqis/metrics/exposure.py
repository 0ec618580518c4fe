"""Exposure: how much of the account was in the market, and how often."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from enerqis.interfaces.metric import Evidence, MetricParams
from enerqis.quant.moments import mean


class ExposureParams(MetricParams):
    """No parameters."""

    kind: Literal["exposure"] = "exposure"


def compute(params: ExposureParams, evidence: Evidence) -> dict[str, float]:
    """Return mean and greatest gross exposure, mean net exposure, and the share of bars with a position."""
    gross = evidence.equity.column("gross_exposure").to_numpy()
    net = evidence.equity.column("net_exposure").to_numpy()
    return {
        "mean_gross_exposure_fraction": mean(gross),
        "max_gross_exposure_fraction": float(gross.max()) if len(gross) else math.nan,
        "mean_net_exposure_fraction": mean(net),
        "time_in_market_fraction": mean((gross > 0.0).astype(np.float64)),
    }
