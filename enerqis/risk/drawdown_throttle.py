"""Trade smaller in a drawdown, in even steps so that small moves of equity do not cause trades."""

from __future__ import annotations

import math
from typing import Annotated, Self

from pydantic import Field, model_validator

from enerqis.core.units import Fraction, PositiveFraction
from enerqis.interfaces.risk import LimitParams, Looser

LOOSER: Looser = {
    "start_drawdown_fraction": "up",
    "max_drawdown_fraction": "up",
    "min_scale_fraction": "up",
    "steps": "up",
}


class DrawdownThrottleParams(LimitParams):
    """Targets shrink from their full size at `start_drawdown_fraction` to `min_scale_fraction` at `max_drawdown_fraction`."""

    start_drawdown_fraction: Fraction = Field(
        0.1, description="drawdown from the peak at which targets begin to shrink"
    )
    max_drawdown_fraction: PositiveFraction = Field(0.2, description="drawdown at which they are smallest")
    min_scale_fraction: Fraction = Field(0.25, description="smallest factor; 0 = flat, which ends trading for good")
    steps: Annotated[int, Field(ge=1, le=100)] = Field(4, description="even steps between full size and the smallest")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.max_drawdown_fraction <= self.start_drawdown_fraction:
            raise ValueError("max_drawdown_fraction must be above start_drawdown_fraction")
        return self


def limit_equity(p: DrawdownThrottleParams, equity: float, peak_equity: float, session_start_equity: float) -> float:
    """Return the factor of the step that the present drawdown lies in."""
    drawdown = 1.0 - equity / peak_equity
    if drawdown <= p.start_drawdown_fraction:
        return 1.0
    if drawdown >= p.max_drawdown_fraction:
        return p.min_scale_fraction
    share = (drawdown - p.start_drawdown_fraction) / (p.max_drawdown_fraction - p.start_drawdown_fraction)
    return 1.0 - (1.0 - p.min_scale_fraction) * math.ceil(share * p.steps) / p.steps
