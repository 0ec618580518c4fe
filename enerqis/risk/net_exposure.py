"""Bound the signed sum of exposures that the strategy decides; every target shrinks by the same factor."""

from __future__ import annotations

import math

from pydantic import Field

from enerqis.core.units import Exposure
from enerqis.interfaces.risk import LimitParams, Looser

LOOSER: Looser = {"max_net_fraction": "up"}


class NetExposureParams(LimitParams):
    """Longs minus shorts, as decided, stay within this exposure in either direction."""

    max_net_fraction: Exposure = Field(1.0, description="greatest absolute sum of signed targets, of equity")


def limit_scale(p: NetExposureParams, gross: float, net: float) -> float:
    """Return the factor that brings `net` back to the bound."""
    size = math.fabs(net)
    if size > p.max_net_fraction:
        return p.max_net_fraction / size
    return 1.0
