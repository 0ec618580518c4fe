"""Market energy: kinetic energy, potential energy and their exchange, as columns; docs/market_energy.md."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from enerqis.indicators.energy_exchange import energy_exchange
from enerqis.indicators.kinetic_energy import kinetic_energy
from enerqis.indicators.potential_energy import potential_energy
from enerqis.interfaces.feature import FeatureParams
from enerqis.interfaces.indicator import IndicatorCall


class MarketEnergyParams(FeatureParams):
    """Columns ``kinetic``, ``potential`` and ``exchange``, dimensionless: 0.5 is a usual energy."""

    kind: Literal["market_energy"] = "market_energy"
    lookback_bars: Annotated[int, Field(ge=2, le=1_000_000)] = Field(
        20, description="bars that give the usual volume, the volatility and the equilibrium price"
    )


def columns(params: MarketEnergyParams) -> dict[str, IndicatorCall]:
    """Return the three energies over the same lookback."""
    return {
        "kinetic": kinetic_energy(params.lookback_bars),
        "potential": potential_energy(params.lookback_bars),
        "exchange": energy_exchange(params.lookback_bars),
    }
