"""Hold the winners: rank a universe by its past return and share the exposure among the best."""

from __future__ import annotations

import math
from typing import Annotated, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from enerqis.core.units import Bars, Exposure
from enerqis.indicators.roc import roc
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import AccountArrays, Array, BarArrays, StrategyParams

SHAPE = "cross_sectional"


class CrossSectionalMomentumParams(StrategyParams):
    """Equal parts of the assets that rose most, the latest bars left out because they tend to reverse.

    References
    ----------
    Jegadeesh and Titman (1993), Journal of Finance 48(1), 65-91.
    """

    kind: Literal["cross_sectional_momentum"] = "cross_sectional_momentum"
    lookback_bars: Bars = Field(252, description="bars back to the start of the return that ranks")
    skip_bars: Bars = Field(21, description="latest bars that the return leaves out; less than lookback_bars")
    rebalance_bars: Bars = Field(21, description="bars from one ranking to the next")
    top_count: Annotated[int, Field(ge=1, le=10_000)] = Field(2, description="how many assets are held")
    exposure: Exposure = Field(1.0, description="exposure of the whole book, as a fraction of equity")
    is_positive_only: bool = Field(False, description="leave the share of an asset that fell in cash")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.skip_bars >= self.lookback_bars:
            raise ValueError(f"skip_bars ({self.skip_bars}) must be less than lookback_bars ({self.lookback_bars})")
        return self


class CrossSectionalMomentumIndicators(NamedTuple):
    """Returns over the whole lookback and over the bars left out, as fractions, of shape (n_assets,)."""

    whole: Array
    latest: Array


class CrossSectionalMomentumState(NamedTuple):
    """The time until the next ranking.

    Parameters
    ----------
    wait : array of shape (1,)
        Bars still to wait.
    """

    wait: Array


def indicators(params: CrossSectionalMomentumParams) -> dict[str, IndicatorCall]:
    """Return the two returns of the close whose quotient is the return that ranks."""
    return {"whole": roc("close", params.lookback_bars), "latest": roc("close", params.skip_bars)}


def initial_state(params: CrossSectionalMomentumParams) -> CrossSectionalMomentumState:
    """Return the state before the first bar: rank as soon as there is something to rank."""
    return CrossSectionalMomentumState(np.zeros(1))


def momentum(whole: float, latest: float) -> float:
    """Return the return from the start of the lookback to the start of the bars left out; NaN where there is none."""
    if latest > -1.0:
        return (1.0 + whole) / (1.0 + latest) - 1.0
    return math.nan


def rank(ind: CrossSectionalMomentumIndicators, asset: int) -> int:
    """Return how many assets rose more than `asset`; of equal ones the first counts as better."""
    own = momentum(ind.whole[asset], ind.latest[asset])
    better = 0
    for other in range(len(ind.whole)):
        score = momentum(ind.whole[other], ind.latest[other])
        if score > own or (score == own and other < asset):
            better = better + 1
    return better


def is_absent(bar: BarArrays, acc: AccountArrays, asset: int) -> bool:
    """Return whether `asset` is held and has no bar."""
    return math.isnan(bar.close[asset]) and acc.units[asset] != 0.0


def on_bar(
    p: CrossSectionalMomentumParams,
    state: CrossSectionalMomentumState,
    bar: BarArrays,
    ind: CrossSectionalMomentumIndicators,
    acc: AccountArrays,
    targets: Array,
) -> None:
    """Rank every `rebalance_bars`; between, the standing targets stay.

    An asset held that has no bar on the day of a ranking cannot be ranked or sold: it keeps its share and its place.
    """
    places = p.top_count
    is_ranking = False
    for asset in range(len(targets)):
        targets[asset] = math.nan
        if is_absent(bar, acc, asset):
            places = places - 1
        elif state.wait[0] <= 0.0 and not math.isnan(momentum(ind.whole[asset], ind.latest[asset])):
            is_ranking = True
    if is_ranking:
        state.wait[0] = p.rebalance_bars
        for asset in range(len(targets)):
            if not is_absent(bar, acc, asset):
                score = momentum(ind.whole[asset], ind.latest[asset])
                is_wanted = score > 0.0 or (score <= 0.0 and not p.is_positive_only)
                targets[asset] = p.exposure / p.top_count if is_wanted and rank(ind, asset) < places else 0.0
    state.wait[0] = state.wait[0] - 1.0
