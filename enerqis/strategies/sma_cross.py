"""Follow the trend: long while a fast simple average of the close is above a slow one."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from enerqis.core.units import Bars, Exposure
from enerqis.indicators.sma import sma
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, NoState, StrategyParams, hold, require_faster


class SmaCrossParams(StrategyParams):
    """Long while the fast average is above the slow one, else flat or short; equal averages count as not above."""

    kind: Literal["sma_cross"] = "sma_cross"
    fast_bars: Bars = Field(10, description="bars in the fast average")
    slow_bars: Bars = Field(30, description="bars in the slow average; more than fast_bars")
    exposure: Exposure = Field(1.0, description="exposure of a position, as a fraction of equity")
    is_long_short: bool = Field(False, description="short instead of flat while the fast average is not above")

    @model_validator(mode="after")
    def _check(self) -> Self:
        require_faster(self.fast_bars, self.slow_bars)
        return self


class SmaCrossIndicators(NamedTuple):
    """The two averages, in the price's unit."""

    fast: float
    slow: float


def indicators(params: SmaCrossParams) -> dict[str, IndicatorCall]:
    """Return the two averages of the close."""
    return {"fast": sma("close", params.fast_bars), "slow": sma("close", params.slow_bars)}


def on_bar(p: SmaCrossParams, state: NoState, bar: Bar, ind: SmaCrossIndicators, acc: Account) -> Decision:
    """Decide by the order of the averages; nothing is said while they warm up."""
    if math.isnan(ind.slow):
        return hold(math.nan)
    if ind.fast > ind.slow:
        return hold(p.exposure)
    if p.is_long_short:
        return hold(-p.exposure)
    return hold(0.0)
