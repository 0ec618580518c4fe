"""Close a position that was held long enough."""

from __future__ import annotations

from pydantic import Field

from enerqis.core.units import Bars
from enerqis.interfaces.risk import LimitParams, Looser

LOOSER: Looser = {"max_held_bars": "up"}


class TimeStopParams(LimitParams):
    """A position is closed at the next fill after this many of its bars have closed."""

    max_held_bars: Bars = Field(100, description="closed bars after which the position is closed")


def exit_bar(p: TimeStopParams, bars_held: float) -> bool:
    """Return whether the position's time is up."""
    return bars_held >= p.max_held_bars
