"""Fade extremes: buy when Wilder's RSI is oversold, leave when it is back in the middle."""

from __future__ import annotations

import math
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from enerqis.core.units import Bars, Exposure
from enerqis.indicators.rsi import rsi
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, NoState, StrategyParams, hold

Level = Annotated[float, Field(gt=0.0, lt=100.0)]
"""A level of the RSI."""


class RsiReversionParams(StrategyParams):
    """Long below the oversold level until the exit level; short above the overbought level where told to."""

    kind: Literal["rsi_reversion"] = "rsi_reversion"
    lookback_bars: Bars = Field(14, description="bars that seed the RSI; each newer one weighs 1 / lookback_bars")
    oversold_level: Level = Field(30.0, description="RSI below which a long position is opened")
    exit_level: Level = Field(50.0, description="RSI at which a position is closed")
    overbought_level: Level = Field(70.0, description="RSI above which a long is closed, a short opened where told to")
    exposure: Exposure = Field(1.0, description="exposure of a position, as a fraction of equity")
    is_long_short: bool = Field(False, description="open a short position when overbought")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.oversold_level < self.exit_level < self.overbought_level:
            raise ValueError(
                f"levels must rise from oversold_level ({self.oversold_level}) over exit_level ({self.exit_level}) "
                f"to overbought_level ({self.overbought_level})"
            )
        return self


class RsiReversionIndicators(NamedTuple):
    """The index, from 0 to 100."""

    rsi: float


def indicators(params: RsiReversionParams) -> dict[str, IndicatorCall]:
    """Return the RSI of the close."""
    return {"rsi": rsi("close", params.lookback_bars)}


def on_bar(p: RsiReversionParams, state: NoState, bar: Bar, ind: RsiReversionIndicators, acc: Account) -> Decision:
    """Open at the extremes, close in the middle, else keep what there is."""
    if ind.rsi < p.oversold_level:
        return hold(p.exposure)
    if ind.rsi > p.overbought_level:
        return hold(-p.exposure if p.is_long_short else 0.0)
    if acc.units > 0.0 and ind.rsi >= p.exit_level:
        return hold(0.0)
    if acc.units < 0.0 and ind.rsi <= p.exit_level:
        return hold(0.0)
    return hold(math.nan)
