"""Stop trading for good after a drawdown."""

from __future__ import annotations

from pydantic import Field

from enerqis.core.units import PositiveFraction
from enerqis.interfaces.risk import LimitParams, Looser

LATCH = "forever"
LOOSER: Looser = {"max_drawdown_fraction": "up"}


class DrawdownHaltParams(LimitParams):
    """Everything is closed and stays closed once equity is this far below its peak."""

    max_drawdown_fraction: PositiveFraction = Field(0.3, description="drawdown from the peak that ends trading")


def limit_equity(p: DrawdownHaltParams, equity: float, peak_equity: float, session_start_equity: float) -> float:
    """Return 0 once the drawdown is reached, else 1."""
    return 0.0 if equity <= peak_equity * (1.0 - p.max_drawdown_fraction) else 1.0
