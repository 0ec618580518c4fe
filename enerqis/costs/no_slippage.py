"""No slippage: fills happen at the price of the market, for research on signals and for agreement with other engines."""

from __future__ import annotations

from typing import Literal, NamedTuple

from enerqis.interfaces.cost import Market, SlippageParams

IS_FREE = True


class NoSlippageParams(SlippageParams):
    """Fills at the market's price."""

    kind: Literal["no_slippage"] = "no_slippage"


def fill_price(p: NamedTuple, price: float, side: float, units: float, market: Market) -> float:
    """Return `price` itself."""
    return price
