"""A fixed commission per share or contract, with a minimum per fill: the usual tariff of US equity and futures brokers."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from enerqis.core.units import Amount
from enerqis.interfaces.cost import CommissionParams, Looser

LOOSER: Looser = {"commission_per_unit": "down", "min_commission": "down"}


class PerUnitParams(CommissionParams):
    """Commission proportional to the units traded."""

    kind: Literal["per_unit"] = "per_unit"
    commission_per_unit: Amount = Field(0.005, description="account currency per unit traded")
    min_commission: Amount = Field(1.0, description="least commission of one fill, account currency")


def commission(p: PerUnitParams, units: float, price: float, multiplier: float) -> float:
    """Return the commission of one fill, in account currency."""
    amount = units * p.commission_per_unit
    return amount if amount > p.min_commission else p.min_commission


def commission_rate(p: PerUnitParams, price: float, multiplier: float) -> float:
    """Return the commission per unit of notional at `price`, its minimum apart."""
    return p.commission_per_unit / (math.fabs(price) * multiplier)


def minimum(p: PerUnitParams) -> float:
    """Return the least commission of one fill, in account currency."""
    return p.min_commission
