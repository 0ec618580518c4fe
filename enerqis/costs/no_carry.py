"""Holding costs nothing: neither borrowing nor funding is charged."""

from __future__ import annotations

from typing import Literal, NamedTuple

from enerqis.interfaces.cost import CarryParams

IS_FREE = True


class NoCarryParams(CarryParams):
    """Holding is free."""

    kind: Literal["no_carry"] = "no_carry"


def holding_cost(p: NamedTuple, notional: float, days: float, settlements: float) -> float:
    """Return 0."""
    return 0.0


def cash_cost(p: NamedTuple, cash: float, days: float) -> float:
    """Return 0."""
    return 0.0
