"""Follow bursts of activity: enter in the direction of the move when the market's kinetic energy expands."""

from __future__ import annotations

import math
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from enerqis.core.units import Bars, Exposure, Name
from enerqis.indicators.roc import roc
from enerqis.indicators.sma import sma
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, NoState, StrategyParams, hold, require_faster


class EnergyBreakoutParams(StrategyParams):
    """Enter when the kinetic energy of the last bars is a multiple of its usual level; leave after some quiet bars.

    It reads the column ``kinetic`` of a feature of kind ``market_energy`` (docs/market_energy.md).
    """

    kind: Literal["energy_breakout"] = "energy_breakout"
    feature: Name = Field("market_energy", description="name of the experiment's feature that has a column `kinetic`")
    fast_bars: Bars = Field(3, description="bars whose mean kinetic energy must have expanded")
    slow_bars: Bars = Field(50, description="bars that give the usual kinetic energy; more than fast_bars")
    expansion_ratio: Annotated[float, Field(gt=1.0, le=1000.0)] = Field(
        2.0, description="kinetic energy now over the usual one that opens a position"
    )
    hold_bars: Bars = Field(10, description="bars after which a position is closed unless the energy is still expanded")
    exposure: Exposure = Field(1.0, description="exposure of a position, as a fraction of equity")
    is_long_short: bool = Field(False, description="open a short position when the energy goes into a fall")

    @model_validator(mode="after")
    def _check(self) -> Self:
        require_faster(self.fast_bars, self.slow_bars)
        return self


class EnergyBreakoutIndicators(NamedTuple):
    """Mean kinetic energies, dimensionless, and the return over the fast window, a fraction."""

    kinetic_now: float
    kinetic_usual: float
    move: float


def indicators(params: EnergyBreakoutParams) -> dict[str, IndicatorCall]:
    """Return two averages of the feature's kinetic energy, and the move that the energy is in."""
    kinetic = f"{params.feature}.kinetic"
    return {
        "kinetic_now": sma(kinetic, params.fast_bars),
        "kinetic_usual": sma(kinetic, params.slow_bars),
        "move": roc("close", params.fast_bars),
    }


def on_bar(p: EnergyBreakoutParams, state: NoState, bar: Bar, ind: EnergyBreakoutIndicators, acc: Account) -> Decision:
    """Go with the move while the energy is expanded; close what is held too long without."""
    if math.isnan(ind.kinetic_usual) or math.isnan(ind.move):
        return hold(math.nan)
    if ind.kinetic_now > p.expansion_ratio * ind.kinetic_usual:
        if ind.move > 0.0:
            return hold(p.exposure)
        if ind.move < 0.0:
            return hold(-p.exposure if p.is_long_short else 0.0)
    if acc.bars_held >= p.hold_bars:
        return hold(0.0)
    return hold(math.nan)
