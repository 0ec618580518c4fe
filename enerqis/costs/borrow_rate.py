"""Yearly rates on what is borrowed, by actual days over 365: securities sold short and cash below zero."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from enerqis.core.units import Rate
from enerqis.interfaces.cost import CarryParams, Looser

DAYS_PER_YEAR = 365.0
"""The convention ACT/365: a rate is for 365 days, whatever the year."""
LOOSER: Looser = {"short_rate": "down", "debit_rate": "down", "credit_rate": "up"}


class BorrowRateParams(CarryParams):
    """A fee on short positions, interest on debt, and on request interest on cash held."""

    kind: Literal["borrow_rate"] = "borrow_rate"
    short_rate: Rate = Field(0.005, description="fee a year on the notional of short positions: 0.005 = 0.5 %")
    debit_rate: Rate = Field(0.06, description="interest a year on cash below zero")
    credit_rate: Rate = Field(
        0.0, description="interest a year received on cash above zero, proceeds of shorts included"
    )


def holding_cost(p: BorrowRateParams, notional: float, days: float, settlements: float) -> float:
    """Return the fee of a short position, in account currency."""
    return -notional * p.short_rate * days / DAYS_PER_YEAR if notional < 0.0 else 0.0


def cash_cost(p: BorrowRateParams, cash: float, days: float) -> float:
    """Return the interest on debt; below 0: interest received on cash."""
    rate = p.debit_rate if cash < 0.0 else p.credit_rate
    return -cash * rate * days / DAYS_PER_YEAR
