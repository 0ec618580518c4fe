"""Rounding of figures that libraries may compute in another order elsewhere, before they are written or hashed."""

from __future__ import annotations

import math

SIGNIFICANT_DIGITS = 12
"""Digits that a written figure keeps: far fewer than float64 holds, far more than a reader needs."""


def significant(value: float, digits: int = SIGNIFICANT_DIGITS) -> float:
    """Return `value` rounded to `digits` significant decimal digits; NaN and infinity stay, -0.0 becomes 0.0."""
    if not math.isfinite(value):
        return value
    return float(f"{value:.{digits - 1}e}") + 0.0
