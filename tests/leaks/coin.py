"""A strategy that draws its targets from a seeded state and looks at nothing: random, and honest."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, StrategyParams, hold


class CoinParams(StrategyParams):
    kind: Literal["coin"] = "coin"
    trades: bool = True


class CoinIndicators(NamedTuple):
    pass


class CoinState(NamedTuple):
    drawn: np.ndarray


def indicators(params: CoinParams) -> dict[str, IndicatorCall]:
    return {}


def initial_state(params: CoinParams) -> CoinState:
    return CoinState(np.array([12_345.0]))


def on_bar(p: CoinParams, state: CoinState, bar: Bar, ind: CoinIndicators, acc: Account) -> Decision:
    drawn = state.drawn[0] * 16_807.0
    state.drawn[0] = drawn - 2_147_483_647.0 * math.floor(drawn / 2_147_483_647.0)
    if not p.trades:
        return hold(math.nan)
    return hold(1.0 if state.drawn[0] > 1_073_741_823.0 else 0.0)
