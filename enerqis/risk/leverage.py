"""Bound the exposure held, not only decided: positions are cut when losses or drift raise it."""

from __future__ import annotations

from pydantic import Field

from enerqis.core.units import Exposure
from enerqis.interfaces.risk import LimitParams, Looser

LOOSER: Looser = {"max_leverage_fraction": "up"}


class LeverageParams(LimitParams):
    """Gross notional over equity stays within this bound after every bar."""

    max_leverage_fraction: Exposure = Field(2.0, description="greatest gross notional held, of equity")


def limit_held(p: LeverageParams, gross: float, net: float) -> float:
    """Return the factor that brings `gross` down to the bound."""
    if gross > p.max_leverage_fraction:
        return p.max_leverage_fraction / gross
    return 1.0
