import numpy as np
import pytest

from enerqis.indicators.energy_exchange import energy_exchange
from tests.indicators import formulas


@pytest.mark.parametrize("lookback_bars", [5, 20])
def test_it_agrees_with_the_formula(bars, series, lookback_bars):
    expected = formulas.exchange(bars["close"], bars["volume"], lookback_bars)
    np.testing.assert_allclose(series(energy_exchange(lookback_bars), bars), expected, rtol=1e-7, atol=1e-8)


def test_a_jump_back_to_equilibrium_turns_potential_into_kinetic(series):
    logs = 0.01 * np.array([0, 1, 0, 1, 0, 1, 2, 3, 4, 5, 6, 3], dtype=float)
    columns = {"close": np.exp(logs), "volume": np.ones(len(logs))}
    assert series(energy_exchange(5), columns)[-1] > 0.0


def test_one_price_is_no_equilibrium():
    with pytest.raises(ValueError, match="energy_exchange: lookback_bars must be at least 2, got 1"):
        energy_exchange(1)
