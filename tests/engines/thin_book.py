"""A slippage that grows in a straight line with the share of the bar's volume, so that its figures can be worked by hand."""

from __future__ import annotations

from typing import Literal

from enerqis.interfaces.cost import Market, SlippageParams


class ThinBookParams(SlippageParams):
    kind: Literal["thin_book"] = "thin_book"
    slope: float = 1.0
    volatility_bars: int = 3


def fill_price(p: ThinBookParams, price: float, side: float, units: float, market: Market) -> float:
    share = units / market.volume if market.volume > 0.0 else 0.0
    deviation = market.volatility if market.volatility == market.volatility else 0.0
    return price * (1.0 + side * (p.slope * share + 0.01 * deviation))
