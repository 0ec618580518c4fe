"""Rounding of figures that libraries may compute in another order elsewhere, before they are written or hashed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

SIGNIFICANT_DIGITS = 12
"""Digits that a written figure keeps: far fewer than float64 holds, far more than a reader needs."""


def significant(value: float, digits: int = SIGNIFICANT_DIGITS) -> float:
    """Return `value` rounded to `digits` significant decimal digits; NaN and infinity stay, -0.0 becomes 0.0."""
    if not math.isfinite(value):
        return value
    return float(f"{value:.{digits - 1}e}") + 0.0


def written(value: Any) -> Any:
    """Return a tree of mappings, sequences and scalars as JSON may hold it: floats as `significant`, None for no number.

    Parameters
    ----------
    value : mapping, list, tuple or scalar

    Returns
    -------
    dict, list or scalar
        Infinity is no number either: say in words what null means.
    """
    if isinstance(value, Mapping):
        return {str(key): written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [written(item) for item in value]
    if isinstance(value, float):
        return significant(float(value)) if math.isfinite(value) else None
    return value
