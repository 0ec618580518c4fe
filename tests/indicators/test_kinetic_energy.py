import numpy as np
import pytest

from enerqis.indicators.kinetic_energy import kinetic_energy
from tests.indicators import formulas


@pytest.mark.parametrize("lookback_bars", [5, 20])
def test_it_agrees_with_the_formula(bars, series, lookback_bars):
    expected = formulas.kinetic(bars["close"], bars["volume"], lookback_bars)
    np.testing.assert_allclose(series(kinetic_energy(lookback_bars), bars), expected, rtol=1e-8, atol=1e-9)


def test_a_usual_move_on_twice_the_usual_volume_has_energy_one(series):
    closes = 100.0 * np.exp(0.01 * np.array([0.0, 1.0, 0.0, 1.0]))
    columns = {"close": closes, "volume": np.array([500.0, 500.0, 500.0, 1000.0])}
    assert series(kinetic_energy(2), columns)[-1] == pytest.approx(0.5 * 2.0 * 1.0**2)


def test_where_no_volume_is_reported_the_mass_is_one(bars, series):
    columns = {"close": bars["close"], "volume": np.zeros(len(bars["close"]))}
    expected = formulas.velocity(bars["close"], 20) ** 2 / 2
    np.testing.assert_allclose(series(kinetic_energy(20), columns), expected, rtol=1e-8, atol=1e-9)
