"""Go flat for the rest of the session after losing a share of the equity it began with."""

from __future__ import annotations

from pydantic import Field

from enerqis.core.units import PositiveFraction
from enerqis.interfaces.risk import LimitParams, Looser

LATCH = "session"
LOOSER: Looser = {"max_daily_loss_fraction": "up"}


class DailyLossParams(LimitParams):
    """A loss limit per trading session, on equity with unrealised profit."""

    max_daily_loss_fraction: PositiveFraction = Field(
        0.05, description="loss since the session's start that closes everything"
    )


def limit_equity(p: DailyLossParams, equity: float, peak_equity: float, session_start_equity: float) -> float:
    """Return 0 once the loss is reached, else 1."""
    return 0.0 if equity <= session_start_equity * (1.0 - p.max_daily_loss_fraction) else 1.0
