import numpy as np
import pytest

from enerqis.indicators.potential_energy import potential_energy
from tests.indicators import formulas


@pytest.mark.parametrize("lookback_bars", [5, 50])
def test_it_agrees_with_the_formula(bars, series, lookback_bars):
    expected = formulas.potential(bars["close"], lookback_bars)
    np.testing.assert_allclose(series(potential_energy(lookback_bars), bars), expected, rtol=1e-8, atol=1e-9)


def test_worked_by_hand(series):
    # returns before the last bar: +-1 %, so the volatility is 1 %; a window of two ends half a return above its mean
    closes = 100.0 * np.exp(0.01 * np.array([0.0, 1.0, 0.0, 1.0]))
    usual = np.sqrt((1 / 2) ** 2)
    assert series(potential_energy(2), {"close": closes})[-1] == pytest.approx(0.5 * (0.5 / usual) ** 2)


def test_one_price_is_no_equilibrium():
    with pytest.raises(ValueError, match="potential_energy: lookback_bars must be at least 2, got 1"):
        potential_energy(1)
