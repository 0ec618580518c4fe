"""A commission in basis points of the notional traded, with a minimum per fill: the usual tariff of crypto and FX venues."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from enerqis.core.units import Amount, Bps
from enerqis.interfaces.cost import CommissionParams, Looser

LOOSER: Looser = {"commission_bps": "down", "min_commission": "down"}


class NotionalBpsParams(CommissionParams):
    """Commission proportional to the notional traded."""

    kind: Literal["notional_bps"] = "notional_bps"
    commission_bps: Bps = Field(10.0, description="basis points of notional; 10 = 0.1 %")
    min_commission: Amount = Field(0.0, description="least commission of one fill, account currency")


def commission(p: NotionalBpsParams, units: float, price: float, multiplier: float) -> float:
    """Return the commission of one fill, in account currency."""
    amount = units * math.fabs(price) * multiplier * (p.commission_bps / 10_000.0)
    return amount if amount > p.min_commission else p.min_commission


def commission_rate(p: NotionalBpsParams, price: float, multiplier: float) -> float:
    """Return the commission per unit of notional, its minimum apart."""
    return p.commission_bps / 10_000.0


def minimum(p: NotionalBpsParams) -> float:
    """Return the least commission of one fill, in account currency."""
    return p.min_commission
