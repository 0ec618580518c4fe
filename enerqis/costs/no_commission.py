"""No commission at all: for research on prices alone."""

from __future__ import annotations

from typing import Literal, NamedTuple

from enerqis.interfaces.cost import CommissionParams

IS_FREE = True


class NoCommissionParams(CommissionParams):
    """Trading is free."""

    kind: Literal["no_commission"] = "no_commission"


def commission(p: NamedTuple, units: float, price: float, multiplier: float) -> float:
    """Return 0."""
    return 0.0


def commission_rate(p: NamedTuple, price: float, multiplier: float) -> float:
    """Return 0."""
    return 0.0


def minimum(p: NamedTuple) -> float:
    """Return 0."""
    return 0.0
