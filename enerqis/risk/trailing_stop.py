"""Close a position that gives back a share of its best price since entry."""

from __future__ import annotations

from pydantic import Field

from enerqis.core.units import PositiveFraction
from enerqis.interfaces.risk import LimitParams, Looser

LOOSER: Looser = {"max_giveback_fraction": "up"}


class TrailingStopParams(LimitParams):
    """A stop that follows the highest high of a long, the lowest low of a short."""

    max_giveback_fraction: PositiveFraction = Field(
        0.1, description="distance from the best price since entry that closes the position"
    )


def stop_price(p: TrailingStopParams, side: float, entry_price: float, best_price: float) -> float:
    """Return the price at which the distance from `best_price` is reached."""
    return best_price * (1.0 - side * p.max_giveback_fraction)
