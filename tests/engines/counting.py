"""A strategy that remembers: it changes its mind at every third bar."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Array, Bar, Decision, NoState, StrategyParams, hold


class CountingParams(StrategyParams):
    kind: Literal["counting"] = "counting"


class CountingState(NamedTuple):
    seen: Array


def initial_state(params: CountingParams) -> CountingState:
    return CountingState(np.zeros(2))


def indicators(params: CountingParams) -> dict[str, IndicatorCall]:
    return {}


def on_bar(p: CountingParams, state: CountingState, bar: Bar, ind: NoState, acc: Account) -> Decision:
    state.seen[0] = state.seen[0] + 1.0
    if state.seen[0] == 3.0:
        state.seen[0] = 0.0
        state.seen[1] = 0.5 - state.seen[1]
    return hold(state.seen[1])
