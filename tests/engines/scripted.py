"""A strategy that reads its decisions from feature columns, so that a test can write them down bar by bar."""

from __future__ import annotations

from typing import Literal, NamedTuple

from enerqis.indicators.value import value
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, NoState, StrategyParams


class ScriptedParams(StrategyParams):
    kind: Literal["scripted"] = "scripted"


class ScriptedIndicators(NamedTuple):
    target: float
    limit: float
    stop: float
    stop_loss: float
    take_profit: float


def indicators(params: ScriptedParams) -> dict[str, IndicatorCall]:
    return {name: value(f"plan.{name}") for name in Decision._fields}


def on_bar(p: ScriptedParams, state: NoState, bar: Bar, ind: ScriptedIndicators, acc: Account) -> Decision:
    return Decision(ind.target, ind.limit, ind.stop, ind.stop_loss, ind.take_profit)
