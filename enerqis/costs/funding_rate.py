"""Funding of perpetual futures: at set hours longs pay shorts a rate on their notional, or shorts longs where it is below 0."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from enerqis.interfaces.cost import CarryParams

Hour = Annotated[int, Field(ge=0, le=23)]


class FundingRateParams(CarryParams):
    """One constant rate, settled at the same UTC hours of every day."""

    kind: Literal["funding_rate"] = "funding_rate"
    rate_bps: float = Field(
        1.0, ge=-1000.0, le=1000.0, description="basis points of notional that longs pay shorts at each settlement"
    )
    settlement_hours_utc: tuple[Hour, ...] = Field(
        (0, 8, 16), min_length=1, description="hours of the day, UTC, at which funding is settled"
    )


def holding_cost(p: FundingRateParams, notional: float, days: float, settlements: float) -> float:
    """Return what a position pays at its settlements; a short one receives what a long one pays."""
    return notional * settlements * p.rate_bps / 10_000.0


def cash_cost(p: FundingRateParams, cash: float, days: float) -> float:
    """Return 0: cash bears no interest."""
    return 0.0
