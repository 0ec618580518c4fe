"""A strategy that always wants the same exposure, so that a test can make a configuration good or bad by one number."""

from __future__ import annotations

from typing import Literal

from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, NoState, StrategyParams, hold


class HoldingParams(StrategyParams):
    kind: Literal["holding"] = "holding"
    target: float = 1.0


def indicators(params: HoldingParams) -> dict[str, IndicatorCall]:
    return {}


def on_bar(p: HoldingParams, state: NoState, bar: Bar, ind: tuple[()], acc: Account) -> Decision:
    return hold(p.target)
