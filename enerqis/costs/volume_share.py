"""A share of the bar's volume at most, at a price that moves with the square of the share: large orders take several bars.

The model of zipline's ``VolumeShareSlippage``: a bar fills no more of an order than `max_volume_share` of its volume, and the
price is worse by ``price_impact * share**2`` of it; half a spread comes on top where one is given. What one bar does not take
stays in flight for the asset's next bars. There the share that moves the price is that of all that was traded in the bar so
far; here it is that of the fill itself.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from enerqis.core.units import Bps
from enerqis.interfaces.cost import Looser, Market, SlippageParams

LOOSER: Looser = {"price_impact": "down", "half_spread_bps": "down"}


class VolumeShareParams(SlippageParams):
    """Fills at most a share of the bar's volume, worse with the square of the share."""

    kind: Literal["volume_share"] = "volume_share"
    max_volume_share: float = Field(
        0.025, gt=0.0, le=1.0, description="most of the bar's volume that our orders may take: 0.025 = 2.5 %"
    )
    price_impact: float = Field(
        0.1,
        ge=0.0,
        lt=1.0,
        description="fraction of the price that an order as large as the bar's volume would move it by",
    )
    half_spread_bps: Bps = Field(
        0.0, description="half the distance between bid and ask, basis points of the price; zipline's model has none"
    )


def fillable(p: VolumeShareParams, units: float, market: Market) -> float:
    """Return how much of `units` the bar takes: nothing without volume."""
    if market.volume > 0.0:
        most = market.volume * p.max_volume_share
        return units if units < most else most
    return 0.0


def fill_price(p: VolumeShareParams, price: float, side: float, units: float, market: Market) -> float:
    """Return the raw price paid; more than the bar takes, as in the engine's own closings, counts as the greatest share."""
    share = p.max_volume_share
    if market.volume > 0.0 and units < market.volume * share:
        share = units / market.volume
    away = side if price > 0.0 else -side
    return price * (1.0 + away * (p.half_spread_bps / 10_000.0 + p.price_impact * share * share))
