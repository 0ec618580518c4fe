"""Follow breakouts: long above the highest high of many bars, out below the lowest low of fewer, with a protective stop."""

from __future__ import annotations

import math
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from enerqis.core.units import Bars, Exposure
from enerqis.indicators.atr import atr
from enerqis.indicators.donchian import Donchian, donchian
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, NoState, StrategyParams, hold, protect


class DonchianBreakoutParams(StrategyParams):
    """The rule of the Turtle traders, without their pyramiding: enter at a long channel, leave at a short one."""

    kind: Literal["donchian_breakout"] = "donchian_breakout"
    entry_bars: Bars = Field(20, description="bars in the channel whose edge opens a position")
    exit_bars: Bars = Field(10, description="bars in the channel whose edge closes it; at most entry_bars")
    atr_bars: Bars = Field(20, description="bars in the average true range that places the stop")
    stop_atr_multiple: Annotated[float, Field(ge=0.0, le=100.0)] = Field(
        2.0, description="distance of the protective stop from the close, in average true ranges; 0 = no stop"
    )
    exposure: Exposure = Field(1.0, description="exposure of a position, as a fraction of equity")
    is_long_short: bool = Field(False, description="open a short position below the entry channel")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.exit_bars > self.entry_bars:
            raise ValueError(
                f"exit_bars ({self.exit_bars}) must not exceed entry_bars ({self.entry_bars}): "
                "a position would be opened inside its own exit channel"
            )
        return self


class DonchianBreakoutIndicators(NamedTuple):
    """Both channels and the average true range, in the price's unit."""

    entry: Donchian
    leave: Donchian
    range: float


def indicators(params: DonchianBreakoutParams) -> dict[str, IndicatorCall]:
    """Return the channels, which do not hold the present bar, and the average true range."""
    return {"entry": donchian(params.entry_bars), "leave": donchian(params.exit_bars), "range": atr(params.atr_bars)}


def stop_price(p: DonchianBreakoutParams, close: float, average_range: float, side: float) -> float:
    """Return where the protective stop of a position opened at `close` lies; NaN = none."""
    if p.stop_atr_multiple > 0.0:
        return close - side * p.stop_atr_multiple * average_range
    return math.nan


def on_bar(
    p: DonchianBreakoutParams, state: NoState, bar: Bar, ind: DonchianBreakoutIndicators, acc: Account
) -> Decision:
    """Enter on a close outside the entry channel, leave on a close outside the exit channel on the other side."""
    if math.isnan(ind.entry.upper) or math.isnan(ind.range):
        return hold(math.nan)
    if bar.close > ind.entry.upper:
        if acc.units > 0.0:
            return hold(p.exposure)
        return protect(p.exposure, stop_price(p, bar.close, ind.range, 1.0), math.nan)
    if bar.close < ind.entry.lower and p.is_long_short:
        if acc.units < 0.0:
            return hold(-p.exposure)
        return protect(-p.exposure, stop_price(p, bar.close, ind.range, -1.0), math.nan)
    is_out = acc.units == 0.0 and not p.is_long_short
    if (acc.units > 0.0 or is_out) and bar.close < ind.leave.lower:
        return hold(0.0)  # also where a limit closed the position, so that the next breakout is a change
    if acc.units < 0.0 and bar.close > ind.leave.upper:
        return hold(0.0)
    return hold(math.nan)
