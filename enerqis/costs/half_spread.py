"""Half the spread that the data quote, paid on every fill, with a stated stand-in for bars that quote none."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from pydantic import Field

from enerqis.core.units import Bps
from enerqis.interfaces.cost import Looser, Market, SlippageParams

LOOSER: Looser = {"fallback_bps": "down", "slippage_bps": "down"}


class HalfSpreadParams(SlippageParams):
    """Fills at bid and ask: half of the bar's spread away from the market's price."""

    kind: Literal["half_spread"] = "half_spread"
    fallback_bps: Bps | None = Field(
        None,
        description="half-spread of a bar without one, basis points of the price; null = data with such bars are refused",
    )
    slippage_bps: Bps = Field(0.0, description="further loss against the quote, basis points of the price")


class HalfSpreadNumbers(NamedTuple):
    """The parameters as an engine gives them: NaN where there is no stand-in."""

    fallback_bps: float
    slippage_bps: float


def needs(params: HalfSpreadParams) -> tuple[str, ...]:
    """Return what every bar must have: a spread, unless there is a stand-in for it."""
    return ("spread",) if params.fallback_bps is None else ()


def is_stand_in(p: HalfSpreadParams, market: Market) -> bool:
    """Return whether a fill pays `fallback_bps`: its bar has no spread."""
    return market.spread != market.spread


def fill_price(p: HalfSpreadNumbers, price: float, side: float, units: float, market: Market) -> float:
    """Return the raw price paid: half the spread of the bar that fills above `price` for a buy, below it for a sell."""
    half = market.spread / 2.0 if market.spread == market.spread else math.fabs(price) * p.fallback_bps / 10_000.0
    return price + side * (half + math.fabs(price) * p.slippage_bps / 10_000.0)
