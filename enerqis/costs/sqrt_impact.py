"""Square-root impact: an order moves the price by the bar's volatility times the root of its share of the bar's volume.

``impact = coefficient * volatility * sqrt(units / volume)``, a fraction of the price, on top of half a spread. It is the
square-root law in the form of Torre (1997) and of Tóth et al. (2011), equation 1, with volatility and volume of one bar in the
place of one day: over longer or shorter bars the first grows as the root of time and the second as time, so that their
ratio, and with it the impact, stays what it is.

The law is about the price at the end of an order; one that is traded evenly pays two thirds of it on average. The whole is
charged here, because the order is filled at one instant. A coefficient near 1 is what the literature finds; Almgren et al.
(2005) fit an exponent of 3/5 in the place of 1/2, and 0.142 as its coefficient, without the permanent part.

References
----------
Torre (1997), BARRA Market Impact Model Handbook, BARRA Inc., Berkeley.
Almgren, Thum, Hauptmann, Li (2005), Direct estimation of equity market impact, Risk 18(7), 58-62.
Tóth, Lempérière, Deremble, de Lataillade, Kockelkoren, Bouchaud (2011), Anomalous price impact and the critical nature of
liquidity in financial markets, Physical Review X 1, 021006.
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from enerqis.core.units import Bps
from enerqis.interfaces.cost import Looser, Market, SlippageParams

LOOSER: Looser = {
    "coefficient": "down",
    "half_spread_bps": "down",
    "fallback_bps": "down",
    "max_impact_bps": "down",
}


class SqrtImpactParams(SlippageParams):
    """Fills worse the larger the order is beside the bar's volume."""

    kind: Literal["sqrt_impact"] = "sqrt_impact"
    coefficient: float = Field(
        1.0, gt=0.0, le=100.0, description="impact, in volatilities of a bar, of an order as large as the bar's volume"
    )
    volatility_bars: int = Field(
        20, ge=2, le=1000, description="log returns before the bar that its volatility is the standard deviation of"
    )
    half_spread_bps: Bps = Field(1.0, description="half the distance between bid and ask, basis points of the price")
    fallback_bps: Bps = Field(
        10.0, description="impact in a bar without volume, or before a volatility is known, basis points of the price"
    )
    max_impact_bps: Bps = Field(1000.0, description="most that an order moves the price, basis points of it")


def is_stand_in(p: SqrtImpactParams, market: Market) -> bool:
    """Return whether a fill pays `fallback_bps`: its bar has no volume, or no volatility before it is known."""
    return not (market.volume > 0.0 and market.volatility == market.volatility)


def fill_price(p: SqrtImpactParams, price: float, side: float, units: float, market: Market) -> float:
    """Return the raw price paid: above `price` for a buy, below it for a sell, of whatever sign `price` is."""
    impact = p.fallback_bps / 10_000.0
    if market.volume > 0.0 and market.volatility == market.volatility:
        impact = p.coefficient * market.volatility * math.sqrt(units / market.volume)
    most = p.max_impact_bps / 10_000.0
    bounded = impact if impact < most else most
    away = side if price > 0.0 else -side
    return price * (1.0 + away * (p.half_spread_bps / 10_000.0 + bounded))
