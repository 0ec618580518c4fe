"""Close a position that has gained a share of its entry price."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from enerqis.interfaces.risk import LimitParams, Looser

LOOSER: Looser = {"max_gain_fraction": "up"}


class TakeProfitParams(LimitParams):
    """A limit at a fixed distance from the entry price."""

    max_gain_fraction: Annotated[float, Field(gt=0.0, le=100.0)] = Field(
        0.2, description="gain of price since entry that closes the position"
    )


def profit_price(p: TakeProfitParams, side: float, entry_price: float) -> float:
    """Return the price at which the gain is reached."""
    return entry_price * (1.0 + side * p.max_gain_fraction)
