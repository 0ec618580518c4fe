"""Follow the trend: long while the MACD line is above its signal."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from enerqis.core.units import Bars, Exposure
from enerqis.indicators.macd import Macd, macd
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, NoState, StrategyParams, hold, require_faster


class MacdTrendParams(StrategyParams):
    """Long while the distance of two exponential averages is above its own average, else flat or short."""

    kind: Literal["macd_trend"] = "macd_trend"
    fast_bars: Bars = Field(12, description="bars in the fast average")
    slow_bars: Bars = Field(26, description="bars in the slow average; more than fast_bars")
    signal_bars: Bars = Field(9, description="bars in the average of their distance")
    exposure: Exposure = Field(1.0, description="exposure of a position, as a fraction of equity")
    is_long_short: bool = Field(False, description="short instead of flat while the line is not above its signal")

    @model_validator(mode="after")
    def _check(self) -> Self:
        require_faster(self.fast_bars, self.slow_bars)
        return self


class MacdTrendIndicators(NamedTuple):
    """The MACD, in the price's unit."""

    macd: Macd


def indicators(params: MacdTrendParams) -> dict[str, IndicatorCall]:
    """Return the MACD of the close."""
    return {"macd": macd("close", params.fast_bars, params.slow_bars, params.signal_bars)}


def on_bar(p: MacdTrendParams, state: NoState, bar: Bar, ind: MacdTrendIndicators, acc: Account) -> Decision:
    """Decide by the sign of the histogram; nothing is said while it warms up."""
    if math.isnan(ind.macd.histogram):
        return hold(math.nan)
    if ind.macd.histogram > 0.0:
        return hold(p.exposure)
    if p.is_long_short:
        return hold(-p.exposure)
    return hold(0.0)
