"""Buy at the first bar and hold: the yardstick of every other strategy."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pydantic import Field

from enerqis.core.units import Exposure
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, NoState, StrategyParams, hold


class BuyAndHoldParams(StrategyParams):
    """The same exposure from the first bar to the last."""

    kind: Literal["buy_and_hold"] = "buy_and_hold"
    exposure: Exposure = Field(1.0, description="exposure of each asset, as a fraction of equity")


class BuyAndHoldIndicators(NamedTuple):
    """It looks at none."""


def indicators(params: BuyAndHoldParams) -> dict[str, IndicatorCall]:
    """Return no series: the market is bought blindly."""
    return {}


def on_bar(p: BuyAndHoldParams, state: NoState, bar: Bar, ind: BuyAndHoldIndicators, acc: Account) -> Decision:
    """Ask for the same exposure at every bar."""
    return hold(p.exposure)
