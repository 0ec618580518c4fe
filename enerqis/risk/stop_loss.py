"""Close a position that has lost a share of its entry price."""

from __future__ import annotations

from pydantic import Field

from enerqis.core.units import PositiveFraction
from enerqis.interfaces.risk import LimitParams, Looser

LOOSER: Looser = {"max_loss_fraction": "up"}


class StopLossParams(LimitParams):
    """A stop at a fixed distance from the entry price."""

    max_loss_fraction: PositiveFraction = Field(0.1, description="loss of price since entry that closes the position")


def stop_price(p: StopLossParams, side: float, entry_price: float, best_price: float) -> float:
    """Return the price at which the loss is reached."""
    return entry_price * (1.0 - side * p.max_loss_fraction)
