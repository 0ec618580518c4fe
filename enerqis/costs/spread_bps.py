"""Half the quoted spread plus slippage, both in basis points of the price, paid on every fill."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from enerqis.core.units import Bps
from enerqis.interfaces.cost import Looser, Market, SlippageParams

LOOSER: Looser = {"half_spread_bps": "down", "slippage_bps": "down"}


class SpreadBpsParams(SlippageParams):
    """Fills worse than the market's price by a share of it."""

    kind: Literal["spread_bps"] = "spread_bps"
    half_spread_bps: Bps = Field(1.0, description="half the distance between bid and ask, basis points of the price")
    slippage_bps: Bps = Field(1.0, description="further loss against the quote, basis points of the price")


def fill_price(p: SpreadBpsParams, price: float, side: float, units: float, market: Market) -> float:
    """Return the raw price paid: above `price` for a buy, below it for a sell, of whatever sign `price` is."""
    away = side if price > 0.0 else -side
    return price * (1.0 + away * (p.half_spread_bps + p.slippage_bps) / 10_000.0)
