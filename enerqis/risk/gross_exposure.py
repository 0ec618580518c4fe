"""Bound the sum of absolute exposures that the strategy decides; every target shrinks by the same factor."""

from __future__ import annotations

from pydantic import Field

from enerqis.core.units import Exposure
from enerqis.interfaces.risk import LimitParams, Looser

LOOSER: Looser = {"max_gross_fraction": "up"}


class GrossExposureParams(LimitParams):
    """Longs plus shorts, as decided, stay within this exposure."""

    max_gross_fraction: Exposure = Field(1.0, description="greatest sum of absolute targets, of equity")


def limit_scale(p: GrossExposureParams, gross: float, net: float) -> float:
    """Return the factor that brings `gross` down to the bound."""
    if gross > p.max_gross_fraction:
        return p.max_gross_fraction / gross
    return 1.0
