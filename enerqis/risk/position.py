"""Bound the exposure of each asset, long and short alike."""

from __future__ import annotations

from pydantic import Field

from enerqis.core.units import Exposure
from enerqis.interfaces.risk import LimitParams, Looser

LOOSER: Looser = {"max_position_fraction": "up"}


class PositionParams(LimitParams):
    """No target beyond this exposure, whatever the strategy asks."""

    max_position_fraction: Exposure = Field(1.0, description="greatest absolute exposure of one asset, of equity")


def limit_target(p: PositionParams, target: float) -> float:
    """Return `target` pulled back to the bound."""
    if target > p.max_position_fraction:
        return p.max_position_fraction
    if target < -p.max_position_fraction:
        return -p.max_position_fraction
    return target
