"""As `scripted`, but its orders are all at the market: it names protective prices only."""

from __future__ import annotations

from typing import Literal, NamedTuple

from enerqis.indicators.value import value
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, NoState, StrategyParams, protect


class ScriptedMarketParams(StrategyParams):
    kind: Literal["scripted_market"] = "scripted_market"


class ScriptedMarketIndicators(NamedTuple):
    target: float
    stop_loss: float
    take_profit: float


def indicators(params: ScriptedMarketParams) -> dict[str, IndicatorCall]:
    return {name: value(f"plan.{name}") for name in ScriptedMarketIndicators._fields}


def on_bar(p: ScriptedMarketParams, state: NoState, bar: Bar, ind: ScriptedMarketIndicators, acc: Account) -> Decision:
    return protect(ind.target, ind.stop_loss, ind.take_profit)
