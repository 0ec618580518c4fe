"""Fade stretched prices: trade back to the equilibrium when the market's potential energy is extreme."""

from __future__ import annotations

import math
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from enerqis.core.units import Exposure
from enerqis.indicators.displacement import displacement
from enerqis.indicators.potential_energy import potential_energy
from enerqis.interfaces.indicator import IndicatorCall
from enerqis.interfaces.strategy import Account, Bar, Decision, NoState, StrategyParams, hold

Energy = Annotated[float, Field(ge=0.0, le=1e6)]
"""A potential energy: 0.5 is usual in a random walk, 2 is a displacement twice as large as usual."""


class EnergyReversionParams(StrategyParams):
    """Long when the price is stretched far below its equilibrium, until most of the potential energy is spent."""

    kind: Literal["energy_reversion"] = "energy_reversion"
    lookback_bars: Annotated[int, Field(ge=2, le=1_000_000)] = Field(
        50, description="bars that give the equilibrium and the volatility"
    )
    entry_energy: Energy = Field(2.0, description="potential energy above which a position is opened")
    exit_energy: Energy = Field(0.125, description="potential energy below which it is closed; less than entry_energy")
    exposure: Exposure = Field(1.0, description="exposure of a position, as a fraction of equity")
    is_long_short: bool = Field(False, description="open a short position when stretched above the equilibrium")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.exit_energy >= self.entry_energy:
            raise ValueError(f"exit_energy ({self.exit_energy}) must be less than entry_energy ({self.entry_energy})")
        return self


class EnergyReversionIndicators(NamedTuple):
    """Potential energy, and the signed displacement that it is half the square of; both dimensionless."""

    potential: float
    displacement: float


def indicators(params: EnergyReversionParams) -> dict[str, IndicatorCall]:
    """Return the potential energy of the close and the side it is stretched to."""
    return {
        "potential": potential_energy(params.lookback_bars),
        "displacement": displacement(params.lookback_bars),
    }


def on_bar(
    p: EnergyReversionParams, state: NoState, bar: Bar, ind: EnergyReversionIndicators, acc: Account
) -> Decision:
    """Open against the stretch, close when it is spent or has turned to the other side."""
    if math.isnan(ind.potential):
        return hold(math.nan)
    if ind.potential > p.entry_energy:
        if ind.displacement < 0.0:
            return hold(p.exposure)
        return hold(-p.exposure if p.is_long_short else 0.0)
    if ind.potential < p.exit_energy or ind.displacement * acc.units > 0.0:
        return hold(0.0)
    return hold(math.nan)
