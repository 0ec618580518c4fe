"""Mean, deviation and quotient that say NaN, without a warning, where there is nothing to measure."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

NOISE = 1e-15
"""A standard deviation below this share of the largest value is rounding: the values are constant."""


def mean(values: Floats) -> float:
    """Return the arithmetic mean; NaN of nothing."""
    return float(values.mean()) if len(values) else math.nan


def deviation(values: Floats) -> float:
    """Return the sample standard deviation (ddof=1); NaN of fewer than two values, 0 of constant ones."""
    if len(values) < 2:
        return math.nan
    spread = float(values.std(ddof=1))
    return spread if spread > NOISE * float(np.abs(values).max()) else 0.0


def quotient(numerator: float, denominator: float) -> float:
    """Return the quotient; NaN where the denominator is 0 or NaN."""
    return numerator / denominator if denominator else math.nan
