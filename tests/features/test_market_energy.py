import pytest
from pydantic import ValidationError

from enerqis.features.market_energy import MarketEnergyParams, columns


def test_it_has_the_three_energies_over_one_lookback():
    found = {
        name: (call.kind, dict(call.arguments)) for name, call in columns(MarketEnergyParams(lookback_bars=7)).items()
    }
    assert found == {
        "kinetic": ("kinetic_energy", {"lookback_bars": 7.0}),
        "potential": ("potential_energy", {"lookback_bars": 7.0}),
        "exchange": ("energy_exchange", {"lookback_bars": 7.0}),
    }


def test_one_bar_is_no_equilibrium():
    with pytest.raises(ValidationError, match="greater than or equal to 2"):
        MarketEnergyParams(lookback_bars=1)
